/** What each IAM action of our services asks for, as distilled from the service authorization reference. */
import { readFileSync } from 'node:fs';

export type AccessLevel = 'List' | 'Read' | 'Write' | 'Tagging' | 'Permissions management';

export interface ActionResource {
  /** Name of a resource type; a key of `ServiceAuthorization.resources`. */
  readonly type: string;
  readonly required: boolean;
  readonly conditionKeys?: readonly string[];
  readonly dependentActions?: readonly string[];
}

export interface ActionRow {
  readonly level: AccessLevel;
  /** Absent when the action can be allowed on `*` only. */
  readonly resources?: readonly ActionResource[];
  readonly conditionKeys?: readonly string[];
  readonly dependentActions?: readonly string[];
}

export interface ResourceRow {
  /** ARN with `${Partition}`, `${Region}`, `${Account}` and further variables. */
  readonly arn: string;
  readonly conditionKeys?: readonly string[];
}

export interface ServiceAuthorization {
  readonly actions: ReadonlyMap<string, ActionRow>;
  readonly resources: ReadonlyMap<string, ResourceRow>;
}

type Sections = Readonly<Record<string, Readonly<Record<string, ActionRow | ResourceRow>>>>;

const read = (): Sections =>
  JSON.parse(readFileSync(new URL('../../model/authorization.json', import.meta.url), 'utf8')) as Sections;

/** Authorization data by IAM prefix: `iam`, `sts`, `ivs`, `ivschat`, `kinesisvideo`. */
export function loadAuthorization(): ReadonlyMap<string, ServiceAuthorization> {
  const sections = read();
  const rows = <R>(name: string) => new Map(Object.entries((sections[name] ?? {}) as Readonly<Record<string, R>>));
  const prefixes = Object.keys(sections).filter((name) => name.endsWith(' actions')).map((name) => name.replace(/ actions$/, ''));
  return new Map(
    prefixes.map((prefix) => [
      prefix,
      { actions: rows<ActionRow>(`${prefix} actions`), resources: rows<ResourceRow>(`${prefix} resources`) },
    ]),
  );
}
