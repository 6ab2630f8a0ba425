import { sql, type CompiledQuery } from 'kysely';
import pg from 'pg';
import type { Engine } from './engine.ts';
import { migrate, migrationTable, postgresWords } from './migrations.ts';
import { PostgresDecisionLog } from './postgres-decisions.ts';
import { StatementFailure, answered, retrying, unavailable, unknownOutcome } from './postgres-errors.ts';
import { PostgresNotices } from './postgres-notices.ts';
import { SerialQueues } from './serial-queue.ts';
import { postgresDialect, type Session } from './tables.ts';
import type { Timers } from './timers.ts';
import { allVersions, raiseVersion } from './versions.ts';

/** Milliseconds. An engine that does not answer in these is as good as absent. */
const timeouts = {
  connectionTimeoutMillis: 5_000,
  query_timeout: 15_000,
  // A process that stops in the middle of a write must not keep its account locked.
  idle_in_transaction_session_timeout: 10_000,
};
const maxConnections = 10;
const rollbackTimeoutMs = 1_000;

/**
 * PostgreSQL and what speaks its protocol (CockroachDB, YugabyteDB, Aurora): plain tables, row locks and retries;
 * no advisory locks. LISTEN is used where it is known and nothing depends on it.
 */
export class PostgresEngine implements Engine {
  readonly db = postgresDialect;
  readonly reader: Session;
  readonly decisions: PostgresDecisionLog;
  readonly pollEveryMs = 500;
  readonly #pool: pg.Pool;
  readonly #timers: Timers;
  readonly #notices: PostgresNotices;
  /** Transactions of an account wait here, not on connections that reads need. */
  readonly #queues = new SerialQueues();
  readonly #open = new Set<Promise<unknown>>();

  private constructor(url: string, timers: Timers) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: maxConnections,
      application_name: 'stagedoor',
      onConnect: makeDurable,
      ...timeouts,
    });
    // A connection that breaks while idle is replaced; the next call finds out by itself.
    this.#pool.on('error', ignore);
    this.#timers = timers;
    this.#notices = new PostgresNotices(url, timers);
    // Single statements: reads, and writes of the log that can be repeated.
    const single = sessionOn(this.#pool);
    this.reader = { run: (query) => retrying(timers, () => single.run(query)) };
    this.decisions = new PostgresDecisionLog(this.reader);
  }

  /** Connects to `url` and migrates. Rejects with `StoreUnavailable` when that is not possible. */
  static async open(url: string, timers: Timers): Promise<PostgresEngine> {
    const engine = new PostgresEngine(url, timers);
    try {
      await engine.#migrate();
      return engine;
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  async write(accountId: string, work: (session: Session) => Promise<boolean>): Promise<number | undefined> {
    const writing = this.#queues.run(accountId, () =>
      this.#transaction((session) => this.#attempt(session, accountId, work)),
    );
    this.#track(writing);
    const version = await writing;
    if (version !== undefined) this.#notices.announce();
    return version;
  }

  versions(): Promise<Map<string, number>> {
    return allVersions(this.db, this.reader);
  }

  watch(hint: () => void): Promise<void> {
    return this.#notices.start(hint);
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#open);
    await this.#notices.stop();
    await this.#pool.end();
  }

  /**
   * The account's row is written first: whoever holds it is the account's only writer until COMMIT, on this and
   * every other process, so versions are in the order of commits.
   */
  async #attempt(
    session: Session,
    accountId: string,
    work: (session: Session) => Promise<boolean>,
  ): Promise<number | undefined> {
    const version = await raiseVersion(this.db, session, accountId);
    return (await work(session)) ? version : undefined;
  }

  #transaction<T>(attempt: (session: Session) => Promise<T | undefined>): Promise<T | undefined> {
    return retrying(this.#timers, () => this.#inTransaction(attempt));
  }

  /** Commits what `attempt` has done unless it answers `undefined`. */
  async #inTransaction<T>(attempt: (session: Session) => Promise<T | undefined>): Promise<T | undefined> {
    const client = await this.#pool.connect().catch((error: unknown) => Promise.reject(unavailable(error)));
    let open = true;
    let lost = false;
    const onLoss = (): void => void (lost = true);
    client.on('error', onLoss);
    try {
      // READ COMMITTED: having waited for the account's row, statements see what the former holder committed.
      await answered(client.query('BEGIN ISOLATION LEVEL READ COMMITTED'));
      const answer = await attempt(sessionOn(client));
      if (answer === undefined) return undefined;
      // Nothing was asked to commit yet, so that another attempt is safe.
      if (lost) throw new StatementFailure('the connection was lost', { retryable: true });
      await commit(client);
      open = false;
      return answer;
    } finally {
      const usable = !open || (await rolledBack(client));
      client.off('error', onLoss);
      client.release(!usable);
    }
  }

  async #migrate(): Promise<void> {
    const [server] = await this.reader.run(raw<{ version: string }>('SELECT version() AS version'));
    const words = postgresWords(server?.version ?? '');
    await this.#transaction(async (session) => {
      await session.run(raw(migrationTable(words)));
      return true;
    });
    await this.#transaction(async (session) => {
      // One process at a time: the row is held until COMMIT.
      await session.run(raw("INSERT INTO migration (name) VALUES ('') ON CONFLICT (name) DO UPDATE SET name = ''"));
      await migrate(this.db, session, words);
      return true;
    });
  }

  #track(work: Promise<unknown>): void {
    const settled = work.catch(() => undefined).finally(() => this.#open.delete(settled));
    this.#open.add(settled);
  }
}

const ignore = (): void => undefined;

const sessionOn = (connection: pg.Pool | pg.PoolClient): Session => ({
  async run<R>(query: CompiledQuery<R>): Promise<R[]> {
    const result = await answered(connection.query<R & pg.QueryResultRow>(query.sql, [...query.parameters]));
    return result.rows;
  },
});

const raw = <R>(text: string): CompiledQuery<R> => sql<R>`${sql.raw(text)}`.compile(postgresDialect);

async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await answered(client.query('COMMIT')).catch((error: unknown) =>
    Promise.reject(unknownOutcome(error)),
  );
  // A transaction in which a statement has failed answers COMMIT with ROLLBACK.
  if (command !== 'COMMIT') throw new Error('the transaction was rolled back: one of its statements had failed');
}

/** Whether the connection can be used again. */
async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  const query: pg.QueryConfig & { query_timeout: number } = { text: 'ROLLBACK', query_timeout: rollbackTimeoutMs };
  return client.query(query).then(
    () => true,
    () => false,
  );
}

/** Where the server was told that commits need not be durable, ours are. The pool waits for it. */
async function makeDurable(client: pg.ClientBase): Promise<void> {
  await client.query(
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit', true) = 'off'",
  );
}
