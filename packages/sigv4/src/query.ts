/** Query strings: parsed once, canonical when printed. */
import { decodeCanonical, normalizeEscapes } from './encode.ts';

/** A parameter in canonical encoding. */
export interface QueryPair {
  readonly name: string;
  readonly value: string;
}

/** Parameters in the order sent, names and values in canonical encoding; `k` alone reads as `k=`. */
export function parseQuery(query: string): QueryPair[] {
  const pairs: QueryPair[] = [];
  for (let start = 0; start < query.length;) {
    const ampersand = query.indexOf('&', start);
    const end = ampersand < 0 ? query.length : ampersand;
    if (end > start) pairs.push(parsePair(query.slice(start, end)));
    start = end + 1;
  }
  return pairs;
}

function parsePair(text: string): QueryPair {
  const equals = text.indexOf('=');
  if (equals < 0) return { name: normalizeEscapes(text, 'query'), value: '' };
  return {
    name: normalizeEscapes(text.slice(0, equals), 'query'),
    value: normalizeEscapes(text.slice(equals + 1), 'query'),
  };
}

/** The decoded value of the first parameter of that name: the first of duplicates counts. */
export function firstParameter(query: readonly QueryPair[], name: string): string | undefined {
  for (const pair of query) if (pair.name === name) return decodeCanonical(pair.value);
  return undefined;
}

function follows(a: QueryPair, b: QueryPair): boolean {
  return a.name > b.name || (a.name === b.name && a.value > b.value);
}

function inOrder(pairs: readonly QueryPair[]): boolean {
  for (let i = 1; i < pairs.length; i++) {
    if (follows(pairs[i - 1]!, pairs[i]!)) return false;
  }
  return true;
}

/** Sorted by encoded name, then value, and joined; parameters named `without` are left out. */
export function canonicalQuery(query: readonly QueryPair[], without?: string): string {
  if (query.length === 0) return '';
  const kept = without === undefined ? query : query.filter((pair) => pair.name !== without);
  const sorted = inOrder(kept) ? kept : kept.toSorted((a, b) => (follows(a, b) ? 1 : follows(b, a) ? -1 : 0));
  let text = '';
  for (const { name, value } of sorted) text += text === '' ? `${name}=${value}` : `&${name}=${value}`;
  return text;
}
