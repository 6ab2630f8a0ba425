/** The actions and condition keys of all AWS services, from the generated catalogue, for the lint layer. */

import { readFileSync } from 'node:fs';
import type { LintCatalogue } from '@stagedoor/policy';

/** As `npm run model` writes it: names separated by spaces, by vendor; keys of a service without their vendor. */
export interface CatalogueData {
  readonly globalConditionKeys: string;
  readonly actions: Readonly<Record<string, string>>;
  readonly conditionKeys: Readonly<Record<string, string>>;
}

export function catalogueOf(data: CatalogueData): LintCatalogue {
  const actions = Object.entries(data.actions).map(
    ([vendor, names]) => [vendor.toLowerCase(), names.split(' ')] as const,
  );
  const keys = Object.entries(data.conditionKeys).flatMap(([vendor, names]) =>
    names.split(' ').map((name) => `${vendor}:${name}`),
  );
  return { actions: new Map(actions), keys: [...data.globalConditionKeys.split(' '), ...keys] };
}

/** Reads the catalogue that is shipped with the server. */
export function readCatalogue(): LintCatalogue {
  const data: CatalogueData = JSON.parse(readFileSync(new URL('../../model/catalogue.json', import.meta.url), 'utf8'));
  return catalogueOf(data);
}
