/**
 * Globs: `*` is any run of characters, the empty one included; `?` is exactly one. Nothing else is special.
 * Matching is greedy from left to right and never goes back, so its cost is bounded by pattern times text.
 */

/** Literal text between two stars; `holes[i]` marks a `?` at offset `i` of `text`. */
export interface Piece {
  readonly text: string;
  readonly holes: readonly boolean[] | undefined;
}

/** The pieces of a pattern, split at its stars: one piece means there is no star. */
export type Pieces = readonly Piece[];

function pieceOf(written: string): Piece {
  if (written === '') return emptyPiece;
  if (!written.includes('?')) return { text: written, holes: undefined };
  return { text: written, holes: Array.from({ length: written.length }, (_, i) => written[i] === '?') };
}

export const emptyPiece: Piece = { text: '', holes: undefined };

/** The pieces without the first characters of the first one. */
export function cutPieces(pieces: Pieces, from: number): Pieces {
  const [{ text, holes }, ...others] = pieces as readonly [Piece, ...Piece[]];
  if (from === text.length) return others.length === 1 && others[0] === emptyPiece ? ANYTHING : [emptyPiece, ...others];
  return [{ text: text.slice(from), holes: holes?.slice(from) }, ...others];
}

/** A lone `*`. */
const ANYTHING: Pieces = [emptyPiece, emptyPiece];

/** Compiles a pattern in which every `*` and `?` is a wildcard. */
export function compileGlob(pattern: string): Pieces {
  const star = pattern.indexOf('*');
  if (star < 0) return [pieceOf(pattern)];
  if (star === pattern.length - 1) return [pieceOf(pattern.slice(0, star)), emptyPiece];
  return pattern.split(/\*+/).map(pieceOf);
}

function sitsWithHoles(text: string, holes: readonly boolean[], subject: string, at: number): boolean {
  if (at + text.length > subject.length) return false;
  for (let i = 0; i < text.length; i += 1) {
    if (holes[i] !== true && text.charCodeAt(i) !== subject.charCodeAt(at + i)) return false;
  }
  return true;
}

/** `startsWith` walks a long literal slowly: look at its ends, then compare all of it at once. */
function sits({ text, holes }: Piece, subject: string, at: number): boolean {
  const { length } = text;
  if (length === 0) return at <= subject.length;
  if (holes !== undefined) return sitsWithHoles(text, holes, subject, at);
  if (at + length > subject.length || subject.charCodeAt(at) !== text.charCodeAt(0)) return false;
  if (subject.charCodeAt(at + length - 1) !== text.charCodeAt(length - 1)) return false;
  return length <= 2 || subject.slice(at, at + length) === text;
}

function findWithHoles(piece: Piece, subject: string, from: number, end: number): number {
  for (let at = from; at + piece.text.length <= end; at += 1) if (sits(piece, subject, at)) return at;
  return -1;
}

function find(piece: Piece, subject: string, from: number, end: number): number {
  if (piece.holes !== undefined) return findWithHoles(piece, subject, from, end);
  const at = subject.indexOf(piece.text, from);
  return at + piece.text.length <= end ? at : -1;
}

/** Whether the part of `subject` from offset `from` to its end matches. */
export function matchesGlob(pieces: Pieces, subject: string, from = 0): boolean {
  if (pieces === ANYTHING) return true;
  const last = pieces.length - 1;
  const head = pieces[0]!;
  if (!sits(head, subject, from)) return false;
  let at = from + head.text.length;
  if (last === 0) return at === subject.length;
  const tail = pieces[last]!;
  const end = subject.length - tail.text.length;
  if (end < at || !sits(tail, subject, end)) return false;
  for (let i = 1; i < last; i += 1) {
    const piece = pieces[i]!;
    const found = find(piece, subject, at, end);
    if (found < 0) return false;
    at = found + piece.text.length;
  }
  return true;
}
