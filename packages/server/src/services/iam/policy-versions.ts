/** Versions of managed policies: at most five, numbered once and for ever (spec/iam.md 6.5). */
import type { IamModel, PolicyVersion } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { ensureDocument, ensureManagedSize } from './documents.ts';
import type { Needs, Writes } from './needs.ts';
import { present } from './needs.ts';
import { pageOf } from './pagination.ts';
import { onPolicy, theOwnPolicy, thePolicy, theVersion } from './policies.ts';
import { quotas } from './quotas.ts';
import { global, managedPolicies, nameKey } from './records.ts';
import type { ManagedPolicyRecord, PolicyVersionRecord } from './records.ts';

const outside = 'Cannot update policies outside your own account.';
const numberOf = (versionId: string): number => Number(versionId.slice(1));

const versionOf = (policy: ManagedPolicyRecord, version: PolicyVersionRecord): PolicyVersion => ({
  VersionId: version.versionId,
  IsDefaultVersion: version.versionId === policy.defaultVersionId,
  CreateDate: new Date(version.createdAt),
});

const save = (call: Writes, policy: ManagedPolicyRecord): Promise<void> =>
  call.tx.put(managedPolicies, global(call.accountId), nameKey(policy.policyName), policy);

/** The default version that permissions still follow while a switch of the default has not taken effect. */
export function effectiveDefault(policy: ManagedPolicyRecord, now: number, delayMs: number): string {
  const pending = policy.previousDefault !== undefined && now - policy.defaultSince < delayMs;
  const previous = pending && policy.versions.some(({ versionId }) => versionId === policy.previousDefault);
  return previous ? (policy.previousDefault ?? policy.defaultVersionId) : policy.defaultVersionId;
}

function withDefault(call: Needs, policy: ManagedPolicyRecord, versionId: string): ManagedPolicyRecord {
  if (policy.defaultVersionId === versionId) return policy;
  const previousDefault = effectiveDefault(policy, call.now, call.env.settings.propagationDelayMs);
  return { ...policy, defaultVersionId: versionId, defaultSince: call.now, previousDefault };
}

export const policyVersions = operationsOf<IamModel>()({
  CreatePolicyVersion: {
    access: ({ PolicyArn }, call) => onPolicy(call, PolicyArn),
    async write({ PolicyArn, PolicyDocument, SetAsDefault = false }, call) {
      ensureDocument(call, 'identity', PolicyDocument);
      const { record } = await theOwnPolicy(call, PolicyArn, outside);
      ensureManagedSize(call, PolicyDocument);
      if (record.versions.length >= quotas.versionsPerPolicy) {
        call.fail(
          'LimitExceeded',
          'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
        );
      }
      const version = { versionId: `v${record.nextVersion}`, document: PolicyDocument, createdAt: call.now };
      const versions = [...record.versions, version];
      const grown = { ...record, versions, nextVersion: record.nextVersion + 1, updatedAt: call.now };
      const saved = SetAsDefault ? withDefault(call, grown, version.versionId) : grown;
      await save(call, saved);
      return { PolicyVersion: versionOf(saved, version) };
    },
  },

  GetPolicyVersion: {
    access: ({ PolicyArn }, call) => onPolicy(call, PolicyArn),
    async read({ PolicyArn, VersionId }, call) {
      const policy = await thePolicy(call, PolicyArn);
      const version = theVersion(call, policy, VersionId);
      return { PolicyVersion: { Document: version.document, ...versionOf(policy.record, version) } };
    },
  },

  ListPolicyVersions: {
    access: ({ PolicyArn }, call) => onPolicy(call, PolicyArn),
    async read(input, call) {
      const { record } = await thePolicy(call, input.PolicyArn);
      const listing = { operation: 'ListPolicyVersions', filters: [input.PolicyArn] };
      // Newest first: the key falls as the number rises.
      const key = (version: PolicyVersionRecord): string => String(1e9 - numberOf(version.versionId));
      const { items, more } = pageOf(call, listing, input, record.versions, key);
      return { Versions: items.map((version) => versionOf(record, version)), ...more };
    },
  },

  DeletePolicyVersion: {
    access: ({ PolicyArn }, call) => onPolicy(call, PolicyArn),
    async write({ PolicyArn, VersionId }, call) {
      const refusal = 'Cannot delete policy versions for policies outside your own account.';
      const policy = await theOwnPolicy(call, PolicyArn, refusal);
      const { versionId } = theVersion(call, policy, VersionId);
      const { previousDefault, ...rest } = policy.record;
      if (versionId === rest.defaultVersionId) {
        call.fail('DeleteConflict', 'Cannot delete the default version of a policy.');
      }
      const kept = previousDefault === versionId ? undefined : previousDefault;
      const versions = rest.versions.filter((version) => version.versionId !== versionId);
      await save(call, { ...rest, ...present({ previousDefault: kept }), versions, updatedAt: call.now });
      return {};
    },
  },

  SetDefaultPolicyVersion: {
    access: ({ PolicyArn }, call) => onPolicy(call, PolicyArn),
    async write({ PolicyArn, VersionId }, call) {
      const policy = await theOwnPolicy(call, PolicyArn, outside);
      const { versionId } = theVersion(call, policy, VersionId);
      await save(call, { ...withDefault(call, policy.record, versionId), updatedAt: call.now });
      return {};
    },
  },
});
