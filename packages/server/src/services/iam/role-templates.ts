/** Roles made from templates that services offer (spec/iam.md 6.3). */
import type { IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import type { AccessCheck, OperationTypes, WriteCall } from '../service.ts';
import { tagMap } from './access.ts';
import { iamArn, pathOf } from './arns.ts';
import { attachments } from './attachments.ts';
import { findRole, theRole } from './entities.ts';
import { inlinePolicies } from './inline-policies.ts';
import { present } from './needs.ts';
import type { Needs } from './needs.ts';
import { ensureArn } from './policies.ts';
import { global, nameKey, roles as collection } from './records.ts';
import { plannedRole } from './role-from-template.ts';
import type { PlannedRole } from './role-from-template.ts';
import { findTemplate, theTemplate } from './role-template-table.ts';
import { roles } from './roles.ts';

const templateKey = (arn: string) => ({ 'iam:RoleTemplateARN': arn });

/** What acquiring a role asks: what its parts would ask one by one, each with the template's ARN. */
function onAcquisition(call: Needs, templateArn: string, role: PlannedRole): readonly AccessCheck[] {
  const resource = iamArn(call, 'role', pathOf(call, role.path), role.name);
  const bounded = role.boundary === undefined ? {} : { 'iam:PermissionsBoundary': role.boundary };
  const tagged = role.tags.length === 0 ? {} : { requestTags: tagMap(role.tags) };
  const ask = (action: string, more: Partial<AccessCheck> = {}): AccessCheck => ({
    action: `iam:${action}`,
    resource,
    ...more,
    context: { ...templateKey(templateArn), ...bounded, ...more.context },
  });
  return [
    ask('CreateRole', tagged),
    ...(role.tags.length === 0 ? [] : [ask('TagRole', tagged)]),
    ...(role.boundary === undefined ? [] : [ask('PutRolePermissionsBoundary')]),
    ...(role.inline.length === 0 ? [] : [ask('PutRolePolicy')]),
    ...role.managed.map((arn) => ask('AttachRolePolicy', { context: { 'iam:PolicyARN': arn } })),
  ];
}

/** A template belongs to AWS; who may read or use it is said in the caller's account. */
const onTemplate = (call: Needs, arn: string): AccessCheck => {
  ensureArn(call, arn);
  return { resource: arn, resourceAccount: call.accountId };
};

async function ensureFree(
  call: Needs<'EntityAlreadyExists' | 'NameConflict'>,
  templateArn: string,
  name: string,
): Promise<void> {
  const role = await findRole(call, name);
  if (role === undefined) return;
  if (role.sourceTemplate?.arn === templateArn) {
    call.fail('EntityAlreadyExists', `Role with name ${name} already exists.`);
  }
  call.fail('NameConflict', `The name ${name} is taken by a role that is not of this template.`);
}

/** The same call, for the rows that make the parts of the role. */
const innerCall = <T extends OperationTypes>(call: WriteCall<IamModel['AcquireRole']>): WriteCall<T> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the errors of the parts are those of the whole
  call as unknown as WriteCall<T>;

export const roleTemplates = operationsOf<IamModel>()({
  GetRoleTemplateVersion: {
    access: ({ TemplateArn }, call) => onTemplate(call, TemplateArn),
    async read({ TemplateArn, MinorVersion }, call) {
      const { CreateTimestamp, UpdateTimestamp, ...template } = theTemplate(call, TemplateArn, MinorVersion);
      return {
        RoleTemplateVersion: {
          ...template,
          ...(CreateTimestamp !== undefined && { CreateTimestamp: new Date(CreateTimestamp) }),
          ...(UpdateTimestamp !== undefined && { UpdateTimestamp: new Date(UpdateTimestamp) }),
        },
      };
    },
  },

  AcquireRole: {
    access({ TemplateArn, TemplateMinorVersion, ReplacementValues }, call) {
      ensureArn(call, TemplateArn);
      const template = findTemplate(call, TemplateArn, TemplateMinorVersion);
      if (template !== undefined) {
        return onAcquisition(call, TemplateArn, plannedRole(call, template, ReplacementValues));
      }
      // Whoever may create no role of it is not told that the template is missing.
      const resource = iamArn(call, 'role', '/', '*');
      return { action: 'iam:CreateRole', resource, context: templateKey(TemplateArn) };
    },
    async write({ TemplateArn, TemplateMinorVersion, ReplacementValues }, call) {
      const template = theTemplate(call, TemplateArn, TemplateMinorVersion);
      if (template.Enabled === false || template.VersionEnabled === false) {
        call.fail('RoleTemplateDisabled', `Role template ${TemplateArn} is disabled.`);
      }
      const plan = plannedRole(call, template, ReplacementValues);
      const RoleName = plan.name;
      await ensureFree(call, TemplateArn, RoleName);
      const input = {
        RoleName,
        Path: plan.path,
        AssumeRolePolicyDocument: plan.trustPolicy,
        ...present({
          Description: plan.description,
          MaxSessionDuration: plan.maxSessionDuration,
          PermissionsBoundary: plan.boundary,
        }),
        Tags: plan.tags,
      };
      const { Role } = await roles.CreateRole.write(input, innerCall(call));
      for (const { name, document } of plan.inline) {
        await inlinePolicies.PutRolePolicy.write(
          { RoleName, PolicyName: name, PolicyDocument: document },
          innerCall(call),
        );
      }
      for (const PolicyArn of plan.managed)
        await attachments.AttachRolePolicy.write({ RoleName, PolicyArn }, innerCall(call));
      const sourceTemplate = { arn: TemplateArn, minorVersion: template.MinorVersion };
      const role = { ...(await theRole(call, RoleName)), sourceTemplate };
      await call.tx.put(collection, global(call.accountId), nameKey(RoleName), role);
      const SourceRoleTemplate = { TemplateArn, TemplateMinorVersion: template.MinorVersion };
      return { Role: { ...Role, SourceRoleTemplate } };
    },
  },
});
