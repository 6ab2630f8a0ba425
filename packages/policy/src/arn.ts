/** ARN patterns: both sides are cut at the first five colons; parts 1 to 5 and the rest are matched separately. */
import { ArnText } from './cut-arn.ts';
import { cutPieces, matchesGlob, compileGlob } from './glob.ts';
import type { Pieces } from './glob.ts';
import { shared } from './shared-text.ts';
import { isAllVariables, matchesTemplate, parseTemplate, resolveTemplate } from './template.ts';
import type { Template } from './template.ts';
import type { RequestContext } from './request.ts';

/** A part of the head: `undefined` for a lone `*`. */
type HeadPart = string | Pieces | undefined;

export interface ArnPattern {
  /** As written. */
  readonly written: string;
  /** `every`: the bare `*`. `never`: no ARN can match. */
  readonly kind: 'every' | 'never' | 'exact' | 'parts';
  /**
   * For `parts`: text that every matching ARN begins with. Whole parts with their colons up to the first that holds a
   * wildcard; when the first five hold none, also what the sixth begins with.
   */
  readonly lead: string;
  /** How much of the lead lies in the sixth part. */
  readonly reach: number;
  /** The parts of the head behind the lead. */
  readonly headRest: readonly HeadPart[];
  /** Code of the character that every matching ARN ends with; -1 when there is none. */
  readonly last: number;
  /** What follows the lead in the sixth part, or all of that part, when it holds no variable. */
  readonly tail: Pieces | undefined;
  /** The sixth part when it holds one. */
  readonly template: Template | undefined;
}

const WILD = /[*?]/;
/** A whole ARN without wildcards and variables. */
const PLAIN = /^arn:(?:[^:*?$]*:){4}[^*?$]*$/;
const HEAD = 5;

/**
 * Fewer than six parts: a pattern that ends in `*` reads as if every missing part were `*`; any other
 * matches nothing. (AWS says that a trailing star may go beyond the colons; details are unverified.)
 */
function padShort(parts: string[], written: string): string[] | undefined {
  if (parts.length === 6) return parts;
  if (!written.endsWith('*')) return undefined;
  return [...parts, ...Array<string>(6 - parts.length).fill('*')];
}

function split(written: string): string[] | undefined {
  const parts = written.split(':');
  const rest = parts.splice(HEAD);
  if (rest.length > 0) parts.push(rest.join(':'));
  return padShort(parts, written);
}

function headPart(part: string): HeadPart {
  if (part === '*') return undefined;
  return WILD.test(part) ? compileGlob(part) : part;
}

const NO_PARTS: readonly HeadPart[] = [];

/** A class, so that every pattern is one compact object. */
class Compiled implements ArnPattern {
  readonly written: string;
  readonly kind: ArnPattern['kind'];
  readonly lead: string;
  readonly reach: number;
  readonly headRest: readonly HeadPart[];
  readonly last: number;
  readonly tail: Pieces | undefined;
  readonly template: Template | undefined;

  constructor(written: string, kind: ArnPattern['kind'], head?: Head, ending?: Ending) {
    this.written = written;
    this.kind = kind;
    this.lead = head?.lead ?? '';
    this.reach = head?.reach ?? 0;
    this.headRest = head?.headRest ?? NO_PARTS;
    this.last = ending?.last ?? -1;
    this.tail = ending?.tail;
    this.template = ending?.template;
  }
}

type Head = Pick<ArnPattern, 'lead' | 'reach' | 'headRest'>;

const EVERY: ArnPattern = new Compiled('*', 'every');

/** The literal that a glob begins with: its first piece up to the first `?`. */
function literalStart(pieces: Pieces): string {
  const { text, holes } = pieces[0]!;
  const hole = holes?.indexOf(true) ?? -1;
  return hole < 0 ? text : text.slice(0, hole);
}

type Ending = Pick<ArnPattern, 'tail' | 'template' | 'last'>;

function lastCode(pieces: Pieces): number {
  const { text, holes } = pieces.at(-1)!;
  return text === '' || holes?.[text.length - 1] === true ? -1 : text.charCodeAt(text.length - 1);
}

