/** What a role template makes of the values for its parameters (spec/iam.md 6.3). */
import type { AcquireRoleRequest, ParameterDefinition, Tag } from '../../model/iam.ts';
import type { Needs } from './needs.ts';
import type { RoleTemplate } from './role-template-table.ts';
import { filledDocument, filledText, Unfilled } from './template-text.ts';
import type { Values } from './template-text.ts';

export interface PlannedRole {
  readonly name: string;
  readonly path: string;
  readonly description: string | undefined;
  readonly trustPolicy: string;
  readonly maxSessionDuration: number | undefined;
  readonly boundary: string | undefined;
  readonly tags: readonly Tag[];
  readonly inline: readonly { readonly name: string; readonly document: string }[];
  readonly managed: readonly string[];
}

const isList = ({ Type }: ParameterDefinition): boolean => Type.endsWith('List');

const forms: Readonly<Record<string, RegExp>> = {
  Number: /^-?\d+(?:\.\d+)?$/,
  Arn: /^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$/,
  String: /^/,
};

/** Why the values do not fit the parameter, or `undefined`. */
function problemOf(definition: ParameterDefinition, values: readonly string[] | undefined): string | undefined {
  const { Name, Type, IsRequired } = definition;
  if (values === undefined) return IsRequired === true ? `The parameter ${Name} is required.` : undefined;
  if (!isList(definition) && values.length !== 1) return `The parameter ${Name} takes one value.`;
  const form = forms[Type.replace('List', '')];
  return values.every((value) => form?.test(value)) ? undefined : `The parameter ${Name} takes values of type ${Type}.`;
}

/** Values by parameter, defaults among them; InvalidInput for a missing, unknown or unfitting one. */
function valuesFor(
  call: Needs<'InvalidInput'>,
  definitions: readonly ParameterDefinition[],
  given: AcquireRoleRequest['ReplacementValues'] = {},
): Values {
  const known = new Set(definitions.map(({ Name }) => Name));
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined) call.fail('InvalidInput', `The template has no parameter ${unknown}.`);
  const values = new Map<string, readonly string[]>();
  for (const definition of definitions) {
    const { Name, DefaultValue } = definition;
    const own = Object.hasOwn(given, Name) ? given[Name]?.Values : undefined;
    const value = own ?? (DefaultValue === undefined ? undefined : [DefaultValue]);
    const problem = problemOf(definition, value);
    if (problem !== undefined) call.fail('InvalidInput', problem);
    if (value !== undefined) values.set(Name, value);
  }
  return values;
}

function plan(template: RoleTemplate, values: Values): PlannedRole {
  const text = (pattern: string): string => filledText(pattern, values);
  return {
    name: text(template.RoleNamePattern ?? ''),
    path: text(template.RolePathPattern ?? '/'),
    description: template.RoleDescriptionPattern === undefined ? undefined : text(template.RoleDescriptionPattern),
    trustPolicy: filledDocument(template.AssumeRolePolicyDocumentTemplate ?? '{}', values),
    maxSessionDuration: template.MaxSessionDuration,
    boundary: template.PermissionBoundaryArn === undefined ? undefined : text(template.PermissionBoundaryArn),
    tags: (template.RoleTagsTemplate ?? []).map(({ Key, Value }) => ({ Key: text(Key), Value: text(Value) })),
    inline: (template.InlinePolicyTemplates ?? []).map(({ PolicyName, PolicyDocument }) => ({
      name: text(PolicyName),
      document: filledDocument(PolicyDocument, values),
    })),
    managed: (template.ManagedPolicyArns ?? []).map(text),
  };
}

/** The role that a template makes of the given values; InvalidInput when they do not fit it. */
export function plannedRole(
  call: Needs<'InvalidInput'>,
  template: RoleTemplate,
  given: AcquireRoleRequest['ReplacementValues'],
): PlannedRole {
  const values = valuesFor(call, template.ParametersDefinition ?? [], given);
  try {
    const role = plan(template, values);
    if (/^[\w+=,.@-]{1,64}$/.test(role.name)) return role;
    return call.fail('InvalidInput', `The name ${role.name} of the role is not valid.`);
  } catch (error) {
    if (!(error instanceof Unfilled)) throw error;
    return call.fail('InvalidInput', `The parameter ${error.parameter} is required.`);
  }
}
