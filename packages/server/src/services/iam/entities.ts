/** Finding users, groups and roles by name (ignoring case) or id, and what they have in common. */
import type { Collection } from '../../store/store.ts';
import { iamArn } from './arns.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { global, groups, nameKey, roles, users } from './records.ts';
import type { GroupRecord, OwnerType, RoleRecord, Tag, UserRecord } from './records.ts';

/** What policies can be attached to, whichever kind it is. */
export interface Owner {
  readonly type: OwnerType;
  readonly id: string;
  /** In the case it was created with. */
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly tags: readonly Tag[];
  readonly permissionsBoundary?: string | undefined;
  /** Set for service-linked roles. */
  readonly linkedService?: string | undefined;
}

const named =
  <T>(collection: Collection<T>) =>
  (call: Needs, name: string): Promise<T | undefined> =>
    state(call).get(collection, global(call.accountId), nameKey(name));

const identified =
  <T>(collection: Collection<T>) =>
  async (call: Needs, id: string): Promise<T | undefined> =>
    (await state(call).find(collection, 'id', id, global(call.accountId)))[0]?.value;

export const findUser = named(users);
export const findGroup = named(groups);
export const findRole = named(roles);
export const userById = identified(users);
export const groupById = identified(groups);
export const roleById = identified(roles);

const missing = (call: Needs<'NoSuchEntity'>, type: OwnerType, name: string): never =>
  call.fail('NoSuchEntity', `The ${type} with name ${name} cannot be found.`);

/** The user, or NoSuchEntity. */
export const theUser = async (call: Needs<'NoSuchEntity'>, name: string): Promise<UserRecord> =>
  (await findUser(call, name)) ?? missing(call, 'user', name);

/** The group, or NoSuchEntity. */
export const theGroup = async (call: Needs<'NoSuchEntity'>, name: string): Promise<GroupRecord> =>
  (await findGroup(call, name)) ?? missing(call, 'group', name);

/** The role, or NoSuchEntity. */
export const theRole = async (call: Needs<'NoSuchEntity'>, name: string): Promise<RoleRecord> =>
  (await findRole(call, name)) ?? missing(call, 'role', name);

export const userArn = (call: Needs, user: UserRecord): string => iamArn(call, 'user', user.path, user.userName);
export const groupArn = (call: Needs, group: GroupRecord): string => iamArn(call, 'group', group.path, group.groupName);
export const roleArn = (call: Needs, role: RoleRecord): string => iamArn(call, 'role', role.path, role.roleName);

export const userOwner = (call: Needs, user: UserRecord): Owner => ({
  ...user,
  type: 'user',
  id: user.userId,
  name: user.userName,
  arn: userArn(call, user),
});

const groupOwner = (call: Needs, group: GroupRecord): Owner => ({
  ...group,
  type: 'group',
  id: group.groupId,
  name: group.groupName,
  arn: groupArn(call, group),
  tags: [],
});

export const roleOwner = (call: Needs, role: RoleRecord): Owner => ({
  ...role,
  type: 'role',
  id: role.roleId,
  name: role.roleName,
  arn: roleArn(call, role),
});

const finders: Readonly<Record<OwnerType, (call: Needs, name: string) => Promise<Owner | undefined>>> = {
  user: async (call, name) => through(call, await findUser(call, name), userOwner),
  group: async (call, name) => through(call, await findGroup(call, name), groupOwner),
  role: async (call, name) => through(call, await findRole(call, name), roleOwner),
};

const byId: Readonly<Record<OwnerType, (call: Needs, id: string) => Promise<Owner | undefined>>> = {
  user: async (call, id) => through(call, await userById(call, id), userOwner),
  group: async (call, id) => through(call, await groupById(call, id), groupOwner),
  role: async (call, id) => through(call, await roleById(call, id), roleOwner),
};

const through = <T>(call: Needs, record: T | undefined, view: (call: Needs, record: T) => Owner): Owner | undefined =>
  record === undefined ? undefined : view(call, record);

/** The user, group or role of this name, or `undefined`. */
export const findOwner = (call: Needs, type: OwnerType, name: string): Promise<Owner | undefined> =>
  finders[type](call, name);

export const ownerById = (call: Needs, type: OwnerType, id: string): Promise<Owner | undefined> => byId[type](call, id);

/** The user, group or role of this name, or NoSuchEntity. */
export const theOwner = async (call: Needs<'NoSuchEntity'>, type: OwnerType, name: string): Promise<Owner> =>
  (await findOwner(call, type, name)) ?? missing(call, type, name);

/** The role to change; service-linked ones refuse (spec/service-linked-roles.md 4). */
export async function theModifiableRole(
  call: Needs<'NoSuchEntity' | 'UnmodifiableEntity'>,
  name: string,
): Promise<RoleRecord> {
  const role = await theRole(call, name);
  if (role.linkedService === undefined) return role;
  return call.fail(
    'UnmodifiableEntity',
    `Cannot perform the operation on the protected role '${role.roleName}' - this role is only modifiable by AWS`,
  );
}

export const theModifiableRoleOwner = async (
  call: Needs<'NoSuchEntity' | 'UnmodifiableEntity'>,
  name: string,
): Promise<Owner> => roleOwner(call, await theModifiableRole(call, name));
