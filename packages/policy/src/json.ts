/** A strict JSON reader (RFC 8259) that keeps where everything stands, refuses repeated keys and never throws. */

/** The longest text taken, in UTF-16 code units: the API's own limit for a policy document. */
export const maxDocumentLength = 131_072;

/** The deepest nesting taken. A policy needs six levels. */
export const maxDepth = 32;

interface Span {
  /** Offset of the first character, from 0. */
  readonly start: number;
  /** Offset behind the last character. */
  readonly end: number;
}
export interface JsonObject extends Span {
  readonly kind: 'object';
  readonly members: readonly JsonMember[];
}
interface JsonArray extends Span {
  readonly kind: 'array';
  readonly items: readonly JsonValue[];
}
interface JsonString extends Span {
  readonly kind: 'string';
  readonly value: string;
}
/** `number`, `boolean` and `null` keep their JSON text: a policy compares them as written. */
interface JsonLiteral extends Span {
  readonly kind: 'number' | 'boolean' | 'null';
  readonly text: string;
}
export type JsonValue = JsonObject | JsonArray | JsonString | JsonLiteral;

export interface JsonMember {
  readonly key: string;
  /** Offset of the key's opening quotation mark. */
  readonly keyStart: number;
  readonly value: JsonValue;
}

type JsonProblemCode = 'too-large' | 'too-deep' | 'syntax' | 'duplicate-key';

interface JsonProblem {
  readonly code: JsonProblemCode;
  readonly message: string;
  /** JSON pointer to the innermost value that was being read. */
  readonly at: string;
  readonly offset: number;
}

export type JsonResult =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly problem: JsonProblem };

/**
 * Reads one JSON text of at most `longest` UTF-16 code units, in time linear in its length. Errors are values; the
 * first one ends the reading.
 */
export function readJson(text: string, longest = maxDocumentLength): JsonResult {
  return new JsonReader(text).document(longest);
}

/** The value of one member, or `undefined`. For objects with few members: it looks through them all. */
export function memberOf(object: JsonObject, key: string): JsonValue | undefined {
  for (const member of object.members) if (member.key === key) return member.value;
  return undefined;
}

