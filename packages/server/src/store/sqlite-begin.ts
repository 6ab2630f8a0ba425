import { StoreUnavailable } from './store.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { Timers } from './timers.ts';

/** Milliseconds between two tries. Not growing: who waits long must not be the one who looks least often. */
const waitMs = 1;
const giveUpAfterMs = 10_000;

/**
 * Begins a write transaction. Another process may hold the lock; SQLite would block the whole process while it
 * waits, so the waiting is done here. Throws `StoreUnavailable` (retryable) after ten seconds.
 */
export async function begin(connection: SqliteConnection, timers: Timers): Promise<void> {
  for (let waited = 0; ; waited += waitMs) {
    if (connection.beginImmediate()) return;
    if (waited >= giveUpAfterMs)
      throw new StoreUnavailable('another process keeps the database locked', { retryable: true });
    await timers.sleep(waitMs);
  }
}
