import { literalId, negated } from './atoms.ts';
import type { Dimension, Literal } from './atoms.ts';
import type { Budget, Search } from './budget.ts';

/** What is asked of one dimension so far: literals in order of their ids, without repetition. */
export interface Demands {
  readonly key: string;
  readonly literals: readonly Literal[];
}

export type State = ReadonlyMap<Dimension, Demands>;

/** At least one of the literals holds. */
type Clause = readonly Literal[];

/** Whether some value of the dimension meets the demands. */
export type Check = (dimension: Dimension, demands: Demands) => Search<unknown>;

const nothing: Demands = { key: '', literals: [] };

/** The demands with one more. */
export function demanding(state: State, literal: Literal): Demands {
  const { literals } = state.get(literal.atom.dimension) ?? nothing;
  const id = literalId(literal);
  const at = literals.findIndex((each) => literalId(each) >= id);
  const present = at >= 0 && literalId(literals[at] as Literal) === id;
  const all = present ? literals : literals.toSpliced(at < 0 ? literals.length : at, 0, literal);
  return { key: all.map(literalId).join(), literals: all };
}

/**
 * Looks for one value per dimension such that every demand holds and each clause has a literal that does.
 * Clauses are cut down to the literals still possible; one that is down to a single literal becomes a demand;
 * where none is, the shortest is tried literal by literal. `none` is a proof; `limit` says that the budget
 * ended or that a dimension could not be decided.
 */
export class Solver {
  readonly #check: Check;
  readonly #budget: Budget;
  readonly #known = new Map<string, Search<unknown>>();

  constructor(check: Check, budget: Budget) {
    this.#check = check;
    this.#budget = budget;
  }

  solve(demands: readonly Literal[], clauses: readonly Clause[]): Search<State> {
    let state: State = new Map();
    for (const literal of demands) {
      const next = this.#with(state, literal);
      if (next === undefined) return 'none';
      state = next;
    }
    return this.#branch(state, clauses);
  }

  /** Remembered, because the same few demands are asked about again and again. */
  check(dimension: Dimension, demands: Demands): Search<unknown> {
    const known = this.#known.get(demands.key);
    if (known !== undefined) return known;
    const result = this.#check(dimension, demands);
    this.#known.set(demands.key, result);
    return result;
  }

  #with(state: State, literal: Literal): State | undefined {
    const { dimension } = literal.atom;
    const demands = demanding(state, literal);
    if (this.check(dimension, demands) === 'none') return undefined;
    return new Map(state).set(dimension, demands);
  }

  #isPossible(state: State, literal: Literal): boolean {
    return this.check(literal.atom.dimension, demanding(state, literal)) !== 'none';
  }

  #branch(before: State, clauses: readonly Clause[]): Search<State> {
    const settled = this.#propagate(before, clauses);
    if (settled === undefined) return 'none';
    const [shortest, ...others] = settled.open.toSorted((a, b) => a.length - b.length);
    if (shortest === undefined) return this.#leaf(settled.state);
    return this.#alternatives(settled.state, shortest, others);
  }

  #alternatives(before: State, choice: Clause, others: readonly Clause[]): Search<State> {
    let state: State | undefined = before;
    let undecided = false;
    for (const literal of choice) {
      if (--this.#budget.branches < 0 || this.#budget.states < 0) return 'limit';
      const chosen = this.#with(state, literal);
      const result = chosen === undefined ? 'none' : this.#branch(chosen, others);
      if (typeof result === 'object') return result;
      undecided ||= result === 'limit';
      state = this.#with(state, negated(literal));
      if (state === undefined) break;
    }
    return undecided ? 'limit' : 'none';
  }

  #leaf(state: State): Search<State> {
    for (const [dimension, demands] of state) {
      if (this.check(dimension, demands) === 'limit') return 'limit';
    }
    return { found: state };
  }

  /** `undefined` when a clause has no possible literal left. */
  #propagate(before: State, clauses: readonly Clause[]): { state: State; open: Clause[] } | undefined {
    let state = before;
    let open = [...clauses];
    for (let changed = true; changed;) {
      changed = false;
      const remaining: Clause[] = [];
      for (const clause of open) {
        const possible = this.#remaining(state, clause);
        if (possible === undefined) continue;
        if (possible.length === 0) return undefined;
        if (possible.length > 1) remaining.push(possible);
        else {
          state = this.#with(state, possible[0] as Literal) ?? state;
          changed = true;
        }
      }
      open = remaining;
    }
    return { state, open };
  }

  /** The literals still possible, or `undefined` when one of them holds whatever else is chosen. */
  #remaining(state: State, clause: Clause): Clause | undefined {
    const possible: Literal[] = [];
    for (const literal of clause) {
      if (!this.#isPossible(state, negated(literal))) return undefined;
      if (this.#isPossible(state, literal)) possible.push(literal);
    }
    return possible;
  }
}
