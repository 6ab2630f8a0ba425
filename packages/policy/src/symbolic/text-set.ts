import type { Budget, Search } from './budget.ts';
import { GlobAutomaton } from './glob-automaton.ts';
import { findText } from './product.ts';
import type { Demand } from './product.ts';
import { folded } from './tokens.ts';
import type { Glob } from './tokens.ts';

/**
 * One pattern. When `opaque` it holds a variable without a known value: the glob then matches all that the
 * pattern could match for some value, and what it really matches is only known to be the same for equal ids.
 */
export class TextPattern {
  readonly id: string;
  readonly opaque: boolean;
  /** The literal text it begins with. */
  readonly prefix: string;
  /** Whether it matches `prefix` and nothing else. */
  readonly exact: boolean;
  readonly #glob: Glob;
  #automaton: GlobAutomaton | undefined;

  constructor(id: string, glob: Glob, opaque = false) {
    const wild = glob.findIndex((token) => token < 0 || token >= folded);
    this.id = id;
    this.opaque = opaque;
    this.prefix = String.fromCharCode(...(wild < 0 ? glob : glob.slice(0, wild)));
    this.exact = wild < 0;
    this.#glob = glob;
  }

  get automaton(): GlobAutomaton {
    return (this.#automaton ??= new GlobAutomaton(this.#glob));
  }

  /** Whether it matches the text, or could for some value of its variables. */
  matches(text: string): boolean {
    if (this.exact) return text === this.prefix;
    if (!text.startsWith(this.prefix)) return false;
    return this.automaton.state(this.automaton.after(text, this.prefix.length)).accepting;
  }
}

/** The texts that some pattern of a list matches. */
export class TextSet {
  readonly id: string;
  readonly patterns: readonly TextPattern[];

  constructor(patterns: readonly TextPattern[]) {
    const distinct = new Map(patterns.map((pattern) => [pattern.id, pattern]));
    this.patterns = [...distinct.values()];
    this.id = JSON.stringify([...distinct.keys()].sort());
  }

  /** Whether the text is in the set; `undefined` when that hangs on a variable. */
  has(text: string): boolean | undefined {
    const matching = this.patterns.filter((pattern) => pattern.matches(text));
    if (matching.some(({ opaque }) => !opaque)) return true;
    return matching.length > 0 ? undefined : false;
  }
}

/** A text is in the set (`want`) or outside of it. */
export interface Membership {
  readonly set: TextSet;
  readonly want: boolean;
}

/** One pattern of each wanted list; no pattern of the others may match. */
interface Selection {
  readonly wanted: readonly TextPattern[];
  /** The longest literal text that one of them begins with; the others allow it. */
  readonly prefix: string;
}

/**
 * Finds a text with all these memberships: for each choice of one pattern per wanted list whose literal beginnings
 * agree, by a product of automata. A pattern with a variable counts as matching whatever it could, unless a list
 * that must not hold the text names the same pattern.
 */
export function findMember(memberships: readonly Membership[], budget: Budget): Search<string> {
  const unwanted = memberships.flatMap(({ set, want }) => (want ? [] : set.patterns));
  const refused = new Set(unwanted.filter(({ opaque }) => opaque).map(({ id }) => id));
  const lists = memberships.flatMap(({ set, want }) => (want ? [admitted(set, refused)] : []));
  const known = unwanted.filter(({ opaque }) => !opaque);
  let undecided = false;
  for (const selection of selections(lists.sort((a, b) => a.length - b.length))) {
    if (--budget.effort < 0) return 'limit';
    const result = findSelected(selection, known, budget);
    if (typeof result === 'object') return result;
    undecided ||= result === 'limit';
  }
  return undecided ? 'limit' : 'none';
}

function admitted({ patterns }: TextSet, refused: ReadonlySet<string>): readonly TextPattern[] {
  return refused.size === 0 ? patterns : patterns.filter(({ id, opaque }) => !opaque || !refused.has(id));
}

function* selections(
  lists: readonly (readonly TextPattern[])[],
  chosen: Selection = { wanted: [], prefix: '' },
): Generator<Selection> {
  const list = lists[chosen.wanted.length];
  if (list === undefined) yield chosen;
  for (const pattern of list ?? []) {
    const prefix = longerPrefix(chosen.prefix, pattern.prefix);
    if (prefix !== undefined) yield* selections(lists, { wanted: [...chosen.wanted, pattern], prefix });
  }
}

/** The longer of two beginnings when the shorter is the beginning of it. */
function longerPrefix(a: string, b: string): string | undefined {
  if (a.length < b.length) return b.startsWith(a) ? b : undefined;
  return a.startsWith(b) ? a : undefined;
}

function findSelected({ wanted, prefix }: Selection, unwanted: readonly TextPattern[], budget: Budget): Search<string> {
  const near = unwanted.filter((pattern) => longerPrefix(prefix, pattern.prefix) !== undefined);
  if (wanted.some(({ exact }) => exact)) return fits(prefix, wanted, near) ? { found: prefix } : 'none';
  const demands = wanted.map((pattern) => demandOf(pattern, prefix, true));
  const rest = findText([...demands, ...near.map((pattern) => demandOf(pattern, prefix, false))], budget);
  return typeof rest === 'object' ? { found: prefix + rest.found } : rest;
}

function fits(text: string, wanted: readonly TextPattern[], unwanted: readonly TextPattern[]): boolean {
  return wanted.every((pattern) => pattern.matches(text)) && !unwanted.some((pattern) => pattern.matches(text));
}

function demandOf({ automaton, prefix }: TextPattern, fixed: string, want: boolean): Demand {
  return { automaton, start: automaton.after(fixed, prefix.length), want };
}
