/** Accounts, users, groups, policies, roles and keys of a fixture file, with chosen ids, names and keys. */
import { validatePolicy } from '@stagedoor/policy';
import type { Environment } from '../services/environment.ts';
import { accountTrustIds } from '../services/iam/trust.ts';
import { newId } from '../services/iam/ids.ts';
import { loadPolicy as findPolicy } from '../services/iam/policies.ts';
import {
  accessKeys,
  accounts,
  anyAccount,
  attachments,
  global,
  groups,
  inlinePolicies,
  managedPolicies,
  memberships,
  nameKey,
  ownedKey,
  roles,
  users,
} from '../services/iam/records.ts';
import type { OwnerType, Tag } from '../services/iam/records.ts';
import type { Transaction } from '../store/store.ts';
import { located } from './at.ts';
import type { At } from './at.ts';
import { loadMfaDevice } from './mfa.ts';

export interface Load {
  readonly tx: Transaction;
  readonly env: Environment;
  readonly accountId: string;
  readonly now: number;
}

const name = (at: At, max: number): string =>
  at.text(new RegExp(`^[\\w+=,.@-]{1,${max}}$`), `a name of at most ${max} characters [A-Za-z0-9_+=,.@-]`);
const path = (at: At): string => at.optionalText(/^\/([\x21-\x7e]+\/)*$/, 'a path that begins and ends with /') ?? '/';
const tags = (at: At): Tag[] => Object.entries(at.texts()).map(([Key, Value]) => ({ Key, Value }));

/** A policy document, as a map in the file or as text (`!file`), checked as the API checks it. */
function document(at: At, kind: 'identity' | 'trust'): string {
  const text = typeof at.value === 'string' ? at.value.trim() : JSON.stringify(at.map());
  const verdict = validatePolicy(text, kind);
  return verdict.valid ? text : at.refuse(`is not a valid policy: ${verdict.message ?? 'it does not parse'}`);
}

async function keys(load: Load, owner: At, list: string, ownerId: string): Promise<void> {
  for (const key of owner.list(list)) {
    key.map(['id', 'secret', 'status']);
    const accessKeyId = key.member('id').text(/^\w{16,128}$/, 'an access key id of 16 to 128 characters');
    await load.tx.insert(accessKeys, anyAccount, accessKeyId, {
      accessKeyId,
      secret: key.member('secret').text(/^[\x21-\x7e]{16,128}$/, 'a secret access key of 16 to 128 characters'),
      accountId: load.accountId,
      ownerId,
      status: (key.member('status').optionalText(/^(Active|Inactive)$/, 'Active or Inactive') ?? 'Active') as
        | 'Active'
        | 'Inactive',
      createdAt: load.now,
    });
  }
}

/** Attached policies are named by ARN, or by name for policies of this file's account. */
async function policiesOf(load: Load, owner: At, type: OwnerType, ownerId: string): Promise<void> {
  for (const entry of owner.list('policies')) {
    const given = entry.text(/^\S{1,2048}$/, 'the name or ARN of a policy');
    const policyArn = given.startsWith('arn:')
      ? await knownArn(load, entry, given)
      : await localPolicyArn(load, entry, given);
    await load.tx.insert(attachments, global(load.accountId), ownedKey(type, ownerId, policyArn), {
      ownerType: type,
      ownerId,
      policyArn,
      since: load.now,
    });
  }
  for (const [policyName, at] of owner.entries('inlinePolicies')) {
    const record = { ownerType: type, ownerId, policyName, document: document(at, 'identity'), since: load.now };
    await load.tx.insert(inlinePolicies, global(load.accountId), ownedKey(type, ownerId, policyName), record);
  }
}

/** A misspelt ARN would attach nothing, and nobody would be told. */
async function knownArn(load: Load, at: At, arn: string): Promise<string> {
  const policy = await findPolicy(load.tx, load.accountId, arn);
  return policy === undefined ? at.refuse(`names a policy that does not exist: ${arn}`) : arn;
}

async function localPolicyArn(load: Load, at: At, given: string): Promise<string> {
  const policy = await load.tx.get(managedPolicies, global(load.accountId), nameKey(given));
  if (policy === undefined) return at.refuse(`names a policy that the account does not have: ${given}`);
  return `arn:${load.env.settings.partition}:iam::${load.accountId}:policy${policy.path}${policy.policyName}`;
}

