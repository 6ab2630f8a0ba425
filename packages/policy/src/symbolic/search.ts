import { literalId, negated } from './atoms.ts';
import type { Dimension, Literal } from './atoms.ts';
import { isSpent } from './budget.ts';
import type { Budget, Search } from './budget.ts';
import type { Holding } from './contexts.ts';

/** What is asked of one dimension so far. The same literals are the same object, in whatever order they came. */
export interface Demands {
  /** In order of their ids, without repetition. */
  readonly literals: readonly Literal[];
  readonly ids: ReadonlySet<number>;
  /** With one more literal, by its id. */
  readonly next: Map<number, Demands>;
  found: Search<Found> | undefined;
}

export type State = ReadonlyMap<Dimension, Demands>;

/** At least one of the literals holds. */
export type Clause = readonly Literal[];

/** What is found for a dimension: an action or a resource, or what a key holds. */
export type Found = string | Holding;

/** One dimension at a time: what the search knows of values. */
export interface Values {
  /** A value of the dimension that meets the demands. */
  find(dimension: Dimension, literals: readonly Literal[]): Search<Found>;
  /** Whether the literal holds for a value found before; `undefined` when that hangs on a variable. */
  holds(literal: Literal, value: Found): boolean | undefined;
}

function demandsOf(literals: readonly Literal[]): Demands {
  return { literals, ids: new Set(literals.map(literalId)), next: new Map(), found: undefined };
}

function isDemanded(state: State, literal: Literal): boolean {
  return state.get(literal.atom.dimension)?.ids.has(literalId(literal)) ?? false;
}

function isRefused(state: State, literal: Literal): boolean {
  return isDemanded(state, negated(literal));
}

/** Whether the demands refuse every literal of some clause, as where a statement must apply and must not. */
function contradicts(demands: readonly Literal[], clauses: readonly Clause[]): boolean {
  const refused = new Set(demands.map((literal) => literalId(negated(literal))));
  return clauses.some((clause) => clause.every((literal) => refused.has(literalId(literal))));
}

/** Which literals of the clauses that the values found so far do not meet are still possible. */
type Next = { readonly shortest: Clause | undefined; readonly state: State } | 'none';

/**
 * Looks for one value per dimension such that every demand holds and each clause has a literal that does. Values are
 * found for the demands alone; only clauses that these values happen not to meet are looked into: one with a single
 * possible literal makes it a demand, and where each has several, those of the shortest are tried in turn. `none` is a proof; `limit` says that the
 * budget ended or that a dimension could not be decided.
 */
export class Solver {
  readonly #values: Values;
  readonly #budget: Budget;
  readonly #nothing = demandsOf([]);
  readonly #all = new Map<string, Demands>();

  constructor(values: Values, budget: Budget) {
    this.#values = values;
    this.#budget = budget;
  }

  solve(demands: readonly Literal[], clauses: readonly Clause[]): Search<State> {
    if (contradicts(demands, clauses)) return 'none';
    let state: State = new Map();
    for (const literal of demands) {
      const next = this.#with(state, literal);
      if (next === undefined) return 'none';
      state = next;
    }
    return this.#branch(state, clauses);
  }

  /** Remembered, because the same few demands are asked about again and again. */
  find(dimension: Dimension, demands: Demands): Search<Found> {
    return (demands.found ??= this.#values.find(dimension, demands.literals));
  }

  #demanding(state: State, literal: Literal): Demands {
    const before = state.get(literal.atom.dimension) ?? this.#nothing;
    const id = literalId(literal);
    if (before.ids.has(id)) return before;
    const known = before.next.get(id);
    if (known !== undefined) return known;
    const demands = this.#shared([...before.literals, literal].sort((a, b) => literalId(a) - literalId(b)));
    before.next.set(id, demands);
    return demands;
  }

  #shared(literals: readonly Literal[]): Demands {
    const key = literals.map(literalId).join();
    const known = this.#all.get(key) ?? demandsOf(literals);
    this.#all.set(key, known);
    return known;
  }

  #with(state: State, literal: Literal): State | undefined {
    const { dimension } = literal.atom;
    const demands = this.#demanding(state, literal);
    if (this.find(dimension, demands) === 'none') return undefined;
    return new Map(state).set(dimension, demands);
  }

  #isPossible(state: State, literal: Literal): boolean {
    if (isRefused(state, literal)) return false;
    return this.find(literal.atom.dimension, this.#demanding(state, literal)) !== 'none';
  }

  #branch(before: State, clauses: readonly Clause[]): Search<State> {
    const next = this.#next(before, clauses);
    if (next === 'none') return 'none';
    if (next.shortest === undefined) return this.#leaf(next.state, clauses);
    return this.#alternatives(next.state, next.shortest, clauses);
  }

  #alternatives(before: State, choice: Clause, clauses: readonly Clause[]): Search<State> {
    let state: State | undefined = before;
    let undecided = false;
    for (const literal of choice) {
      this.#budget.branches--;
      if (isSpent(this.#budget)) return 'limit';
      const chosen = this.#with(state, literal);
      const result = chosen === undefined ? 'none' : this.#branch(chosen, clauses);
      if (typeof result === 'object') return result;
      undecided ||= result === 'limit';
      state = this.#with(state, negated(literal));
      if (state === undefined) break;
    }
    return undecided ? 'limit' : 'none';
  }

  /** What the values meet by chance becomes a demand, so that the demands alone describe a solution. */
  #leaf(before: State, clauses: readonly Clause[]): Search<State> {
    if ([...before].some(([dimension, demands]) => this.find(dimension, demands) === 'limit')) return 'limit';
    const state = new Map(before);
    for (const clause of clauses) {
      if (clause.some((literal) => isDemanded(state, literal))) continue;
      const met = clause.find((literal) => this.#isMetBy(state, literal));
      if (met !== undefined) this.#keep(state, met);
    }
    return { found: state };
  }

  #keep(state: Map<Dimension, Demands>, literal: Literal): void {
    const { dimension } = literal.atom;
    const found = state.get(dimension)?.found;
    const demands = this.#demanding(state, literal);
    demands.found ??= found;
    state.set(dimension, demands);
  }

  #next(before: State, clauses: readonly Clause[]): Next {
    let state = before;
    let shortest: Clause | undefined;
    for (let i = 0; i < clauses.length; i++) {
      const clause = clauses[i]!;
      if (this.#isMet(state, clause)) continue;
      const possible = clause.filter((literal) => this.#isPossible(state, literal));
      if (possible.length === 0) return 'none';
      if (possible.length === 1) {
        state = this.#with(state, possible[0]!) ?? state;
        shortest = undefined;
        i = -1;
      } else if (possible.length < (shortest?.length ?? Infinity)) shortest = possible;
    }
    return { state, shortest };
  }

  /** Whether the values found so far meet the clause, or one of its literals is a demand already. */
  #isMet(state: State, clause: Clause): boolean {
    return clause.some((literal) => isDemanded(state, literal) || this.#isMetBy(state, literal));
  }

  #isMetBy(state: State, literal: Literal): boolean {
    const demands = state.get(literal.atom.dimension);
    if (demands === undefined) return false;
    const result = this.find(literal.atom.dimension, demands);
    return typeof result === 'object' && this.#values.holds(literal, result.found) === true;
  }
}
