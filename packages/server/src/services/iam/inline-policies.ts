/** Inline policies of users, groups and roles (spec/iam.md 6.6): create-or-replace, names case-sensitive. */
import type { IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onOwner } from './access.ts';
import { ensureDocument, sizeOf } from './documents.ts';
import { ensureModifiable, theOwner } from './entities.ts';
import { present, state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { pageOf } from './pagination.ts';
import type { PageRequest } from './pagination.ts';
import { quotas } from './quotas.ts';
import { global, inlinePolicies as collection, nameKey, ownedKey } from './records.ts';
import type { InlinePolicyRecord, OwnerType } from './records.ts';

const limits: Readonly<Record<OwnerType, number>> = {
  user: quotas.userPolicySize,
  group: quotas.groupPolicySize,
  role: quotas.rolePolicySize,
};

/** All inline policies of an entity; their summed size bounds their number. */
export async function inlineOf(call: Needs, type: OwnerType, id: string): Promise<InlinePolicyRecord[]> {
  const prefix = ownedKey(type, id);
  return (await state(call).list(collection, global(call.accountId), { prefix })).map(({ value }) => value);
}

/** The text that permissions follow now: an earlier one until the propagation delay after a change is over. */
export function effectiveText(policy: InlinePolicyRecord, now: number, delayMs: number): string | undefined {
  return now - policy.since < delayMs ? policy.previous : policy.document;
}

type PutErrors = 'NoSuchEntity' | 'LimitExceeded' | 'MalformedPolicyDocument';

async function put(call: Writes<PutErrors>, type: OwnerType, name: string, policyName: string, document: string) {
  ensureDocument(call, 'identity', document);
  const owner = await theOwner(call, type, name);
  ensureModifiable(call as Needs as Needs<'UnmodifiableEntity'>, owner);
  const all = await inlineOf(call, type, owner.id);
  const others = all.filter((policy) => policy.policyName !== policyName);
  const size = others.reduce((sum, policy) => sum + sizeOf(policy.document), sizeOf(document));
  if (size > limits[type]) {
    call.fail('LimitExceeded', `Maximum policy size of ${limits[type]} bytes exceeded for ${type} ${owner.name}`);
  }
  const replaced = all.find((policy) => policy.policyName === policyName);
  const delay = call.env.settings.propagationDelayMs;
  const previous = replaced === undefined || delay === 0 ? undefined : effectiveText(replaced, call.now, delay);
  const policy = present({ ownerType: type, ownerId: owner.id, policyName, document, since: call.now, previous });
  await call.tx.put(collection, global(call.accountId), ownedKey(type, owner.id, policyName), policy);
  return {};
}

const missing = (call: Needs<'NoSuchEntity'>, type: OwnerType, policyName: string): never =>
  call.fail('NoSuchEntity', `The ${type} policy with name ${policyName} cannot be found.`);

async function get(call: Needs<'NoSuchEntity'>, type: OwnerType, name: string, policyName: string) {
  const owner = await theOwner(call, type, name);
  const policy = await state(call).get(collection, global(call.accountId), ownedKey(type, owner.id, policyName));
  if (policy === undefined) return missing(call, type, policyName);
  return { name: owner.name, policy: { PolicyName: policy.policyName, PolicyDocument: policy.document } };
}

async function remove(call: Writes<'NoSuchEntity'>, type: OwnerType, name: string, policyName: string) {
  const owner = await theOwner(call, type, name);
  ensureModifiable(call as Needs as Needs<'UnmodifiableEntity'>, owner);
  const removed = await call.tx.remove(collection, global(call.accountId), ownedKey(type, owner.id, policyName));
  return removed ? {} : missing(call, type, policyName);
}

async function list(call: Needs<'NoSuchEntity'>, type: OwnerType, name: string, input: PageRequest) {
  const { id } = await theOwner(call, type, name);
  const names = (await inlineOf(call, type, id)).map((policy) => policy.policyName);
  const listing = { operation: `ListInlinePolicies:${type}`, filters: [id] };
  const { items, more } = pageOf(call, listing, input, names, (policyName) => `${nameKey(policyName)} ${policyName}`);
  return { PolicyNames: items, ...more };
}

export const inlinePolicies = operationsOf<IamModel>()({
  PutUserPolicy: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName, { boundary: 'current' }),
    write: ({ UserName, PolicyName, PolicyDocument }, call) => put(call, 'user', UserName, PolicyName, PolicyDocument),
  },
  PutGroupPolicy: {
    access: ({ GroupName }, call) => onOwner(call, 'group', GroupName),
    write: ({ GroupName, PolicyName, PolicyDocument }, call) =>
      put(call, 'group', GroupName, PolicyName, PolicyDocument),
  },
  PutRolePolicy: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName, { boundary: 'current' }),
    write: ({ RoleName, PolicyName, PolicyDocument }, call) => put(call, 'role', RoleName, PolicyName, PolicyDocument),
  },
  GetUserPolicy: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName),
    async read({ UserName, PolicyName }, call) {
      const { name, policy } = await get(call, 'user', UserName, PolicyName);
      return { UserName: name, ...policy };
    },
  },
  GetGroupPolicy: {
    access: ({ GroupName }, call) => onOwner(call, 'group', GroupName),
    async read({ GroupName, PolicyName }, call) {
      const { name, policy } = await get(call, 'group', GroupName, PolicyName);
      return { GroupName: name, ...policy };
    },
  },
  GetRolePolicy: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName),
    async read({ RoleName, PolicyName }, call) {
      const { name, policy } = await get(call, 'role', RoleName, PolicyName);
      return { RoleName: name, ...policy };
    },
  },
  DeleteUserPolicy: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName, { boundary: 'current' }),
    write: ({ UserName, PolicyName }, call) => remove(call, 'user', UserName, PolicyName),
  },
  DeleteGroupPolicy: {
    access: ({ GroupName }, call) => onOwner(call, 'group', GroupName),
    write: ({ GroupName, PolicyName }, call) => remove(call, 'group', GroupName, PolicyName),
  },
  DeleteRolePolicy: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName, { boundary: 'current' }),
    write: ({ RoleName, PolicyName }, call) => remove(call, 'role', RoleName, PolicyName),
  },
  ListUserPolicies: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName),
    read: (input, call) => list(call, 'user', input.UserName, input),
  },
  ListGroupPolicies: {
    access: ({ GroupName }, call) => onOwner(call, 'group', GroupName),
    read: (input, call) => list(call, 'group', input.GroupName, input),
  },
  ListRolePolicies: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName),
    read: (input, call) => list(call, 'role', input.RoleName, input),
  },
});
