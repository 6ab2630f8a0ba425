/** Which services and actions permission policies could allow: documents alone, whatever resources and conditions say. */
import { matchesActions } from '@stagedoor/policy';
import type { Policy, Statement } from '@stagedoor/policy';
import { loadCatalogue } from '../../model/catalogue.ts';
import type { Catalogue } from '../../model/catalogue.ts';

let catalogue: Catalogue | undefined;
/** Read once, at first use. */
const known = (): Catalogue => (catalogue ??= loadCatalogue());

/** Statements of documents, sorted out: what allows anything, and what denies it on everything and always. */
export interface Reach {
  readonly allows: readonly Statement[];
  readonly denies: readonly Statement[];
}

const everywhere = ({ resource }: Statement): boolean =>
  resource === undefined || (resource.mode === 'only' && resource.patterns.includes('*'));

export function reachOf(policies: readonly Policy[]): Reach {
  const statements = policies.flatMap((policy) => policy.statements);
  return {
    allows: statements.filter(({ effect }) => effect === 'Allow'),
    denies: statements.filter(
      (statement) => statement.effect === 'Deny' && statement.conditions.length === 0 && everywhere(statement),
    ),
  };
}

const covered = (statements: readonly Statement[], action: string): boolean =>
  statements.some((statement) => matchesActions(statement.action, action));

const reachesAction = ({ allows, denies }: Reach, action: string): boolean =>
  covered(allows, action) && !covered(denies, action);

/** Whether some action of the service is left by every one of the reaches. */
export const reachesService = (reaches: readonly Reach[], service: string): boolean =>
  (known().actions(service) ?? []).some((name) => reaches.every((reach) => reachesAction(reach, `${service}:${name}`)));

/** IAM prefixes of the services that are left by every one of the reaches, sorted. */
export const reachableServices = (reaches: readonly Reach[]): string[] =>
  known().prefixes.filter((service) => reachesService(reaches, service));

export const isService = (service: string): boolean => known().actions(service) !== undefined;

/** What AWS calls the service, or its prefix. */
export const serviceName = (service: string): string => known().serviceName(service) ?? service;
