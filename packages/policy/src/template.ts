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
const NAME = /([^},]+)([},])/y;
const QUOTE = /\s*'/y;
const CLOSE = /'\s*\}/g;

interface Reference {
  readonly part: string | Variable;
  /** Offset behind it. */
  readonly end: number;
}

/** Finds the references of one text from left to right, each stretch searched once: linear for any text. */
class References {
  private readonly text: string;
  /** No reference begins before this offset. */
  private barren = 0;
  /** Where the default that was looked for last ends: first and next offset. */
  private close = { at: -1, end: -1 };

  constructor(text: string) {
    this.text = text;
  }

  at(offset: number): Reference | undefined {
    const { text } = this;
    if (offset < this.barren || text[offset + 1] !== '{') return undefined;
    NAME.lastIndex = offset + 2;
    const found = NAME.exec(text);
    const name = found?.[1];
    if (name === undefined) return this.unnamed(offset + 2);
    const end = NAME.lastIndex;
    if (found?.[2] === ',') return this.withDefault(name, end);
    return { part: ESCAPES.has(name) ? name : { name, key: name.toLowerCase(), fallback: undefined }, end };
  }

  /** An empty name; or nothing that could end one, and then none begins any more. */
  private unnamed(at: number): undefined {
    const next = this.text[at];
    if (next !== '}' && next !== ',') this.barren = this.text.length;
  }

  private withDefault(name: string, comma: number): Reference | undefined {
    QUOTE.lastIndex = comma;
    const from = QUOTE.test(this.text) ? QUOTE.lastIndex : -1;
    const close = from < 0 ? undefined : this.closeFrom(from);
    if (close !== undefined) {
      return { part: { name, key: name.toLowerCase(), fallback: this.text.slice(from, close.at) }, end: close.end };
    }
    this.barren = comma;
    return undefined;
  }

  /** The first quotation mark and brace from an offset on. */
  private closeFrom(from: number): { readonly at: number; readonly end: number } | undefined {
    if (this.close.at < from) {
      CLOSE.lastIndex = from;
      const found = CLOSE.exec(this.text);
      this.close = { at: found?.index ?? Number.POSITIVE_INFINITY, end: CLOSE.lastIndex };
    }
    return this.close.at === Number.POSITIVE_INFINITY ? undefined : this.close;
  }
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

function step(text: string, at: number, options: TemplateOptions, into: Builder, references: References): number {
  const character = text[at]!;
  const found = options.variables && character === '$' ? references.at(at) : undefined;
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
  const references = new References(text);
  for (let at = 0; at < text.length;) at = step(text, at, options, builder, references);
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

/** Whether the text is variables and nothing else. */
export function isAllVariables({ pieces }: Template): boolean {
  const [parts = [], ...more] = pieces;
  return more.length === 0 && parts.length > 0 && parts.every((part) => typeof part === 'object');
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
