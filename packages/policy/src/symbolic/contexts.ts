import { clauseHolds } from '../conditions.ts';
import { createContext } from '../context.ts';
import type { ContextValue, RequestContext } from '../request.ts';
import type { ClauseAtom, Literal } from './atoms.ts';
import type { Budget, Search } from './budget.ts';
import { findValue, passes } from './values.ts';
import type { Wish } from './values.ts';
import type { KeyFacts } from './world.ts';

/** What a request holds for one key: `undefined` when it lacks the key. */
export interface Holding {
  readonly value: string | readonly string[] | undefined;
}

type ClauseLiteral = Literal<ClauseAtom>;

function contextOf(key: string, value: ContextValue | undefined): RequestContext {
  return createContext(value === undefined ? [] : [[key, value]]);
}

/** For no value or an empty list no operand is looked at, so the evaluator itself can be asked. */
function agreeOn(literals: readonly ClauseLiteral[], value: readonly [] | undefined): boolean {
  return literals.every(({ atom, want }) => clauseHolds(atom.clause, contextOf(atom.key, value)) === want);
}

/** The wish that a value pass the operator, negation included (`want`), or fail it. */
function wish({ clause, predicate }: ClauseAtom, want: boolean): Wish {
  return { predicate, want: want !== clause.negated };
}

/** Whether the operator, negation included, takes the value; `undefined` when that hangs on a variable. */
function takes({ clause, predicate }: ClauseAtom, value: string): boolean | undefined {
  const passed = passes(predicate, value);
  return passed === undefined ? undefined : passed !== clause.negated;
}

function presenceHolds(literals: readonly ClauseLiteral[]): boolean {
  return literals.every(({ atom, want }) => atom.clause.form !== 'null' || atom.clause.present === want);
}

function valued(literals: readonly ClauseLiteral[]): ClauseLiteral[] {
  return literals.filter(({ atom }) => atom.clause.form !== 'null');
}

/** One value that is not empty: all forms look at it alike. */
function findSingle(literals: readonly ClauseLiteral[], budget: Budget): Search<string> {
  if (!presenceHolds(literals)) return 'none';
  return findValue(
    valued(literals).map(({ atom, want }) => wish(atom, want)),
    budget,
  );
}

/** The empty text, alone or twice: ForAllValues takes it for no value at all, a plain operator refuses a list. */
function agreeOnEmpty(literals: readonly ClauseLiteral[], asList: boolean): boolean {
  if (!presenceHolds(literals)) return false;
  return valued(literals).every(({ atom, want }) => {
    if (atom.clause.form === 'all') return want;
    return asList && atom.clause.form === 'plain' ? !want : takes(atom, '') !== !want;
  });
}

/** Wishes for every member of a list, and wishes that some member must grant. */
interface ListWishes {
  readonly each: Wish[];
  readonly some: Wish[];
}

function listWishes(literals: readonly ClauseLiteral[]): ListWishes {
  const wishes: ListWishes = { each: [], some: [] };
  for (const { atom, want } of valued(literals)) {
    if (atom.clause.form === 'plain') continue;
    const toEach = (atom.clause.form === 'all') === want;
    wishes[toEach ? 'each' : 'some'].push(wish(atom, want));
  }
  return wishes;
}

/** A list of at least two members, not all empty. A plain operator refuses it. */
function findList(literals: readonly ClauseLiteral[], budget: Budget): Search<string[]> {
  const refused = literals.some(({ atom, want }) => atom.clause.form === 'plain' && want);
  if (refused || !presenceHolds(literals)) return 'none';
  const { each, some } = listWishes(literals);
  const members: string[] = [];
  let undecided = false;
  for (const [i, wishes] of [each, ...some.map((one) => [...each, one])].entries()) {
    const member = findValue(wishes, budget, i > 0);
    if (member === 'none') return 'none';
    if (member === 'limit') undecided = true;
    else members.push(member.found);
  }
  return undecided ? 'limit' : { found: atLeastTwo(members) };
}

function atLeastTwo(members: readonly string[]): string[] {
  const distinct = [...new Set(members)];
  return distinct.length > 1 ? distinct : [...distinct, ...distinct];
}

function held(result: Search<string | string[]>): Search<Holding> {
  return typeof result === 'object' ? { found: { value: result.found } } : result;
}

function fixed(agrees: boolean, value: Holding['value']): Search<Holding> {
  return agrees ? { found: { value } } : 'none';
}

/**
 * Finds what a request may hold for a key so that all literals on the key are as wanted: one value, none at all,
 * and where the key may hold a list, several values or an empty list.
 */
export function findHolding(literals: readonly ClauseLiteral[], facts: KeyFacts, budget: Budget): Search<Holding> {
  const sometimes = facts.presence !== 'always';
  const lists = facts.values === 'any';
  const ways: readonly (() => Search<Holding>)[] = [
    () => held(findSingle(literals, budget)),
    () => fixed(sometimes && agreeOn(literals, undefined), undefined),
    () => fixed(agreeOnEmpty(literals, false), ''),
    () => (lists ? held(findList(literals, budget)) : 'none'),
    () => fixed(lists && agreeOn(literals, []), []),
    () => fixed(lists && agreeOnEmpty(literals, true), ['', '']),
  ];
  let undecided = false;
  for (const way of ways) {
    const result = way();
    if (typeof result === 'object') return result;
    undecided ||= result === 'limit';
  }
  return undecided ? 'limit' : 'none';
}

/** Whether the literal is as wanted when the key holds this; `undefined` when that hangs on a variable. */
export function agreesWith(literal: ClauseLiteral, { value }: Holding): boolean | undefined {
  if (value === undefined || value.length === 0) return agreesOnNothing(literal, value);
  const { atom, want } = literal;
  if (atom.clause.form === 'null') return atom.clause.present === want;
  const holds = typeof value === 'string' ? takes(atom, value) : takesList(atom, value);
  return holds === undefined ? undefined : holds === want;
}

function agreesOnNothing(literal: ClauseLiteral, value: Holding['value']): boolean | undefined {
  if (value !== '') return agreeOn([literal], value === undefined ? undefined : []);
  const { atom, want } = literal;
  if (atom.clause.form === 'null') return atom.clause.present === want;
  if (atom.clause.form === 'all') return want;
  const holds = takes(atom, '');
  return holds === undefined ? undefined : holds === want;
}

function takesList(atom: ClauseAtom, values: readonly string[]): boolean | undefined {
  const { form } = atom.clause;
  if (form === 'all' && values.every((value) => value === '')) return true;
  if (form === 'plain' && values.length > 1) return false;
  const each = values.map((value) => takes(atom, value));
  const decisive = form === 'any';
  if (each.includes(decisive)) return decisive;
  return each.includes(undefined) ? undefined : !decisive;
}
