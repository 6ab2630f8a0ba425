/** Delegation requests as they are kept (spec/iam.md 6.19). Times are milliseconds since the epoch. */
import type { DelegationPermission, StateType } from '../../model/iam.ts';
import type { Collection } from '../../store/store.ts';
import type { Caller } from '../caller.ts';

export interface DelegationRequestRecord {
  readonly id: string;
  /** Account that asks for access, and what it calls itself. */
  readonly requestorId: string;
  readonly requestorName: string;
  /** Unique among the requestor's requests. */
  readonly workflowId: string;
  readonly description: string;
  readonly requestMessage?: string;
  readonly redirectUrl?: string;
  readonly notificationChannel: string;
  /** Seconds. */
  readonly sessionDuration: number;
  readonly onlySendByOwner: boolean;
  readonly permissions: DelegationPermission;
  /** The template with its parameters filled in. */
  readonly permissionPolicy: string;
  readonly createdAt: number;
  /** `EXPIRED` is never written: it follows from the time. */
  readonly state: Exclude<StateType, 'EXPIRED'>;
  /** When the state was entered or the request last changed. */
  readonly updatedAt: number;
  readonly ownerAccountId?: string;
  readonly owner?: { readonly arn: string; readonly principalId: string };
  /** Whoever accepted, as they were: the delegated session has their rights at most. */
  readonly approver?: Caller;
  readonly notes?: string;
  readonly rejectionReason?: string;
  readonly tokenNonce?: string;
}

/** In scope `anyAccount`, keyed by the id: both sides find it there. */
export const delegations: Collection<DelegationRequestRecord> = {
  name: 'iam.delegation-request',
  indexes: ({ requestorId, workflowId, ownerAccountId, owner }) => ({
    requestor: requestorId,
    workflow: `${requestorId}/${workflowId}`,
    ...(owner !== undefined && ownerAccountId !== undefined && { owner: ownerAccountId }),
  }),
};

/** Keyed like `delegations`; of two accounts that claim one request at the same instant, one cannot insert. */
export const delegationClaims: Collection<{ readonly claimedAt: number }> = { name: 'iam.delegation-claim' };

const day = 86_400_000;

/** How long a request stays in a state; unsure, AWS gives only the seven days of a rejected one. */
const lifetimes: Readonly<Record<DelegationRequestRecord['state'], number>> = {
  UNASSIGNED: day,
  ASSIGNED: 7 * day,
  PENDING_APPROVAL: 7 * day,
  ACCEPTED: 7 * day,
  REJECTED: 7 * day,
  FINALIZED: 7 * day,
};
/** How long an expired request can still be seen. */
const expiredMs = 7 * day;

const final: ReadonlySet<StateType> = new Set(['REJECTED', 'FINALIZED']);

export const expiryOf = ({ state, updatedAt }: DelegationRequestRecord): number => updatedAt + lifetimes[state];

export const stateAt = (request: DelegationRequestRecord, now: number): StateType =>
  final.has(request.state) || now <= expiryOf(request) ? request.state : 'EXPIRED';

/** Whether nobody can see the request any more. */
export const isGone = (request: DelegationRequestRecord, now: number): boolean =>
  now > expiryOf(request) + (final.has(request.state) ? 0 : expiredMs);
