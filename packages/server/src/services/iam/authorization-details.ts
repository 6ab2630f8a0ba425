/** GetAccountAuthorizationDetails: every entity with its policies, in one paged list of four kinds (spec/iam.md 6.14). */
import type {
  EntityType,
  GroupDetail,
  IamModel,
  ManagedPolicyDetail,
  RoleDetail,
  UserDetail,
} from '../../model/iam.ts';
import type { Collection } from '../../store/store.ts';
import { operationsOf } from '../service.ts';
import { onAccount } from './access.ts';
import { attachedTo } from './attachments.ts';
import { awsManagedPolicies } from './aws-managed.ts';
import { boundaryOf } from './boundary.ts';
import { groupArn, roleArn, userArn } from './entities.ts';
import { inlineOf } from './inline-policies.ts';
import { profileSummary, profilesOf } from './instance-profiles.ts';
import { groupsOf } from './memberships.ts';
import type { Needs } from './needs.ts';
import { caseless, cut, pageSize, recordsAfter, startOf } from './pagination.ts';
import type { PageRequest } from './pagination.ts';
import { policyArn, policySummary } from './policies.ts';
import type { ManagedPolicy } from './policies.ts';
import { groups, managedPolicies, nameKey, roles, users } from './records.ts';
import type { GroupRecord, ManagedPolicyRecord, OwnerType, RoleRecord, UserRecord } from './records.ts';
import { roleLastUsed } from './role-last-used.ts';
import { renderTrust } from './trust.ts';

async function policiesOf(call: Needs, type: OwnerType, id: string) {
  const inline = await inlineOf(call, type, id);
  const attached = await attachedTo(call, type, id);
  return {
    inline: inline.map(({ policyName, document }) => ({ PolicyName: policyName, PolicyDocument: document })),
    AttachedManagedPolicies: attached.map(({ PolicyName, PolicyArn }) => ({ PolicyName, PolicyArn })),
  };
}

async function userDetail(call: Needs, user: UserRecord): Promise<UserDetail> {
  const { inline, AttachedManagedPolicies } = await policiesOf(call, 'user', user.userId);
  const names = (await groupsOf(call, user.userId)).map((group) => group.groupName);
  return {
    Path: user.path,
    UserName: user.userName,
    UserId: user.userId,
    Arn: userArn(call, user),
    CreateDate: new Date(user.createdAt),
    UserPolicyList: inline.length === 0 ? undefined : inline,
    GroupList: names.toSorted(caseless),
    AttachedManagedPolicies,
    PermissionsBoundary: boundaryOf(user.permissionsBoundary),
    Tags: user.tags,
  };
}

async function groupDetail(call: Needs, group: GroupRecord): Promise<GroupDetail> {
  const { inline, AttachedManagedPolicies } = await policiesOf(call, 'group', group.groupId);
  return {
    Path: group.path,
    GroupName: group.groupName,
    GroupId: group.groupId,
    Arn: groupArn(call, group),
    CreateDate: new Date(group.createdAt),
    GroupPolicyList: inline,
    AttachedManagedPolicies,
  };
}

async function roleDetail(call: Needs, role: RoleRecord): Promise<RoleDetail> {
  const { inline, AttachedManagedPolicies } = await policiesOf(call, 'role', role.roleId);
  const profiles = await profilesOf(call, role.roleId);
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: roleArn(call, role),
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: await renderTrust(call, role),
    InstanceProfileList: await Promise.all(profiles.map((profile) => profileSummary(call, profile))),
    RolePolicyList: inline,
    AttachedManagedPolicies,
    PermissionsBoundary: boundaryOf(role.permissionsBoundary),
    Tags: role.tags,
    RoleLastUsed: await roleLastUsed(call, role.roleId),
  };
}

