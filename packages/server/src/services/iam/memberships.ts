/** Who is in which group (spec/iam.md 6.2). Authorized on the group, not on the user. */
import type { IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onOwner } from './access.ts';
import { groupById, theGroup, theUser } from './entities.ts';
import { groupSummary } from './groups.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { pageOf } from './pagination.ts';
import { quotas, quotaText } from './quotas.ts';
import { global, memberships as collection, nameKey } from './records.ts';
import type { GroupRecord } from './records.ts';

/** The groups of a user, in no order. */
export async function groupsOf(call: Needs, userId: string): Promise<GroupRecord[]> {
  const found = await state(call).find(collection, 'user', userId, global(call.accountId));
  const groups = await Promise.all(found.map(({ value }) => groupById(call, value.groupId)));
  return groups.filter((group) => group !== undefined);
}

export const memberships = operationsOf<IamModel>()({
  AddUserToGroup: {
    access: ({ GroupName }, call) => onOwner(call, 'group', GroupName),
    async write({ GroupName, UserName }, call) {
      const { userId } = await theUser(call, UserName);
      const { groupId } = await theGroup(call, GroupName);
      const joined = await call.tx.find(collection, 'user', userId, global(call.accountId));
      if (joined.some(({ value }) => value.groupId === groupId)) return {};
      if (joined.length >= quotas.groupsPerUser) {
        call.fail('LimitExceeded', quotaText('GroupsPerUser', quotas.groupsPerUser));
      }
      const membership = { groupId, userId, since: call.now };
      await call.tx.put(collection, global(call.accountId), `${groupId}/${userId}`, membership);
      return {};
    },
  },

  RemoveUserFromGroup: {
    access: ({ GroupName }, call) => onOwner(call, 'group', GroupName),
    async write({ GroupName, UserName }, call) {
      const { userId } = await theUser(call, UserName);
      const { groupId } = await theGroup(call, GroupName);
      await call.tx.remove(collection, global(call.accountId), `${groupId}/${userId}`);
      return {};
    },
  },

  ListGroupsForUser: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName),
    async read(input, call) {
      const { userId } = await theUser(call, input.UserName);
      const listing = { operation: 'ListGroupsForUser', filters: [userId] };
      const groups = await groupsOf(call, userId);
      const { items, more } = pageOf(call, listing, input, groups, (group) => nameKey(group.groupName));
      return { Groups: items.map((group) => groupSummary(call, group)), ...more };
    },
  },
});
