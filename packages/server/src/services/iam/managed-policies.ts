/** Managed policies: create, get, list, delete, and who uses one (spec/iam.md 6.5). */
import type { IamModel, ListPoliciesRequest } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import type { AccessCheck } from '../service.ts';
import { onCreate } from './access.ts';
import { pathOf } from './arns.ts';
import { awsManagedPolicies } from './aws-managed.ts';
import { ensureDocument, ensureManagedSize } from './documents.ts';
import { entitiesForPolicy } from './policy-entities.ts';
import { newId } from './ids.ts';
import { present, state } from './needs.ts';
import type { Needs } from './needs.ts';
import { cut, pageSize, recordsAfter, startOf } from './pagination.ts';
import type { PageOf } from './pagination.ts';
import { onPolicy, policyArn, policySummary, theAttachable, theOwnPolicy, thePolicy, usageOf } from './policies.ts';
import type { ManagedPolicy } from './policies.ts';
import { quotas, quotaText } from './quotas.ts';
import { global, managedPolicies as collection, nameKey } from './records.ts';
import type { ManagedPolicyRecord } from './records.ts';
import { checkedTags } from './validate-tags.ts';

const own = (call: Needs, record: ManagedPolicyRecord): ManagedPolicy => ({
  arn: policyArn(call.env.settings.partition, call.accountId, record),
  byAws: false,
  record,
});

const ofAws = (call: Needs, record: ManagedPolicyRecord): ManagedPolicy => ({
  arn: policyArn(call.env.settings.partition, 'aws', record),
  byAws: true,
  record,
});

async function ensureNew(call: Needs<'EntityAlreadyExists'>, name: string): Promise<void> {
  if ((await state(call).get(collection, global(call.accountId), nameKey(name))) !== undefined) {
    call.fail('EntityAlreadyExists', `A policy called ${name} already exists. Duplicate names are not allowed.`);
  }
}

async function ensureRoom(call: Needs<'LimitExceeded'>): Promise<void> {
  if ((await state(call).count(collection, global(call.accountId))) >= quotas.policiesPerAccount) {
    call.fail('LimitExceeded', quotaText('PoliciesPerAccount', quotas.policiesPerAccount));
  }
}

/** Customer policies sort before AWS's of the same name. */
const listKey = (policy: ManagedPolicy): string => `${nameKey(policy.record.policyName)} ${policy.byAws ? 1 : 0}`;

function wantedPolicies(call: Needs, input: ListPoliciesRequest): (policy: ManagedPolicy) => Promise<boolean> {
  const { PathPrefix = '/', OnlyAttached = false, PolicyUsageFilter: usage } = input;
  return async ({ arn, record }) => {
    if (!record.path.startsWith(PathPrefix)) return false;
    if (!OnlyAttached && usage === undefined) return true;
    const { attached, bounds } = await usageOf(call, arn);
    return usage === 'PermissionsBoundary' ? bounds > 0 : attached > 0;
  };
}

async function listPage(call: Needs, input: ListPoliciesRequest): Promise<PageOf<ManagedPolicy>> {
  const { Scope: scope = 'All', OnlyAttached, PathPrefix, PolicyUsageFilter } = input;
  const filters = [scope, String(OnlyAttached ?? false), PathPrefix, PolicyUsageFilter];
  const listing = { operation: 'ListPolicies', filters };
  const after = startOf(call, listing, input.Marker);
  const wanted = wantedPolicies(call, input);
  const size = pageSize(input);
  const found: ManagedPolicy[] = [];
  if (scope !== 'AWS') {
    const local = await recordsAfter(call, collection, after?.split(' ')[0], size + 1, (record) =>
      wanted(own(call, record)),
    );
    found.push(...local.map(({ value }) => own(call, value)));
  }
  if (scope !== 'Local') {
    for (const record of awsManagedPolicies().values()) {
      const policy = ofAws(call, record);
      if ((after === undefined || listKey(policy) > after) && (await wanted(policy))) found.push(policy);
    }
  }
  found.sort((a, b) => (listKey(a) < listKey(b) ? -1 : 1));
  return cut(call, listing, found.slice(0, size + 1), size, listKey);
}

const onPath = (prefix = '/'): AccessCheck => ({ resource: '*', resourceText: `policy path ${prefix}` });

export const managedPolicies = operationsOf<IamModel>()({
  CreatePolicy: {
    access: ({ PolicyName, Path, Tags }, call) =>
      onCreate(call, { type: 'policy', name: PolicyName, path: Path, tags: Tags, tagAction: 'iam:TagPolicy' }),
    async write({ PolicyName, Path, PolicyDocument, Description, Tags }, call) {
      ensureDocument(call, 'identity', PolicyDocument);
      await ensureNew(call, PolicyName);
      const tags = checkedTags(call, 'exact', Tags);
      ensureManagedSize(call, PolicyDocument);
      await ensureRoom(call);
      const record: ManagedPolicyRecord = present({
        policyName: PolicyName,
        policyId: newId('managedPolicy', call.accountId, call.env.random),
        path: pathOf(call, Path),
        description: Description,
        createdAt: call.now,
        updatedAt: call.now,
        tags,
        defaultVersionId: 'v1',
        defaultSince: call.now,
        nextVersion: 2,
        versions: [{ versionId: 'v1', document: PolicyDocument, createdAt: call.now }],
      });
      await call.tx.insert(collection, global(call.accountId), nameKey(PolicyName), record);
      const summary = await policySummary(call, own(call, record));
      return { Policy: { ...summary, Tags: tags.length === 0 ? undefined : tags } };
    },
  },

  GetPolicy: {
    access: ({ PolicyArn }, call) => onPolicy(call, PolicyArn),
    async read({ PolicyArn }, call) {
      const policy = await thePolicy(call, PolicyArn);
      const { description, tags } = policy.record;
      return { Policy: { ...(await policySummary(call, policy)), Description: description, Tags: tags } };
    },
  },

  ListPolicies: {
    access: ({ PathPrefix }) => onPath(PathPrefix),
    async read(input, call) {
      const page = await listPage(call, input);
      return { Policies: await Promise.all(page.items.map((policy) => policySummary(call, policy))), ...page.more };
    },
  },

  DeletePolicy: {
    access: ({ PolicyArn }, call) => onPolicy(call, PolicyArn),
    async write({ PolicyArn }, call) {
      const { record } = await theOwnPolicy(call, PolicyArn, 'Cannot delete policies outside your own account.');
      const { attached, bounds } = await usageOf(call, PolicyArn);
      if (attached + bounds > 0) call.fail('DeleteConflict', 'Cannot delete a policy attached to entities.');
      if (record.versions.length > 1) {
        call.fail(
          'DeleteConflict',
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
      }
      await call.tx.remove(collection, global(call.accountId), nameKey(record.policyName));
      return {};
    },
  },

  ListEntitiesForPolicy: {
    access: ({ PolicyArn }, call) => onPolicy(call, PolicyArn),
    async read(input, call) {
      await theAttachable(call, input.PolicyArn);
      return entitiesForPolicy(call, input);
    },
  },
});
