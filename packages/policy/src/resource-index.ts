/** Candidates of one action, found by the resource: cost does not grow with candidates for other resources. */
import { indexKeyOf } from './arn.ts';
import type { ArnPattern, IndexKey } from './arn.ts';
import type { Ask } from './ask.ts';
import type { CompiledStatement } from './compile.ts';
import type { Decision, StatementRef } from './decision.ts';
import { Strength } from './principals.ts';
import { SliceTable } from './slice-table.ts';
import type { Keyed } from './slice-table.ts';

/** A statement with the one Resource pattern that may match; without it the whole element is to be tried. */
export class Candidate {
  /** `pattern` as text, when it holds no wildcard: kept here because every object on the way costs a cache miss. */
  readonly exact: string | undefined;
  /** An identity statement without conditions: it applies as soon as action and resource do. */
  readonly bare: boolean;
  /** A candidate can stand for the hit on it when it names the caller directly, as nearly all do. */
  readonly strength = Strength.direct;
  /** The decision it leads to as an identity policy that grants; made once. */
  granted: Decision | undefined;
  readonly pattern: ArnPattern | undefined;
  readonly ref: StatementRef;
  readonly statement: CompiledStatement;
  /** Position of its document in the set. */
  readonly source: number;

  constructor(statement: CompiledStatement, source: number, ref: StatementRef, pattern: ArnPattern | undefined) {
    this.exact = pattern?.kind === 'exact' ? pattern.written : undefined;
    this.bare =
      statement.principals === undefined && statement.resources !== undefined && statement.clauses.length === 0;
    this.granted = undefined;
    this.pattern = pattern;
    this.ref = ref;
    this.statement = statement;
    this.source = source;
  }
}

/** Patterns that begin with equally much of the sixth part. */
interface Level {
  readonly fromStart: boolean;
  readonly reach: number;
  readonly table: SliceTable<Candidate>;
}

/** At most this many are tried one by one: that is as fast. */
const FEW = 3;

type Place = 'list' | 'exact' | 'prefix';

function keyOf({ pattern }: Candidate): IndexKey | undefined {
  return pattern?.kind === 'parts' ? indexKeyOf(pattern) : undefined;
}

function placeOf(candidate: Candidate): Place {
  if (candidate.exact !== undefined) return 'exact';
  return keyOf(candidate) === undefined ? 'list' : 'prefix';
}

function levelsOf(candidates: readonly Candidate[]): Level[] {
  const levels = new Map<string, Omit<Level, 'table'> & { entries: Keyed<Candidate>[] }>();
  for (const value of candidates) {
    const { fromStart, key, reach } = keyOf(value)!;
    const name = `${fromStart} ${reach}`;
    const level = levels.get(name) ?? { fromStart, reach, entries: [] };
    level.entries.push({ key, value });
    levels.set(name, level);
  }
  return [...levels.values()].map(({ fromStart, reach, entries }) => ({
    fromStart,
    reach,
    table: new SliceTable(entries),
  }));
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
    const exact = pick('exact').map((value) => ({ key: value.exact!, value }));
    this.list = few ? able : pick('list');
    this.exact = exact.length === 0 ? undefined : new SliceTable(exact);
    this.levels = levelsOf(pick('prefix'));
    this.places = this.exact === undefined && this.levels.length === 0 ? 0 : 1 + this.levels.length;
  }

  /** Candidates of one place: 0 for exact ARNs, then a place per level. */
  at(place: number, ask: Ask): Candidate | readonly Candidate[] | undefined {
    const { text } = ask;
    if (place === 0) return this.exact?.at(text, 0, text.length);
    const level = this.levels[place - 1]!;
    const { tail } = ask;
    const to = tail + level.reach;
    return tail < 0 || to > text.length ? undefined : level.table.at(text, level.fromStart ? 0 : tail, to);
  }
}
