/** Whether the Action or NotAction of a statement covers an action: for questions about documents, not for decisions. */
import { compileAction, matchesAction } from './action.ts';
import type { Match } from './statement.ts';

/** `action` as `service:Name`, in any case. */
export function matchesActions({ mode, patterns }: Match<string>, action: string): boolean {
  const lower = action.toLowerCase();
  return patterns.some((pattern) => matchesAction(compileAction(pattern), lower)) === (mode === 'only');
}
