/** Service-linked roles: made by hand here, deleted by tasks that end when nothing needs the role (spec/iam.md 6.13). */
import type { IamModel, Role } from '../../model/iam.ts';
import type { Transaction } from '../../store/store.ts';
import { operationsOf } from '../service.ts';
import type { AccessCheck } from '../service.ts';
import { onOwner } from './access.ts';
import { iamArn } from './arns.ts';
import { findRole, theRole } from './entities.ts';
import { newUuid } from './ids.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { global } from './records.ts';
import type { RoleRecord } from './records.ts';
import { roleSummary } from './roles.ts';
import { insertLinkedRole } from './service-linked-creation.ts';
import { isPending, linkedDeletions, parseTaskId, taskPrefix } from './service-linked-records.ts';
import type { LinkedDeletionRecord } from './service-linked-records.ts';
import { linkedPath, linkedRoleName, linkedServices } from './service-linked-table.ts';

/** Finished tasks can be asked for at least so long; a role's older ones go when its deletion is asked again. */
const keptMs = 3_600_000;

/** Check on a role that need not exist yet, or no more. */
function onLinked(call: Needs, principal: string, roleName: string): AccessCheck {
  return {
    resource: iamArn(call, 'role', linkedPath(principal), roleName),
    context: { 'iam:AWSServiceName': principal },
  };
}

/** A principal without a role is asked for under the name that all these roles begin with. */
function nameToAsk(principal: string, suffix: string | undefined): string {
  const service = linkedServices.get(principal);
  return service === undefined ? 'AWSServiceRoleFor' : linkedRoleName(service, suffix);
}

function theService(call: Needs<'InvalidInput'>, principal: string, suffix: string | undefined) {
  const service =
    linkedServices.get(principal) ?? call.fail('InvalidInput', `${principal} has no service-linked role.`);
  if (suffix !== undefined && !service.customSuffix) {
    call.fail('InvalidInput', `Custom suffix is not allowed for ${principal}`);
  }
  return service;
}

async function ensureFree(call: Needs<'InvalidInput'>, roleName: string): Promise<void> {
  if (roleName.length > 64) call.fail('InvalidInput', `The role name ${roleName} is longer than 64 characters.`);
  if ((await findRole(call, roleName)) === undefined) return;
  const text = `Service role name ${roleName} has been taken in this account, please try a different suffix.`;
  call.fail('InvalidInput', text);
}

async function theLinkedRole(
  call: Needs<'NoSuchEntity'>,
  name: string,
): Promise<RoleRecord & { linkedService: string }> {
  const role = await theRole(call, name);
  const { linkedService } = role;
  if (linkedService !== undefined) return { ...role, linkedService };
  return call.fail('NoSuchEntity', `The role with name ${role.roleName} is not a service-linked role.`);
}

/** Forgets what finished long ago; answers the task that is pending for this very role. */
async function pendingTask(
  call: Needs & { readonly tx: Transaction },
  { roleId, roleName }: RoleRecord,
  principal: string,
): Promise<LinkedDeletionRecord | undefined> {
  const scope = global(call.accountId);
  const tasks = await call.tx.list(linkedDeletions, scope, { prefix: taskPrefix(principal, roleName) });
  for (const { key, value } of tasks) {
    if (value.finishedAt !== undefined && value.finishedAt + keptMs < call.now) {
      await call.tx.remove(linkedDeletions, scope, key);
    }
  }
  return tasks.find(({ value }) => isPending(value) && value.roleId === roleId)?.value;
}

const failure = (task: LinkedDeletionRecord) => ({
  Reason: `The role ${task.roleName} is in use: delete the listed resources of ${task.principal}, then ask again.`,
  RoleUsageList: (task.usage ?? []).map(({ region, resources }) => ({ Region: region, Resources: resources })),
});

export const serviceLinkedRoles = operationsOf<IamModel>()({
  CreateServiceLinkedRole: {
    access: ({ AWSServiceName, CustomSuffix }, call) =>
      onLinked(call, AWSServiceName, nameToAsk(AWSServiceName, CustomSuffix)),
    async write({ AWSServiceName, CustomSuffix: suffix, Description: description }, call) {
      const service = theService(call, AWSServiceName, suffix);
      await ensureFree(call, linkedRoleName(service, suffix));
      const role = await insertLinkedRole(call, { service, suffix, description });
      const shown: Role = { ...(await roleSummary(call, role)), Description: role.description };
      return { Role: shown };
    },
  },

  DeleteServiceLinkedRole: {
    async access({ RoleName }, call) {
      const check = await onOwner(call, 'role', RoleName);
      const principal = (await findRole(call, RoleName))?.linkedService;
      return principal === undefined ? check : { ...check, context: { 'iam:AWSServiceName': principal } };
    },
    async write({ RoleName }, call) {
      const role = await theLinkedRole(call, RoleName);
      const { roleName, roleId, linkedService: principal } = role;
      const pending = await pendingTask(call, role, principal);
      if (pending !== undefined) {
        call.env.linkedDeletions?.wake();
        return { DeletionTaskId: pending.taskId };
      }
      const taskId = taskPrefix(principal, roleName) + newUuid(call.env.random);
      const task = { taskId, roleName, roleId, principal, submittedAt: call.now, status: 'NOT_STARTED' } as const;
      await call.tx.insert(linkedDeletions, global(call.accountId), taskId, task);
      call.env.linkedDeletions?.submitted(call.accountId);
      return { DeletionTaskId: taskId };
    },
  },

  GetServiceLinkedRoleDeletionStatus: {
    access({ DeletionTaskId }, call) {
      // What is no task id is refused after the caller was found allowed to ask of some role.
      const { principal, roleName } = parseTaskId(DeletionTaskId) ?? { principal: '', roleName: '' };
      if (principal !== '') return onLinked(call, principal, roleName);
      return { resource: iamArn(call, 'role', '/aws-service-role/', 'AWSServiceRoleFor') };
    },
    async read({ DeletionTaskId }, call) {
      if (parseTaskId(DeletionTaskId) === undefined) {
        call.fail('InvalidInput', `${DeletionTaskId} is not the id of a deletion task.`);
      }
      const task =
        (await state(call).get(linkedDeletions, global(call.accountId), DeletionTaskId)) ??
        call.fail('NoSuchEntity', `The deletion task ${DeletionTaskId} cannot be found.`);
      if (isPending(task)) call.env.linkedDeletions?.wake();
      return task.status === 'FAILED' ? { Status: task.status, Reason: failure(task) } : { Status: task.status };
    },
  },
});
