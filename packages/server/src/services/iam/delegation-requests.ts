/** Requests of one account for temporary access to another (spec/iam.md 6.19). */
import type { CreateDelegationRequestRequest, DelegationRequest, IamModel, StateType } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import type { AccessCheck } from '../service.ts';
import { delegationArn, isOwner, onRequest, theRequest } from './delegation-lookup.ts';
import { demandedBoundaries, permissionCheck, requestedPolicy, summaryOf } from './delegation-policy.ts';
import { delegationClaims, delegations, expiryOf, isGone, stateAt } from './delegation-records.ts';
import type { DelegationRequestRecord } from './delegation-records.ts';
import { newTradeIn } from './delegation-token.ts';
import { newUuid } from './ids.ts';
import { present, state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { pageOf } from './pagination.ts';
import { quotas, quotaText } from './quotas.ts';
import { accounts, anyAccount } from './records.ts';

/** The longest session, in seconds, that the root user may approve. */
const longestByRoot = 4 * 3600;

const onNewRequest = (call: Needs, input: CreateDelegationRequestRequest): AccessCheck => ({
  resource: delegationArn(call, call.accountId, '*'),
  context: present({
    'iam:DelegationDuration': String(input.SessionDuration),
    'iam:NotificationChannel': input.NotificationChannel,
    'iam:TemplateArn': input.Permissions.PolicyTemplateArn,
  }),
});

function shown(request: DelegationRequestRecord, now: number): DelegationRequest {
  const boundaries = demandedBoundaries(request.permissionPolicy);
  return present({
    DelegationRequestId: request.id,
    OwnerAccountId: request.ownerAccountId,
    Description: request.description,
    RequestMessage: request.requestMessage,
    Permissions: request.permissions,
    PermissionPolicy: request.permissionPolicy,
    RolePermissionRestrictionArns: boundaries.length === 0 ? undefined : boundaries,
    OwnerId: request.owner?.arn,
    ApproverId: request.approver?.arn,
    State: stateAt(request, now),
    ExpirationTime: new Date(expiryOf(request)),
    RequestorId: request.requestorId,
    RequestorName: request.requestorName,
    CreateDate: new Date(request.createdAt),
    SessionDuration: request.sessionDuration,
    RedirectUrl: request.redirectUrl,
    Notes: request.notes,
    RejectionReason: request.rejectionReason,
    OnlySendByOwner: request.onlySendByOwner,
    UpdatedTime: new Date(request.updatedAt),
  });
}

const save = (call: Writes, request: DelegationRequestRecord): Promise<void> =>
  call.tx.put(delegations, anyAccount, request.id, { ...request, updatedAt: call.now });

const inState = (now: StateType): string => `The delegation request is in state ${now}.`;

/** Refuses a step that the state does not admit. */
function ensureIn(call: Needs<'InvalidInput'>, request: DelegationRequestRecord, states: readonly StateType[]): void {
  const now = stateAt(request, call.now);
  if (!states.includes(now)) call.fail('InvalidInput', inState(now));
}

/** As `ensureIn`, in the words that accepting has: it declares no InvalidInput. */
function ensureAcceptable(call: Needs, request: DelegationRequestRecord): void {
  const now = stateAt(request, call.now);
  if (now !== 'ASSIGNED' && now !== 'PENDING_APPROVAL') call.fail('ValidationError', inState(now));
  if (call.caller.kind === 'root' && request.sessionDuration > longestByRoot) {
    call.fail('AccessDenied', 'The root user can approve delegation requests of up to 4 hours only.');
  }
}

/** Drops what nobody can see any more, and makes sure of the room and the workflow's id. */
async function ensureRoom(call: Writes<'LimitExceeded' | 'EntityAlreadyExists'>, workflowId: string): Promise<void> {
  const own = await call.tx.find(delegations, 'requestor', call.accountId, anyAccount);
  const gone = own.filter(({ value }) => isGone(value, call.now));
  for (const { key } of gone) {
    await call.tx.remove(delegations, anyAccount, key);
    await call.tx.remove(delegationClaims, anyAccount, key);
  }
  if (own.some(({ value }) => value.workflowId === workflowId && !isGone(value, call.now))) {
    call.fail('EntityAlreadyExists', `A delegation request with workflow id ${workflowId} already exists.`);
  }
  const limit = quotas.delegationRequestsPerAccount;
  if (own.length - gone.length >= limit) {
    call.fail('LimitExceeded', quotaText('DelegationRequestsPerAccount', limit));
  }
}

export const delegationRequests = operationsOf<IamModel>()({
  CreateDelegationRequest: {
    access: (input, call) => onNewRequest(call, input),
    async write(input, call) {
      if (!/^arn:[^:]+:sns:[^:]+:\d{12}:[^:]+$/.test(input.NotificationChannel)) {
        call.fail('InvalidInput', 'The notification channel must be the ARN of an SNS topic.');
      }
      const permissionPolicy = await requestedPolicy(call, input.Permissions);
      await ensureRoom(call, input.RequestorWorkflowId);
      const account = await call.tx.get(accounts, anyAccount, call.accountId);
      const request: DelegationRequestRecord = present({
        id: newUuid(call.env.random),
        requestorId: call.accountId,
        requestorName: account?.alias ?? call.accountId,
        workflowId: input.RequestorWorkflowId,
        description: input.Description,
        requestMessage: input.RequestMessage,
        redirectUrl: input.RedirectUrl,
        notificationChannel: input.NotificationChannel,
        sessionDuration: input.SessionDuration,
        onlySendByOwner: input.OnlySendByOwner ?? false,
        permissions: input.Permissions,
        permissionPolicy,
        createdAt: call.now,
        state: 'UNASSIGNED' as const,
        updatedAt: call.now,
        ownerAccountId: input.OwnerAccountId,
      });
      await call.tx.insert(delegations, anyAccount, request.id, request);
      return { DelegationRequestId: request.id };
    },
  },

  GetDelegationRequest: {
    access: ({ DelegationRequestId }, call) => onRequest(call, DelegationRequestId),
    async read({ DelegationRequestId, DelegationPermissionCheck }, call) {
      const request = await theRequest(call, DelegationRequestId);
      const found = { DelegationRequest: shown(request, call.now) };
      if (DelegationPermissionCheck !== true) return found;
      const PermissionCheckResult = await permissionCheck(call, request.permissionPolicy);
      return { ...found, PermissionCheckStatus: 'COMPLETE', PermissionCheckResult };
    },
  },

  GetHumanReadableSummary: {
    access: ({ EntityArn }, call) => onRequest(call, EntityArn.split(':delegation-request/')[1] ?? ''),
    async read({ EntityArn, Locale = 'en' }, call) {
      const [, id] = EntityArn.split(':delegation-request/');
      if (id === undefined) call.fail('InvalidInput', `ARN ${EntityArn} is not that of a delegation request.`);
      const request = await theRequest(call, id ?? '');
      if (!/^en(?:[-_]|$)/i.test(Locale)) return { Locale, SummaryState: 'NOT_SUPPORTED' };
      return { Locale, SummaryState: 'AVAILABLE', SummaryContent: summaryOf(request) };
    },
  },

  ListDelegationRequests: {
    access: ({ OwnerId }) => ({
      resource: '*',
      resourceText: '*',
      context: present({ 'iam:DelegationRequestOwner': OwnerId }),
    }),
    async read(input, call) {
      const { OwnerId } = input;
      const found = await state(call).find(delegations, 'owner', call.accountId, anyAccount);
      const owned = found
        .map(({ value }) => value)
        .filter((request) => !isGone(request, call.now) && (OwnerId === undefined || request.owner?.arn === OwnerId));
      const listing = { operation: 'ListDelegationRequests', filters: [OwnerId] };
      const order = ({ createdAt, id }: DelegationRequestRecord): string =>
        `${String(createdAt).padStart(16, '0')}/${id}`;
      const { items, more } = pageOf(call, listing, input, owned, order);
      const { IsTruncated: isTruncated, ...marker } = more;
      return { DelegationRequests: items.map((request) => shown(request, call.now)), isTruncated, ...marker };
    },
  },

  AssociateDelegationRequest: {
    access: ({ DelegationRequestId }, call) => onRequest(call, DelegationRequestId),
    async write({ DelegationRequestId }, call) {
      const request = await theRequest(call, DelegationRequestId);
      ensureIn(call, request, ['UNASSIGNED']);
      await call.tx.insert(delegationClaims, anyAccount, request.id, { claimedAt: call.now });
      const { arn, principalId } = call.caller;
      const owner = { arn, principalId };
      await save(call, { ...request, state: 'ASSIGNED', ownerAccountId: call.accountId, owner });
      return {};
    },
  },

  UpdateDelegationRequest: {
    access: ({ DelegationRequestId }, call) => onRequest(call, DelegationRequestId),
    async write({ DelegationRequestId, Notes }, call) {
      const request = await theRequest(call, DelegationRequestId);
      ensureIn(call, request, ['ASSIGNED', 'PENDING_APPROVAL']);
      await save(call, { ...request, state: 'PENDING_APPROVAL', ...present({ notes: Notes }) });
      return {};
    },
  },

  AcceptDelegationRequest: {
    access: ({ DelegationRequestId }, call) => onRequest(call, DelegationRequestId),
    async write({ DelegationRequestId }, call) {
      const request = await theRequest(call, DelegationRequestId);
      ensureAcceptable(call, request);
      await save(call, { ...request, state: 'ACCEPTED', approver: call.caller });
      return {};
    },
  },

  RejectDelegationRequest: {
    access: ({ DelegationRequestId }, call) => onRequest(call, DelegationRequestId),
    async write({ DelegationRequestId, Notes }, call) {
      const request = await theRequest(call, DelegationRequestId);
      ensureIn(call, request, ['ASSIGNED', 'PENDING_APPROVAL', 'ACCEPTED']);
      await save(call, { ...request, state: 'REJECTED', ...present({ rejectionReason: Notes }) });
      return {};
    },
  },

  SendDelegationToken: {
    access: ({ DelegationRequestId }, call) => onRequest(call, DelegationRequestId),
    async write({ DelegationRequestId }, call) {
      const request = await theRequest(call, DelegationRequestId);
      ensureIn(call, request, ['ACCEPTED']);
      if (request.onlySendByOwner && !isOwner(call, request)) {
        call.fail('AccessDenied', 'The token of this delegation request can be sent by its owner only.');
      }
      const { id, requestorId, notificationChannel: channel } = request;
      const notices =
        call.env.delegationNotices ??
        call.fail('InvalidInput', `The notification channel ${channel} cannot be reached.`);
      const { token: tradeInToken, nonce: tokenNonce } = newTradeIn(call.env, id);
      await save(call, { ...request, state: 'FINALIZED', tokenNonce });
      await notices.post(call.tx, { requestorId, channel, delegationRequestId: id, tradeInToken });
      return {};
    },
  },
});
