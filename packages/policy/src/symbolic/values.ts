import type { Budget, Search } from './budget.ts';
import type { OrderedFamily, Predicate } from './predicate.ts';
import { representativesOf } from './representatives.ts';
import { findMember, TextPattern, TextSet } from './text-set.ts';
import type { Membership } from './text-set.ts';
import type { Representatives } from './representatives.ts';

/** A value passes the predicate (`want`) or does not. */
export interface Wish {
  readonly predicate: Predicate;
  readonly want: boolean;
}

const notEmpty: Membership = { set: new TextSet([new TextPattern('empty', [])]), want: false };

/** Whether the value passes; `undefined` when that hangs on a variable. */
export function passes(predicate: Predicate, value: string): boolean | undefined {
  return predicate.family === 'text' ? predicate.set.has(value) : predicate.holds(value);
}

function grants(value: string, { predicate, want }: Wish): boolean {
  return passes(predicate, value) !== !want;
}

function memberships(wishes: readonly Wish[]): Membership[] {
  return wishes.flatMap(({ predicate, want }) => (predicate.family === 'text' ? [{ set: predicate.set, want }] : []));
}

function familiesOf(wishes: readonly Wish[]): OrderedFamily[] {
  const all = wishes.flatMap(({ predicate }) => (predicate.family === 'text' ? [] : [predicate.family]));
  return [...new Set(all)];
}

function around(family: OrderedFamily, wishes: readonly Wish[]): Representatives {
  const operands = wishes.flatMap(({ predicate }) => (predicate.family === family ? predicate.operands : []));
  return representativesOf(family, [...new Set(operands)]);
}

/** The texts of a wanted list without wildcards and variables, if there is one: no other value is possible. */
function listed(wishes: readonly Wish[]): string[] | undefined {
  const list = memberships(wishes).find(({ set, want }) => want && set.patterns.every(({ exact }) => exact));
  return list?.set.patterns.map(({ prefix }) => prefix);
}

/**
 * Finds a value, not empty unless `mayBeEmpty`, that grants all wishes. Tests on text are decided by automata,
 * tests of one ordered family by representatives; where several kinds meet on one key, by trying values that
 * each kind alone suggests, so that `limit` is possible.
 */
export function findValue(wishes: readonly Wish[], budget: Budget, mayBeEmpty = false): Search<string> {
  const families = familiesOf(wishes);
  const text = findTextual(wishes, mayBeEmpty, budget);
  if (families.length === 0 || text === 'none') return text;
  return findAmong(wishes, families, text, mayBeEmpty);
}

function findTextual(wishes: readonly Wish[], mayBeEmpty: boolean, budget: Budget): Search<string> {
  const textual = memberships(wishes);
  if (textual.length === 0) return { found: 'a' };
  return findMember(mayBeEmpty ? textual : [...textual, notEmpty], budget);
}

function findAmong(
  wishes: readonly Wish[],
  families: readonly OrderedFamily[],
  text: Search<string>,
  mayBeEmpty: boolean,
): Search<string> {
  const sources = families.map((family) => around(family, wishes));
  const only = listed(wishes);
  const suggested = typeof text === 'object' ? [text.found] : [];
  const values = only ?? [...sources.flatMap(({ values }) => values), ...suggested];
  const found = values.find((value) => (mayBeEmpty || value !== '') && wishes.every((wish) => grants(value, wish)));
  if (found !== undefined) return { found };
  return only !== undefined || isRuledOut(wishes, families, sources) ? 'none' : 'limit';
}

/** Whether one family alone leaves no value; where there is only one kind of test, that is an exact answer. */
function isRuledOut(
  wishes: readonly Wish[],
  families: readonly OrderedFamily[],
  sources: readonly Representatives[],
): boolean {
  return families.some((family, i) => {
    const own = wishes.filter(({ predicate }) => predicate.family === family);
    const { values, complete } = sources[i]!;
    return complete && !values.some((value) => own.every((wish) => grants(value, wish)));
  });
}
