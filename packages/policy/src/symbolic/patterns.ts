import { compileGlob, matchesGlob } from '../glob.ts';
import { parseTemplate } from '../template.ts';
import type { Template, Variable } from '../template.ts';
import { TextPattern } from './text-set.ts';
import { glob, literal, literalFolded, one, run, runWithin } from './tokens.ts';
import type { Glob, Token } from './tokens.ts';
import type { Settled } from './world.ts';

/** How the patterns of a document are read. */
export interface Reading {
  /** Whether the version of the document has policy variables. */
  readonly variables: boolean;
  readonly settled: Settled;
}

/** A glob in the making. */
interface Draft {
  readonly glob: Token[];
  opaque: boolean;
}

/** The same for texts that differ only in how the keys of their variables are written. */
function idOf(kind: string, written: string, { variables }: Reading): string {
  if (!variables || !written.includes('${')) return `${kind} ${written}`;
  return `${kind} with variables ${written.replace(/\$\{[^},]*/g, (key) => key.toLowerCase())}`;
}

/** The value of a variable; `undefined` for none, `open` when it is not settled. */
function valueOf({ key, fallback }: Variable, settled: Settled): { text: string | undefined } | 'open' {
  if (!settled.has(key)) return 'open';
  return { text: settled.get(key) ?? fallback };
}

function addVariable(draft: Draft, variable: Variable, settled: Settled, spell: (text: string) => Token[]): boolean {
  const value = valueOf(variable, settled);
  if (value === 'open') {
    draft.glob.push(run);
    draft.opaque = true;
    return true;
  }
  if (value.text === undefined) return false;
  draft.glob.push(...spell(value.text));
  return true;
}

/** Adds a template; false when a variable in it has no value, so that nothing can match. */
function addTemplate(draft: Draft, template: Template, settled: Settled, spell = literal): boolean {
  for (const [i, parts] of template.pieces.entries()) {
    if (i > 0) draft.glob.push(run);
    for (const part of parts) {
      if (typeof part === 'string') draft.glob.push(...spell(part));
      else if (typeof part === 'symbol') draft.glob.push(one);
      else if (!addVariable(draft, part, settled, spell)) return false;
    }
  }
  return true;
}

/** An operand of a String operator; `undefined` when it can match nothing. */
export function textPattern(
  written: string,
  kind: 'exact' | 'folded' | 'like',
  reading: Reading,
): TextPattern | undefined {
  const draft: Draft = { glob: [], opaque: false };
  const template = parseTemplate(written, { variables: reading.variables, globs: kind === 'like' });
  const spell = kind === 'folded' ? literalFolded : literal;
  if (!addTemplate(draft, template, reading.settled, spell)) return undefined;
  return new TextPattern(idOf(kind, written, reading), draft.glob, draft.opaque);
}

/** An operand of Bool: `true` or `false` in any case. */
export function truthPattern(written: string): TextPattern | undefined {
  const lower = written.toLowerCase();
  return lower === 'true' || lower === 'false' ? new TextPattern(lower, literalFolded(lower)) : undefined;
}

const separator = literal(':');

/**
 * An entry of Action other than `*`: vendor and name in lower case, wildcards of the vendor within it. Neither is empty in a
 * request, so a lone star stands for one character or more.
 */
export function actionPattern(written: string): TextPattern | undefined {
  const at = written.indexOf(':');
  if (at <= 0 || at === written.length - 1) return undefined;
  const lower = written.toLowerCase();
  const vendor = lower.slice(0, at).replace(/^\*+$/, '?*');
  const name = lower.slice(at + 1).replace(/^\*+$/, '?*');
  return new TextPattern(lower, [...glob(vendor, true), ...separator, ...glob(name)]);
}

/** The six parts of a pattern; a short one that ends in `*` goes on in stars (rule 3.3 of the language). */
function partsOf(written: string): string[] | undefined {
  const parts = written.split(':');
  const rest = parts.splice(5);
  if (rest.length > 0) return [...parts, rest.join(':')];
  return written.endsWith('*') ? [...parts, ...Array<string>(6 - parts.length).fill('*')] : undefined;
}

const scheme = literal('arn:');

/** All texts that are ARNs: `arn`, five colons, and anything behind the fifth. */
export const anyArn: Glob = [...scheme, ...[1, 2, 3, 4].flatMap(() => [runWithin, ...separator]), run];

/** An ARN pattern; `undefined` when no ARN can match it. Variables stand in the sixth part only. */
export function arnPattern(written: string, reading: Reading): TextPattern | undefined {
  if (written === '*') return new TextPattern('*', anyArn);
  const parts = partsOf(written);
  if (parts === undefined || !beginsAsArn(parts[0] ?? '')) return undefined;
  const head = parts.slice(1, 5).flatMap((part) => [...glob(part, true), ...separator]);
  const draft: Draft = { glob: [...scheme, ...head], opaque: false };
  if (!addTail(draft, parts[5] ?? '', reading)) return undefined;
  return new TextPattern(idOf('arn', written, reading), draft.glob, draft.opaque);
}

function beginsAsArn(part: string): boolean {
  return part === 'arn' || matchesGlob(compileGlob(part), 'arn');
}

function addTail(draft: Draft, part: string, { variables, settled }: Reading): boolean {
  if (variables && part.includes('${'))
    return addTemplate(draft, parseTemplate(part, { variables, globs: true }), settled);
  draft.glob.push(...glob(part));
  return true;
}
