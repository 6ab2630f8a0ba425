/** Making a service-linked role: by hand, or by a service that needs it on behalf of whoever calls the service. */
import type { AccessCheck } from '../service.ts';
import { iamArn } from './arns.ts';
import { findRole, roleArn } from './entities.ts';
import { newId } from './ids.ts';
import { state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { attachments, global, inlinePolicies, nameKey, ownedKey, roles } from './records.ts';
import type { InlinePolicyRecord, RoleRecord } from './records.ts';
import { linkedPath, linkedRoleName, linkedRoot, linkedServices, linkedTrust } from './service-linked-table.ts';
import type { LinkedService } from './service-linked-table.ts';

/** Seconds; service-linked roles have no other. */
const maxSessionDuration = 3600;

export interface NewLinkedRole {
  readonly service: LinkedService;
  readonly suffix?: string | undefined;
  readonly description?: string | undefined;
}

/** Stores the role and its policy; a name that is taken is for the caller to find out before. No quota counts it. */
export async function insertLinkedRole(
  call: Writes,
  { service, suffix, description = service.description }: NewLinkedRole,
): Promise<RoleRecord> {
  const scope = global(call.accountId);
  const roleName = linkedRoleName(service, suffix);
  const role: RoleRecord = {
    roleName,
    roleId: newId('role', call.accountId, call.env.random),
    path: linkedPath(service.principal),
    createdAt: call.now,
    description,
    maxSessionDuration,
    trustPolicy: linkedTrust(service.principal),
    trustIds: {},
    tags: [],
    linkedService: service.principal,
  };
  await call.tx.insert(roles, scope, nameKey(roleName), role);
  const policyArn = `arn:${call.env.settings.partition}:iam::aws:policy${linkedRoot}${service.policyName}`;
  const attachment = { ownerType: 'role', ownerId: role.roleId, policyArn, since: call.now } as const;
  await call.tx.put(attachments, scope, ownedKey('role', role.roleId, policyArn), attachment);
  return role;
}

/** A permission that a service adds to its role for one resource, such as a bucket that someone chose. */
interface LinkedPolicy {
  readonly name: string;
  readonly document: string;
}

export interface NeededRole {
  /** Must be in the table. */
  readonly principal: string;
  readonly policy?: LinkedPolicy;
}

function theService(principal: string): LinkedService {
  const service = linkedServices.get(principal);
  if (service === undefined) throw new Error(`${principal} has no service-linked role`);
  return service;
}

async function hasPolicy(call: Needs, role: RoleRecord | undefined, policy: LinkedPolicy): Promise<boolean> {
  if (role === undefined) return false;
  const key = ownedKey('role', role.roleId, policy.name);
  return (await state(call).get(inlinePolicies, global(call.accountId), key))?.document === policy.document;
}

/**
 * What the caller of a service must be allowed when the service is about to call `ensureServiceLinkedRole`: nothing
 * that is there already is asked for. For the `access` of the service's own row, beside its own checks; the calls
 * are the caller's own, made through a service (`aws:ViaAWSService`). `askForPolicies` false asks for the role alone.
 */
export async function serviceLinkedRoleChecks(
  call: Needs,
  { principal, policy }: NeededRole,
  { askForPolicies = true }: { readonly askForPolicies?: boolean } = {},
): Promise<readonly AccessCheck[]> {
  const service = theService(principal);
  const role = await findRole(call, service.roleName);
  const resource =
    role === undefined ? iamArn(call, 'role', linkedPath(principal), service.roleName) : roleArn(call, role);
  const ask = (action: string, context: AccessCheck['context'] = {}): AccessCheck => ({
    action,
    resource,
    context,
    viaService: true,
  });
  const create = role === undefined ? [ask('iam:CreateServiceLinkedRole', { 'iam:AWSServiceName': principal })] : [];
  if (!askForPolicies) return create;
  const policyArn = `arn:${call.env.settings.partition}:iam::aws:policy${linkedRoot}${service.policyName}`;
  const attach = role === undefined ? [ask('iam:AttachRolePolicy', { 'iam:PolicyARN': policyArn })] : [];
  const put = policy === undefined || (await hasPolicy(call, role, policy)) ? [] : [ask('iam:PutRolePolicy')];
  return [...create, ...attach, ...put];
}

/**
 * The role of a service, made now if the account has none, with `policy` among its inline policies. For services,
 * inside the transaction of a call that was allowed what `serviceLinkedRoleChecks` asks. `undefined` when a role that
 * is not the service's has the name.
 */
export async function ensureServiceLinkedRole(
  call: Writes,
  { principal, policy }: NeededRole,
): Promise<RoleRecord | undefined> {
  const service = theService(principal);
  const found = await findRole(call, service.roleName);
  if (found !== undefined && found.linkedService !== principal) return undefined;
  const role = found ?? (await insertLinkedRole(call, { service }));
  if (policy !== undefined && !(await hasPolicy(call, role, policy))) await putPolicy(call, role, policy);
  return role;
}

function putPolicy(call: Writes, { roleId }: RoleRecord, { name, document }: LinkedPolicy): Promise<void> {
  const record: InlinePolicyRecord = {
    ownerType: 'role',
    ownerId: roleId,
    policyName: name,
    document,
    since: call.now,
  };
  return call.tx.put(inlinePolicies, global(call.accountId), ownedKey('role', roleId, name), record);
}
