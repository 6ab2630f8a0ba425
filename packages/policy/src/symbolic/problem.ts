import type { CompiledClause } from '../conditions.ts';
import type { CompiledStatement } from '../compile.ts';
import { isClause, isName, negated } from './atoms.ts';
import type { Atom, ClauseAtom, Dimension, Literal, NameAtom } from './atoms.ts';
import type { Budget, Search } from './budget.ts';
import { agreesWith, findHolding } from './contexts.ts';
import type { Holding } from './contexts.ts';
import { covers, findAction, findResource } from './names.ts';
import { arnPattern } from './arn-patterns.ts';
import type { Reading } from './draft.ts';
import { actionPattern } from './patterns.ts';
import { predicateOf } from './predicate.ts';
import { Solver } from './search.ts';
import type { Clause, Found, State } from './search.ts';
import { TextSet } from './text-set.ts';
import type { TextPattern } from './text-set.ts';
import { isMultivalued } from './world.ts';
import type { KeyFacts, KeyKnowledge, Settled } from './world.ts';

/** A statement as it takes part in a comparison. */
export interface Part {
  readonly statement: CompiledStatement;
  /** Whether its document has policy variables. */
  readonly variables: boolean;
}

/** Is there a request to which all of `apply` apply and none of `spare`? */
export interface Question {
  readonly apply: readonly Part[];
  readonly spare: readonly Part[];
}

/** What is assumed of requests in one comparison. */
export interface Assumptions {
  readonly keys: KeyKnowledge;
  /** Keys that occur with a set qualifier, in lower case. */
  readonly qualified: ReadonlySet<string>;
}

/**
 * Statements as literals over atoms that are shared wherever the same list or clause occurs. `settled` gives
 * keys a fixed value; variables of other keys stay open, and then a find is no proof yet.
 */
export class Problem {
  readonly #assumptions: Assumptions;
  readonly #settled: Settled;
  readonly #budget: Budget;
  readonly #atoms = new Map<string, Atom>();
  readonly #literals = new Map<CompiledStatement, readonly Literal[]>();
  readonly #clauses = new Map<CompiledStatement, readonly Clause[]>();
  readonly #spared = new Map<readonly Part[], readonly Clause[]>();
  readonly #patterns = new Map<string, TextPattern | undefined>();
  readonly #solver: Solver;

  constructor(assumptions: Assumptions, budget: Budget, settled: Settled = new Map()) {
    this.#assumptions = assumptions;
    this.#settled = settled;
    this.#budget = budget;
    this.#solver = new Solver({ find: (dimension, literals) => this.#find(dimension, literals), holds }, budget);
  }

  solve({ apply, spare }: Question): Search<State> {
    if (apply.some(({ statement }) => neverApplies(statement))) return 'none';
    const demands = apply.flatMap((part) => this.#literalsOf(part));
    return this.#solver.solve(demands, this.#clausesFor(spare));
  }

  #clausesFor(spare: readonly Part[]): readonly Clause[] {
    const known = this.#spared.get(spare) ?? spare.flatMap((part) => this.#waysToSpare(part));
    this.#spared.set(spare, known);
    return known;
  }

  /** The action or resource that was found for a solved state, if it matters. */
  nameIn(state: State, dimension: 'action' | 'resource'): string | undefined {
    const found = this.#foundIn(state, dimension);
    return typeof found === 'string' ? found : undefined;
  }

  /** What was found for a key, if it matters. */
  holdingIn(state: State, key: string): Holding | undefined {
    const found = this.#foundIn(state, `key ${key}`);
    return typeof found === 'object' ? found : undefined;
  }

