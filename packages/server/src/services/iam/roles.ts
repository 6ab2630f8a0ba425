/** Roles and their trust policies (spec/iam.md 6.3). */
import type { IamModel, Role } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onCreate, onList, onOwner } from './access.ts';
import { pathOf } from './arns.ts';
import { ensureBare } from './bare.ts';
import { boundaryOf, checkedBoundary } from './boundary.ts';
import { ensureDocument, ensureTrustSize } from './documents.ts';
import { theModifiableRole, findRole, roleArn, theRole } from './entities.ts';
import { newId } from './ids.ts';
import { present, state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { pageOfRecords } from './pagination.ts';
import { quotas, quotaText } from './quotas.ts';
import { global, nameKey, roles as collection } from './records.ts';
import type { RoleRecord } from './records.ts';
import { linkedRoot } from './service-linked-table.ts';
import { roleLastUsed } from './role-last-used.ts';
import { renderTrust, resolveTrust } from './trust.ts';
import { checkedTags } from './validate-tags.ts';

const defaultSession = 3600;

/** A role as instance profiles show it: the least that any output has. */
export const roleSummary = async (call: Needs, role: RoleRecord): Promise<Role> => ({
  Path: role.path,
  RoleName: role.roleName,
  RoleId: role.roleId,
  Arn: roleArn(call, role),
  CreateDate: new Date(role.createdAt),
  AssumeRolePolicyDocument: await renderTrust(call, role),
});

const listed = async (call: Needs, role: RoleRecord): Promise<Role> => ({
  ...(await roleSummary(call, role)),
  Description: role.description,
  MaxSessionDuration: role.maxSessionDuration,
});

const extras = (role: RoleRecord): Partial<Role> => ({
  PermissionsBoundary: boundaryOf(role.permissionsBoundary),
  Tags: role.tags.length === 0 ? undefined : role.tags,
  SourceRoleTemplate: role.sourceTemplate && {
    TemplateArn: role.sourceTemplate.arn,
    TemplateMinorVersion: role.sourceTemplate.minorVersion,
  },
});

const save = (call: Writes, role: RoleRecord): Promise<void> =>
  call.tx.put(collection, global(call.accountId), nameKey(role.roleName), role);

async function ensureNew(
  call: Needs<'EntityAlreadyExists' | 'InvalidInput'>,
  name: string,
  path: string,
): Promise<void> {
  if (path.startsWith(linkedRoot)) {
    call.fail('InvalidInput', 'The path /aws-service-role/ is reserved for service-linked roles.');
  }
  if ((await findRole(call, name)) !== undefined) {
    call.fail('EntityAlreadyExists', `Role with name ${name} already exists.`);
  }
}

async function ensureRoom(call: Needs<'LimitExceeded'>): Promise<void> {
  if ((await state(call).count(collection, global(call.accountId))) >= quotas.rolesPerAccount) {
    call.fail('LimitExceeded', quotaText('RolesPerAccount', quotas.rolesPerAccount));
  }
}

export const roles = operationsOf<IamModel>()({
  CreateRole: {
    access: ({ RoleName, Path, Tags, PermissionsBoundary }, call) =>
      onCreate(call, {
        type: 'role',
        name: RoleName,
        path: Path,
        tags: Tags,
        tagAction: 'iam:TagRole',
        boundary: PermissionsBoundary,
      }),
    async write(input, call) {
      const { RoleName, AssumeRolePolicyDocument: trustPolicy } = input;
      const path = pathOf(call, input.Path);
      ensureDocument(call, 'trust', trustPolicy);
      await ensureNew(call, RoleName, path);
      const permissionsBoundary = await checkedBoundary(call, input.PermissionsBoundary);
      const trustIds = await resolveTrust(call, trustPolicy);
      const tags = checkedTags(call, 'folded', input.Tags);
      ensureTrustSize(call, trustPolicy);
      await ensureRoom(call);
      const role: RoleRecord = present({
        roleName: RoleName,
        roleId: newId('role', call.accountId, call.env.random),
        path,
        createdAt: call.now,
        description: input.Description,
        maxSessionDuration: input.MaxSessionDuration ?? defaultSession,
        trustPolicy,
        trustIds,
        tags,
        permissionsBoundary,
      });
      await call.tx.insert(collection, global(call.accountId), nameKey(RoleName), role);
      const summary = await roleSummary(call, role);
      return { Role: { ...summary, AssumeRolePolicyDocument: trustPolicy, ...extras(role) } };
    },
  },

  GetRole: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName, { boundary: 'current' }),
    async read({ RoleName }, call) {
      const role = await theRole(call, RoleName);
      return {
        Role: { ...(await listed(call, role)), ...extras(role), RoleLastUsed: await roleLastUsed(call, role.roleId) },
      };
    },
  },

  ListRoles: {
    access: (_, call) => onList(call, 'role'),
    async read(input, call) {
      const { PathPrefix = '/' } = input;
      const listing = { operation: 'ListRoles', filters: [PathPrefix] };
      const page = await pageOfRecords(call, listing, input, collection, (role) => role.path.startsWith(PathPrefix));
      return { Roles: await Promise.all(page.items.map((role) => listed(call, role))), ...page.more };
    },
  },

  UpdateRole: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName, { boundary: 'current' }),
    async write({ RoleName, Description, MaxSessionDuration }, call) {
      const role = await theRole(call, RoleName);
      if (role.linkedService !== undefined && MaxSessionDuration !== undefined) {
        const text = `${role.roleName} is an AWS service linked role, max session duration cannot be changed.`;
        call.fail('UnmodifiableEntity', text);
      }
      const changes = present({ description: Description, maxSessionDuration: MaxSessionDuration });
      await save(call, { ...role, ...changes });
      return {};
    },
  },

  UpdateRoleDescription: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName, { boundary: 'current' }),
    async write({ RoleName, Description }, call) {
      const role = { ...(await theRole(call, RoleName)), description: Description };
      await save(call, role);
      return { Role: { ...(await roleSummary(call, role)), ...extras(role) } };
    },
  },

  UpdateAssumeRolePolicy: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName, { boundary: 'current' }),
    async write({ RoleName, PolicyDocument: trustPolicy }, call) {
      ensureDocument(call, 'trust', trustPolicy);
      const role = await theModifiableRole(call, RoleName);
      const trustIds = await resolveTrust(call, trustPolicy);
      ensureTrustSize(call, trustPolicy);
      await save(call, { ...role, trustPolicy, trustIds });
      return {};
    },
  },

  DeleteRole: {
    access: ({ RoleName }, call) => onOwner(call, 'role', RoleName, { boundary: 'current' }),
    async write({ RoleName }, call) {
      const role = await theModifiableRole(call, RoleName);
      await ensureBare(call, 'role', role.roleId);
      await call.tx.remove(collection, global(call.accountId), nameKey(role.roleName));
      return {};
    },
  },
});
