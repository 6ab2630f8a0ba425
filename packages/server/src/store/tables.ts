import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type ColumnType,
  type CompiledQuery,
  type Generated,
} from 'kysely';

/** A 64-bit number: PostgreSQL answers it as text. */
type BigNumber = ColumnType<number | string, number, number | string>;

/** The address of one record, as columns. */
export interface RecordAddress {
  collection: string;
  account_id: string;
  region: string;
  record_key: string;
}

/** Every table of the store. All text is ordered byte by byte. */
export interface Tables {
  record: RecordAddress & {
    /** The record as JSON, without its sealed members. */
    body: string;
    /** JSON object: sealed member → sealed text; NULL when the record has none. */
    sealed: string | null;
  };
  record_index: RecordAddress & { index_name: string; value: string };
  account_version: { account_id: string; version: BigNumber };
  /** A batch of decisions, compressed. */
  decision_segment: {
    /** Order of arrival. */
    seq: Generated<number>;
    /** Times of its oldest and newest row. */
    first_at: number;
    last_at: number;
    row_count: number;
    body: Uint8Array;
  };
}

export type Database = Kysely<Tables>;

/** Where compiled statements run: a connection, a pool or an open transaction. */
export interface Session {
  /** The rows that the statement answers; none for statements without an answer. */
  run<R>(query: CompiledQuery<R>): Promise<R[]>;
}

/** Kysely only compiles here; each engine executes on connections of its own. */
export const sqliteDialect: Database = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});

export const postgresDialect: Database = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
