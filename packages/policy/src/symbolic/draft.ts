import type { Template, Variable } from '../template.ts';
import { literal, literalFolded, one, oneWithin, run, runWithin } from './tokens.ts';
import type { Token } from './tokens.ts';
import type { Settled } from './world.ts';

/** How the patterns of a document are read. */
export interface Reading {
  /** Whether the version of the document has policy variables. */
  readonly variables: boolean;
  readonly settled: Settled;
}

/** A glob in the making. */
export interface Draft {
  readonly glob: Token[];
  opaque: boolean;
}

/** The same for texts that differ only in how the keys of their variables are written. */
export function idOf(kind: string, written: string, { variables }: Reading): string {
  if (!variables || !written.includes('${')) return `${kind} ${written}`;
  return `${kind} with variables ${written.replace(/\$\{[^},]*/g, (key) => key.toLowerCase())}`;
}

/** The value of a variable; `undefined` for none, `open` when it is not settled. */
function valueOf({ key, fallback }: Variable, settled: Settled): { text: string | undefined } | 'open' {
  if (!settled.has(key)) return 'open';
  return { text: settled.get(key) ?? fallback };
}

/** How a template is spelled in tokens. `within`: in one of the first five parts of an ARN, which holds no colon. */
export interface Spelling {
  readonly spell: (text: string) => Token[];
  readonly within: boolean;
}

export const plainly: Spelling = { spell: literal, within: false };
export const ignoringCase: Spelling = { spell: literalFolded, within: false };
export const withinPart: Spelling = { spell: literal, within: true };

function addVariable(draft: Draft, variable: Variable, settled: Settled, { spell, within }: Spelling): boolean {
  const value = valueOf(variable, settled);
  if (value === 'open') {
    draft.glob.push(within ? runWithin : run);
    draft.opaque = true;
    return true;
  }
  if (value.text === undefined || (within && value.text.includes(':'))) return false;
  draft.glob.push(...spell(value.text));
  return true;
}

/** Adds a template; false when a variable in it has no value that could stand there, so that nothing can match. */
export function addTemplate(draft: Draft, template: Template, settled: Settled, spelling = plainly): boolean {
  const { spell, within } = spelling;
  for (const [i, parts] of template.pieces.entries()) {
    if (i > 0) draft.glob.push(within ? runWithin : run);
    for (const part of parts) {
      if (typeof part === 'string') draft.glob.push(...spell(part));
      else if (typeof part === 'symbol') draft.glob.push(within ? oneWithin : one);
      else if (!addVariable(draft, part, settled, spelling)) return false;
    }
  }
  return true;
}
