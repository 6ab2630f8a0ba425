/** The 27 operators of the twin, on big integers and Date. */
import { arnLikeMarked, likeMarked, unmarked } from './reference-patterns.ts';

type Test = (value: string, operand: string) => boolean;
const SCALE = 30;

function decimal(text: string): bigint | undefined {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (found === null || `${found[2] ?? ''}${found[3] ?? ''}` === '') return undefined;
  const digits = BigInt(`${found[2] ?? ''}${(found[3] ?? '').padEnd(SCALE, '0')}`);
  return found[1] === '-' ? -digits : digits;
}

function instant(text: string): bigint | undefined {
  if (/^\d+$/.test(text) && text.length !== 4) return decimal(text);
  const found = /^(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:T(\d\d:\d\d)(:\d\d)?(?:\.(\d+))?(Z|[+-]\d\d(?::\d\d)?)?)?$/i.exec(text);
  if (found === null) return undefined;
  const zone = found[5] === undefined ? 'Z' : /^[+-]\d\d$/.test(found[5]) ? `${found[5]}:00` : found[5].toUpperCase();
  const iso = found[2] === undefined ? found[1] : `${found[1]}T${found[2]}${found[3] ?? ':00'}${zone}`;
  const at = Date.parse(iso);
  if (Number.isNaN(at) || !sameDay(found[1])) return undefined;
  return BigInt(at / 1000) * 10n ** BigInt(SCALE) + BigInt((found[4] ?? '').padEnd(SCALE, '0') || 0);
}

/** Date rolls 30 February over instead of refusing it. */
function sameDay(day: string): boolean {
  const at = Date.parse(day);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

const compared =
  (read: (text: string) => bigint | undefined, fits: (a: bigint, b: bigint) => boolean): Test =>
  (value, operand) => {
    const [a, b] = [read(value), read(operand)];
    return a !== undefined && b !== undefined && fits(a, b);
  };

const orders: readonly (readonly [string, (a: bigint, b: bigint) => boolean])[] = [
  ['Equals', (a, b) => a === b],
  ['NotEquals', (a, b) => a === b],
  ['LessThan', (a, b) => a < b],
  ['LessThanEquals', (a, b) => a <= b],
  ['GreaterThan', (a, b) => a > b],
  ['GreaterThanEquals', (a, b) => a >= b],
];

function v4(text: string): bigint | undefined {
  const octets = text.split('.');
  if (octets.length !== 4 || octets.some((octet) => !/^(0|[1-9]\d*)$/.test(octet) || Number(octet) > 255))
    return undefined;
  return octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
}

function v6(text: string): bigint | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const tail = dotted === null ? 0n : v4(dotted[2]);
  if (tail === undefined) return undefined;
  const plain = dotted === null ? text : `${dotted[1]}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
  const [front, back, more] = plain.split('::').map((half) => (half === '' ? [] : half.split(':')));
  if (front === undefined || more !== undefined) return undefined;
  const missing = 8 - front.length - (back?.length ?? 0);
  if (back === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...front, ...Array<string>(missing).fill('0'), ...(back ?? [])];
  if (groups.some((group) => !/^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n);
}

const inBlock: Test = (value, operand) => {
  const [base, bits] = operand.split('/');
  const six = operand.includes(':');
  const read = six ? v6 : v4;
  const width = six ? 128 : 32;
  const [block, address] = [read(base ?? ''), read(value)];
  const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : 999;
  if (block === undefined || address === undefined || prefix > width || operand.split('/').length > 2) return false;
  return block >> BigInt(width - prefix) === address >> BigInt(width - prefix);
};

function decoded(text: string): string | undefined {
  const formed = /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0 && !text.startsWith('=');
  return formed ? Buffer.from(text, 'base64').toString('latin1') : undefined;
}

const bool = (text: string): boolean | undefined =>
  /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined;
const isArn = (value: string): boolean => value.startsWith('arn:') && value.split(':').length >= 6;
const lower = (text: string): string => text.toLowerCase();

const tests: Readonly<Record<string, Test>> = {
  StringEquals: (value, operand) => value === unmarked(operand),
  StringEqualsIgnoreCase: (value, operand) => lower(value) === lower(unmarked(operand)),
  StringLike: (value, operand) => likeMarked(operand, value),
  ArnEquals: (value, operand) => isArn(value) && arnLikeMarked(operand, value),
  ArnLike: (value, operand) => isArn(value) && arnLikeMarked(operand, value),
  Bool: (value, operand) => bool(value) !== undefined && bool(value) === bool(operand),
  BinaryEquals: (value, operand) => decoded(value) !== undefined && decoded(value) === decoded(operand),
  IpAddress: inBlock,
  ...Object.fromEntries(orders.map(([name, fits]) => [`Numeric${name}`, compared(decimal, fits)])),
  ...Object.fromEntries(orders.map(([name, fits]) => [`Date${name}`, compared(instant, fits)])),
};

/** The positive test behind an operator, and whether the operator negates it. */
export function operatorTest(operator: string): { readonly negated: boolean; readonly test: Test } {
  const negated = /Not/.test(operator);
  const test = tests[operator] ?? tests[operator.replace('Not', '')];
  if (test === undefined) throw new Error(`no operator ${operator}`);
  return { negated, test };
}
