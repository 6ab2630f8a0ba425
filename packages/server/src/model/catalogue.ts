/** The names of every AWS action and condition key, so that policies can be checked for misspelt ones. */
import { readFileSync } from 'node:fs';

export interface Catalogue {
  /** IAM prefixes of all services, sorted. */
  readonly prefixes: readonly string[];
  /** What AWS calls the service of a prefix. */
  serviceName(prefix: string): string | undefined;
  /** Action names of an IAM prefix as AWS writes them; `undefined` for a prefix that AWS does not have. */
  actions(prefix: string): readonly string[] | undefined;
  /** Whether `service:Action` exists, ignoring case as IAM does. */
  hasAction(action: string): boolean;
  /** Condition keys that a service defines, without its prefix; keys may end in `/${Variable}`. */
  conditionKeys(prefix: string): readonly string[];
  /** `aws:` keys. */
  readonly globalConditionKeys: readonly string[];
}

interface CatalogueData {
  readonly globalConditionKeys: string;
  readonly actions: Readonly<Record<string, string>>;
  readonly conditionKeys: Readonly<Record<string, string>>;
  readonly serviceNames: Readonly<Record<string, string>>;
}

const words = (text: string | undefined): string[] | undefined => (text === undefined || text === '' ? undefined : text.split(' '));

/** Reads the catalogue: about 500 KB of names, only needed by tools that check policies. */
export function loadCatalogue(): Catalogue {
  const data = JSON.parse(readFileSync(new URL('../../model/catalogue.json', import.meta.url), 'utf8')) as CatalogueData;
  const names = new Map(Object.entries(data.actions));
  const keys = new Map(Object.entries(data.conditionKeys));
  const actions = (prefix: string) => words(names.get(prefix.toLowerCase()));
  return {
    prefixes: [...names.keys()].toSorted(),
    serviceName: (prefix) => data.serviceNames[prefix.toLowerCase()],
    actions,
    hasAction(action) {
      const [prefix = '', name = ''] = action.split(':', 2);
      return actions(prefix)?.some((known) => known.toLowerCase() === name.toLowerCase()) === true;
    },
    conditionKeys: (prefix) => words(keys.get(prefix.toLowerCase())) ?? [],
    globalConditionKeys: words(data.globalConditionKeys) ?? [],
  };
}
