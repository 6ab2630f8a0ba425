/** Values of a context key that may make a condition true or false: its operands, what lies beside them, and none. */
import type { CompiledClause } from './conditions.ts';
import { parseDecimal } from './decimal.ts';
import type { Pieces } from './glob.ts';
import { operatorTypes } from './operator-names.ts';
import type { OperatorType } from './operator-names.ts';
import type { ContextValue, RequestContext } from './request.ts';
import { parseTemplate, resolveTemplate } from './template.ts';

/** Wrapped, since `undefined` stands for a key that is left out. */
export interface Trial {
  readonly value: ContextValue | undefined;
}

/** An example of what a pattern matches: nothing for `*`, a letter for `?`. */
function exampleOf(pieces: Pieces): string {
  return pieces
    .map(({ text, holes }) => Array.from(text, (one, i) => (holes?.[i] === true ? 'x' : one)).join(''))
    .join('');
}

function textsFor(operand: string, clause: CompiledClause, context: RequestContext): string[] {
  const globs = /Like|Arn/.test(clause.source.operator!);
  const pieces = resolveTemplate(parseTemplate(operand, { variables: clause.variables, globs }), context);
  return pieces === undefined ? [] : [exampleOf(pieces)];
}

/** The number itself and its neighbours; too long for a number: the text alone. */
function numbersFor(operand: string): string[] {
  const number = Number(operand);
  if (parseDecimal(operand) === undefined || !Number.isSafeInteger(Math.trunc(number))) return [operand];
  return [operand, `${Math.floor(number) - 1}`, `${Math.ceil(number) + 1}`];
}

const SECOND = 1000;

function datesFor(operand: string): string[] {
  if (/^\d+$/.test(operand)) return numbersFor(operand);
  const at = Date.parse(operand);
  if (Number.isNaN(at)) return [operand];
  return [operand, ...[at - SECOND, at + SECOND].map((one) => new Date(one).toISOString())];
}

/** The address a block begins with. */
function addressesFor(operand: string): string[] {
  return [operand.replace(/\/.*$/, '')];
}

type Samples = (operand: string, clause: CompiledClause, context: RequestContext) => string[];

const SAMPLES: Readonly<Record<OperatorType, Samples>> = {
  string: textsFor,
  arn: textsFor,
  numeric: numbersFor,
  date: datesFor,
  ip: addressesFor,
  bool: (operand) => [operand.toLowerCase()],
  binary: (operand) => [operand],
  null: () => [],
};

/** Values that most operands do not have, to make a condition fail or a negated one hold. */
const OTHERS: Readonly<Record<OperatorType, readonly string[]>> = {
  string: ['other'],
  arn: ['arn:aws:other:other:000000000000:other'],
  numeric: ['0'],
  date: ['1970-01-01T00:00:00Z'],
  ip: ['192.0.2.1', '198.51.100.1'],
  bool: ['true', 'false'],
  binary: ['b3RoZXI='],
  null: ['any'],
};

function both(text: string, clause: CompiledClause): Trial[] {
  const isSet = clause.form === 'all' || clause.form === 'any';
  return isSet ? [{ value: [text] }] : [{ value: text }];
}

/** In the order in which they are to be tried. The operator must be a known one. */
export function valuesToTry(clause: CompiledClause, context: RequestContext): readonly Trial[] {
  const type = operatorTypes.get(clause.source.operator!)!;
  const texts = clause.source.values.flatMap((operand) => SAMPLES[type](operand, clause, context));
  const trials = [...texts, ...OTHERS[type]].flatMap((text) => both(text, clause));
  const none: Trial = { value: undefined };
  return clause.negated ? [...trials.toReversed(), none] : [...trials, none];
}
