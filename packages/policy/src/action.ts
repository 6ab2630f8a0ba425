/** Action patterns: vendor and name, both compared ignoring case, wildcards in either. */
import { compileGlob, matchesGlob } from './glob.ts';
import type { Pieces } from './glob.ts';

export interface ActionPattern {
  /** As written. */
  readonly written: string;
  /** Lower case, when there is no wildcard. */
  readonly exact: string | undefined;
  /** `*`: every action. */
  readonly every: boolean;
  /** For a wildcard in the vendor. */
  readonly vendor: Pieces | undefined;
  /** The name when the vendor holds a wildcard, else vendor, colon and name. */
  readonly pieces: Pieces | undefined;
}

const WILD = /[*?]/;
const NONE = { exact: undefined, every: false, vendor: undefined, pieces: undefined };

/** Few patterns are spread over many documents: one object serves them all. */
const SHARED = new Map<string, ActionPattern>();
const MOST = 4096;

/** Compiles a pattern, or returns the one compiled before. */
export function compileAction(written: string): ActionPattern {
  const known = SHARED.get(written);
  if (known !== undefined) return known;
  const made = makeAction(written);
  if (SHARED.size < MOST) SHARED.set(written, made);
  return made;
}

/** `*` alone is every action; any other pattern without a colon matches nothing. No variables here. */
function makeAction(written: string): ActionPattern {
  const text = written.toLowerCase();
  if (text === '*') return { ...NONE, written, every: true };
  const colon = text.indexOf(':');
  if (colon < 0) return { ...NONE, written };
  if (!WILD.test(text)) return { ...NONE, written, exact: text };
  const vendor = text.slice(0, colon);
  if (!WILD.test(vendor)) return { ...NONE, written, pieces: compileGlob(text) };
  return { ...NONE, written, vendor: compileGlob(vendor), pieces: compileGlob(text.slice(colon + 1)) };
}

/** `action` is `vendor:name` in lower case. */
export function matchesAction(pattern: ActionPattern, action: string): boolean {
  if (pattern.every) return true;
  if (pattern.exact !== undefined) return pattern.exact === action;
  if (pattern.pieces === undefined) return false;
  if (pattern.vendor === undefined) return matchesGlob(pattern.pieces, action);
  const colon = action.indexOf(':');
  return (
    colon >= 0 && matchesGlob(pattern.vendor, action.slice(0, colon)) && matchesGlob(pattern.pieces, action, colon + 1)
  );
}
