/** The first look at a request target: is it a path with whole escapes? */
import { brokenEscape } from './encode.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

/** Longer targets are refused before anything is built from them. */
const maxTarget = 65_536;

/** `undefined` when the target is an absolute path whose escapes, and those of its query, are whole. */
export function checkEscapes(target: string): Refusal | undefined {
  if (target.charCodeAt(0) !== 0x2f || target.length > maxTarget) return refuse('badPath', '');
  if (!target.includes('%')) return undefined;
  const mark = target.indexOf('?');
  const pathEnd = mark < 0 ? target.length : mark;
  if (brokenEscape(target, 0, pathEnd) >= 0) return refuse('badPath', '');
  if (mark < 0) return undefined;
  const at = brokenEscape(target, mark + 1, target.length);
  return at < 0 ? undefined : refuse('badQuery', queryText(target, at));
}

function queryText(target: string, at: number): string {
  if (at + 2 >= target.length) return 'Incomplete trailing escape % sequence';
  return `Illegal hex character in escape % pattern: ${target.slice(at, at + 3)}`;
}
