/** One operator and key of a Condition block, compiled and evaluated. */
import { operatorRow, parseTruth } from './operators.ts';
import type { Test } from './operators.ts';
import type { ContextValue, RequestContext } from './request.ts';
import { lowerCased } from './shared-text.ts';
import type { ConditionClause, Statement } from './statement.ts';

export interface CompiledClause {
  readonly source: ConditionClause;
  /** Lower case. */
  readonly key: string;
  readonly form: 'plain' | 'all' | 'any' | 'null' | 'unknown';
  readonly negated: boolean;
  readonly ifExists: boolean;
  /** Policy variables are put into the operands. */
  readonly variables: boolean;
  readonly tests: readonly Test[];
  /** For `null`: the answers that pass when the key is absent (`true`) or present (`false`). */
  readonly absent: boolean;
  readonly present: boolean;
}

function formOf(clause: ConditionClause): CompiledClause['form'] {
  if (clause.operator === undefined || operatorRow(clause.operator) === undefined) return 'unknown';
  if (clause.operator === 'Null') return clause.ifExists ? 'unknown' : 'null';
  if (clause.quantifier === undefined) return 'plain';
  return clause.quantifier === 'ForAllValues' ? 'all' : 'any';
}

/** The statement that a clause belongs to. */
interface Owner {
  readonly source: Statement;
}

const NO_TESTS: readonly Test[] = [];

class ClauseInUse implements CompiledClause {
  readonly key: string;
  readonly form: CompiledClause['form'];
  readonly negated: boolean;
  readonly ifExists: boolean;
  readonly variables: boolean;
  readonly tests: readonly Test[];
  readonly absent: boolean;
  readonly present: boolean;
  private readonly owner: Owner;
  private readonly place: number;

  constructor(clause: ConditionClause, variables: boolean, owner: Owner, place: number) {
    const row = clause.operator === undefined ? undefined : operatorRow(clause.operator);
    const answers = formOf(clause) === 'null' ? clause.values.map(parseTruth) : [];
    this.key = lowerCased(clause.key);
    this.form = formOf(clause);
    this.negated = row?.negated ?? false;
    this.ifExists = clause.ifExists;
    this.variables = variables && row?.variables === true;
    this.tests = row === undefined ? NO_TESTS : clause.values.map((value) => row.compile(value, this.variables));
    this.absent = answers.includes(true);
    this.present = answers.includes(false);
    this.owner = owner;
    this.place = place;
  }

  get source(): ConditionClause {
    return this.owner.source.conditions[this.place]!;
  }
}

/** Compiles one clause; `variables`: the document's version allows them; `place`: its position in the statement. */
export function compileClause(
  clause: ConditionClause,
  variables: boolean,
  owner: Owner,
  place: number,
): CompiledClause {
  return new ClauseInUse(clause, variables, owner, place);
}

/** One value: some operand passes, or with a negated operator none does. */
function passes(clause: CompiledClause, value: string, context: RequestContext): boolean {
  for (const test of clause.tests) if (test(value, context)) return !clause.negated;
  return clause.negated;
}

/** A key without value: true for negated operators and IfExists, and for a set of which all must pass. */
function holdsWhenAbsent(clause: CompiledClause): boolean {
  if (clause.form === 'any') return clause.ifExists;
  return clause.form === 'all' || clause.negated || clause.ifExists;
}

/** An empty set; unlike an absent key it fails ForAnyValue even with IfExists (unverified). */
function holdsWhenEmpty(clause: CompiledClause): boolean {
  return clause.form !== 'any' && holdsWhenAbsent(clause);
}

/**
 * A plain operator on several values: AWS leaves it undefined, other engines answer no, whether
 * the operator is negated or not.
 */
function plainOnSeveral(): boolean {
  return false;
}

/** ForAllValues takes a set of nothing but empty strings for an empty one. */
function countsAsEmpty(values: readonly string[]): boolean {
  return values.every((value) => value === '');
}

function onSet(clause: CompiledClause, values: readonly string[], context: RequestContext): boolean {
  if (values.length === 0) return holdsWhenEmpty(clause);
  if (clause.form === 'any') return values.some((value) => passes(clause, value, context));
  if (clause.form === 'all') return countsAsEmpty(values) || values.every((value) => passes(clause, value, context));
  return values.length === 1 ? passes(clause, values[0]!, context) : plainOnSeveral();
}

function onValue(clause: CompiledClause, value: string, context: RequestContext): boolean {
  if (clause.form === 'all' && value === '') return true;
  return passes(clause, value, context);
}

function isSet(value: ContextValue): value is readonly string[] {
  return Array.isArray(value);
}

function isAbsent(value: ContextValue | undefined): boolean {
  return value === undefined || (isSet(value) && value.length === 0);
}

function onPresent(clause: CompiledClause, value: ContextValue, context: RequestContext): boolean {
  if (typeof value === 'string') return onValue(clause, value, context);
  if (isSet(value)) return onSet(clause, value, context);
  if (clause.form !== 'plain') return onSet(clause, value.anyOf, context);
  return value.anyOf.some((one) => onValue(clause, one, context));
}

/** Whether the clause holds. `form: 'unknown'` is for the caller to decide. */
export function clauseHolds(clause: CompiledClause, context: RequestContext): boolean {
  const value = context.get(clause.key);
  if (clause.form === 'null') return isAbsent(value) ? clause.absent : clause.present;
  return value === undefined ? holdsWhenAbsent(clause) : onPresent(clause, value, context);
}
