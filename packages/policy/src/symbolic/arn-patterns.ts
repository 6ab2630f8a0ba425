import { ArnText } from '../cut-arn.ts';
import { compileGlob, matchesGlob } from '../glob.ts';
import { isAllVariables, parseTemplate } from '../template.ts';
import type { Template } from '../template.ts';
import { addTemplate, idOf, plainly, withinPart } from './draft.ts';
import type { Draft, Reading } from './draft.ts';
import { GlobAutomaton } from './glob-automaton.ts';
import { TextPattern } from './text-set.ts';
import { glob, literal, run, runWithin } from './tokens.ts';
import type { Glob } from './tokens.ts';

/** The six parts of a pattern; a short one that ends in `*` goes on in stars (rule 3.3 of the language). */
function partsOf(written: string): string[] | undefined {
  const parts = written.split(':');
  const rest = parts.splice(5);
  if (rest.length > 0) return [...parts, rest.join(':')];
  return written.endsWith('*') ? [...parts, ...Array<string>(6 - parts.length).fill('*')] : undefined;
}

const separator = literal(':');
const scheme = literal('arn:');

/** All texts that are ARNs: `arn`, five colons, and anything behind the fifth. */
export const anyArn: Glob = [...scheme, ...[1, 2, 3, 4].flatMap(() => [runWithin, ...separator]), run];

/** An ARN pattern; `undefined` when no ARN can match it. Variables stand in the sixth part only. */
export function arnPattern(written: string, reading: Reading): TextPattern | undefined {
  if (written === '*') return new TextPattern('*', anyArn);
  const parts = partsOf(written);
  if (parts === undefined || !beginsAsArn(parts[0]!)) return undefined;
  const head = parts.slice(1, 5).flatMap((part) => [...glob(part, true), ...separator]);
  const draft: Draft = { glob: [...scheme, ...head], opaque: false };
  if (!addTail(draft, parts[5]!, reading)) return undefined;
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

const shield = '\u0000';

/** The parts of an operand: colons inside a variable do not cut. */
function partsOutside(written: string): string[] | undefined {
  const shielded = written.replace(/\$\{[^}]*(?:\}|$)/g, (found) =>
    found.endsWith('}') ? found.replaceAll(':', shield) : found,
  );
  return partsOf(shielded)?.map((part) => part.replaceAll(shield, ':'));
}

/** An operand of variables alone: the value is the whole ARN. */
function wholeArn(template: Template, written: string, reading: Reading): TextPattern | undefined {
  const draft: Draft = { glob: [], opaque: false };
  if (!addTemplate(draft, template, reading.settled)) return undefined;
  const id = idOf('operand', written, reading);
  if (draft.opaque) return new TextPattern(id, anyArn, true);
  const pattern = new TextPattern(id, draft.glob);
  return new ArnText(pattern.prefix).isArn ? pattern : undefined;
}

/** An operand of an Arn operator: as for resources, except that variables stand in every part. */
export function arnOperand(written: string, reading: Reading): TextPattern | undefined {
  if (!reading.variables || !written.includes('${')) return arnPattern(written, { ...reading, variables: false });
  const template = parseTemplate(written, { variables: true, globs: true });
  if (isAllVariables(template)) return wholeArn(template, written, reading);
  const draft: Draft = { glob: [], opaque: false };
  for (const [i, part] of (partsOutside(written) ?? []).entries()) {
    if (!addPart(draft, part, i, reading)) return undefined;
  }
  return draft.glob.length === 0
    ? undefined
    : new TextPattern(idOf('operand', written, reading), draft.glob, draft.opaque);
}

/** The first part must be `arn` for anything to match. */
function addPart(draft: Draft, part: string, i: number, { variables, settled }: Reading): boolean {
  const template = parseTemplate(part, { variables, globs: true });
  if (i > 0) draft.glob.push(...separator);
  if (!addTemplate(draft, template, settled, i < 5 ? withinPart : plainly)) return false;
  if (i > 0) return true;
  if (!new GlobAutomaton(draft.glob).matches('arn')) return false;
  draft.glob.splice(0, draft.glob.length, ...literal('arn'));
  return true;
}
