/** The verdict and where it came from. */

export type Outcome = 'Allow' | 'ExplicitDeny' | 'ImplicitDeny';

export type Layer =
  | 'identity'
  | 'boundary'
  | 'session'
  | 'resource'
  | 'trust'
  | 'scp'
  | 'rcp'
  | 'vpcEndpoint'
  /** The root user in its own account. */
  | 'root'
  /** An operation that no policy governs (`sts:GetCallerIdentity`). */
  | 'always';

export interface StatementRef {
  /** `id` of the source the statement came from. */
  readonly policy: string;
  /** Position in that document, from 0. */
  readonly index: number;
  readonly sid: string | undefined;
}

export interface Decision {
  readonly decision: Outcome;
  /** The layer that decided: for a denial the first that denied or allowed nothing, for an Allow the one that granted. */
  readonly layer: Layer;
  /** The deciding statements: Deny statements that matched, or the Allow that granted; empty when none allowed. */
  readonly statements: readonly StatementRef[];
  /** Statements with an operator the engine does not know: such an Allow did not apply, such a Deny did. */
  readonly unevaluated: readonly StatementRef[];
}
