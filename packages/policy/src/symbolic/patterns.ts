import { parseTemplate } from '../template.ts';
import { addTemplate, idOf, ignoringCase, plainly } from './draft.ts';
import type { Draft, Reading } from './draft.ts';
import { TextPattern } from './text-set.ts';
import { glob, literal, literalFolded } from './tokens.ts';

/** An operand of a String operator; `undefined` when it can match nothing. */
export function textPattern(
  written: string,
  kind: 'exact' | 'folded' | 'like',
  reading: Reading,
): TextPattern | undefined {
  const draft: Draft = { glob: [], opaque: false };
  const template = parseTemplate(written, { variables: reading.variables, globs: kind === 'like' });
  const spelling = kind === 'folded' ? ignoringCase : plainly;
  if (!addTemplate(draft, template, reading.settled, spelling)) return undefined;
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
