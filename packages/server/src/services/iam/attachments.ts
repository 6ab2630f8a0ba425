/** Attaching managed policies to users, groups and roles (spec/iam.md 6.5). */
import type { AttachedPolicy, IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import type { AccessCheck } from '../service.ts';
import { onOwner } from './access.ts';
import { parseIamArn } from './arns.ts';
import { theModifiableRoleOwner, theOwner } from './entities.ts';
import type { Owner } from './entities.ts';
import { state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { pageOf } from './pagination.ts';
import type { PageOf, PageRequest } from './pagination.ts';
import { ensureArn, theAttachable } from './policies.ts';
import { quotas, quotaText } from './quotas.ts';
import { attachments as collection, global, nameKey, ownedKey } from './records.ts';
import type { OwnerType } from './records.ts';
import { linkedRoot } from './service-linked-table.ts';

const limits: Readonly<Record<OwnerType, readonly [string, number]>> = {
  user: ['PoliciesPerUser', quotas.attachedPoliciesPerUser],
  group: ['PoliciesPerGroup', quotas.attachedPoliciesPerGroup],
  role: ['PoliciesPerRole', quotas.attachedPoliciesPerRole],
};

function onAttachment(call: Needs, type: OwnerType, name: string, policyArn: string): Promise<AccessCheck> {
  ensureArn(call, policyArn);
  return onOwner(call, type, name, { boundary: 'current', policyArn });
}

async function ensureRoom(call: Writes<'LimitExceeded'>, { type, id }: Owner): Promise<void> {
  const [name, limit] = limits[type];
  const attached = await call.tx.count(collection, global(call.accountId), ownedKey(type, id));
  if (attached >= limit) call.fail('LimitExceeded', quotaText(name, limit));
}

type AttachErrors = 'NoSuchEntity' | 'LimitExceeded' | 'PolicyNotAttachable';

/** Attaches; succeeds without effect when it is attached already. */
async function attach(call: Writes<AttachErrors>, owner: Owner, arn: string): Promise<Record<string, never>> {
  const policy = await theAttachable(call, arn);
  if (policy.byAws && policy.record.path.startsWith(linkedRoot)) {
    call.fail('PolicyNotAttachable', 'Cannot attach a Service Role Policy to a Customer Role.');
  }
  const key = ownedKey(owner.type, owner.id, arn);
  if ((await call.tx.get(collection, global(call.accountId), key)) !== undefined) return {};
  await ensureRoom(call, owner);
  const attachment = { ownerType: owner.type, ownerId: owner.id, policyArn: arn, since: call.now };
  await call.tx.put(collection, global(call.accountId), key, attachment);
  return {};
}

async function detach(call: Writes<'NoSuchEntity'>, owner: Owner, arn: string): Promise<Record<string, never>> {
  const removed = await call.tx.remove(collection, global(call.accountId), ownedKey(owner.type, owner.id, arn));
  return removed ? {} : call.fail('NoSuchEntity', `Policy ${arn} was not found.`);
}

/** The managed policies attached to an entity, in no order. */
export async function attachedTo(
  call: Needs,
  type: OwnerType,
  id: string,
): Promise<(AttachedPolicy & { path: string })[]> {
  const prefix = ownedKey(type, id);
  const found = await state(call).list(collection, global(call.accountId), { prefix });
  return found.map(({ value: { policyArn } }) => {
    const { name = '', path = '/' } = parseIamArn(policyArn) ?? {};
    return { PolicyName: name, PolicyArn: policyArn, path };
  });
}

interface ListInput extends PageRequest {
  readonly PathPrefix?: string | undefined;
}

async function list(call: Needs<'NoSuchEntity'>, type: OwnerType, name: string, input: ListInput) {
  const { id } = await theOwner(call, type, name);
  const { PathPrefix = '/' } = input;
  const listing = { operation: `ListAttachedPolicies:${type}`, filters: [id, PathPrefix] };
  const wanted = (await attachedTo(call, type, id)).filter(({ path }) => path.startsWith(PathPrefix));
  const key = ({ PolicyName, PolicyArn }: AttachedPolicy): string =>
    `${nameKey(PolicyName ?? '')} ${parseIamArn(PolicyArn ?? '')?.account}`;
  const { items, more }: PageOf<AttachedPolicy> = pageOf(call, listing, input, wanted, key);
  return { AttachedPolicies: items.map(({ PolicyName, PolicyArn }) => ({ PolicyName, PolicyArn })), ...more };
}

export const attachments = operationsOf<IamModel>()({
  AttachUserPolicy: {
    access: ({ UserName, PolicyArn }, call) => onAttachment(call, 'user', UserName, PolicyArn),
    write: async ({ UserName, PolicyArn }, call) => attach(call, await theOwner(call, 'user', UserName), PolicyArn),
  },
  AttachGroupPolicy: {
    access: ({ GroupName, PolicyArn }, call) => onAttachment(call, 'group', GroupName, PolicyArn),
    write: async ({ GroupName, PolicyArn }, call) => attach(call, await theOwner(call, 'group', GroupName), PolicyArn),
  },
  AttachRolePolicy: {
    access: ({ RoleName, PolicyArn }, call) => onAttachment(call, 'role', RoleName, PolicyArn),
    write: async ({ RoleName, PolicyArn }, call) =>
      attach(call, await theModifiableRoleOwner(call, RoleName), PolicyArn),
  },
  DetachUserPolicy: {
    access: ({ UserName, PolicyArn }, call) => onAttachment(call, 'user', UserName, PolicyArn),
    write: async ({ UserName, PolicyArn }, call) => detach(call, await theOwner(call, 'user', UserName), PolicyArn),
  },
  DetachGroupPolicy: {
    access: ({ GroupName, PolicyArn }, call) => onAttachment(call, 'group', GroupName, PolicyArn),
    write: async ({ GroupName, PolicyArn }, call) => detach(call, await theOwner(call, 'group', GroupName), PolicyArn),
  },
  DetachRolePolicy: {
    access: ({ RoleName, PolicyArn }, call) => onAttachment(call, 'role', RoleName, PolicyArn),
    write: async ({ RoleName, PolicyArn }, call) =>
      detach(call, await theModifiableRoleOwner(call, RoleName), PolicyArn),
  },
  ListAttachedUserPolicies: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName),
    read: (input, call) => list(call, 'user', input.UserName, input),
  },
  ListAttachedGroupPolicies: {
    access: ({ GroupName }, call) => onOwner(call, 'group', GroupName),
    read: (input, call) => list(call, 'group', input.GroupName, input),
  },
  ListAttachedRolePolicies: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName),
    read: (input, call) => list(call, 'role', input.RoleName, input),
  },
});
