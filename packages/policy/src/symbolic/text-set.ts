import type { Budget, Search } from './budget.ts';
import { GlobSet } from './glob-set.ts';
import { findText } from './product.ts';
import type { Demand } from './product.ts';
import type { Glob } from './tokens.ts';

/**
 * One pattern. With `opaque` it holds a variable without a known value: `glob` then matches all that the
 * pattern could match for some value, and what it really matches is only known to be the same for equal ids.
 */
export interface TextPattern {
  readonly id: string;
  readonly glob: Glob;
  readonly opaque: boolean;
}

/** The texts that some pattern of a list matches. */
export class TextSet {
  readonly id: string;
  readonly patterns: readonly TextPattern[];
  /** Globs of the patterns whose texts are known. */
  readonly known: GlobSet;
  readonly opaqueIds: readonly string[];
  readonly #widest = new Map<string, GlobSet>();

  constructor(patterns: readonly TextPattern[]) {
    const distinct = new Map(patterns.map((pattern) => [pattern.id, pattern]));
    this.patterns = [...distinct.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.id = JSON.stringify(this.patterns.map(({ id }) => id));
    this.known = new GlobSet(this.patterns.filter(({ opaque }) => !opaque).map(({ glob }) => glob));
    this.opaqueIds = this.patterns.filter(({ opaque }) => opaque).map(({ id }) => id);
  }

  /** All that the list could match while the patterns in `refused` match nothing. */
  widest(refused: ReadonlySet<string>): GlobSet {
    const admitted = this.opaqueIds.filter((id) => !refused.has(id));
    if (admitted.length === 0) return this.known;
    const key = JSON.stringify(admitted);
    const set = this.#widest.get(key) ?? this.#admitting(new Set(admitted));
    this.#widest.set(key, set);
    return set;
  }

  #admitting(admitted: ReadonlySet<string>): GlobSet {
    return new GlobSet(this.patterns.filter(({ id, opaque }) => !opaque || admitted.has(id)).map(({ glob }) => glob));
  }
}

/** A text is in the set (`want`) or outside of it. */
export interface Membership {
  readonly set: TextSet;
  readonly want: boolean;
}

/**
 * Finds a text with all these memberships, within `frame`. A pattern with a variable counts as matching
 * whatever it could, unless a set that must not hold the text names the same pattern.
 */
export function findMember(
  memberships: readonly Membership[],
  frame: readonly Demand[],
  budget: Budget,
): Search<string> {
  const refused = new Set(memberships.flatMap(({ set, want }) => (want ? [] : set.opaqueIds)));
  const demands = memberships.map(({ set, want }) => ({ set: want ? set.widest(refused) : set.known, want }));
  return findText([...demands, ...frame], budget);
}
