/** Points in time, as exact decimal seconds since 1970: ISO 8601 in the W3C profiles, or epoch seconds. */
import { decimalOf, parseDecimal } from './decimal.ts';
import type { Decimal } from './decimal.ts';

const ISO =
  /^([+-]?\d{4,9})(?:-(\d\d)(?:-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,18}))?)?([Zz]|[+-]\d\d(?::?\d\d)?)?)?)?)?$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

function daysIn(year: number, month: number): number {
  return month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] ?? 0);
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar: years begin in March, so leap days come last. */
function daysFromEpoch(year: number, month: number, day: number): number {
  const shiftedYear = month > 2 ? year : year - 1;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** Seconds east of UTC; no zone is UTC. `undefined` when out of range. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || 0);
  if (hours > 23 || minutes > 59) return undefined;
  return (zone[0] === '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

function timeOfDay(hour: number, minute: number, second: number): number | undefined {
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return hour * 3600 + minute * 60 + second;
}

/** Whole seconds may be negative while the fraction counts forward: -1 s and .25 is -0.75. */
function seconds(days: number, rest: number, fraction: string): Decimal {
  const total = BigInt(days) * 86_400n + BigInt(rest);
  if (total >= 0n) return decimalOf(false, total.toString(), fraction);
  const scale = 10n ** BigInt(fraction.length);
  const ticks = (total * scale + BigInt(fraction || 0))
    .toString()
    .replace('-', '')
    .padStart(fraction.length + 1, '0');
  const point = ticks.length - fraction.length;
  return decimalOf(true, ticks.slice(0, point), ticks.slice(point));
}

function fromIso(found: RegExpExecArray): Decimal | undefined {
  const [year, month, day] = [Number(found[1]), Number(found[2] ?? 1), Number(found[3] ?? 1)];
  const time = timeOfDay(Number(found[4] ?? 0), Number(found[5] ?? 0), Number(found[6] ?? 0));
  const offset = offsetOf(found[8]);
  if (time === undefined || offset === undefined || day < 1 || day > daysIn(year, month)) return undefined;
  return seconds(daysFromEpoch(year, month, day), time - offset, found[7] ?? '');
}

/**
 * Whether text of digits alone is a year instead of epoch seconds: four digits are (`2024`). Sources
 * disagree, and nobody means the first hours of 1970.
 */
function isYear(digits: string): boolean {
  return digits.length === 4;
}

/** Reads an ISO date or whole epoch seconds; anything else is `undefined`. */
export function parseInstant(text: string): Decimal | undefined {
  if (/^\d+$/.test(text) && !isYear(text)) return parseDecimal(text);
  const found = ISO.exec(text);
  return found === null ? undefined : fromIso(found);
}
