/** The 27 condition operators, a row each. IfExists and the set qualifiers are handled in conditions.ts. */
import { compileArnOperand } from './arn.ts';
import { decodeBase64 } from './base64.ts';
import { holdsAddress, parseAddress, parseBlock } from './cidr.ts';
import { compareDecimals, parseDecimal } from './decimal.ts';
import type { Decimal } from './decimal.ts';
import { compileGlob, matchesGlob } from './glob.ts';
import type { Pieces } from './glob.ts';
import { parseInstant } from './instant.ts';
import type { OperatorName } from './operator-names.ts';
import { matchesTemplate, parseTemplate, resolveTemplate } from './template.ts';
import type { Template } from './template.ts';
import type { RequestContext } from './request.ts';

/** Whether one value of the request passes one operand. */
export type Test = (value: string, context: RequestContext) => boolean;

export interface Operator {
  /** The negated form of a positive test: it must fail for every operand. */
  readonly negated: boolean;
  /** Whether policy variables work in operands. */
  readonly variables: boolean;
  /** Compiles one operand; `variables` is false in documents of version 2008-10-17. */
  readonly compile: (operand: string, variables: boolean) => Test;
}

const never: Test = () => false;

function text(globs: boolean, onValue: (value: string) => string): Operator['compile'] {
  return (operand, variables) => {
    if (!variables || !operand.includes('${')) return plainText(operand, globs, onValue);
    const template = parseTemplate(operand, { variables, globs });
    if (template.dynamic) return dynamicText(template, onValue);
    const pieces = resolveTemplate(template)!;
    if (globs) return likeTest(pieces);
    const wanted = onValue(pieces[0]!.text);
    return (value) => onValue(value) === wanted;
  };
}

function plainText(operand: string, globs: boolean, onValue: (value: string) => string): Test {
  if (globs) return likeTest(compileGlob(operand));
  const wanted = onValue(operand);
  return onValue === same ? (value) => value === wanted : (value) => onValue(value) === wanted;
}

function likeTest(pieces: Pieces): Test {
  return (value) => matchesGlob(pieces, value);
}

function dynamicText(template: Template, onValue: (value: string) => string): Test {
  if (onValue === same) return (value, context) => matchesTemplate(template, value, 0, context);
  return (value, context) => {
    const pieces = resolveTemplate(template, context);
    return pieces !== undefined && onValue(pieces[0]!.text) === onValue(value);
  };
}

/** Operands and values read by `parse`; what cannot be read matches nothing. */
function parsed<T, V>(
  operandOf: (operand: string) => T | undefined,
  valueOf: (value: string) => V | undefined,
  holds: (value: V, operand: T) => boolean,
): Operator['compile'] {
  return (operand) => {
    const wanted = operandOf(operand);
    if (wanted === undefined) return never;
    return (value) => {
      const given = valueOf(value);
      return given !== undefined && holds(given, wanted);
    };
  };
}

type Sign = (difference: number) => boolean;
const equal: Sign = (difference) => difference === 0;
const below: Sign = (difference) => difference < 0;
const above: Sign = (difference) => difference > 0;
const atMost: Sign = (difference) => difference <= 0;
const atLeast: Sign = (difference) => difference >= 0;

function ordered(parse: (written: string) => Decimal | undefined, sign: Sign): Operator['compile'] {
  return parsed(parse, parse, (value, operand) => sign(compareDecimals(value, operand)));
}
const number = (sign: Sign): Operator['compile'] => ordered(parseDecimal, sign);
const date = (sign: Sign): Operator['compile'] => ordered(parseInstant, sign);

/** `true` or `false` in any case. */
export function parseTruth(written: string): boolean | undefined {
  const lower = written.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

const same = (value: string): string => value;
const folded = (value: string): string => value.toLowerCase();
const exactText = text(false, same);
const foldedText = text(false, folded);
const likeText = text(true, same);
const truth = parsed(parseTruth, parseTruth, (value, operand) => value === operand);
const bytes = parsed(decodeBase64, decodeBase64, (value, operand) => value === operand);
const inBlock = parsed(parseBlock, parseAddress, (value, block) => holdsAddress(block, value));

const is = (compile: Operator['compile']): Operator => ({ negated: false, variables: false, compile });
const isNot = (compile: Operator['compile']): Operator => ({ negated: true, variables: false, compile });
const withVariables = (row: Operator): Operator => ({ ...row, variables: true });

const ROWS = {
  StringEquals: withVariables(is(exactText)),
  StringNotEquals: withVariables(isNot(exactText)),
  StringEqualsIgnoreCase: withVariables(is(foldedText)),
  StringNotEqualsIgnoreCase: withVariables(isNot(foldedText)),
  StringLike: withVariables(is(likeText)),
  StringNotLike: withVariables(isNot(likeText)),
  NumericEquals: is(number(equal)),
  NumericNotEquals: isNot(number(equal)),
  NumericLessThan: is(number(below)),
  NumericLessThanEquals: is(number(atMost)),
  NumericGreaterThan: is(number(above)),
  NumericGreaterThanEquals: is(number(atLeast)),
  DateEquals: is(date(equal)),
  DateNotEquals: isNot(date(equal)),
  DateLessThan: is(date(below)),
  DateLessThanEquals: is(date(atMost)),
  DateGreaterThan: is(date(above)),
  DateGreaterThanEquals: is(date(atLeast)),
  Bool: is(truth),
  BinaryEquals: is(bytes),
  IpAddress: is(inBlock),
  NotIpAddress: isNot(inBlock),
  ArnEquals: withVariables(is(compileArnOperand)),
  ArnNotEquals: withVariables(isNot(compileArnOperand)),
  ArnLike: withVariables(is(compileArnOperand)),
  ArnNotLike: withVariables(isNot(compileArnOperand)),
  /** Asks for presence alone: the row serves the list of names; conditions.ts reads its operands. */
  Null: is(() => never),
} as const satisfies Record<OperatorName, Operator>;

const BY_NAME: ReadonlyMap<string, Operator> = new Map<string, Operator>(Object.entries(ROWS));

/** The row of a base operator by its canonical name; `undefined` for one that is not known. */
export function operatorRow(name: string): Operator | undefined {
  return BY_NAME.get(name);
}
