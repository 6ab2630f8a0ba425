import { sql } from 'kysely';
import { decisionColumns, decisionQuery, decisionRow, decisionValues } from './decision-query.ts';
import type { DecisionLog, DecisionQuery, DecisionRow } from './store.ts';
import { postgresDialect, type Session } from './tables.ts';

const appendBatch = 2_000;
const pruneBatch = 10_000;

const types = ['text', 'bigint', 'text', 'text', 'text', 'text', 'text', 'text', 'text'];

/** One parameter for each column, an array of its values: one short statement whatever the number of rows. */
const insert = `INSERT INTO decision (${decisionColumns.join(', ')})
  SELECT * FROM unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(', ')}) ON CONFLICT (id) DO NOTHING`;

export class PostgresDecisionLog implements DecisionLog {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async append(rows: readonly DecisionRow[]): Promise<void> {
    for (let start = 0; start < rows.length; start += appendBatch) {
      const values = rows.slice(start, start + appendBatch).map(decisionValues);
      const parameters = types.map((_, column) => values.map((row) => row[column]));
      await this.#session.run({ ...sql.raw(insert).compile(postgresDialect), parameters });
    }
  }

  async query(query: DecisionQuery): Promise<DecisionRow[]> {
    const rows = await this.#session.run(decisionQuery(postgresDialect, query));
    return rows.map(decisionRow);
  }

  async prune(before: number, maxRows: number): Promise<number> {
    const old = await this.#inBatches(sql`at < ${before}`);
    const bound = sql<{ at: number; seq: number }>`
      SELECT at, seq FROM decision ORDER BY at DESC, seq DESC LIMIT 1 OFFSET ${maxRows}`;
    const [edge] = await this.#session.run(bound.compile(postgresDialect));
    return edge ? old + (await this.#inBatches(sql`(at, seq) <= (${edge.at}, ${edge.seq})`)) : old;
  }

  async #inBatches(condition: ReturnType<typeof sql>): Promise<number> {
    const batch = sql`DELETE FROM decision WHERE seq IN
      (SELECT seq FROM decision WHERE ${condition} ORDER BY at, seq LIMIT ${pruneBatch}) RETURNING seq`;
    for (let gone = 0; ;) {
      const { length } = await this.#session.run(batch.compile(postgresDialect));
      gone += length;
      if (length < pruneBatch) return gone;
    }
  }
}