async function loadPolicy(load: Load, at: At): Promise<void> {
  at.map(['name', 'path', 'id', 'description', 'document', 'tags']);
  const policyName = name(at.member('name'), 128);
  const description = at.member('description').optionalText(/^[^]{0,1000}$/, 'text of at most 1000 characters');
  await load.tx.insert(managedPolicies, global(load.accountId), nameKey(policyName), {
    policyName,
    policyId:
      at.member('id').optionalText(/^ANPA\w{12,124}$/, 'an id ANPA…') ??
      newId('managedPolicy', load.accountId, load.env.random),
    path: path(at.member('path')),
    ...(description === undefined ? {} : { description }),
    createdAt: load.now,
    updatedAt: load.now,
    tags: tags(at.member('tags')),
    defaultVersionId: 'v1',
    defaultSince: load.now,
    nextVersion: 2,
    versions: [{ versionId: 'v1', document: document(at.member('document'), 'identity'), createdAt: load.now }],
  });
}

async function loadGroup(load: Load, at: At): Promise<void> {
  at.map(['name', 'path', 'id', 'policies', 'inlinePolicies']);
  const groupName = name(at.member('name'), 128);
  const groupId =
    at.member('id').optionalText(/^AGPA\w{12,124}$/, 'an id AGPA…') ?? newId('group', load.accountId, load.env.random);
  await load.tx.insert(groups, global(load.accountId), nameKey(groupName), {
    groupName,
    groupId,
    path: path(at.member('path')),
    createdAt: load.now,
  });
  await policiesOf(load, at, 'group', groupId);
}

async function loadUser(load: Load, at: At): Promise<void> {
  at.map(['name', 'path', 'id', 'tags', 'groups', 'policies', 'inlinePolicies', 'accessKeys']);
  const userName = name(at.member('name'), 64);
  const userId =
    at.member('id').optionalText(/^AIDA\w{12,124}$/, 'an id AIDA…') ?? newId('user', load.accountId, load.env.random);
  await load.tx.insert(users, global(load.accountId), nameKey(userName), {
    userName,
    userId,
    path: path(at.member('path')),
    createdAt: load.now,
    tags: tags(at.member('tags')),
  });
  for (const member of at.list('groups')) {
    const group = await load.tx.get(groups, global(load.accountId), nameKey(name(member, 128)));
    if (group === undefined) return member.refuse('names a group that the account does not have');
    await load.tx.insert(memberships, global(load.accountId), `${group.groupId}/${userId}`, {
      groupId: group.groupId,
      userId,
      since: load.now,
    });
  }
  await policiesOf(load, at, 'user', userId);
  await keys(load, at, 'accessKeys', userId);
}

async function loadRole(load: Load, at: At): Promise<void> {
  at.map(['name', 'path', 'id', 'trust', 'maxSessionDuration', 'tags', 'policies', 'inlinePolicies']);
  const roleName = name(at.member('name'), 64);
  const roleId =
    at.member('id').optionalText(/^AROA\w{12,124}$/, 'an id AROA…') ?? newId('role', load.accountId, load.env.random);
  const seconds = at.member('maxSessionDuration');
  const maxSessionDuration = seconds.present ? Number(seconds.value) : 3600;
  if (!Number.isInteger(maxSessionDuration) || maxSessionDuration < 3600 || maxSessionDuration > 43_200)
    seconds.refuse('must be a number from 3600 to 43200');
  const trust = at.member('trust');
  const trustPolicy = document(trust, 'trust');
  await load.tx.insert(roles, global(load.accountId), nameKey(roleName), {
    roleName,
    roleId,
    path: path(at.member('path')),
    createdAt: load.now,
    maxSessionDuration,
    trustPolicy,
    trustIds: await located(trust, () => accountTrustIds(load.tx, trustPolicy)),
    tags: tags(at.member('tags')),
  });
  await policiesOf(load, at, 'role', roleId);
}

/** The IAM part of one account. What the file names must exist in it or stand earlier in it: policies, groups, users, roles. */
export async function loadIam(load: Load, at: At): Promise<void> {
  if ((await load.tx.get(accounts, anyAccount, load.accountId)) === undefined) {
    await load.tx.insert(accounts, anyAccount, load.accountId, { accountId: load.accountId, createdAt: load.now });
  }
  await keys(load, at, 'rootAccessKeys', load.accountId);
  for (const policy of at.list('policies')) await loadPolicy(load, policy);
  for (const group of at.list('groups')) await loadGroup(load, group);
  for (const user of at.list('users')) await loadUser(load, user);
  for (const device of at.list('mfaDevices')) await loadMfaDevice(load, device);
  for (const role of at.list('roles')) await loadRole(load, role);
}
