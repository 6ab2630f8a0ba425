import path from 'node:path';
import {
  decisionColumns,
  decisionQuery,
  decisionRow,
  decisionValues,
  limitOf,
  type DecisionPlace,
} from './decision-query.ts';
import { decisionTable, sqliteWords } from './migrations.ts';
import { ownFile } from './own-file.ts';
import { SerialQueue } from './serial-queue.ts';
import { begin } from './sqlite-begin.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import type { DecisionLog, DecisionQuery, DecisionRow } from './store.ts';
import { sqliteDialect } from './tables.ts';
import type { Timers } from './timers.ts';

/** Statements are synchronous: no more rows than these are looked at or removed before other work may run. */
const searchBatch = 5000;
const pruneBatch = 250;

const insert = `INSERT OR IGNORE INTO decision (${decisionColumns.join(', ')}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const edge = `SELECT at, seq FROM decision WHERE (at, seq) < (?, ?) ORDER BY at DESC, seq DESC LIMIT 1 OFFSET ${searchBatch - 1}`;
const prune = 'DELETE FROM decision WHERE seq IN (SELECT seq FROM decision WHERE at < ? ORDER BY at, seq LIMIT ?)';
/** The newest row that must go when only so many may stay. */
const bound = 'SELECT at, seq FROM decision ORDER BY at DESC, seq DESC LIMIT 1 OFFSET ?';
const pruneBeyond =
  'DELETE FROM decision WHERE seq IN (SELECT seq FROM decision WHERE (at, seq) <= (?, ?) ORDER BY at, seq LIMIT ?)';

const afterAll: DecisionPlace = { at: Number.MAX_SAFE_INTEGER, seq: Number.MAX_SAFE_INTEGER };

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
    for (const statement of decisionTable(sqliteWords)) {
      connection.exec(statement);
    }
    connection.pragma('busy_timeout = 0');
  }

  static beside(file: string, timers: Timers): SqliteDecisionLog {
    const connection = new SqliteConnection(ownFile(path.join(path.dirname(file), 'decisions.db')));
    // The log's last pages change with every batch: a longer WAL writes them to the database less often.
    for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'wal_autocheckpoint = 8000']) {
      connection.pragma(pragma);
    }
    return new SqliteDecisionLog(connection, timers);
  }

  append(rows: readonly DecisionRow[]): Promise<void> {
    return this.#write(() => {
      const statement = this.#connection.prepare(insert);
      for (const row of rows) statement.run(decisionValues(row));
    });
  }

  /** What no index answers is searched from the newest row on, batch by batch. */
  async query(query: DecisionQuery): Promise<DecisionRow[]> {
    const indexed = query.id !== undefined || query.requestId !== undefined;
    const rows: DecisionRow[] = [];
    for (let below = afterAll; ; await this.#timers.sleep(0)) {
      const from = indexed ? undefined : this.#place(edge, below.at, below.seq);
      const limit = limitOf(query) - rows.length;
      const found = await this.#connection.run(decisionQuery(sqliteDialect, { ...query, limit }, { below, from }));
      rows.push(...found.map(decisionRow));
      if (!from || rows.length >= limitOf(query) || from.at < (query.since ?? 0)) return rows;
      below = from;
    }
  }

  async prune(before: number, maxRows: number): Promise<number> {
    const old = await this.#inBatches(prune, [before]);
    const last = this.#place(bound, maxRows);
    return last ? old + (await this.#inBatches(pruneBeyond, [last.at, last.seq])) : old;
  }

  close(): Promise<void> {
    return this.#queue.run(async () => this.#connection.close());
  }

  #place(text: string, ...parameters: number[]): DecisionPlace | undefined {
    return this.#connection.prepare(text).get(...parameters) as DecisionPlace | undefined;
  }

  async #inBatches(text: string, parameters: readonly number[]): Promise<number> {
    for (let gone = 0; ;) {
      const changes = await this.#write(() => this.#connection.prepare(text).run(...parameters, pruneBatch).changes);
      gone += changes;
      if (changes < pruneBatch) return gone;
      await this.#timers.sleep(0);
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
