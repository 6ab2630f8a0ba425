import type { Position } from './statement.ts';

export type Severity = 'error' | 'security-warning' | 'warning' | 'suggestion';

/** Something a validator refuses or the lint layer advises against. */
export interface Finding {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  /** JSON pointer to the place; empty for the whole document. */
  readonly at: string;
  readonly position: Position;
  /** What to write instead. */
  readonly suggestion?: string;
}
