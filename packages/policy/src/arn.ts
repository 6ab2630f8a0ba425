/** ARN patterns: both sides are cut at the first five colons; parts 1 to 5 and the rest are matched separately. */
import { cutArn } from './cut-arn.ts';
import type { CutArn } from './cut-arn.ts';
import { compileGlob, matchesGlob } from './glob.ts';
import type { Pieces } from './glob.ts';
import { parseTemplate, resolveTemplate } from './template.ts';
import type { Template } from './template.ts';
import type { RequestContext } from './request.ts';

/** A part of the head: `undefined` for a lone `*`. */
type HeadPart = string | Pieces | undefined;

export interface ArnPattern {
  /** As written. */
  readonly written: string;
  /** `every`: the bare `*`. `never`: no ARN can match. */
  readonly kind: 'every' | 'never' | 'exact' | 'parts';
  /** For `parts`: everything up to and with the fifth colon, when it holds no wildcard. */
  readonly head: string | undefined;
  /** For `parts` with wildcards in the head. */
  readonly headParts: readonly HeadPart[] | undefined;
  /** The sixth part when it holds no variable. */
  readonly tail: Pieces | undefined;
  /** The sixth part when it holds one. */
  readonly template: Template | undefined;
}

const WILD = /[*?]/;

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
  const rest = parts.splice(5);
  if (rest.length > 0) parts.push(rest.join(':'));
  return padShort(parts, written);
}

function headPart(part: string): HeadPart {
  if (part === '*') return undefined;
  return WILD.test(part) ? compileGlob(part) : part;
}

const NOTHING = { head: undefined, headParts: undefined, tail: undefined, template: undefined };

const EVERY: ArnPattern = { ...NOTHING, written: '*', kind: 'every' };

function fromParts(written: string, parts: readonly string[], variables: boolean): ArnPattern {
  const head = parts.slice(0, 5);
  const template = parseTemplate(parts[5]!, { variables, globs: true });
  const tail = template.dynamic ? undefined : resolveTemplate(template);
  const literal = !head.some((part) => WILD.test(part));
  const only = tail?.length === 1 && tail[0]?.holes === undefined ? tail[0]?.text : undefined;
  // Written text and literal text differ when an escape such as ${*} was used.
  if (literal && only === parts[5]) return { ...NOTHING, written, kind: 'exact' };
  return {
    written,
    kind: 'parts',
    head: literal ? `${head.join(':')}:` : undefined,
    headParts: literal ? undefined : head.map(headPart),
    tail,
    template: template.dynamic ? template : undefined,
  };
}

function mayBeArn(first: string): boolean {
  return first === 'arn' || WILD.test(first);
}

/** Compiles a pattern of Resource, NotResource or an Arn* operator. */
export function compileArn(written: string, variables: boolean): ArnPattern {
  if (written === '*') return EVERY;
  const parts = split(written);
  if (parts === undefined || !mayBeArn(parts[0]!)) return { ...NOTHING, written, kind: 'never' };
  return fromParts(written, parts, variables);
}

function matchesPart(part: HeadPart, given: string): boolean {
  return typeof part === 'string' ? part === given : part === undefined || matchesGlob(part, given);
}

function matchesHead({ head, headParts }: ArnPattern, arn: CutArn): boolean {
  if (head !== undefined) return head === arn.head;
  if (headParts === undefined) return false;
  for (let i = 1; i < headParts.length; i += 1) {
    const part = headParts[i];
    if (part !== undefined && !matchesPart(part, arn.part(i))) return false;
  }
  return matchesPart(headParts[0], 'arn');
}

/**
 * Whether a full ARN matches. Case-sensitive, nothing normalised. A pattern with a variable that has no
 * value matches nothing.
 */
export function matchesArn(pattern: ArnPattern, arn: CutArn, context: RequestContext): boolean {
  if (pattern.kind === 'every') return true;
  if (pattern.kind === 'exact') return pattern.written === arn.text;
  if (pattern.kind === 'never' || !matchesHead(pattern, arn)) return false;
  const tail = pattern.tail ?? (pattern.template && resolveTemplate(pattern.template, context));
  return tail !== undefined && matchesGlob(tail, arn.text, arn.tail);
}

/** Colons inside a variable do not cut an operand. */
function splitOutside(written: string): string[] {
  const shielded = written.replace(/\$\{[^}]*\}/g, (found) => found.replaceAll(':', SHIELD));
  return (split(shielded) ?? []).map((part) => part.replaceAll(SHIELD, ':'));
}

const SHIELD = '\u0000';

function matchesParts(parts: readonly Template[], arn: CutArn, context: RequestContext): boolean {
  for (const [i, part] of parts.entries()) {
    const pieces = resolveTemplate(part, context);
    if (pieces === undefined || !matchesGlob(pieces, i < 5 ? arn.part(i) : arn.text.slice(arn.tail))) return false;
  }
  return parts.length === 6;
}

/**
 * The test of an Arn* operator: as for resources, except that variables work in every part. A value that is
 * no ARN matches nothing, not even `*`.
 */
export function compileArnOperand(
  written: string,
  variables: boolean,
): (value: string, context: RequestContext) => boolean {
  const dynamic = variables && written.includes('${');
  const parts = dynamic ? splitOutside(written).map((part) => parseTemplate(part, { variables, globs: true })) : [];
  const pattern = compileArn(written, false);
  return (value, context) => {
    const arn = cutArn(value);
    if (arn === undefined) return false;
    return dynamic ? matchesParts(parts, arn, context) : matchesArn(pattern, arn, context);
  };
}

/** The text that the sixth part of a matching ARN must begin with, as far as it holds no wildcard or variable. */
export function literalPrefix(pattern: ArnPattern): string {
  const first = pattern.template?.pieces[0]?.[0];
  if (typeof first === 'string') return first;
  const piece = pattern.tail?.[0];
  const hole = piece?.holes?.indexOf(true) ?? -1;
  return piece === undefined ? '' : hole < 0 ? piece.text : piece.text.slice(0, hole);
}
