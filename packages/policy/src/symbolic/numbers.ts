import { parseDecimal } from '../decimal.ts';
import type { Decimal } from '../decimal.ts';
import { parseInstant } from '../instant.ts';
import type { Representatives } from './representatives.ts';

/** `units` of ten to the minus `scale`. */
interface Scaled {
  readonly units: bigint;
  readonly scale: number;
}

/** More characters than the evaluator reads in a number. */
const longest = 500;

function unitsOf({ negative, whole, fraction }: Decimal, scale: number): bigint {
  const units = BigInt(whole + fraction.padEnd(scale, '0') || '0');
  return negative ? -units : units;
}

/** The numbers between, below and above the given ones, one each; all in one scale. */
function gaps(points: readonly Decimal[]): Scaled[] {
  if (points.length === 0) return [{ units: 1n, scale: 0 }];
  const scale = Math.max(...points.map(({ fraction }) => fraction.length)) + 1;
  const ordered = points.map((point) => unitsOf(point, scale)).sort((a, b) => (a < b ? -1 : 1));
  const step = 10n ** BigInt(scale);
  const between = ordered.slice(1).map((units, i) => halfWay(ordered[i]!, units, step));
  const first = ordered[0]! - step;
  const last = ordered.at(-1)! + step;
  return [last, first, ...between].map((units) => ({ units, scale }));
}

/** A round number between the two where there is one. Both are multiples of ten, so the middle always exists. */
function halfWay(low: bigint, high: bigint, step: bigint): bigint {
  const above = (low / step + 1n) * step;
  return above > low && above < high ? above : (low + high) / 2n;
}

function plain({ units, scale }: Scaled): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '');
  const whole = digits.slice(0, digits.length - scale);
  return (units < 0n ? '-' : '') + whole + (fraction === '' ? '' : `.${fraction}`);
}

/** ISO form while the calendar of the platform reaches; epoch seconds beyond it. */
function instant(scaled: Scaled): string {
  const step = 10n ** BigInt(scaled.scale);
  const rest = ((scaled.units % step) + step) % step;
  const seconds = (scaled.units - rest) / step;
  if (seconds < -8_640_000_000_000n || seconds > 8_640_000_000_000n) return plain(scaled);
  const iso = new Date(Number(seconds) * 1000).toISOString().slice(0, -5);
  const fraction = rest === 0n ? '' : `.${rest.toString().padStart(scaled.scale, '0').replace(/0+$/, '')}`;
  return `${iso}${fraction}Z`;
}

function representatives(
  operands: readonly string[],
  read: (text: string) => Decimal | undefined,
  write: (scaled: Scaled) => string,
): Representatives {
  const points = operands.map(read).filter((point) => point !== undefined);
  const between = gaps(points).map(write);
  const readable = between.filter((text) => text.length <= longest && read(text) !== undefined);
  return { values: [...readable, ...operands, 'none'], complete: readable.length === between.length };
}

/** A number for each operand and one for each gap; and a text that is none. */
export function numbersAround(operands: readonly string[]): Representatives {
  return representatives(operands, parseDecimal, plain);
}

/** An instant for each operand and one for each gap; and a text that is none. */
export function instantsAround(operands: readonly string[]): Representatives {
  return representatives(operands, parseInstant, instant);
}
