/** Managed policies, the account's and AWS's alike: look-up, usage, and how outputs show them. */
import type { Policy } from '../../model/iam.ts';
import type { Reader } from '../../store/store.ts';
import type { AccessCheck } from '../service.ts';
import { tagMap } from './access.ts';
import { parseIamArn } from './arns.ts';
import { awsManagedPolicies } from './aws-managed.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { attachments, global, managedPolicies, nameKey, roles, users } from './records.ts';
import type { ManagedPolicyRecord, PolicyVersionRecord, Tag } from './records.ts';

export interface ManagedPolicy {
  readonly arn: string;
  readonly byAws: boolean;
  readonly record: ManagedPolicyRecord;
}

export const policyArn = (partition: string, owner: string, policy: ManagedPolicyRecord): string =>
  `arn:${partition}:iam::${owner}:policy${policy.path}${policy.policyName}`;

/** The policy of exactly this ARN: the account's own or one that AWS manages; `undefined` for any other. */
export async function loadPolicy(reader: Reader, accountId: string, arn: string): Promise<ManagedPolicy | undefined> {
  const parts = parseIamArn(arn);
  if (parts?.type !== 'policy') return undefined;
  if (parts.account === 'aws') {
    const record = awsManagedPolicies().get(parts.path + parts.name);
    return record === undefined ? undefined : { arn, byAws: true, record };
  }
  if (parts.account !== accountId) return undefined;
  const record = await reader.get(managedPolicies, global(accountId), nameKey(parts.name));
  const same = record !== undefined && record.path === parts.path && record.policyName === parts.name;
  return same ? { arn, byAws: false, record } : undefined;
}

export const findPolicy = async (call: Needs, arn: string): Promise<ManagedPolicy | undefined> =>
  parseIamArn(arn)?.partition === call.env.settings.partition
    ? loadPolicy(state(call), call.accountId, arn)
    : undefined;

/** The policy to read, or NoSuchEntity. */
export const thePolicy = async (call: Needs<'NoSuchEntity'>, arn: string): Promise<ManagedPolicy> =>
  (await findPolicy(call, arn)) ?? call.fail('NoSuchEntity', `Policy ${arn} was not found.`);

/** The policy to attach or ask entities of, or NoSuchEntity. */
export const theAttachable = async (call: Needs<'NoSuchEntity'>, arn: string): Promise<ManagedPolicy> =>
  (await findPolicy(call, arn)) ?? call.fail('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`);

/** The account's own policy, to change it; `refusal` is what AWS says of anyone else's. */
export async function theOwnPolicy(call: Needs<'NoSuchEntity'>, arn: string, refusal: string): Promise<ManagedPolicy> {
  const owner = parseIamArn(arn)?.account;
  if (owner !== undefined && owner !== call.accountId) call.fail('AccessDenied', refusal);
  return thePolicy(call, arn);
}

/** The version, or NoSuchEntity. */
export const theVersion = (call: Needs<'NoSuchEntity'>, policy: ManagedPolicy, id: string): PolicyVersionRecord =>
  policy.record.versions.find((version) => version.versionId === id) ??
  call.fail('NoSuchEntity', `Policy ${policy.arn} version ${id} does not exist or is not attachable.`);

/** Fails when the text is no ARN at all. */
export function ensureArn(call: Needs, arn: string): void {
  if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/.test(arn)) call.fail('ValidationError', `ARN ${arn} is not valid.`);
}

/** Check of an operation on a managed policy; AWS's are read with the caller's own rights. */
export async function onPolicy(
  call: Needs,
  arn: string,
  facts: { readonly requestTags?: readonly Tag[]; readonly tagKeys?: readonly string[] } = {},
): Promise<AccessCheck> {
  ensureArn(call, arn);
  const policy = await findPolicy(call, arn);
  const byAws = parseIamArn(arn)?.account === 'aws';
  return {
    resource: arn,
    resourceText: `policy ${arn}`,
    resourceTags: tagMap(policy?.record.tags ?? []),
    ...(byAws && { resourceAccount: call.accountId }),
    ...(facts.requestTags !== undefined && { requestTags: tagMap(facts.requestTags) }),
    ...(facts.tagKeys !== undefined && { tagKeys: facts.tagKeys }),
  };
}

/** How often the account attaches a policy, and how often it bounds with it. */
export async function usageOf(call: Needs, arn: string): Promise<{ attached: number; bounds: number }> {
  const [reader, scope] = [state(call), global(call.accountId)];
  const [attached, boundUsers, boundRoles] = await Promise.all([
    reader.find(attachments, 'policy', arn, scope),
    reader.find(users, 'boundary', arn, scope),
    reader.find(roles, 'boundary', arn, scope),
  ]);
  return { attached: attached.length, bounds: boundUsers.length + boundRoles.length };
}

/** A policy as ListPolicies shows it; CreatePolicy and GetPolicy add to it. */
export async function policySummary(call: Needs, policy: ManagedPolicy): Promise<Policy> {
  const { attached, bounds } = await usageOf(call, policy.arn);
  const { record } = policy;
  return {
    PolicyName: record.policyName,
    PolicyId: record.policyId,
    Arn: policy.arn,
    Path: record.path,
    DefaultVersionId: record.defaultVersionId,
    AttachmentCount: attached,
    PermissionsBoundaryUsageCount: bounds,
    IsAttachable: true,
    CreateDate: new Date(record.createdAt),
    UpdateDate: new Date(record.updatedAt),
  };
}
