/** Exact decimal numbers: no rounding, so 9007199254740993 and 9007199254740992 differ. */

export interface Decimal {
  readonly negative: boolean;
  /** Digits before the point, without leading zeros. */
  readonly whole: string;
  /** Digits after it, without trailing zeros. */
  readonly fraction: string;
  /** The value when a double holds it exactly, else NaN. */
  readonly small: number;
}

const NUMBER = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,3}))?$/;
const LONGEST = 512;

/** From parts that hold digits only. */
export function decimalOf(negative: boolean, whole: string, fraction: string): Decimal {
  const front = whole.replace(/^0+/, '');
  const back = fraction.replace(/0+$/, '');
  const zero = front === '' && back === '';
  const small = back === '' && front.length <= 15 ? Number(front) * (negative && !zero ? -1 : 1) : Number.NaN;
  return { negative: negative && !zero, whole: front, fraction: back, small };
}

function shifted(negative: boolean, whole: string, fraction: string, by: number): Decimal {
  if (by >= 0) {
    const moved = fraction.padEnd(by, '0');
    return decimalOf(negative, whole + moved.slice(0, by), moved.slice(by));
  }
  const moved = whole.padStart(-by, '0');
  return decimalOf(negative, moved.slice(0, moved.length + by), moved.slice(moved.length + by) + fraction);
}

/** Reads `12`, `-3.5`, `.5`, `1e3`; anything else, or more than 512 characters, is `undefined`. */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > LONGEST) return undefined;
  const found = NUMBER.exec(text);
  if (found === null) return undefined;
  const whole = found[2] ?? '';
  const fraction = found[3] ?? found[4] ?? '';
  return shifted(found[1] === '-', whole, fraction, Number(found[5] ?? 0));
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compareMagnitude(a: Decimal, b: Decimal): number {
  return a.whole.length - b.whole.length || order(a.whole, b.whole) || order(a.fraction, b.fraction);
}

/** Negative, zero or positive, as `a` is below, equal to or above `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const difference = a.small - b.small;
  if (!Number.isNaN(difference)) return difference;
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  return a.negative ? -compareMagnitude(a, b) : compareMagnitude(a, b);
}
