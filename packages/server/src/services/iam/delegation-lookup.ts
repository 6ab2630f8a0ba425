/** Finding delegation requests, and what operations on them ask to be allowed (spec/iam.md 6.19). */
import { compilePolicies } from '@stagedoor/policy';
import type { PolicySet } from '@stagedoor/policy';
import type { AccessCheck } from '../service.ts';
import { delegations, isGone } from './delegation-records.ts';
import type { DelegationRequestRecord } from './delegation-records.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { parsedDocument } from './parsed-documents.ts';
import { anyAccount } from './records.ts';

export const delegationArn = (call: Needs, accountId: string, id: string): string =>
  `arn:${call.env.settings.partition}:iam::${accountId}:delegation-request/${id}`;

async function find(call: Needs, id: string): Promise<DelegationRequestRecord | undefined> {
  const request = await state(call).get(delegations, anyAccount, id);
  return request === undefined || isGone(request, call.now) ? undefined : request;
}

/** The request, or NoSuchEntity: also for whoever may not know of it. */
export async function theRequest(call: Needs<'NoSuchEntity'>, id: string): Promise<DelegationRequestRecord> {
  const request = await find(call, id);
  if (request !== undefined && (request.ownerAccountId ?? call.accountId) === call.accountId) return request;
  return call.fail('NoSuchEntity', `The delegation request with id ${id} cannot be found.`);
}

export const isOwner = ({ caller }: Needs, { owner }: DelegationRequestRecord): boolean =>
  owner !== undefined && owner.arn === caller.arn && owner.principalId === caller.principalId;

/** What owners may do without a policy that says so. Denies still bind. */
function ownersGrant(caller: string, resource: string): PolicySet {
  const Action = ['iam:GetDelegationRequest', 'iam:GetHumanReadableSummary', 'iam:UpdateDelegationRequest'];
  const Statement = [{ Effect: 'Allow', Principal: { AWS: caller }, Action, Resource: resource }];
  const document = JSON.stringify({ Version: '2012-10-17', Statement });
  return compilePolicies([{ id: 'delegation-request-owner', policy: parsedDocument(document) }]);
}

/** Check of an operation on a request: in the owner's account; in the caller's while it has none. */
export async function onRequest(call: Needs, id: string): Promise<AccessCheck> {
  const request = await find(call, id);
  const resource = delegationArn(call, request?.ownerAccountId ?? call.accountId, id);
  if (request?.owner === undefined) return { resource };
  const grant = isOwner(call, request) ? { resourcePolicy: ownersGrant(call.caller.arn, resource) } : {};
  return { resource, context: { 'iam:DelegationRequestOwner': request.owner.arn }, ...grant };
}