async function policyDetail(call: Needs, policy: ManagedPolicy): Promise<ManagedPolicyDetail> {
  const { Tags: _, ...summary } = await policySummary(call, policy);
  const { record } = policy;
  const versions = record.versions.toReversed().map(({ document, versionId, createdAt }) => ({
    Document: document,
    VersionId: versionId,
    IsDefaultVersion: versionId === record.defaultVersionId,
    CreateDate: new Date(createdAt),
  }));
  return { ...summary, Description: record.description, PolicyVersionList: versions };
}

/** One entity of the whole list, known by its place, detailed only when it is on the page. */
interface Entry {
  readonly key: string;
  readonly add: (call: Needs, to: Details) => Promise<void>;
}

interface Details {
  readonly UserDetailList: UserDetail[];
  readonly GroupDetailList: GroupDetail[];
  readonly RoleDetailList: RoleDetail[];
  readonly Policies: ManagedPolicyDetail[];
}

type Section = (call: Needs, after: string | undefined, count: number) => Promise<Entry[]>;

const stored =
  <T>(collection: Collection<T>, add: (call: Needs, record: T, to: Details) => Promise<void>): Section =>
  async (call, after, count) =>
    (await recordsAfter(call, collection, after, count, () => true)).map(({ key, value }) => ({
      key,
      add: (asked, to) => add(asked, value, to),
    }));

const addPolicy = async (call: Needs, owner: string, record: ManagedPolicyRecord, to: Details): Promise<void> => {
  const arn = policyArn(call.env.settings.partition, owner, record);
  to.Policies.push(await policyDetail(call, { arn, byAws: owner === 'aws', record }));
};

const ofAws: Section = (_, after, count) => {
  const entries = [...awsManagedPolicies().values()].map((record) => ({
    key: nameKey(record.policyName),
    add: (asked: Needs, to: Details) => addPolicy(asked, 'aws', record, to),
  }));
  const sorted = entries.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return Promise.resolve(sorted.filter(({ key }) => after === undefined || key > after).slice(0, count));
};

/** In the order of the list. */
const sections: readonly (readonly [EntityType, Section])[] = [
  ['User', stored(users, async (call, record, to) => void to.UserDetailList.push(await userDetail(call, record)))],
  ['Group', stored(groups, async (call, record, to) => void to.GroupDetailList.push(await groupDetail(call, record)))],
  ['Role', stored(roles, async (call, record, to) => void to.RoleDetailList.push(await roleDetail(call, record)))],
  ['LocalManagedPolicy', stored(managedPolicies, (call, record, to) => addPolicy(call, call.accountId, record, to))],
  ['AWSManagedPolicy', ofAws],
];

/** Up to `count` entries after a place such as `2/some-role`. */
async function entriesAfter(
  call: Needs,
  filter: readonly EntityType[],
  start: string | undefined,
  count: number,
): Promise<Entry[]> {
  const [section = 0, after] = start === undefined ? [] : [Number(start.slice(0, 1)), start.slice(2)];
  const entries: Entry[] = [];
  for (const [index, [type, list]] of sections.entries()) {
    if (index < section || (filter.length > 0 && !filter.includes(type))) continue;
    const found = await list(call, index === section ? after : undefined, count - entries.length);
    entries.push(...found.map((entry) => ({ ...entry, key: `${index}/${entry.key}` })));
    if (entries.length >= count) break;
  }
  return entries;
}

async function detailsPage(call: Needs, filter: readonly EntityType[], input: PageRequest) {
  const listing = { operation: 'GetAccountAuthorizationDetails', filters: filter };
  const size = pageSize(input);
  const found = await entriesAfter(call, filter, startOf(call, listing, input.Marker), size + 1);
  const { items, more } = cut(call, listing, found, size, ({ key }) => key);
  const details: Details = { UserDetailList: [], GroupDetailList: [], RoleDetailList: [], Policies: [] };
  for (const entry of items) await entry.add(call, details);
  return { ...details, ...more };
}

export const authorizationDetails = operationsOf<IamModel>()({
  GetAccountAuthorizationDetails: {
    access: onAccount,
    read: (input, call) => detailsPage(call, input.Filter ?? [], input),
  },
});
