import type { Sealer } from '../sealing.ts';
import type { Engine } from './engine.ts';
import { PostgresEngine } from './postgres.ts';
import { RecordStore } from './record-store.ts';
import { SqliteEngine } from './sqlite.ts';
import type { Store } from './store.ts';
import { systemTimers, type Timers } from './timers.ts';

export interface StoreOptions {
  /** `memory`, the path of a SQLite file, or a `postgres://` URL. */
  readonly database: string;
  readonly sealer: Sealer;
  readonly timers?: Timers;
}

/**
 * Opens the store, creating and migrating the database as needed. Rejects with `StoreUnavailable` when it cannot
 * be reached or was written by a newer release.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const timers = options.timers ?? systemTimers;
  const engine = await openEngine(options.database, timers);
  const store = new RecordStore(engine, options.sealer, timers);
  await store.start();
  return store;
}

function openEngine(database: string, timers: Timers): Promise<Engine> {
  if (/^postgres(ql)?:\/\//.test(database)) return PostgresEngine.open(database, timers);
  return database === 'memory' ? SqliteEngine.inMemory(timers) : SqliteEngine.onFile(database, timers);
}
