/** Permissions boundaries of users and roles (spec/iam.md 6.5). */
import type { IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onOwner } from './access.ts';
import { checkedBoundary } from './boundary.ts';
import { theModifiableRole, theUser } from './entities.ts';
import { global, nameKey, roles, users } from './records.ts';

export const boundaries = operationsOf<IamModel>()({
  PutUserPermissionsBoundary: {
    access: ({ UserName, PermissionsBoundary }, call) =>
      onOwner(call, 'user', UserName, { boundary: { requested: PermissionsBoundary } }),
    async write({ UserName, PermissionsBoundary }, call) {
      const user = await theUser(call, UserName);
      const permissionsBoundary = await checkedBoundary(call, PermissionsBoundary);
      await call.tx.put(users, global(call.accountId), nameKey(user.userName), { ...user, permissionsBoundary });
      return {};
    },
  },

  PutRolePermissionsBoundary: {
    access: ({ RoleName, PermissionsBoundary }, call) =>
      onOwner(call, 'role', RoleName, { boundary: { requested: PermissionsBoundary } }),
    async write({ RoleName, PermissionsBoundary }, call) {
      const role = await theModifiableRole(call, RoleName);
      const permissionsBoundary = await checkedBoundary(call, PermissionsBoundary);
      await call.tx.put(roles, global(call.accountId), nameKey(role.roleName), { ...role, permissionsBoundary });
      return {};
    },
  },

  DeleteUserPermissionsBoundary: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName, { boundary: 'current' }),
    async write({ UserName }, call) {
      const { permissionsBoundary: _, ...user } = await theUser(call, UserName);
      await call.tx.put(users, global(call.accountId), nameKey(user.userName), user);
      return {};
    },
  },

  DeleteRolePermissionsBoundary: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName, { boundary: 'current' }),
    async write({ RoleName }, call) {
      const { permissionsBoundary: _, ...role } = await theModifiableRole(call, RoleName);
      await call.tx.put(roles, global(call.accountId), nameKey(role.roleName), role);
      return {};
    },
  },
});
