/** What is assumed of the requests that a comparison ranges over. */

/** What is known of a context key beforehand. */
export interface KeyFacts {
  /** `always`: every request has the key. */
  readonly presence?: 'always' | 'sometimes';
  /** `one`: never a list; `any`: a list or a single value. */
  readonly values?: 'one' | 'any';
}

export type KeyKnowledge = (lowerCaseKey: string) => KeyFacts | undefined;

/** Values that are settled beforehand, by key in lower case: a text, or `undefined` for "the request lacks the key". */
export type Settled = ReadonlyMap<string, string | undefined>;

const multivalued = new Set([
  'aws:calledvia',
  'aws:principalorgpaths',
  'aws:principalservicenameslist',
  'aws:resourceorgpaths',
  'aws:sourceorgpaths',
  'aws:tagkeys',
  'aws:vpceorgpaths',
  'sts:transitivetagkeys',
]);

/** Whether AWS documents the key as one that holds a list. */
export function isMultivalued(lowerCaseKey: string): boolean {
  return multivalued.has(lowerCaseKey);
}
