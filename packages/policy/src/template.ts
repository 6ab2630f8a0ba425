/** Text with policy variables (`${aws:username}`, `${key, 'default'}`, `${*}`), split at its stars. */
import { emptyPiece, matchesGlob } from './glob.ts';
import type { Piece, Pieces } from './glob.ts';
import type { RequestContext } from './request.ts';

export interface Variable {
  /** As written. */
  readonly name: string;
  /** Lower case. */
  readonly key: string;
  readonly fallback: string | undefined;
}

const ONE = Symbol('one character');
type Part = string | typeof ONE | Variable;

/** One list of parts per piece; `dynamic` when a variable is among them. */
export interface Template {
  readonly pieces: readonly (readonly Part[])[];
  readonly dynamic: boolean;
}

export interface TemplateOptions {
  /** Documents of version 2012-10-17 only. */
  readonly variables: boolean;
  /** Whether `*` and `?` are wildcards. */
  readonly globs: boolean;
}

const ESCAPES = new Set(['*', '?', '$']);
const REFERENCE = /\$\{([*?$]|[^},]+?)(?:,\s*'((?:[^']|'(?!\s*\}))*)'\s*)?\}/y;

function reference(text: string, at: number): { part: string | Variable; end: number } | undefined {
  REFERENCE.lastIndex = at;
  const found = REFERENCE.exec(text);
  const name = found?.[1];
  if (name === undefined) return undefined;
  const end = REFERENCE.lastIndex;
  if (ESCAPES.has(name) && found?.[2] === undefined) return { part: name, end };
  return { part: { name, key: name.toLowerCase(), fallback: found?.[2] }, end };
}

class Builder {
  readonly pieces: Part[][] = [[]];
  private literal = '';
  dynamic = false;

  text(text: string): void {
    this.literal += text;
  }

  part(part: Part): void {
    this.flush();
    this.current().push(part);
    if (typeof part === 'object') this.dynamic = true;
  }

  star(): void {
    this.flush();
    const open = this.pieces.length > 1 && this.current().length === 0;
    if (!open) this.pieces.push([]);
  }

  flush(): void {
    if (this.literal !== '') this.current().push(this.literal);
    this.literal = '';
  }

  private current(): Part[] {
    return this.pieces[this.pieces.length - 1]!;
  }
}

function step(text: string, at: number, options: TemplateOptions, into: Builder): number {
  const character = text[at]!;
  const found = options.variables && character === '$' ? reference(text, at) : undefined;
  if (found !== undefined) {
    if (typeof found.part === 'string') into.text(found.part);
    else into.part(found.part);
    return found.end;
  }
  if (options.globs && character === '*') into.star();
  else if (options.globs && character === '?') into.part(ONE);
  else into.text(character);
  return at + 1;
}

/** Most patterns hold no variable: nothing to walk through. */
function plainTemplate(text: string, globs: boolean): Template {
  if (!globs) return { pieces: [text === '' ? [] : [text]], dynamic: false };
  const pieces = text.split(/\*+/).map((piece) => piece.split(/(\?)/).flatMap(partOf));
  return { pieces, dynamic: false };
}

function partOf(text: string): Part[] {
  if (text === '') return [];
  return [text === '?' ? ONE : text];
}

/**
 * Reads a template. An unclosed `${`, an empty name or a malformed default stays literal text
 * (the specification leaves this open; the lint layer reports it).
 */
export function parseTemplate(text: string, options: TemplateOptions): Template {
  if (!text.includes('${')) return plainTemplate(text, options.globs);
  const builder = new Builder();
  for (let at = 0; at < text.length;) at = step(text, at, options, builder);
  builder.flush();
  return { pieces: builder.pieces, dynamic: builder.dynamic };
}

/**
 * The value of a variable, or `undefined` when there is none: the key is absent and no default is given,
 * or the key has several values. The empty string is a value.
 */
export function valueOf(variable: Variable, context: RequestContext): string | undefined {
  const value = context.get(variable.key);
  if (typeof value === 'string') return value;
  return value === undefined ? variable.fallback : undefined;
}

function realise(parts: readonly Part[], context: RequestContext | undefined): Piece | undefined {
  if (parts.length === 0) return emptyPiece;
  let text = '';
  let holes: boolean[] | undefined;
  for (const part of parts) {
    if (part === ONE) {
      (holes ??= [])[text.length] = true;
      text += '?';
      continue;
    }
    const value = typeof part === 'string' ? part : context && valueOf(part, context);
    if (value === undefined) return undefined;
    text += value;
  }
  return { text, holes };
}

/** Puts values in: substituted text is literal, never scanned again. `undefined` when a variable has no value. */
export function resolveTemplate(template: Template, context?: RequestContext): Pieces | undefined {
  const pieces: Piece[] = [];
  for (const parts of template.pieces) {
    const piece = realise(parts, context);
    if (piece === undefined) return undefined;
    pieces.push(piece);
  }
  return pieces;
}

/** Offset behind a literal part that stands at `at`, or -1. */
function behind(text: string, subject: string, at: number): number {
  const end = at + text.length;
  return end <= subject.length && (at === 0 && end === subject.length ? subject : subject.slice(at, end)) === text
    ? end
    : -1;
}

/** A template without stars, walked part by part: no text has to be put together. */
function walks(parts: readonly Part[], subject: string, from: number, context: RequestContext): boolean {
  let at = from;
  for (let i = 0; i < parts.length && at >= 0; i += 1) {
    const part = parts[i]!;
    if (part === ONE) at += 1;
    else {
      const value = typeof part === 'string' ? part : valueOf(part, context);
      at = value === undefined ? -1 : behind(value, subject, at);
    }
  }
  return at === subject.length;
}

/** Whether the part of `subject` from offset `from` on matches, variables put in. */
export function matchesTemplate(template: Template, subject: string, from: number, context: RequestContext): boolean {
  const { pieces } = template;
  if (pieces.length === 1) return walks(pieces[0]!, subject, from, context);
  const resolved = resolveTemplate(template, context);
  return resolved !== undefined && matchesGlob(resolved, subject, from);
}

/** Variables that occur, in order. */
export function variablesIn(template: Template): readonly Variable[] {
  return template.pieces.flat().filter((part): part is Variable => typeof part === 'object');
}

/** Pieces as text again, wildcards as `*` and `?`. For explanations only: literal stars look the same. */
export function showPieces(pieces: Pieces): string {
  return pieces.map((piece) => piece.text).join('*');
}
