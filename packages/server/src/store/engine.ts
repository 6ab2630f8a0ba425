import type { DecisionLog } from './store.ts';
import type { Database, Session } from './tables.ts';

/** What an engine brings; everything else of the store is shared. */
export interface Engine {
  /** Compiles statements for this engine. */
  readonly db: Database;
  /** Sees committed data only. */
  readonly reader: Session;
  readonly decisions: DecisionLog;
  /** Milliseconds between two looks for changes of other processes. */
  readonly pollEveryMs: number;
  /**
   * One atomic, durable write, serial with every other write of the account. Commits when `work` answers true and
   * answers the account's new version; rolls back when it answers false or throws. May run `work` again.
   */
  write(accountId: string, work: (session: Session) => Promise<boolean>): Promise<number | undefined>;
  /** Every account's version, or `undefined` when surely nothing has changed since the last answer. */
  versions(): Promise<Map<string, number> | undefined>;
  /** Calls `hint` when another process may have changed something, where the engine can tell; polling is the truth. */
  watch(hint: () => void): Promise<void>;
  /** Waits for open writes, then frees everything. */
  close(): Promise<void>;
}
