import type { CompiledClause } from '../conditions.ts';
import { operatorRow } from '../operators.ts';
import { parseTemplate, variablesIn } from '../template.ts';
import { GlobAutomaton } from './glob-automaton.ts';
import type { Part } from './problem.ts';
import type { Settled } from './world.ts';
import { glob } from './tokens.ts';

/** A text with variables, and what it is compared with: the resource, or the value of a key. */
export interface Occurrence {
  readonly written: string;
  readonly against: 'resource' | `key ${string}`;
}

function hasVariables({ source }: CompiledClause): boolean {
  return operatorRow(source.operator ?? '')?.variables ?? false;
}

/** Every text of the statements in which variables count. */
export function occurrencesIn(parts: readonly Part[]): Occurrence[] {
  const found: Occurrence[] = [];
  for (const { statement, variables } of parts) {
    if (!variables) continue;
    for (const { written } of statement.resources ?? []) found.push({ written, against: 'resource' });
    for (const clause of statement.clauses.filter(hasVariables)) {
      for (const written of clause.source.values) found.push({ written, against: `key ${clause.key}` });
    }
  }
  return found.filter(({ written }) => keysIn(written).length > 0);
}

/** Keys of the variables in a text, in lower case. */
export function keysIn(written: string): string[] {
  return variablesIn(parseTemplate(written, { variables: true, globs: true })).map(({ key }) => key);
}

/** Texts without variables or wildcards that statements compare a key with. */
export function constantsFor(key: string, parts: readonly Part[]): string[] {
  const clauses = parts.flatMap(({ statement }) => statement.clauses.filter((clause) => clause.key === key));
  return clauses.flatMap(({ source }) => source.values.filter((value) => !/[*?$]/.test(value)));
}

const reference = /\$\{([^}]*)\}/g;
const mostCaptures = 8;

/**
 * What the variable could stand for so that the text matches `subject`, when other variables may be anything.
 * A few answers at most, shortest first.
 */
export function captures(written: string, key: string, subject: string): string[] {
  const found: string[] = [];
  for (const match of written.matchAll(reference)) {
    if (match[1]?.split(',')[0]?.trim().toLowerCase() !== key) continue;
    const front = loose(written.slice(0, match.index));
    const back = loose(written.slice(match.index + match[0].length));
    found.push(...between(front, back, subject));
  }
  return found;
}

function loose(text: string): GlobAutomaton {
  return new GlobAutomaton(glob(text.replace(reference, '*')));
}

function between(front: GlobAutomaton, back: GlobAutomaton, subject: string): string[] {
  const starts = offsets(subject).filter((at) => front.matches(subject.slice(0, at)));
  const ends = offsets(subject).filter((at) => back.matches(subject.slice(at)));
  const pairs = starts.slice(0, mostCaptures).flatMap((from) => ends.map((to) => [from, to] as const));
  const texts = pairs.filter(([from, to]) => from <= to).map(([from, to]) => subject.slice(from, to));
  return texts.sort((a, b) => a.length - b.length).slice(0, mostCaptures);
}

function offsets(subject: string): number[] {
  return Array.from({ length: Math.min(subject.length, 2048) + 1 }, (_, i) => i);
}

/** All ways to give each key one of its values, at most `limit`, the first values first. */
export function* assignments(
  choices: ReadonlyMap<string, readonly (string | undefined)[]>,
  limit: number,
): Generator<Settled> {
  const keys = [...choices.keys()];
  const sizes = keys.map((key) => choices.get(key)!.length);
  const all = sizes.reduce((product, size) => Math.min(product * size, limit), 1);
  for (let number = 0; number < all; number++) yield assignment(choices, keys, sizes, number);
}

function assignment(
  choices: ReadonlyMap<string, readonly (string | undefined)[]>,
  keys: readonly string[],
  sizes: readonly number[],
  number: number,
): Settled {
  let rest = number;
  const settled = new Map<string, string | undefined>();
  for (const [i, key] of keys.entries()) {
    const size = sizes[i]!;
    settled.set(key, choices.get(key)![rest % size]);
    rest = Math.floor(rest / size);
  }
  return settled;
}
