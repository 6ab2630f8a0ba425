import { sql, type CompiledQuery } from 'kysely';
import { StoreUnavailable } from './store.ts';
import type { Database, Session } from './tables.ts';

/** What the dialects of one engine call things. */
export interface Words {
  /** Text compared byte by byte. */
  readonly text: string;
  /** A number of the row's arrival. */
  readonly serial: string;
  readonly withDecisions: boolean;
}

interface Migration {
  readonly name: string;
  readonly statements: (words: Words) => readonly string[];
}

const address = (text: string) =>
  `collection ${text} NOT NULL, account_id ${text} NOT NULL, region ${text} NOT NULL, record_key ${text} NOT NULL`;

export const decisionTable = ({ text, serial }: Words): readonly string[] => [
  `CREATE TABLE IF NOT EXISTS decision (
    seq ${serial}, id ${text} NOT NULL UNIQUE, at BIGINT NOT NULL, account_id ${text} NOT NULL,
    principal ${text} NOT NULL, action ${text} NOT NULL, resource ${text} NOT NULL, outcome ${text} NOT NULL,
    request_id ${text} NOT NULL, body TEXT NOT NULL)`,
  'CREATE INDEX IF NOT EXISTS decision_by_time ON decision (at, seq)',
  'CREATE INDEX IF NOT EXISTS decision_by_request ON decision (request_id)',
];

/** Append only: a migration that was released is never changed. Each must stand being run twice. */
const migrations: readonly Migration[] = [
  {
    name: '0001-records',
    statements: (words) => [
      `CREATE TABLE IF NOT EXISTS record (${address(words.text)}, body TEXT NOT NULL, sealed TEXT,
        PRIMARY KEY (collection, account_id, region, record_key))`,
      `CREATE TABLE IF NOT EXISTS record_index (${address(words.text)}, index_name ${words.text} NOT NULL,
        value ${words.text} NOT NULL,
        PRIMARY KEY (collection, index_name, value, account_id, region, record_key))`,
      `CREATE INDEX IF NOT EXISTS record_index_by_record
        ON record_index (collection, account_id, region, record_key)`,
      `CREATE TABLE IF NOT EXISTS account_version (account_id ${words.text} PRIMARY KEY, version BIGINT NOT NULL)`,
      ...(words.withDecisions ? decisionTable(words) : []),
    ],
  },
];

/** Creates the table that remembers migrations; outside of the transaction that runs them. The name '' is a lock. */
export const migrationTable = ({ text }: Words): string =>
  `CREATE TABLE IF NOT EXISTS migration (name ${text} PRIMARY KEY)`;

/**
 * Runs what is missing, within the caller's transaction, which must exclude other processes.
 * Throws `StoreUnavailable` when a newer release has written the database.
 */
export async function migrate(db: Database, session: Session, words: Words): Promise<void> {
  const run = <R>(query: CompiledQuery<R>) => session.run(query);
  const done = await run(sql<{ name: string }>`SELECT name FROM migration WHERE name <> ''`.compile(db));
  const names = new Set(done.map(({ name }) => name));
  for (const { name, statements } of migrations) {
    if (names.delete(name)) continue;
    for (const statement of statements(words)) await run(sql.raw(statement).compile(db));
    await run(sql`INSERT INTO migration (name) VALUES (${name}) ON CONFLICT (name) DO NOTHING`.compile(db));
  }
  if (names.size > 0) {
    throw new StoreUnavailable('the database was written by a newer release of Stagedoor', { retryable: false });
  }
}
