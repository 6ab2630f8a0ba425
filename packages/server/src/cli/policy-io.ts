/** What the policy commands need of the world. */

import type { LintCatalogue } from '@stagedoor/policy';

export interface PolicyIo {
  /** The lines of a file, or of standard input for `-`. Rejects when it cannot be read. */
  readonly lines: (file: string) => AsyncIterable<string>;
  /** The whole text of a file, or of standard input for `-`. Rejects when it cannot be read. */
  readonly text: (file: string) => Promise<string>;
  /** One line to standard output. */
  readonly print: (line: string) => void;
  /** One line to standard error. */
  readonly complain: (line: string) => void;
  /** Sets the exit code of the process. */
  readonly exit: (code: number) => void;
  /** Actions and condition keys that exist, for the lint layer. */
  readonly catalogue: () => LintCatalogue | undefined;
}
