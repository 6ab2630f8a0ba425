/** Instance profiles: named holders of at most one role (spec/iam.md 6.4). */
import type { IamModel, InstanceProfile } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onCreate, onList, onOwner } from './access.ts';
import { pathOf } from './arns.ts';
import { theModifiableRole, roleById, theRole } from './entities.ts';
import { newId } from './ids.ts';
import { findProfile, onProfile, profileArn, theProfile } from './instance-profile-lookup.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { pageOf, pageOfRecords } from './pagination.ts';
import { quotas, quotaText } from './quotas.ts';
import { global, instanceProfiles as collection, nameKey } from './records.ts';
import type { InstanceProfileRecord } from './records.ts';
import { roleSummary } from './roles.ts';
import { checkedTags } from './validate-tags.ts';

/** An instance profile as lists and role details show it. */
export async function profileSummary(call: Needs, profile: InstanceProfileRecord): Promise<InstanceProfile> {
  const role = profile.roleId === undefined ? undefined : await roleById(call, profile.roleId);
  return {
    Path: profile.path,
    InstanceProfileName: profile.instanceProfileName,
    InstanceProfileId: profile.instanceProfileId,
    Arn: profileArn(call, profile),
    CreateDate: new Date(profile.createdAt),
    Roles: role === undefined ? [] : [await roleSummary(call, role)],
  };
}

/** The instance profiles that hold a role: any number of them may. */
export async function profilesOf(call: Needs, roleId: string): Promise<InstanceProfileRecord[]> {
  return (await state(call).find(collection, 'role', roleId, global(call.accountId))).map(({ value }) => value);
}

async function ensureNew(call: Needs<'EntityAlreadyExists' | 'LimitExceeded'>, name: string): Promise<void> {
  if ((await findProfile(call, name)) !== undefined) {
    call.fail('EntityAlreadyExists', `Instance Profile ${name} already exists.`);
  }
  const limit = quotas.instanceProfilesPerAccount;
  if ((await state(call).count(collection, global(call.accountId))) >= limit) {
    call.fail('LimitExceeded', quotaText('InstanceProfilesPerAccount', limit));
  }
}

export const instanceProfiles = operationsOf<IamModel>()({
  CreateInstanceProfile: {
    access: ({ InstanceProfileName, Path, Tags }, call) =>
      onCreate(call, {
        type: 'instance-profile',
        name: InstanceProfileName,
        path: Path,
        tags: Tags,
        tagAction: 'iam:TagInstanceProfile',
      }),
    async write({ InstanceProfileName, Path, Tags }, call) {
      await ensureNew(call, InstanceProfileName);
      const profile: InstanceProfileRecord = {
        instanceProfileName: InstanceProfileName,
        instanceProfileId: newId('instanceProfile', call.accountId, call.env.random),
        path: pathOf(call, Path),
        createdAt: call.now,
        tags: checkedTags(call, 'exact', Tags),
      };
      await call.tx.insert(collection, global(call.accountId), nameKey(InstanceProfileName), profile);
      const Tagged = profile.tags.length === 0 ? undefined : profile.tags;
      return { InstanceProfile: { ...(await profileSummary(call, profile)), Tags: Tagged } };
    },
  },

  GetInstanceProfile: {
    access: ({ InstanceProfileName }, call) => onProfile(call, InstanceProfileName),
    async read({ InstanceProfileName }, call) {
      const profile = await theProfile(call, InstanceProfileName);
      return { InstanceProfile: { ...(await profileSummary(call, profile)), Tags: profile.tags } };
    },
  },

  ListInstanceProfiles: {
    access: (_, call) => onList(call, 'instance-profile'),
    async read(input, call) {
      const { PathPrefix = '/' } = input;
      const listing = { operation: 'ListInstanceProfiles', filters: [PathPrefix] };
      const page = await pageOfRecords(call, listing, input, collection, ({ path }) => path.startsWith(PathPrefix));
      return {
        InstanceProfiles: await Promise.all(page.items.map((profile) => profileSummary(call, profile))),
        ...page.more,
      };
    },
  },

  ListInstanceProfilesForRole: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName),
    async read(input, call) {
      const { roleId } = await theRole(call, input.RoleName);
      const listing = { operation: 'ListInstanceProfilesForRole', filters: [roleId] };
      const profiles = await profilesOf(call, roleId);
      const { items, more } = pageOf(call, listing, input, profiles, (p) => nameKey(p.instanceProfileName));
      return { InstanceProfiles: await Promise.all(items.map((profile) => profileSummary(call, profile))), ...more };
    },
  },

  AddRoleToInstanceProfile: {
    async access({ InstanceProfileName, RoleName }, call) {
      const pass = {
        ...(await onOwner(call, 'role', RoleName)),
        action: 'iam:PassRole',
        context: {
          'iam:PassedToService': 'ec2.amazonaws.com',
          'iam:AssociatedResourceArn': `arn:${call.env.settings.partition}:ec2:*:${call.accountId}:instance/*`,
        },
      };
      return [await onProfile(call, InstanceProfileName), { ...pass, resourceText: pass.resource }];
    },
    async write({ InstanceProfileName, RoleName }, call) {
      const profile = await theProfile(call, InstanceProfileName);
      const role = await theModifiableRole(call, RoleName);
      if (profile.roleId !== undefined) {
        call.fail('LimitExceeded', quotaText('InstanceSessionsPerInstanceProfile', 1));
      }
      const filled = { ...profile, roleId: role.roleId };
      await call.tx.put(collection, global(call.accountId), nameKey(profile.instanceProfileName), filled);
      return {};
    },
  },

  RemoveRoleFromInstanceProfile: {
    access: ({ InstanceProfileName }, call) => onProfile(call, InstanceProfileName),
    async write({ InstanceProfileName, RoleName }, call) {
      const { roleId, ...profile } = await theProfile(call, InstanceProfileName);
      const role = await theModifiableRole(call, RoleName);
      if (roleId !== role.roleId) {
        const text = `Role ${RoleName} in Instance Profile ${InstanceProfileName} cannot be found.`;
        call.fail('NoSuchEntity', text);
      }
      await call.tx.put(collection, global(call.accountId), nameKey(profile.instanceProfileName), profile);
      return {};
    },
  },

  DeleteInstanceProfile: {
    access: ({ InstanceProfileName }, call) => onProfile(call, InstanceProfileName),
    async write({ InstanceProfileName }, call) {
      const profile = await theProfile(call, InstanceProfileName);
      if (profile.roleId !== undefined) {
        call.fail('DeleteConflict', 'Cannot delete entity, must remove roles from instance profile first.');
      }
      await call.tx.remove(collection, global(call.accountId), nameKey(profile.instanceProfileName));
      return {};
    },
  },
});
