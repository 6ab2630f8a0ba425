/** Candidates of one action, found by the resource: cost does not grow with candidates for other resources. */
import { literalPrefix } from './arn.ts';
import type { ArnPattern } from './arn.ts';
import type { Ask } from './ask.ts';
import type { CompiledStatement } from './compile.ts';
import type { StatementRef } from './decision.ts';
import { SliceTable } from './slice-table.ts';
import type { Keyed } from './slice-table.ts';

/** A statement with the one Resource pattern that may match; without it the whole element is to be tried. */
export interface Candidate {
  readonly pattern: ArnPattern | undefined;
  /** `pattern` as text, when it holds no wildcard: kept here because every object on the way costs a cache miss. */
  readonly exact: string | undefined;
  /** An identity statement without conditions: it applies as soon as action and resource do. */
  readonly bare: boolean;
  readonly ref: StatementRef;
  readonly statement: CompiledStatement;
  /** Position of its document in the set. */
  readonly source: number;
}

/** The candidate for one pattern of a statement, or for its whole Resource element. */
export function candidateFor(
  statement: CompiledStatement,
  source: number,
  ref: StatementRef,
  pattern?: ArnPattern,
): Candidate {
  return {
    pattern,
    exact: pattern?.kind === 'exact' ? pattern.written : undefined,
    bare: statement.principals === undefined && statement.resources !== undefined && statement.clauses.length === 0,
    ref,
    statement,
    source,
  };
}

interface Level {
  readonly length: number;
  readonly table: SliceTable<Candidate>;
}

/** Below this many a plain list is faster. */
const FEW = 4;

type Place = 'list' | 'exact' | 'prefix';

function placeOf({ pattern }: Candidate): Place {
  if (pattern === undefined || pattern.kind === 'every') return 'list';
  if (pattern.kind === 'exact') return 'exact';
  return literalPrefix(pattern) === '' ? 'list' : 'prefix';
}

function levelsOf(candidates: readonly Candidate[]): Level[] {
  const byLength = new Map<number, Keyed<Candidate>[]>();
  for (const value of candidates) {
    const key = value.pattern === undefined ? '' : literalPrefix(value.pattern);
    const same = byLength.get(key.length);
    if (same === undefined) byLength.set(key.length, [{ key, value }]);
    else same.push({ key, value });
  }
  return [...byLength].map(([length, entries]) => ({ length, table: new SliceTable(entries) }));
}

export class ResourceIndex {
  /** To be tried for every resource, and for requests without one. */
  readonly list: readonly Candidate[];
  private readonly exact: SliceTable<Candidate> | undefined;
  private readonly levels: readonly Level[];
  /** How many places `at` looks into. */
  readonly places: number;

  constructor(candidates: readonly Candidate[]) {
    const able = candidates.filter(({ pattern }) => pattern?.kind !== 'never');
    const few = able.length <= FEW;
    const pick = (place: Place): Candidate[] => (few ? [] : able.filter((candidate) => placeOf(candidate) === place));
    const exact = pick('exact').map((value) => ({ key: value.pattern?.written ?? '', value }));
    this.list = few ? able : pick('list');
    this.exact = exact.length === 0 ? undefined : new SliceTable(exact);
    this.levels = levelsOf(pick('prefix'));
    this.places = 1 + this.levels.length;
  }

  /** Candidates of one place: 0 for exact ARNs, then a place per length of prefix. */
  at(place: number, ask: Ask): Candidate | readonly Candidate[] | undefined {
    const { resource } = ask;
    if (place === 0) return this.exact?.at(resource, 0, resource.length);
    const level = this.levels[place - 1];
    const from = ask.arn?.tail ?? resource.length;
    if (level === undefined || from + level.length > resource.length) return undefined;
    return level.table.at(resource, from, from + level.length);
  }
}