function endingOf(part: string, variables: boolean): Ending {
  const template = variables && part.includes('${') ? parseTemplate(part, { variables, globs: true }) : undefined;
  const tail = template === undefined ? compileGlob(part) : resolveTemplate(template);
  return tail === undefined ? { tail, template, last: -1 } : { tail, template: undefined, last: lastCode(tail) };
}

/** Region and account left open, as in most documents: the head needs no cutting then. */
const TWO_OPEN: readonly HeadPart[] = [undefined, undefined];

function restOf(parts: readonly HeadPart[]): readonly HeadPart[] {
  return parts.length === 2 && parts.every((part) => part === undefined) ? TWO_OPEN : parts;
}

function withWildHead(written: string, head: readonly string[], ending: Ending): ArnPattern {
  const wild = head.findIndex((part) => WILD.test(part));
  const lead = shared(
    head
      .slice(0, wild)
      .map((part) => `${part}:`)
      .join(''),
  );
  const headRest = restOf(head.slice(wild).map(headPart));
  return new Compiled(written, 'parts', { lead, reach: 0, headRest }, ending);
}

/** A slice of what is kept anyway, unless an escape (`${*}`) made the text another. */
function leadOf(written: string, lead: string): string {
  const slice = written.slice(0, lead.length);
  return slice === lead ? slice : lead;
}

function withLiteralHead(written: string, head: string, ending: Ending): ArnPattern {
  const { tail } = ending;
  const start = tail === undefined ? '' : literalStart(tail);
  const rest = { lead: leadOf(written, `${head}${start}`), reach: start.length, headRest: NO_PARTS };
  return new Compiled(written, 'parts', rest, { ...ending, tail: tail && cutPieces(tail, start.length) });
}

/** For patterns of six parts and more whose head holds no wildcard, as most do: nothing has to be taken apart. */
function fromLiteralHead(written: string, behind: number, variables: boolean): ArnPattern {
  const part = written.slice(behind);
  const ending = endingOf(part, variables);
  const only = ending.tail?.length === 1 && ending.tail[0]?.holes === undefined ? ending.tail[0]?.text : undefined;
  // Written text and literal text differ when an escape such as ${*} was used.
  if (only === part) return new Compiled(written, 'exact');
  return withLiteralHead(written, written.slice(0, behind), ending);
}

function fromParts(written: string, variables: boolean): ArnPattern {
  const parts = split(written);
  if (parts === undefined || !mayBeArn(parts[0]!)) return new Compiled(written, 'never');
  return withWildHead(written, parts.slice(0, HEAD), endingOf(parts[HEAD]!, variables));
}

function mayBeArn(first: string): boolean {
  return first === 'arn' || WILD.test(first);
}

/** Compiles a pattern of Resource, NotResource or an Arn* operator. */
export function compileArn(written: string, variables: boolean): ArnPattern {
  if (written === '*') return EVERY;
  if (PLAIN.test(written)) return new Compiled(written, 'exact');
  const behind = behindColons(written, 0, HEAD);
  const literal = behind > 0 && written.startsWith('arn:') && !WILD.test(written.slice(0, behind));
  return literal ? fromLiteralHead(written, behind, variables) : fromParts(written, variables);
}

function matchesPart(part: HeadPart, given: string): boolean {
  return typeof part === 'string' ? part === given : part === undefined || matchesGlob(part, given);
}

/** Offset behind the next `count` colons from `at` on, or -1. */
function behindColons(text: string, at: number, count: number): number {
  let found = at;
  for (let i = 0; i < count; i += 1) {
    found = text.indexOf(':', found) + 1;
    if (found === 0) return -1;
  }
  return found;
}