/** One more step of a JSON pointer (RFC 6901). */
export function pointer(at: string, step: string | number): string {
  return typeof step === 'number' ? `${at}/${step}` : `${at}/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

const numberForm = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const hexadecimal = /^[0-9a-fA-F]{4}$/;
const words: readonly (readonly [string, 'boolean' | 'null'])[] = [
  ['true', 'boolean'],
  ['false', 'boolean'],
  ['null', 'null'],
];
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

const quote = 0x22;
const backslash = 0x5c;
/** From this many members on, repeated keys are looked for in a set: below, comparing is quicker. */
const fewMembers = 8;

class JsonReader {
  private readonly text: string;
  private offset = 0;
  private depth = 0;
  private problem: Omit<JsonProblem, 'at'> = { code: 'syntax', message: 'unreadable', offset: 0 };
  /** Steps to the value that failed, innermost first; filled only while a failure unwinds. */
  private readonly steps: (string | number)[] = [];

  constructor(text: string) {
    this.text = text;
  }

  document(longest: number): JsonResult {
    if (this.text.length > longest) {
      this.fail('too-large', `the document is longer than ${longest} characters`, 0);
      return this.failure();
    }
    const value = this.value();
    if (value === undefined) return this.failure();
    this.skipSpace();
    if (this.offset < this.text.length) {
      this.unexpected('the end of the document');
      return this.failure();
    }
    return { ok: true, value };
  }

  private failure(): JsonResult {
    const at = this.steps.reduceRight<string>(pointer, '');
    return { ok: false, problem: { ...this.problem, at } };
  }

  private fail(code: JsonProblemCode, message: string, offset = this.offset): undefined {
    this.problem = { code, message, offset };
    return undefined;
  }

  private unexpected(wanted: string): undefined {
    const found = this.text.codePointAt(this.offset);
    const seen = found === undefined ? 'the document ends' : `found \`${String.fromCodePoint(found)}\``;
    return this.fail('syntax', `expected ${wanted}, ${seen}`);
  }

  private skipSpace(): void {
    const { text } = this;
    let code = text.charCodeAt(this.offset);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = text.charCodeAt(++this.offset);
  }

  /** Takes one punctuation mark, white space before it included. */
  private take(mark: number): boolean {
    this.skipSpace();
    if (this.text.charCodeAt(this.offset) !== mark) return false;
    this.offset += 1;
    return true;
  }

  private value(): JsonValue | undefined {
    this.skipSpace();
    switch (this.text.charCodeAt(this.offset)) {
      case 0x7b:
        return this.nested('object');
      case 0x5b:
        return this.nested('array');
      case quote:
        return this.string();
      default:
        return this.literal();
    }
  }

  private nested(kind: 'object' | 'array'): JsonValue | undefined {
    if (this.depth === maxDepth) return this.fail('too-deep', `nested deeper than ${maxDepth} levels`);
    this.depth += 1;
    const start = this.offset++;
    const value = kind === 'object' ? this.object(start) : this.array(start);
    this.depth -= 1;
    return value;
  }

  private object(start: number): JsonObject | undefined {
    const members: JsonMember[] = [];
    const repeats = new Repeats(members);
    if (!this.take(0x7d)) {
      do {
        const member = this.member(repeats);
        if (member === undefined) return undefined;
        members.push(member);
      } while (this.take(0x2c));
      if (!this.take(0x7d)) return this.unexpected('`,` or `}`');
    }
    return { kind: 'object', members, start, end: this.offset };
  }

  private member(repeats: Repeats): JsonMember | undefined {
    this.skipSpace();
    const keyStart = this.offset;
    if (this.text.charCodeAt(keyStart) !== quote) return this.unexpected('a key in quotation marks');
    const key = this.string()?.value;
    if (key === undefined) return undefined;
    if (repeats.has(key)) {
      this.steps.push(key);
      return this.fail('duplicate-key', `the key \`${key}\` stands twice in one object`, keyStart);
    }
    if (!this.take(0x3a)) return this.unexpected('`:`');
    const value = this.value();
    if (value === undefined) {
      this.steps.push(key);
      return undefined;
    }
    return { key, keyStart, value };
  }

  private array(start: number): JsonArray | undefined {
    const items: JsonValue[] = [];
    if (!this.take(0x5d)) {
      do {
        const item = this.value();
        if (item === undefined) {
          this.steps.push(items.length);
          return undefined;
        }
        items.push(item);
      } while (this.take(0x2c));
      if (!this.take(0x5d)) return this.unexpected('`,` or `]`');
    }
    return { kind: 'array', items, start, end: this.offset };
  }

  private literal(): JsonLiteral | undefined {
    const { text, offset: start } = this;
    for (const [word, kind] of words) if (text.startsWith(word, start)) return this.literalOf(kind, word);
    numberForm.lastIndex = start;
    const number = numberForm.exec(text)?.[0];
    return number === undefined ? this.unexpected('a JSON value') : this.literalOf('number', number);
  }

  private literalOf(kind: JsonLiteral['kind'], text: string): JsonLiteral {
    const start = this.offset;
    this.offset += text.length;
    return { kind, text, start, end: this.offset };
  }

  private string(): JsonString | undefined {
    const { text, offset: start } = this;
    let from = start + 1;
    let value = '';
    for (let at = from; ; at += 1) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        this.offset = at + 1;
        return { kind: 'string', value: value + text.slice(from, at), start, end: at + 1 };
      }
      if (code === backslash) {
        this.offset = at;
        const escaped = this.escape();
        if (escaped === undefined) return undefined;
        value += text.slice(from, at) + escaped;
        from = this.offset;
        at = from - 1;
      } else if (!(code >= 0x20)) {
        this.offset = at;
        return this.unexpected('a closing quotation mark');
      }
    }
  }

  /** Reads one escape sequence from its backslash on. */
  private escape(): string | undefined {
    const { text, offset: at } = this;
    const simple = escapes.get(text.charAt(at + 1));
    const digits = text.slice(at + 2, at + 6);
    const unicode = simple === undefined && text.charAt(at + 1) === 'u' && hexadecimal.test(digits);
    if (simple === undefined && !unicode) return this.fail('syntax', 'expected an escape sequence');
    this.offset = at + (unicode ? 6 : 2);
    return simple ?? String.fromCharCode(Number.parseInt(digits, 16));
  }
}

/** Whether a key of one object came before; each key is to be asked for once, before its member is added. */
class Repeats {
  private readonly members: readonly JsonMember[];
  private seen: Set<string> | undefined;

  constructor(members: readonly JsonMember[]) {
    this.members = members;
  }

  has(key: string): boolean {
    if (this.members.length < fewMembers) return this.members.some((member) => member.key === key);
    this.seen ??= new Set(this.members.map((member) => member.key));
    if (this.seen.has(key)) return true;
    this.seen.add(key);
    return false;
  }
}
