import type { CompiledClause } from '../conditions.ts';
import { createContext } from '../context.ts';
import type { ConditionClause } from '../statement.ts';
import { arnOperand } from './arn-patterns.ts';
import type { Reading } from './draft.ts';
import { textPattern, truthPattern } from './patterns.ts';
import { TextSet } from './text-set.ts';
import type { TextPattern } from './text-set.ts';

/** Operators whose values are put in order or in blocks, so that a few values stand for all. */
export type OrderedFamily = 'number' | 'date' | 'address' | 'bytes';

/** Whether one value passes one of the operands of a clause. */
export type Predicate =
  | { readonly family: 'text'; readonly id: string; readonly set: TextSet }
  | {
      readonly family: OrderedFamily;
      readonly id: string;
      readonly operands: readonly string[];
      readonly holds: (value: string) => boolean;
    };

type ReadOperand = (written: string, reading: Reading) => TextPattern | undefined;

const textOperators: readonly (readonly [prefix: RegExp, read: ReadOperand])[] = [
  [/^String(Not)?EqualsIgnoreCase$/i, (written, reading) => textPattern(written, 'folded', reading)],
  [/^String(Not)?Equals$/i, (written, reading) => textPattern(written, 'exact', reading)],
  [/^String(Not)?Like$/i, (written, reading) => textPattern(written, 'like', reading)],
  [/^Arn/i, arnOperand],
  [/^Bool$/i, truthPattern],
];

const orderedOperators: readonly (readonly [prefix: RegExp, family: OrderedFamily])[] = [
  [/^Numeric/i, 'number'],
  [/^Date/i, 'date'],
  [/^(Not)?IpAddress$/i, 'address'],
  [/^Binary/i, 'bytes'],
];

const noContext = createContext([]);

function textPredicate(read: ReadOperand, clause: ConditionClause, reading: Reading): Predicate {
  const set = new TextSet(
    clause.values.map((value) => read(value, reading)).filter((pattern) => pattern !== undefined),
  );
  return { family: 'text', id: set.id, set };
}

function orderedPredicate(family: OrderedFamily, operator: string, compiled: CompiledClause): Predicate {
  const operands = [...new Set(compiled.source.values)].sort();
  const id = JSON.stringify([operator.replace('Not', ''), ...operands]);
  const holds = (value: string): boolean => compiled.tests.some((test) => test(value, noContext));
  return { family, id, operands, holds };
}

/** The positive test of a clause: negation, IfExists and set qualifiers are not part of it. */
export function predicateOf(compiled: CompiledClause, reading: Reading): Predicate {
  const operator = compiled.source.operator!;
  const text = textOperators.find(([name]) => name.test(operator));
  if (text !== undefined) return textPredicate(text[1], compiled.source, reading);
  const ordered = orderedOperators.find(([name]) => name.test(operator));
  if (ordered !== undefined) return orderedPredicate(ordered[1], operator, compiled);
  return { family: 'text', id: 'nothing', set: new TextSet([]) };
}
