/**
 * A glob as a list of numbers. A number from 0 is a UTF-16 code unit that must stand there; from `folded` on,
 * a code unit compared ignoring case; below 0 one of the wildcards. Units, because `?` takes one in the evaluator.
 */
export type Token = number;
export type Glob = readonly Token[];

export const folded = 0x1_0000;
/** `?`: any one character. */
export const one: Token = -1;
/** `?` in the first five parts of an ARN: any character but the colon. */
export const oneWithin: Token = -2;
/** `*`: any run. */
export const run: Token = -3;
/** `*` in the first five parts of an ARN: any run without a colon. */
export const runWithin: Token = -4;
/** Stands behind the last token of a glob. */
export const end: Token = -9;

export const colon = 58;

export function isRun(token: Token): boolean {
  return token === run || token === runWithin;
}

/** Whether `token` may consume the code unit. */
export function consumes(token: Token, unit: number): boolean {
  if (token >= folded) return fold(unit) === token - folded;
  if (token >= 0) return token === unit;
  if (token === end) return false;
  return token === one || token === run || unit !== colon;
}

/** Lower case of one code unit; itself when the lower case takes several. */
function fold(unit: number): number {
  const lower = String.fromCharCode(unit).toLowerCase();
  return lower.length === 1 ? lower.charCodeAt(0) : unit;
}

/** Letters whose lower case is Latin and that `toUpperCase` does not give: Kelvin, Ångström, capital ß. */
const rareCapitals: Readonly<Record<number, number>> = { 0x6b: 0x212a, 0xe5: 0x212b, 0xdf: 0x1e9e };

/** Every code unit that folds to `lower`. */
export function spellings(lower: number): number[] {
  const upper = String.fromCharCode(lower).toUpperCase().charCodeAt(0);
  const all = [lower, upper, rareCapitals[lower] ?? lower].filter((unit) => fold(unit) === lower);
  return [...new Set(all)];
}

/** The code units of a text as tokens. */
export function literal(text: string): Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < text.length; i++) tokens.push(text.charCodeAt(i));
  return tokens;
}

/** The code units of a text, each to be compared ignoring case. */
export function literalFolded(text: string): Token[] {
  return literal(text.toLowerCase()).map((unit) => folded + unit);
}

const star = 42;
const questionMark = 63;

/** A text in which `*` and `?` are wildcards; with `within` they do not cross a colon. */
export function glob(text: string, within = false): Token[] {
  const tokens = literal(text);
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i] === star) tokens[i] = within ? runWithin : run;
    else if (tokens[i] === questionMark) tokens[i] = within ? oneWithin : one;
  }
  return tokens;
}
