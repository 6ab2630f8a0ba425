/** What one statement made of a request, clause by clause. Uses the functions that decide. */
import type { Ask } from './ask.ts';
import { clausePasses, namesCaller, resourceApplies } from './compile.ts';
import type { CompiledStatement, Reading } from './compile.ts';
import type { CompiledClause } from './conditions.ts';
import type { StatementRef } from './decision.ts';
import { Strength } from './principals.ts';
import type { ContextValue } from './request.ts';
import type { Effect } from './statement.ts';
import { parseTemplate, resolveTemplate, showPieces, valueOf, variablesIn } from './template.ts';
import type { Variable } from './template.ts';

export interface VariableTrace {
  /** As written between `${` and `}`, without a default. */
  readonly name: string;
  /** What was put in; `undefined`: it had no value, so the pattern or operand could not match. */
  readonly value: string | undefined;
}

export interface OperandTrace {
  readonly written: string;
  /** With variables put in; `undefined` when one had no value. Same as `written` without variables. */
  readonly resolved: string | undefined;
  /** Some value of the request passed the (positive) test against this operand. */
  readonly passed: boolean;
}

export interface ClauseTrace {
  /** Operator as written, with its prefix and suffix. */
  readonly operator: string;
  readonly key: string;
  /** The request's value; `undefined`: the key is missing. */
  readonly given: ContextValue | undefined;
  readonly operands: readonly OperandTrace[];
  readonly holds: boolean;
  /** The operator is not known. */
  readonly unevaluated: boolean;
}

/** The elements of a statement in the order in which they are tried. */
export type Element = 'action' | 'resource' | 'principal' | 'condition';

export interface StatementTrace {
  readonly statement: StatementRef;
  readonly effect: Effect;
  /** Every element applied. */
  readonly applies: boolean;
  /** The first element that did not apply. */
  readonly failed: Element | undefined;
  /** For a failed condition: position of the first clause that did not hold. */
  readonly failedClause: number | undefined;
  /** Clauses of the Condition block, when the other elements applied. */
  readonly clauses: readonly ClauseTrace[];
  /** Variables of the resource patterns, when the action applied. */
  readonly variables: readonly VariableTrace[];
  /** Condition keys and variables that the request does not have. */
  readonly missingKeys: readonly string[];
}

function valuesGiven(given: ContextValue | undefined): readonly string[] {
  if (given === undefined) return [];
  if (typeof given === 'string') return [given];
  return 'anyOf' in given ? given.anyOf : given;
}

function resolved(written: string, ask: Ask): string | undefined {
  if (!written.includes('${')) return written;
  const pieces = resolveTemplate(parseTemplate(written, { variables: true, globs: true }), ask.context);
  return pieces && showPieces(pieces);
}

function operandTraces(clause: CompiledClause, given: ContextValue | undefined, ask: Ask): OperandTrace[] {
  const values = valuesGiven(given);
  return clause.source.values.map((written, i) => ({
    written,
    resolved: clause.variables ? resolved(written, ask) : written,
    passed: values.some((value) => clause.tests[i]?.(value, ask.context) === true),
  }));
}

function clauseTrace(statement: CompiledStatement, clause: CompiledClause, ask: Ask): ClauseTrace {
  const given = ask.context.get(clause.key);
  return {
    operator: clause.source.written,
    key: clause.source.key,
    given,
    operands: operandTraces(clause, given, ask),
    holds: clausePasses(statement, clause, ask),
    unevaluated: clause.form === 'unknown',
  };
}

const NO_CLAUSES: readonly ClauseTrace[] = [];
const NO_VARIABLES: readonly VariableTrace[] = [];
const NO_KEYS: readonly string[] = [];

/** What of a statement's trace does not depend on the request: made once, since most statements fail early. */
export interface Traceable {
  readonly compiled: CompiledStatement;
  readonly ref: StatementRef;
  readonly variables: readonly Variable[];
  /** By failed element; `none` for a statement without conditions that applies. */
  readonly fixed: Readonly<Record<Element | 'none', StatementTrace>>;
}

function fixedTrace(compiled: CompiledStatement, statement: StatementRef, failed: Element | undefined): StatementTrace {
  return {
    statement,
    effect: compiled.deny ? 'Deny' : 'Allow',
    applies: failed === undefined,
    failed,
    failedClause: undefined,
    clauses: NO_CLAUSES,
    variables: NO_VARIABLES,
    missingKeys: NO_KEYS,
  };
}

/** Prepares a statement; `ref` is how its traces are to name it. */
export function traceable(compiled: CompiledStatement, ref: StatementRef): Traceable {
  const fixed = (failed?: Element): StatementTrace => fixedTrace(compiled, ref, failed);
  return {
    compiled,
    ref,
    variables: (compiled.resources ?? []).flatMap(({ template }) =>
      template === undefined ? [] : variablesIn(template),
    ),
    fixed: {
      action: fixed('action'),
      resource: fixed('resource'),
      principal: fixed('principal'),
      condition: fixed('condition'),
      none: fixed(),
    },
  };
}

function missingKeys(
  clauses: readonly ClauseTrace[],
  variables: readonly VariableTrace[],
  ask: Ask,
): readonly string[] {
  const missing = new Set<string>();
  for (const { key, given } of clauses) if (given === undefined) missing.add(key);
  for (const { name } of variables) if (ask.context.get(name.toLowerCase()) === undefined) missing.add(name);
  return missing.size === 0 ? NO_KEYS : [...missing];
}

function failedElement(statement: CompiledStatement, ask: Ask, reading: Reading): Element | undefined {
  if (!resourceApplies(statement, ask)) return 'resource';
  return namesCaller(statement, ask, reading) === Strength.none ? 'principal' : undefined;
}

function fullTrace({ compiled, fixed, variables }: Traceable, ask: Ask, early: Element | undefined): StatementTrace {
  const clauses =
    early === undefined ? compiled.clauses.map((clause) => clauseTrace(compiled, clause, ask)) : NO_CLAUSES;
  const values = variables.map((variable) => ({ name: variable.name, value: valueOf(variable, ask.context) }));
  const failedClause = clauses.findIndex(({ holds }) => !holds);
  return {
    ...fixed[early ?? (failedClause < 0 ? 'none' : 'condition')],
    failedClause: failedClause < 0 ? undefined : failedClause,
    clauses,
    variables: values,
    missingKeys: missingKeys(clauses, values, ask),
  };
}

/** Follows one statement whose action applies; for any other the trace is `fixed.action`. */
export function traceStatement(statement: Traceable, ask: Ask, reading: Reading): StatementTrace {
  const { compiled, fixed, variables } = statement;
  const early = failedElement(compiled, ask, reading);
  const plain = variables.length === 0 && (early !== undefined || compiled.clauses.length === 0);
  return plain ? fixed[early ?? 'none'] : fullTrace(statement, ask, early);
}
