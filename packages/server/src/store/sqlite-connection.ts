import Database from 'better-sqlite3';
import type { CompiledQuery } from 'kysely';
import { StoreUnavailable } from './store.ts';
import type { Session } from './tables.ts';

/** Texts of statements are few; this only bounds a mistake. */
const maxStatements = 500;

/** Milliseconds to wait for another process where SQLite must wait at all (opening, recovery). */
const busyTimeoutMs = 1000;

/** One SQLite connection. Calls are synchronous; `run` is a promise only because `Session` is. */
export class SqliteConnection implements Session {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();

  constructor(file: string, options: { readonly?: boolean } = {}) {
    this.#database = unavailable(() => new Database(file, { ...options, timeout: busyTimeoutMs }));
  }

  async run<R>(query: CompiledQuery<R>): Promise<R[]> {
    return this.runNow(query);
  }

  runNow<R>(query: CompiledQuery<R>): R[] {
    return unavailable(() => {
      const statement = this.prepare(query.sql);
      if (statement.reader) return statement.all(...query.parameters) as R[];
      statement.run(...query.parameters);
      return [];
    });
  }

  prepare(text: string): Database.Statement<unknown[]> {
    const known = this.#statements.get(text);
    if (known) return known;
    if (this.#statements.size >= maxStatements) this.#statements.clear();
    const statement = this.#database.prepare(text);
    this.#statements.set(text, statement);
    return statement;
  }

  exec(text: string): void {
    unavailable(() => this.#database.exec(text));
  }

  pragma(text: string): unknown {
    return unavailable(() => this.#database.pragma(text, { simple: true }));
  }

  /** Whether the write lock was taken; false while another connection holds it. */
  beginImmediate(): boolean {
    try {
      this.prepare('BEGIN IMMEDIATE').run();
      return true;
    } catch (error) {
      if (isBusy(error)) return false;
      throw translated(error);
    }
  }

  /** Also after an error at which SQLite has rolled back by itself. */
  rollback(): void {
    if (this.#database.inTransaction) this.exec('ROLLBACK');
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);

/** What SQLite says of its files, as the store says it. Other errors are mistakes in the program and stay as they are. */
function translated(error: unknown): unknown {
  if (isBusy(error))
    return new StoreUnavailable('the database is locked by another process', { retryable: true, cause: error });
  if (error instanceof Database.SqliteError && !/^SQLITE_(ERROR|CONSTRAINT|RANGE|MISUSE)/.test(error.code)) {
    return new StoreUnavailable(`the database cannot be used: ${error.code}`, { retryable: false, cause: error });
  }
  return error;
}

function unavailable<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw translated(error);
  }
}
