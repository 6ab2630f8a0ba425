/** Groups: collections of users that are managed as one; never principals (spec/iam.md 6.2). */
import type { Group, IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onCreate, onList, onOwner, onRename } from './access.ts';
import { pathOf } from './arns.ts';
import { ensureBare } from './bare.ts';
import { findGroup, groupArn, theGroup, userById } from './entities.ts';
import { newId } from './ids.ts';
import { state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { pageOf, pageOfRecords } from './pagination.ts';
import { quotas, quotaText } from './quotas.ts';
import { global, groups as collection, memberships, nameKey } from './records.ts';
import type { GroupRecord, UserRecord } from './records.ts';
import { userSummary } from './users.ts';

/** A group as every output shows it. */
export const groupSummary = (call: Needs, group: GroupRecord): Group => ({
  Path: group.path,
  GroupName: group.groupName,
  GroupId: group.groupId,
  Arn: groupArn(call, group),
  CreateDate: new Date(group.createdAt),
});

async function ensureFree(call: Needs<'EntityAlreadyExists'>, name: string): Promise<void> {
  if ((await findGroup(call, name)) !== undefined) {
    call.fail('EntityAlreadyExists', `Group with name ${name} already exists.`);
  }
}

async function ensureRoom(call: Needs<'LimitExceeded'>): Promise<void> {
  if ((await state(call).count(collection, global(call.accountId))) >= quotas.groupsPerAccount) {
    call.fail('LimitExceeded', quotaText('GroupsPerAccount', quotas.groupsPerAccount));
  }
}

async function move(call: Writes, from: GroupRecord, to: GroupRecord): Promise<void> {
  const scope = global(call.accountId);
  if (nameKey(from.groupName) !== nameKey(to.groupName)) {
    await call.tx.remove(collection, scope, nameKey(from.groupName));
  }
  await call.tx.put(collection, scope, nameKey(to.groupName), to);
}

/** Every member, read in pages. */
async function membersOf(call: Needs, groupId: string): Promise<UserRecord[]> {
  const members: UserRecord[] = [];
  let after: string | undefined;
  for (;;) {
    const page = { prefix: `${groupId}/`, limit: 1000, ...(after !== undefined && { after }) };
    const found = await state(call).list(memberships, global(call.accountId), page);
    const users = await Promise.all(found.map(({ value }) => userById(call, value.userId)));
    members.push(...users.filter((user) => user !== undefined));
    after = found.at(-1)?.key;
    if (found.length < 1000) return members;
  }
}

export const groups = operationsOf<IamModel>()({
  CreateGroup: {
    access: ({ GroupName, Path }, call) => onCreate(call, { type: 'group', name: GroupName, path: Path }),
    async write({ GroupName, Path }, call) {
      await ensureFree(call, GroupName);
      await ensureRoom(call);
      const group: GroupRecord = {
        groupName: GroupName,
        groupId: newId('group', call.accountId, call.env.random),
        path: pathOf(call, Path),
        createdAt: call.now,
      };
      await call.tx.insert(collection, global(call.accountId), nameKey(GroupName), group);
      return { Group: groupSummary(call, group) };
    },
  },

  GetGroup: {
    access: ({ GroupName }, call) => onOwner(call, 'group', GroupName),
    async read(input, call) {
      const group = await theGroup(call, input.GroupName);
      const listing = { operation: 'GetGroup', filters: [group.groupId] };
      const members = await membersOf(call, group.groupId);
      const { items, more } = pageOf(call, listing, input, members, (user) => nameKey(user.userName));
      return { Group: groupSummary(call, group), Users: items.map((user) => userSummary(call, user)), ...more };
    },
  },

  ListGroups: {
    access: (_, call) => onList(call, 'group'),
    async read(input, call) {
      const { PathPrefix = '/' } = input;
      const listing = { operation: 'ListGroups', filters: [PathPrefix] };
      const page = await pageOfRecords(call, listing, input, collection, (group) => group.path.startsWith(PathPrefix));
      return { Groups: page.items.map((group) => groupSummary(call, group)), ...page.more };
    },
  },

  UpdateGroup: {
    access: ({ GroupName, NewGroupName, NewPath }, call) =>
      onRename(call, 'group', GroupName, { name: NewGroupName, path: NewPath }),
    async write({ GroupName, NewGroupName, NewPath }, call) {
      const group = await theGroup(call, GroupName);
      const groupName = NewGroupName ?? group.groupName;
      if (nameKey(groupName) !== nameKey(group.groupName)) await ensureFree(call, groupName);
      await move(call, group, {
        ...group,
        groupName,
        path: NewPath === undefined ? group.path : pathOf(call, NewPath),
      });
      return {};
    },
  },

  DeleteGroup: {
    access: ({ GroupName }, call) => onOwner(call, 'group', GroupName),
    async write({ GroupName }, call) {
      const group = await theGroup(call, GroupName);
      await ensureBare(call, 'group', group.groupId);
      await call.tx.remove(collection, global(call.accountId), nameKey(group.groupName));
      return {};
    },
  },
});
