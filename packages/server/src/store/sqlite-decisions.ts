import path from 'node:path';
import { decisionColumns, decisionQuery, decisionRow, decisionValues } from './decision-query.ts';
import { decisionTable } from './migrations.ts';
import { ownFile } from './own-file.ts';
import { SerialQueue } from './serial-queue.ts';
import { begin } from './sqlite-begin.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import type { DecisionLog, DecisionQuery, DecisionRow } from './store.ts';
import { sqliteDialect } from './tables.ts';
import type { Timers } from './timers.ts';

/** So many rows go in one statement's time; between two batches other work runs. */
const pruneBatch = 2000;

const insert = `INSERT OR IGNORE INTO decision (${decisionColumns.join(', ')}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const prune = 'DELETE FROM decision WHERE seq IN (SELECT seq FROM decision WHERE at < ? ORDER BY at, seq LIMIT ?)';
/** The newest row that must go when only so many may stay. */
const bound = 'SELECT at, seq FROM decision ORDER BY at DESC, seq DESC LIMIT 1 OFFSET ?';
const pruneBeyond =
  'DELETE FROM decision WHERE seq IN (SELECT seq FROM decision WHERE (at, seq) <= (?, ?) ORDER BY at, seq LIMIT ?)';

/**
 * The decision log in a database of its own, so that it never waits behind a durable write. NORMAL: a loss of power
 * may take the last rows, never the file.
 */
export class SqliteDecisionLog implements DecisionLog {
  readonly #connection: SqliteConnection;
  readonly #timers: Timers;
  readonly #queue = new SerialQueue();

  constructor(connection: SqliteConnection, timers: Timers) {
    this.#connection = connection;
    this.#timers = timers;
    for (const statement of decisionTable({ text: 'TEXT', serial: 'INTEGER PRIMARY KEY', withDecisions: true })) {
      connection.exec(statement);
    }
    connection.pragma('busy_timeout = 0');
  }

  static beside(file: string, timers: Timers): SqliteDecisionLog {
    const connection = new SqliteConnection(ownFile(path.join(path.dirname(file), 'decisions.db')));
    for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL']) connection.pragma(pragma);
    return new SqliteDecisionLog(connection, timers);
  }

  append(rows: readonly DecisionRow[]): Promise<void> {
    return this.#write(() => {
      const statement = this.#connection.prepare(insert);
      for (const row of rows) statement.run(decisionValues(row));
    });
  }

  async query(query: DecisionQuery): Promise<DecisionRow[]> {
    const rows = await this.#connection.run(decisionQuery(sqliteDialect, query));
    return rows.map(decisionRow);
  }

  async prune(before: number, maxRows: number): Promise<number> {
    const old = await this.#inBatches(prune, [before]);
    const edge = this.#connection.prepare(bound).get(maxRows) as { at: number; seq: number } | undefined;
    return edge ? old + (await this.#inBatches(pruneBeyond, [edge.at, edge.seq])) : old;
  }

  close(): Promise<void> {
    return this.#queue.run(async () => this.#connection.close());
  }

  async #inBatches(text: string, parameters: readonly number[]): Promise<number> {
    for (let gone = 0; ;) {
      const changes = await this.#write(() => this.#connection.prepare(text).run(...parameters, pruneBatch).changes);
      gone += changes;
      if (changes < pruneBatch) return gone;
    }
  }

  #write<T>(work: () => T): Promise<T> {
    return this.#queue.run(async () => {
      await begin(this.#connection, this.#timers);
      try {
        const result = work();
        this.#connection.exec('COMMIT');
        return result;
      } finally {
        this.#connection.rollback();
      }
    });
  }
}
