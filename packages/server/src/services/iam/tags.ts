/** Tags of users, roles, managed policies and instance profiles (spec/iam.md 6.17). */
import type { IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onOwner } from './access.ts';
import { theRole, theUser } from './entities.ts';
import { onProfile, theProfile } from './instance-profile-lookup.ts';
import { onPolicy, theOwnPolicy, thePolicy } from './policies.ts';
import { global, instanceProfiles, managedPolicies, nameKey, roles, users } from './records.ts';
import { tagPage } from './tag-page.ts';
import { mergedTags, withoutTags } from './validate-tags.ts';

const outside = 'Cannot update policies outside your own account.';

export const tags = operationsOf<IamModel>()({
  TagUser: {
    access: ({ UserName, Tags }, call) => onOwner(call, 'user', UserName, { requestTags: Tags }),
    async write({ UserName, Tags }, call) {
      const user = await theUser(call, UserName);
      const merged = mergedTags(call, 'folded', user.tags, Tags);
      await call.tx.put(users, global(call.accountId), nameKey(user.userName), { ...user, tags: merged });
      return {};
    },
  },
  UntagUser: {
    access: ({ UserName, TagKeys }, call) => onOwner(call, 'user', UserName, { tagKeys: TagKeys }),
    async write({ UserName, TagKeys }, call) {
      const user = await theUser(call, UserName);
      const left = withoutTags('folded', user.tags, TagKeys);
      await call.tx.put(users, global(call.accountId), nameKey(user.userName), { ...user, tags: left });
      return {};
    },
  },
  ListUserTags: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName),
    async read(input, call) {
      const user = await theUser(call, input.UserName);
      return tagPage(call, 'ListUserTags', user.userId, input, user.tags);
    },
  },

  TagRole: {
    access: ({ RoleName, Tags }, call) => onOwner(call, 'role', RoleName, { requestTags: Tags }),
    async write({ RoleName, Tags }, call) {
      const role = await theRole(call, RoleName);
      const merged = mergedTags(call, 'folded', role.tags, Tags);
      await call.tx.put(roles, global(call.accountId), nameKey(role.roleName), { ...role, tags: merged });
      return {};
    },
  },
  UntagRole: {
    access: ({ RoleName, TagKeys }, call) => onOwner(call, 'role', RoleName, { tagKeys: TagKeys }),
    async write({ RoleName, TagKeys }, call) {
      const role = await theRole(call, RoleName);
      const left = withoutTags('folded', role.tags, TagKeys);
      await call.tx.put(roles, global(call.accountId), nameKey(role.roleName), { ...role, tags: left });
      return {};
    },
  },
  ListRoleTags: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName),
    async read(input, call) {
      const role = await theRole(call, input.RoleName);
      return tagPage(call, 'ListRoleTags', role.roleId, input, role.tags);
    },
  },

  TagPolicy: {
    access: ({ PolicyArn, Tags }, call) => onPolicy(call, PolicyArn, { requestTags: Tags }),
    async write({ PolicyArn, Tags }, call) {
      const { record } = await theOwnPolicy(call, PolicyArn, outside);
      const merged = mergedTags(call, 'exact', record.tags, Tags);
      await call.tx.put(managedPolicies, global(call.accountId), nameKey(record.policyName), {
        ...record,
        tags: merged,
      });
      return {};
    },
  },
  UntagPolicy: {
    access: ({ PolicyArn, TagKeys }, call) => onPolicy(call, PolicyArn, { tagKeys: TagKeys }),
    async write({ PolicyArn, TagKeys }, call) {
      const { record } = await theOwnPolicy(call, PolicyArn, outside);
      const left = withoutTags('exact', record.tags, TagKeys);
      await call.tx.put(managedPolicies, global(call.accountId), nameKey(record.policyName), { ...record, tags: left });
      return {};
    },
  },
  ListPolicyTags: {
    access: ({ PolicyArn }, call) => onPolicy(call, PolicyArn),
    async read(input, call) {
      const { record } = await thePolicy(call, input.PolicyArn);
      return tagPage(call, 'ListPolicyTags', record.policyId, input, record.tags);
    },
  },

  TagInstanceProfile: {
    access: ({ InstanceProfileName, Tags }, call) => onProfile(call, InstanceProfileName, { requestTags: Tags }),
    async write({ InstanceProfileName, Tags }, call) {
      const profile = await theProfile(call, InstanceProfileName);
      const merged = mergedTags(call, 'exact', profile.tags, Tags);
      const key = nameKey(profile.instanceProfileName);
      await call.tx.put(instanceProfiles, global(call.accountId), key, { ...profile, tags: merged });
      return {};
    },
  },
  UntagInstanceProfile: {
    access: ({ InstanceProfileName, TagKeys }, call) => onProfile(call, InstanceProfileName, { tagKeys: TagKeys }),
    async write({ InstanceProfileName, TagKeys }, call) {
      const profile = await theProfile(call, InstanceProfileName);
      const left = withoutTags('exact', profile.tags, TagKeys);
      const key = nameKey(profile.instanceProfileName);
      await call.tx.put(instanceProfiles, global(call.accountId), key, { ...profile, tags: left });
      return {};
    },
  },
  ListInstanceProfileTags: {
    access: ({ InstanceProfileName }, call) => onProfile(call, InstanceProfileName),
    async read(input, call) {
      const profile = await theProfile(call, input.InstanceProfileName);
      return tagPage(call, 'ListInstanceProfileTags', profile.instanceProfileId, input, profile.tags);
    },
  },
});
