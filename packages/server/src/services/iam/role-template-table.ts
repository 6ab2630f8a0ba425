/** Templates that services offer roles from, as data: `data/role-templates.json`. */
import { readFileSync } from 'node:fs';
import type { RoleTemplateVersion } from '../../model/iam.ts';
import type { Needs } from './needs.ts';

/** A template version as the file has it: times as text. */
export type RoleTemplate = Omit<RoleTemplateVersion, 'CreateTimestamp' | 'UpdateTimestamp'> & {
  readonly TemplateArn: string;
  readonly MinorVersion: number;
  readonly CreateTimestamp?: string;
  readonly UpdateTimestamp?: string;
};

let loaded: readonly RoleTemplate[] | undefined;

function builtIn(): readonly RoleTemplate[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the file is part of the product
  loaded ??= JSON.parse(
    readFileSync(new URL('../../../data/role-templates.json', import.meta.url), 'utf8'),
  ) as RoleTemplate[];
  return loaded;
}

/** The version of a template, its default one when none is named; `undefined` when there is none. */
export function findTemplate(call: Needs, arn: string, minor: number | undefined): RoleTemplate | undefined {
  const versions = (call.env.roleTemplates ?? builtIn()).filter(({ TemplateArn }) => TemplateArn === arn);
  return versions.find(({ MinorVersion, DefaultMinorVersion }) => MinorVersion === (minor ?? DefaultMinorVersion));
}

/** The version of a template, or NoSuchEntity. */
export const theTemplate = (call: Needs<'NoSuchEntity'>, arn: string, minor: number | undefined): RoleTemplate =>
  findTemplate(call, arn, minor) ?? call.fail('NoSuchEntity', `Role template ${arn} cannot be found.`);
