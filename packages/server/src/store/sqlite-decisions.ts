import path from 'node:path';
import { SegmentedDecisionLog } from './decision-segments.ts';
import { decisionTable, sqliteWords } from './migrations.ts';
import { ownFile } from './own-file.ts';
import { SerialQueue } from './serial-queue.ts';
import { begin } from './sqlite-begin.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { sqliteDialect } from './tables.ts';
import type { Timers } from './timers.ts';

/**
 * The decision log in a database of its own, so that it never waits behind a durable write. NORMAL: a loss of power
 * may take the last rows, never the file.
 */
export class SqliteDecisionLog extends SegmentedDecisionLog {
  readonly #connection: SqliteConnection;
  readonly #queue: SerialQueue;

  constructor(connection: SqliteConnection, timers: Timers) {
    const queue = new SerialQueue();
    super(sqliteDialect, connection, (work) =>
      queue.run(async () => {
        await begin(connection, timers);
        try {
          const result = await work(connection);
          connection.exec('COMMIT');
          return result;
        } finally {
          connection.rollback();
        }
      }),
    );
    this.#connection = connection;
    this.#queue = queue;
    for (const statement of decisionTable(sqliteWords)) connection.exec(statement);
    connection.pragma('busy_timeout = 0');
  }

  static beside(file: string, timers: Timers): SqliteDecisionLog {
    const connection = new SqliteConnection(ownFile(path.join(path.dirname(file), 'decisions.db')));
    for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL']) connection.pragma(pragma);
    return new SqliteDecisionLog(connection, timers);
  }

  close(): Promise<void> {
    return this.#queue.run(async () => this.#connection.close());
  }
}
