/** The condition operators of the policy language, once. */

import type { Quantifier } from './statement.ts';

/** What kind of value an operator compares. */
export type OperatorType = 'string' | 'numeric' | 'date' | 'bool' | 'binary' | 'ip' | 'arn' | 'null';

const rows = [
  ['StringEquals', 'string'],
  ['StringNotEquals', 'string'],
  ['StringEqualsIgnoreCase', 'string'],
  ['StringNotEqualsIgnoreCase', 'string'],
  ['StringLike', 'string'],
  ['StringNotLike', 'string'],
  ['NumericEquals', 'numeric'],
  ['NumericNotEquals', 'numeric'],
  ['NumericLessThan', 'numeric'],
  ['NumericLessThanEquals', 'numeric'],
  ['NumericGreaterThan', 'numeric'],
  ['NumericGreaterThanEquals', 'numeric'],
  ['DateEquals', 'date'],
  ['DateNotEquals', 'date'],
  ['DateLessThan', 'date'],
  ['DateLessThanEquals', 'date'],
  ['DateGreaterThan', 'date'],
  ['DateGreaterThanEquals', 'date'],
  ['Bool', 'bool'],
  ['BinaryEquals', 'binary'],
  ['IpAddress', 'ip'],
  ['NotIpAddress', 'ip'],
  ['ArnEquals', 'arn'],
  ['ArnNotEquals', 'arn'],
  ['ArnLike', 'arn'],
  ['ArnNotLike', 'arn'],
  ['Null', 'null'],
] as const satisfies readonly (readonly [string, OperatorType])[];

export type OperatorName = (typeof rows)[number][0];

/** The 27 base operators with the type of their operands; spelling as AWS writes it. */
export const operatorTypes: ReadonlyMap<string, OperatorType> = new Map<string, OperatorType>(rows);

/** An operator as written in a Condition block, taken apart. */
export interface OperatorForm {
  /** The exact spelling AWS accepts when a policy is written. */
  readonly written: string;
  readonly operator: OperatorName;
  readonly quantifier: Quantifier | undefined;
  readonly ifExists: boolean;
}

const quantifiers: readonly (Quantifier | undefined)[] = [undefined, 'ForAllValues', 'ForAnyValue'];

const forms: ReadonlyMap<string, OperatorForm> = new Map(
  rows
    .flatMap(([operator]) => quantifiers.flatMap((quantifier) => spellings(operator, quantifier)))
    .map((form) => [form.written.toLowerCase(), form]),
);

function spellings(operator: OperatorName, quantifier: Quantifier | undefined): OperatorForm[] {
  const plain = (quantifier === undefined ? '' : `${quantifier}:`) + operator;
  const form: OperatorForm = { written: plain, operator, quantifier, ifExists: false };
  return operator === 'Null' ? [form] : [form, { ...form, written: `${plain}IfExists`, ifExists: true }];
}

/**
 * The operator of a written name, prefix and suffix included, ignoring case; `undefined` when there is none.
 * Whether the spelling is the exact one shows by comparing with `written`.
 */
export function operatorNamed(written: string): OperatorForm | undefined {
  return forms.get(written.toLowerCase());
}
