/** The policies that bear on a request, by the part they play. */
import type { PolicySet } from './policy-set.ts';

export interface Layers {
  /** Inline and managed policies of the user and its groups, or of the role. Absent: there are none. */
  readonly identity?: PolicySet;
  /** Permissions boundary of the user or role. */
  readonly boundary?: PolicySet;
  /** Session policies; several are one union. Absent: none were passed. */
  readonly session?: PolicySet;
  /** The policy of the resource. */
  readonly resource?: PolicySet;
  /** For AssumeRole*: the role's trust policy, without which no identity policy suffices. */
  readonly trust?: PolicySet;
  /** Service control policies of the caller's account, from the root to the account: each level must allow. */
  readonly scps?: readonly PolicySet[];
  /** Resource control policies of the resource's account, from the root to the account. */
  readonly rcps?: readonly PolicySet[];
  /** Whether every RCP level carries the built-in full access (the default). */
  readonly rcpDefaultFullAccess?: boolean;
  /** Policy of the VPC endpoint the call came through. */
  readonly vpcEndpoint?: PolicySet;
}