/** Offset of what `tail` is to match, or -1 when the head does not match. */
function behindHead({ lead, headRest }: ArnPattern, arn: ArnText): number {
  const { length } = lead;
  const { text } = arn;
  // Comparing a slice beats `startsWith`, which walks character by character.
  if (length > 0 && text.slice(0, length) !== lead) return -1;
  if (headRest.length === 0) return length;
  if (headRest === TWO_OPEN) return behindColons(text, length, 2);
  if (!arn.isArn) return -1;
  for (let i = 0; i < headRest.length; i += 1) {
    const part = headRest[i];
    if (part !== undefined && !matchesPart(part, arn.part(HEAD - headRest.length + i))) return -1;
  }
  return arn.tail;
}

/**
 * Whether a full ARN matches; text that is none does not. Case-sensitive, nothing normalised. A pattern with a variable
 * that has no value matches nothing.
 */
export function matchesArn(pattern: ArnPattern, arn: ArnText, context: RequestContext): boolean {
  if (pattern.kind === 'every') return true;
  if (pattern.kind === 'exact') return pattern.written === arn.text;
  if (pattern.kind === 'never') return false;
  if (pattern.last >= 0 && arn.text.charCodeAt(arn.text.length - 1) !== pattern.last) return false;
  const at = behindHead(pattern, arn);
  if (at < 0) return false;
  if (pattern.tail !== undefined) return matchesGlob(pattern.tail, arn.text, at);
  return pattern.template !== undefined && matchesTemplate(pattern.template, arn.text, at, context);
}

/** Colons inside a variable do not cut an operand. What opens and never closes is no variable. */
function splitOutside(written: string): string[] {
  const shielded = written.replace(/\$\{[^}]*(?:\}|$)/g, (found) =>
    found.endsWith('}') ? found.replaceAll(':', SHIELD) : found,
  );
  return (split(shielded) ?? []).map((part) => part.replaceAll(SHIELD, ':'));
}

const SHIELD = '\u0000';

function matchesParts(parts: readonly Template[], arn: ArnText, context: RequestContext): boolean {
  for (const [i, part] of parts.entries()) {
    const given = i < HEAD ? arn.part(i) : arn.text.slice(arn.tail);
    if (!matchesTemplate(part, given, 0, context)) return false;
  }
  return parts.length === HEAD + 1;
}

type ArnTest = (value: string, context: RequestContext) => boolean;

function compileDynamicOperand(written: string): ArnTest {
  const whole = parseTemplate(written, { variables: true, globs: true });
  if (isAllVariables(whole))
    return (value, context) => new ArnText(value).isArn && matchesTemplate(whole, value, 0, context);
  const parts = splitOutside(written).map((part) => parseTemplate(part, { variables: true, globs: true }));
  return (value, context) => {
    const arn = new ArnText(value);
    return arn.isArn && matchesParts(parts, arn, context);
  };
}

/**
 * The test of an Arn* operator: as for resources, except that variables work in every part, or stand for the whole
 * ARN. A value that is no ARN matches nothing, not even `*`.
 */
export function compileArnOperand(written: string, variables: boolean): ArnTest {
  if (variables && written.includes('${')) return compileDynamicOperand(written);
  const pattern = compileArn(written, false);
  return (value, context) => {
    const arn = new ArnText(value);
    return arn.isArn && matchesArn(pattern, arn, context);
  };
}

/** What an index can look for: `fromStart` when the key begins the whole ARN, else it begins the sixth part. */
export interface IndexKey {
  readonly fromStart: boolean;
  readonly key: string;
  /** How much of the key lies in the sixth part. */
  readonly reach: number;
}

/** The literal text that tells matching ARNs apart; `undefined` when a pattern of kind `parts` has none. */
export function indexKeyOf({ lead, reach, headRest, tail, template }: ArnPattern): IndexKey | undefined {
  if (headRest.length === 0 && tail !== undefined) return { fromStart: true, key: lead, reach };
  const first = template?.pieces[0]?.[0];
  const literal = typeof first === 'string' ? first : tail === undefined ? '' : literalStart(tail);
  if (headRest.length === 0) return { fromStart: true, key: lead + literal, reach: literal.length };
  return literal === '' ? undefined : { fromStart: false, key: literal, reach: literal.length };
}
