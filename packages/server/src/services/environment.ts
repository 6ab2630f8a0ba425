import type { Clock } from '../clock.ts';
import type { Sealer } from '../sealing.ts';
import type { LinkedDeletions } from './iam/service-linked-deletion.ts';
import type { DelegationNotices } from './iam/delegation-token.ts';
import type { MfaVerifier } from './iam/mfa-codes.ts';
import type { RoleTemplate } from './iam/role-template-table.ts';
import type { LiveStreams } from './ivs/live.ts';
import type { Organizations } from './organizations.ts';

/** Randomness, injected so that tests can fix it. */
export interface Random {
  bytes(size: number): Buffer;
}

/** What services may use besides the store. Built once in `main.ts`. */
export interface Environment {
  readonly clock: Clock;
  readonly random: Random;
  readonly sealer: Sealer;
  /** The media plane; absent while none runs, and then no channel is live. */
  readonly liveStreams?: LiveStreams;
  /** Whoever deletes service-linked roles in this process; absent where none is deleted (imports). */
  readonly linkedDeletions?: LinkedDeletions;
  /** Accepts MFA codes; absent where no request is served (imports), and then none is good. */
  readonly mfa?: MfaVerifier;
  /** Who belongs to which organization; absent where nobody keeps any, and then no account belongs to one. */
  readonly organizations?: Organizations;
  /** Templates of roles; those of `data/role-templates.json` when absent. */
  readonly roleTemplates?: readonly RoleTemplate[];
  /** Brings delegation tokens to those who asked for them; absent where nothing can, and then none is sent. */
  readonly delegationNotices?: DelegationNotices;
  readonly settings: {
    readonly partition: string;
    /** Region of a request that names none. */
    readonly defaultRegion: string;
    /** Milliseconds until new permissions, keys and roles take effect (0 = at once). */
    readonly propagationDelayMs: number;
    /** Base URL that clients reach us by, e.g. `http://127.0.0.1:4577`. */
    readonly publicUrl: string;
    readonly rtmpsUrl?: string;
  };
}