  #foundIn(state: State, dimension: Dimension): Found | undefined {
    const demands = state.get(dimension);
    const result = demands && this.#solver.find(dimension, demands);
    return typeof result === 'object' ? result.found : undefined;
  }

  factsOf(key: string): Required<KeyFacts> {
    const facts = this.#assumptions.keys(key);
    const values = isMultivalued(key) || this.#assumptions.qualified.has(key) ? 'any' : 'one';
    return { presence: facts?.presence ?? 'sometimes', values: facts?.values ?? values };
  }

  #find(dimension: Dimension, literals: readonly Literal[]): Search<Found> {
    if (dimension === 'action') return findAction(literals.filter(isName), this.#budget);
    if (dimension === 'resource') return findResource(literals.filter(isName), this.#budget);
    return this.#findHolding(literals.filter(isClause));
  }

  #findHolding(literals: readonly Literal<ClauseAtom>[]): Search<Found> {
    const key = literals[0]!.atom.key;
    if (!this.#settled.has(key)) return findHolding(literals, this.factsOf(key), this.#budget);
    const holding: Holding = { value: this.#settled.get(key) };
    return literals.some((each) => agreesWith(each, holding) === false) ? 'none' : { found: holding };
  }

  /** One clause: some literal of the statement must fail. None for a statement that never applies. */
  #waysToSpare(part: Part): readonly Clause[] {
    const known = this.#clauses.get(part.statement);
    if (known !== undefined) return known;
    const clauses = neverApplies(part.statement) ? [] : [this.#literalsOf(part).map(negated)];
    this.#clauses.set(part.statement, clauses);
    return clauses;
  }

  #literalsOf(part: Part): readonly Literal[] {
    const known = this.#literals.get(part.statement);
    if (known !== undefined) return known;
    const literals = this.#read(part);
    this.#literals.set(part.statement, literals);
    return literals;
  }

  #read({ statement, variables }: Part): Literal[] {
    const { actions, notAction, resources, notResource, clauses } = statement;
    const reading: Reading = { variables, settled: this.#settled };
    const literals: Literal[] = [this.#names('action', written(actions), reading, !notAction)];
    if (resources !== undefined) literals.push(this.#names('resource', written(resources), reading, !notResource));
    for (const clause of clauses) {
      if (clause.form !== 'unknown') literals.push({ atom: this.#clause(clause, reading), want: true });
    }
    return literals;
  }

  #names(dimension: NameAtom['dimension'], patterns: readonly string[], reading: Reading, want: boolean): Literal {
    const all = patterns.includes('*');
    const useful = all ? [] : patterns.map((pattern) => this.#pattern(dimension, pattern, reading));
    const set = new TextSet(useful.filter((pattern) => pattern !== undefined));
    const atom = this.#shared(JSON.stringify([dimension, all, set.id]), (id) => ({ id, dimension, all, set }));
    return { atom, want };
  }

  /** The same object for the same text, so that its automaton is built once. */
  #pattern(dimension: NameAtom['dimension'], pattern: string, reading: Reading): TextPattern | undefined {
    const name = `${dimension} ${reading.variables} ${pattern}`;
    if (this.#patterns.has(name)) return this.#patterns.get(name);
    const read = dimension === 'action' ? actionPattern(pattern) : arnPattern(pattern, reading);
    this.#patterns.set(name, read);
    return read;
  }

  #clause(clause: CompiledClause, reading: Reading): Atom {
    const predicate = predicateOf(clause, reading);
    const { key, form, ifExists, absent, present } = clause;
    const name = JSON.stringify([key, form, clause.negated, ifExists, absent, present, predicate.family, predicate.id]);
    return this.#shared(name, (id) => ({ id, dimension: `key ${key}`, key, clause, predicate }));
  }

  #shared(name: string, make: (id: number) => Atom): Atom {
    const known = this.#atoms.get(name);
    if (known !== undefined) return known;
    const atom = make(this.#atoms.size);
    this.#atoms.set(name, atom);
    return atom;
  }
}

/** Whether a literal holds for what was found for its dimension; `undefined` when that hangs on a variable. */
function holds(literal: Literal, found: Found): boolean | undefined {
  if (typeof found === 'object') return isClause(literal) ? agreesWith(literal, found) : undefined;
  const covered = isName(literal) ? covers(literal.atom, found) : undefined;
  return covered === undefined ? undefined : covered === literal.want;
}

function written(patterns: readonly { readonly written: string }[]): string[] {
  return patterns.map((pattern) => pattern.written);
}

/** An Allow that names a principal, no resource, or an operator the engine does not know. A Deny applies all the same. */
function neverApplies({ deny, principals, resources, unknown }: CompiledStatement): boolean {
  return !deny && (principals !== undefined || resources === undefined || unknown);
}
