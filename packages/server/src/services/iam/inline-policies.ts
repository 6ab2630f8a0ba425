/** Inline policies of users, groups and roles (spec/iam.md 6.6): create-or-replace, names case-sensitive. */
import type { IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onOwner } from './access.ts';
import { ensureDocument, sizeOf } from './documents.ts';
import { theModifiableRoleOwner, theOwner } from './entities.ts';
import type { Owner } from './entities.ts';
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

/** What a put names: the entity is looked for only after the grammar was found good. */
interface Put {
  readonly owner: () => Promise<Owner>;
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

async function put(
  call: Writes<PutErrors>,
  { owner: find, PolicyName, PolicyDocument }: Put,
): Promise<Record<string, never>> {
  ensureDocument(call, 'identity', PolicyDocument);
  const { type, id, name } = await find();
  const all = await inlineOf(call, type, id);
  const others = all.filter(({ policyName }) => policyName !== PolicyName);
  const size = others.reduce((sum, { document }) => sum + sizeOf(document), sizeOf(PolicyDocument));
  if (size > limits[type]) {
    call.fail('LimitExceeded', `Maximum policy size of ${limits[type]} bytes exceeded for ${type} ${name}`);
  }
  const replaced = all.find(({ policyName }) => policyName === PolicyName);
  const policy = successor(call, replaced, {
    ownerType: type,
    ownerId: id,
    policyName: PolicyName,
    document: PolicyDocument,
  });
  await call.tx.put(collection, global(call.accountId), ownedKey(type, id, PolicyName), policy);
  return {};
}

/** The new record; while changes take time to be felt it remembers the text that is still in force. */
function successor(
  { now, env }: Needs,
  replaced: InlinePolicyRecord | undefined,
  policy: Omit<InlinePolicyRecord, 'since'>,
): InlinePolicyRecord {
  const delay = env.settings.propagationDelayMs;
  const previous = replaced === undefined || delay === 0 ? undefined : effectiveText(replaced, now, delay);
  return { ...policy, since: now, ...present({ previous }) };
}

const missing = (call: Needs<'NoSuchEntity'>, type: OwnerType, policyName: string): never =>
  call.fail('NoSuchEntity', `The ${type} policy with name ${policyName} cannot be found.`);

async function get(call: Needs<'NoSuchEntity'>, type: OwnerType, name: string, policyName: string) {
  const owner = await theOwner(call, type, name);
  const policy = await state(call).get(collection, global(call.accountId), ownedKey(type, owner.id, policyName));
  if (policy === undefined) return missing(call, type, policyName);
  return { name: owner.name, policy: { PolicyName: policy.policyName, PolicyDocument: policy.document } };
}

async function remove(
  call: Writes<'NoSuchEntity'>,
  { type, id }: Owner,
  policyName: string,
): Promise<Record<string, never>> {
  const removed = await call.tx.remove(collection, global(call.accountId), ownedKey(type, id, policyName));
  return removed ? {} : missing(call, type, policyName);
}

const itself = (policyName: string): string => policyName;
/** Sorts names ignoring case, those that differ only in case by case. */
const caseFolded = (policyName: string): string => `${nameKey(policyName)} ${policyName}`;

async function list(call: Needs<'NoSuchEntity'>, type: OwnerType, name: string, input: PageRequest) {
  const { id } = await theOwner(call, type, name);
  const names = (await inlineOf(call, type, id)).map((policy) => policy.policyName);
  const listing = { operation: `ListInlinePolicies:${type}`, filters: [id] };
  const { items, more } = pageOf(call, listing, input, names, itself, caseFolded);
  return { PolicyNames: items, ...more };
}

export const inlinePolicies = operationsOf<IamModel>()({
  PutUserPolicy: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName, { boundary: 'current' }),
    write: (input, call) => put(call, { ...input, owner: () => theOwner(call, 'user', input.UserName) }),
  },
  PutGroupPolicy: {
    access: ({ GroupName }, call) => onOwner(call, 'group', GroupName),
    write: (input, call) => put(call, { ...input, owner: () => theOwner(call, 'group', input.GroupName) }),
  },
  PutRolePolicy: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName, { boundary: 'current' }),
    write: (input, call) => put(call, { ...input, owner: () => theModifiableRoleOwner(call, input.RoleName) }),
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
    write: async ({ UserName, PolicyName }, call) => remove(call, await theOwner(call, 'user', UserName), PolicyName),
  },
  DeleteGroupPolicy: {
    access: ({ GroupName }, call) => onOwner(call, 'group', GroupName),
    write: async ({ GroupName, PolicyName }, call) =>
      remove(call, await theOwner(call, 'group', GroupName), PolicyName),
  },
  DeleteRolePolicy: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName, { boundary: 'current' }),
    write: async ({ RoleName, PolicyName }, call) =>
      remove(call, await theModifiableRoleOwner(call, RoleName), PolicyName),
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
