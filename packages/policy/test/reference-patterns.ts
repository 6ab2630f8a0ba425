/** Globs, ARNs and variables of the twin: by regular expressions, so only for patterns of tests. */
import type { RequestContext } from '../src/request.ts';

const WILDCARDS: Readonly<Record<string, string>> = { '*': '[^]*', '?': '[^]' };

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

export function globMatches(pattern: string, text: string): boolean {
  const source = Array.from(pattern)
    .map((character) => WILDCARDS[character] ?? quoted(character))
    .join('');
  return new RegExp(`^${source}$`).test(text);
}

type Token = { readonly text: string; readonly literal: boolean };

/** `undefined` when a variable has no value. */
function tokensOf(pattern: string, context: RequestContext): Token[] | undefined {
  const tokens: Token[] = [];
  let rest = pattern;
  while (rest !== '') {
    const found = /^\$\{([^},]+)(?:, *'([^']*)' *)?\}/.exec(rest);
    const name = found?.[1];
    if (found === null || name === undefined) {
      tokens.push({ text: rest[0], literal: false });
      rest = rest.slice(1);
      continue;
    }
    const value = '*?$'.includes(name) ? name : lookup(name, found[2], context);
    if (value === undefined) return undefined;
    tokens.push({ text: value, literal: true });
    rest = rest.slice(found[0].length);
  }
  return tokens;
}

function lookup(name: string, fallback: string | undefined, context: RequestContext): string | undefined {
  const value = context.get(name.toLowerCase());
  if (value === undefined) return fallback;
  return typeof value === 'string' ? value : undefined;
}

/** A pattern whose variables were put in: characters that are literal stand behind a backslash. */
function marked(tokens: readonly Token[]): string {
  return tokens.map(({ text, literal }) => (literal || text === '\\' ? text.replace(/[^]/gu, '\\$&') : text)).join('');
}

function markedGlob(pattern: string, text: string): boolean {
  const source = pattern.replace(/\\([^])|([^])/gu, (_all, literal: string | undefined, plain: string | undefined) =>
    plain === undefined ? quoted(literal ?? '') : (WILDCARDS[plain] ?? quoted(plain)),
  );
  return new RegExp(`^${source}$`).test(text);
}

function sixParts(text: string): string[] {
  const parts = text.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

export function arnMatches(pattern: string, arn: string, variables: boolean, context: RequestContext): boolean {
  const wanted = sixParts(pattern);
  const given = sixParts(arn);
  while (wanted.length < 6 && pattern.endsWith('*')) wanted.push('*');
  if (wanted.length !== 6 || given.length !== 6 || given[0] !== 'arn') return false;
  const tokens = variables
    ? tokensOf(wanted[5], context)
    : Array.from(wanted[5]).map((text) => ({ text, literal: false }));
  if (tokens === undefined || !markedGlob(marked(tokens), given[5])) return false;
  return wanted.slice(0, 5).every((part, i) => globMatches(part, given[i]));
}

/** Operands with variables: none when one has no value. Text of String* and Arn* operators comes back marked. */
export function substituted(operator: string, operand: string, variables: boolean, context: RequestContext): string[] {
  if (!/^(String|Arn)/.test(operator)) return [operand];
  const plain = Array.from(operand).map((text) => ({ text, literal: false }));
  const tokens = variables ? tokensOf(operand, context) : plain;
  return tokens === undefined ? [] : [marked(tokens)];
}

export const unmarked = (text: string): string => text.replace(/\\([^])/gu, '$1');
export const likeMarked = markedGlob;

/** An ARN operand whose variables were put in. */
export function arnLikeMarked(pattern: string, arn: string): boolean {
  // An operand that is a value and nothing else is a whole ARN, and literal.
  if (pattern !== '' && pattern.replace(/\\[^]/gu, '') === '') return unmarked(pattern) === arn;
  // Colons inside values must not cut the pattern.
  const shielded = pattern.replace(/\\:/g, '\\\u0000');
  const wanted = sixParts(shielded);
  const given = sixParts(arn);
  while (wanted.length < 6 && shielded.endsWith('*') && !shielded.endsWith('\\*')) wanted.push('*');
  if (wanted.length !== 6 || given.length !== 6 || given[0] !== 'arn') return false;
  return wanted.every((part, i) => markedGlob(part.replaceAll('\u0000', ':'), given[i]));
}
