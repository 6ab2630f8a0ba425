const form =
  /^(-?\d+)(?:-(\d{1,2})(?:-(\d{1,2}))?)?(?:[Tt](?:(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?(?:[Zz]|[+-](\d{1,2})(?::?(\d{2}))?)?)?)?$/;

/** The least and the greatest value of each group of the form: year, month, day, hour, minute, second, zone. */
const ranges: readonly (readonly [number, number])[] = [
  [-292_275_054, 292_278_993],
  [1, 12],
  [1, 31],
  [0, 23],
  [0, 59],
  [0, 59],
  [0, 23],
  [0, 59],
];

const longest = 64;
const lastEpochSecond = 2n ** 63n - 1n;

/**
 * Whether AWS stores the text as the operand of a Date operator. That is wider than what can be compared: years
 * of ±292 million, a date with a bare `T` behind it, day 31 in any month, or epoch seconds up to 2^63 - 1.
 */
export function isStorableDate(text: string): boolean {
  if (text.length > longest) return false;
  if (/^\d+$/.test(text) && BigInt(text) <= lastEpochSecond) return true;
  const found = form.exec(text)?.slice(1);
  return found !== undefined && found.every((part, index) => isWithin(part, ranges[index]));
}

function isWithin(part: string | undefined, range: readonly [number, number] | undefined): boolean {
  if (part === undefined || range === undefined) return true;
  return Number(part) >= range[0] && Number(part) <= range[1];
}
