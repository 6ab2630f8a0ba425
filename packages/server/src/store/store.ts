/**
 * The store's written contract. Two engines meet it (SQLite, PostgreSQL); `suite.testkit.ts` holds one
 * test for each sentence here. Nothing outside `store/` knows SQL.
 *
 * State is kept as records: typed values in named collections, each under an account, a region ('' for
 * global services) and a key. Keys are compared and ordered byte by byte (UTF-8), on every engine.
 */

/** Where a record lives. `accountId` is '' only in collections that span accounts (access keys). */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
}

export interface Collection<T> {
  readonly name: string;
  /** Top-level string members that are encrypted at rest and never stored in clear. */
  readonly sealed?: readonly (keyof T & string)[];
  /** Values under which a record can be found again; must be a pure function of the record. */
  readonly indexes?: (record: T) => Readonly<Record<string, string | readonly string[]>>;
}

export interface Stored<T> {
  readonly scope: Scope;
  readonly key: string;
  readonly value: T;
}

export interface Page {
  /** Only keys that begin with this. */
  readonly prefix?: string;
  /** Only keys strictly after this one. */
  readonly after?: string;
  /** At most so many; default 1000. */
  readonly limit?: number;
}

export interface Reader {
  /** The record, or `undefined`. */
  get<T>(collection: Collection<T>, scope: Scope, key: string): Promise<T | undefined>;
  /** Records in ascending key order. */
  list<T>(collection: Collection<T>, scope: Scope, page?: Page): Promise<Stored<T>[]>;
  /** Records whose index `index` holds `value`, ascending by (account, region, key); over all scopes when `scope` is omitted. */
  find<T>(collection: Collection<T>, index: string, value: string, scope?: Scope): Promise<Stored<T>[]>;
  count<T>(collection: Collection<T>, scope: Scope, prefix?: string): Promise<number>;
}

export interface Transaction extends Reader {
  /** Must throw `StoreConflict` when the key is taken. */
  insert<T>(collection: Collection<T>, scope: Scope, key: string, value: T): Promise<void>;
  /** Inserts or replaces; indexes follow. */
  put<T>(collection: Collection<T>, scope: Scope, key: string, value: T): Promise<void>;
  /** Whether there was one to remove. */
  remove<T>(collection: Collection<T>, scope: Scope, key: string): Promise<boolean>;
}

/** One recorded decision; `body` is JSON text that holds the whole request context and trace inputs. */
export interface DecisionRow {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly accountId: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly outcome: 'Allow' | 'ExplicitDeny' | 'ImplicitDeny';
  readonly requestId: string;
  readonly body: string;
}

export interface DecisionQuery {
  readonly accountId?: string;
  readonly principal?: string;
  readonly action?: string;
  readonly denied?: boolean;
  readonly since?: number;
  readonly id?: string;
  readonly requestId?: string;
  readonly limit?: number;
}

/** Append-only. Rows older than the retention, or beyond the row bound, are pruned; nothing is ever changed. */
export interface DecisionLog {
  append(rows: readonly DecisionRow[]): Promise<void>;
  /** Newest first. */
  query(query: DecisionQuery): Promise<DecisionRow[]>;
  /** Removes rows older than `before` (ms) and the oldest beyond `maxRows`; answers how many went. */
  prune(before: number, maxRows: number): Promise<number>;
}

export interface Store {
  readonly reader: Reader;
  readonly decisions: DecisionLog;
  /**
   * Runs `work` as one atomic write for an account. Transactions of one account must be serial: `work`
   * sees every earlier commit of that account and no later one. When `work` throws, nothing was written.
   * `work` must not call `transact`: it would wait for itself.
   * Engines may run `work` again after a serialization failure, so it must have no other effect.
   * `work` writes only records of the account: in its scope, or in scope '' those whose member `accountId`, where
   * they have one, names it (in a transaction of account '': any in scope ''); anything else throws. Transactions
   * do not nest.
   * When the promise resolves, the write survives `kill -9` and loss of power.
   * The account's version rises by one with every commit that wrote something.
   */
  transact<T>(accountId: string, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** The account's version: 0 before the first write. */
  version(accountId: string): Promise<number>;
  /**
   * `listener` is called after a change of an account by this or any other process on the same store:
   * at once for this process (before `transact` resolves), within a second for others. It is called with ''
   * when any account may have changed (the store was emptied, or its versions cannot be read). It must not throw.
   * Answers the way to stop.
   */
  onChange(listener: (accountId: string) => void): () => void;
  /** Resolves when the store answers; rejects with `StoreUnavailable` otherwise. Used by readiness. */
  ping(): Promise<void>;
  /** Empties everything (`--ephemeral` reset). Versions do not fall. */
  clear(): Promise<void>;
  /** Seals every sealed member again with the ring's first key; answers how many records. */
  reseal(): Promise<number>;
  close(): Promise<void>;
}

export class StoreConflict extends Error {
  readonly collection: string;
  readonly key: string;
  constructor(collection: string, key: string) {
    super(`a record of ${collection} with this key exists already`);
    this.name = 'StoreConflict';
    this.collection = collection;
    this.key = key;
  }
}

export class StoreUnavailable extends Error {
  readonly retryable: boolean;
  constructor(message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.name = 'StoreUnavailable';
    this.retryable = options.retryable;
  }
}
