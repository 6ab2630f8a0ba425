/** Who uses a managed policy: ListEntitiesForPolicy's three lists in one order (spec/iam.md 6.5). */
import type { ListEntitiesForPolicyRequest, ListEntitiesForPolicyResponse } from '../../model/iam.ts';
import { ownerById, roleOwner, userOwner } from './entities.ts';
import type { Owner } from './entities.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { pageOf } from './pagination.ts';
import { attachments, global, nameKey, roles, users } from './records.ts';

async function attachedTo(call: Needs, arn: string): Promise<Owner[]> {
  const found = await state(call).find(attachments, 'policy', arn, global(call.accountId));
  const owners = await Promise.all(found.map(({ value }) => ownerById(call, value.ownerType, value.ownerId)));
  return owners.filter((owner) => owner !== undefined);
}

async function boundedBy(call: Needs, arn: string): Promise<Owner[]> {
  const scope = global(call.accountId);
  const boundUsers = await state(call).find(users, 'boundary', arn, scope);
  const boundRoles = await state(call).find(roles, 'boundary', arn, scope);
  return [
    ...boundUsers.map(({ value }) => userOwner(call, value)),
    ...boundRoles.map(({ value }) => roleOwner(call, value)),
  ];
}

const filterOf = { User: 'user', Group: 'group', Role: 'role', LocalManagedPolicy: '', AWSManagedPolicy: '' } as const;

/** Entities that attach the policy, are bounded by it, or either; each once. */
async function usersOf(call: Needs, input: ListEntitiesForPolicyRequest): Promise<Owner[]> {
  const { PolicyArn, EntityFilter, PathPrefix = '/', PolicyUsageFilter: usage } = input;
  const owners = [
    ...(usage === 'PermissionsBoundary' ? [] : await attachedTo(call, PolicyArn)),
    ...(usage === 'PermissionsPolicy' ? [] : await boundedBy(call, PolicyArn)),
  ];
  const once = [...new Map(owners.map((owner) => [owner.id, owner])).values()];
  const type = EntityFilter === undefined ? undefined : filterOf[EntityFilter];
  return once.filter((owner) => owner.path.startsWith(PathPrefix) && (type === undefined || owner.type === type));
}

/** One page of the entities that use the policy, sorted by kind, then by name. */
export async function entitiesForPolicy(
  call: Needs,
  input: ListEntitiesForPolicyRequest,
): Promise<ListEntitiesForPolicyResponse> {
  const { PolicyArn, EntityFilter, PathPrefix, PolicyUsageFilter } = input;
  const listing = {
    operation: 'ListEntitiesForPolicy',
    filters: [PolicyArn, EntityFilter, PathPrefix, PolicyUsageFilter],
  };
  const key = (owner: Owner): string => `${owner.type}/${nameKey(owner.name)}`;
  const { items, more } = pageOf(call, listing, input, await usersOf(call, input), key);
  const of = (type: Owner['type']): Owner[] => items.filter((owner) => owner.type === type);
  return {
    PolicyGroups: of('group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
    PolicyUsers: of('user').map(({ name, id }) => ({ UserName: name, UserId: id })),
    PolicyRoles: of('role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
    ...more,
  };
}
