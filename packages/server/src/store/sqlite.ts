import type { CompiledQuery } from 'kysely';
import type { Engine } from './engine.ts';
import { migrate, migrationTable, sqliteWords } from './migrations.ts';
import { SerialQueue } from './serial-queue.ts';
import { begin } from './sqlite-begin.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { SqliteDecisionLog } from './sqlite-decisions.ts';
import { ownFile } from './own-file.ts';
import { sqliteDialect, type Session } from './tables.ts';
import type { Timers } from './timers.ts';
import { allVersions, raiseVersion } from './versions.ts';

/**
 * SQLite. One connection writes, another reads, so that reads never see an open transaction. In memory no two
 * connections can share a database: there the reader's is a second one, to which each commit is repeated.
 */
export class SqliteEngine implements Engine {
  readonly db = sqliteDialect;
  readonly reader: SqliteConnection;
  readonly decisions: SqliteDecisionLog;
  readonly pollEveryMs = 200;
  readonly #writer: SqliteConnection;
  readonly #inMemory: boolean;
  readonly #timers: Timers;
  readonly #queue = new SerialQueue();
  #dataVersion: unknown;

  private constructor(
    writer: SqliteConnection,
    reader: SqliteConnection,
    decisions: SqliteDecisionLog,
    options: { inMemory: boolean; timers: Timers },
  ) {
    this.#writer = writer;
    this.reader = reader;
    this.decisions = decisions;
    this.#inMemory = options.inMemory;
    this.#timers = options.timers;
  }

  static async inMemory(timers: Timers): Promise<SqliteEngine> {
    const connections = [new SqliteConnection(':memory:'), new SqliteConnection(':memory:')] as const;
    for (const connection of connections) await migrated(connection, timers);
    const decisions = new SqliteDecisionLog(new SqliteConnection(':memory:'), timers);
    return new SqliteEngine(...connections, decisions, { inMemory: true, timers });
  }

  /** `file` and `decisions.db` beside it, created when missing, readable by their owner only. */
  static async onFile(file: string, timers: Timers): Promise<SqliteEngine> {
    const writer = new SqliteConnection(ownFile(file));
    // FULL: a commit is on the disk when it is answered, not only in the system's cache.
    for (const pragma of ['journal_mode = WAL', 'synchronous = FULL']) writer.pragma(pragma);
    // Waiting for the write lock is done by `begin`, without blocking the process.
    writer.pragma('busy_timeout = 0');
    await migrated(writer, timers);
    const reader = new SqliteConnection(file, { readonly: true });
    const decisions = SqliteDecisionLog.beside(file, timers);
    return new SqliteEngine(writer, reader, decisions, { inMemory: false, timers });
  }

  write(accountId: string, work: (session: Session) => Promise<boolean>): Promise<number | undefined> {
    return this.#queue.run(async () => {
      await begin(this.#writer, this.#timers);
      try {
        return await this.#attempt(accountId, work);
      } finally {
        this.#writer.rollback();
      }
    });
  }

  async versions(): Promise<Map<string, number> | undefined> {
    const dataVersion = this.reader.pragma('data_version');
    if (dataVersion === this.#dataVersion) return undefined;
    const versions = await allVersions(this.db, this.reader);
    this.#dataVersion = dataVersion;
    return versions;
  }

  /** SQLite tells nobody; `versions` is cheap while nothing changes. */
  async watch(): Promise<void> {}

  close(): Promise<void> {
    return this.#queue.run(async () => {
      await this.decisions.close();
      this.reader.close();
      this.#writer.close();
    });
  }

  /** Everything between BEGIN and COMMIT; what throws before COMMIT is rolled back by the caller. */
  async #attempt(accountId: string, work: (session: Session) => Promise<boolean>): Promise<number | undefined> {
    const written: CompiledQuery[] = [];
    const session: Session = {
      run: async (query) => {
        if (query.query.kind !== 'SelectQueryNode') written.push(query);
        return this.#writer.runNow(query);
      },
    };
    if (!(await work(session))) return undefined;
    const version = await raiseVersion(this.db, session, accountId);
    this.#writer.exec('COMMIT');
    if (this.#inMemory) this.#repeat(written);
    return version;
  }

  #repeat(written: readonly CompiledQuery[]): void {
    this.reader.exec('BEGIN');
    for (const query of written) this.reader.runNow(query);
    this.reader.exec('COMMIT');
  }
}

async function migrated(connection: SqliteConnection, timers: Timers): Promise<void> {
  await begin(connection, timers);
  try {
    connection.exec(migrationTable(sqliteWords));
    await migrate(sqliteDialect, connection, sqliteWords);
    connection.exec('COMMIT');
  } finally {
    connection.rollback();
  }
}
