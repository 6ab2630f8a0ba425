import type { CompiledQuery, ExpressionBuilder, SelectQueryBuilder } from 'kysely';
import type { Sealer } from '../sealing.ts';
import { addressOf, decode, encode, indexRows } from './codec.ts';
import {
  StoreConflict,
  type Collection,
  type Page,
  type Reader,
  type Scope,
  type Stored,
  type Transaction,
} from './store.ts';
import type { Database, RecordAddress, Session, Tables } from './tables.ts';
import { afterPrefix, comparable, isStorable } from './text.ts';

const defaultLimit = 1000;

/** How records are read and written over any session; the SQL of records is here and nowhere else. */
export interface RecordContext {
  readonly db: Database;
  readonly session: Session;
  readonly sealer: Sealer;
}

export class RecordReader implements Reader {
  protected readonly context: RecordContext;

  constructor(context: RecordContext) {
    this.context = context;
  }

  async get<T>(collection: Collection<T>, scope: Scope, key: string): Promise<T | undefined> {
    if (!isStorable(key)) return undefined;
    const { db, session, sealer } = this.context;
    const at = addressOf(collection, scope, key);
    const parameters = addressParts.map((part) => at[part]);
    const statement: GetStatement = { ...getStatement(db), parameters };
    const [row] = await session.run(statement);
    return row && decode<T>(sealer, { ...at, ...row });
  }

  async list<T>(collection: Collection<T>, scope: Scope, page: Page = {}): Promise<Stored<T>[]> {
    const { db, session } = this.context;
    const limit = checkedLimit(page.limit);
    if (limit === 0 || !isStorable(page.prefix ?? '')) return [];
    let query = inScope(db.selectFrom('record').selectAll(), collection, scope, page.prefix);
    if (page.after !== undefined) query = query.where('record_key', '>', comparable(page.after));
    const rows = await session.run(query.orderBy('record_key').limit(limit).compile());
    return rows.map((row) => this.#stored<T>(row));
  }

  async find<T>(collection: Collection<T>, index: string, value: string, scope?: Scope): Promise<Stored<T>[]> {
    if (!isStorable(value)) return [];
    const { db, session } = this.context;
    let query = db
      .selectFrom('record_index as i')
      .innerJoin('record as r', (join) =>
        addressParts.reduce((on, part) => on.onRef(`r.${part}`, '=', `i.${part}`), join),
      )
      .selectAll('r')
      .where((eb) => eb.and({ 'i.collection': collection.name, 'i.index_name': index, 'i.value': value }));
    if (scope) query = query.where((eb) => eb.and({ 'i.account_id': scope.accountId, 'i.region': scope.region }));
    const rows = await session.run(query.orderBy('i.account_id').orderBy('i.region').orderBy('i.record_key').compile());
    return rows.map((row) => this.#stored<T>(row));
  }

  async count<T>(collection: Collection<T>, scope: Scope, prefix?: string): Promise<number> {
    if (!isStorable(prefix ?? '')) return 0;
    const { db, session } = this.context;
    const counted = db.selectFrom('record').select((eb) => eb.fn.countAll<number | string>().as('count'));
    const [row] = await session.run(inScope(counted, collection, scope, prefix).compile());
    return Number(row?.count ?? 0);
  }

  #stored<T>(row: Tables['record']): Stored<T> {
    const scope = { accountId: row.account_id, region: row.region };
    return { scope, key: row.record_key, value: decode<T>(this.context.sealer, row) };
  }
}

/** Writes within one open transaction. After `end` every call is refused. */
export class RecordTransaction extends RecordReader implements Transaction {
  readonly #accountId: string;
  #wrote = false;

  constructor(context: RecordContext, accountId: string) {
    super(context);
    this.#accountId = accountId;
  }

  /** Whether anything was written so far. */
  get wrote(): boolean {
    return this.#wrote;
  }

  async insert<T>(collection: Collection<T>, scope: Scope, key: string, value: T): Promise<void> {
    const { db, session, sealer } = this.context;
    this.#assertOwn(scope, value);
    const indexes = indexRows(collection, scope, key, value);
    const row = encode(sealer, collection, scope, key, value);
    const insert = db
      .insertInto('record')
      .values(row)
      .onConflict((on) => on.columns([...addressParts]).doNothing());
    const inserted = await session.run(insert.returning('record_key').compile());
    if (inserted.length === 0) throw new StoreConflict(collection.name, key);
    this.#wrote = true;
    await this.#index(indexes);
  }

  async put<T>(collection: Collection<T>, scope: Scope, key: string, value: T): Promise<void> {
    const { db, session, sealer } = this.context;
    this.#assertOwn(scope, value);
    await this.#assertOwnBefore(collection, scope, key);
    const indexes = indexRows(collection, scope, key, value);
    const row = encode(sealer, collection, scope, key, value);
    const { body, sealed } = row;
    const insert = db.insertInto('record').values(row);
    this.#wrote = true;
    await session.run(insert.onConflict((on) => on.columns([...addressParts]).doUpdateSet({ body, sealed })).compile());
    await this.#unindex(addressOf(collection, scope, key));
    await this.#index(indexes);
  }

  async remove<T>(collection: Collection<T>, scope: Scope, key: string): Promise<boolean> {
    if (!isStorable(key)) return false;
    const { db, session } = this.context;
    this.#assertOwn(scope);
    await this.#assertOwnBefore(collection, scope, key);
    const at = addressOf(collection, scope, key);
    const removed = await session.run(
      db
        .deleteFrom('record')
        .where((eb) => eb.and(at))
        .returning('record_key')
        .compile(),
    );
    if (removed.length === 0) return false;
    this.#wrote = true;
    await this.#unindex(at);
    return true;
  }

  /**
   * Whoever has cached a record forgets it when its account changes, so no other account's transaction may write it.
   */
  #assertOwn(scope: Scope, value?: unknown): void {
    const owner = scope.accountId === '' ? ownerNamedBy(value) : scope.accountId;
    if (owner === undefined || owner === this.#accountId) return;
    if (scope.accountId === '' && this.#accountId === '') return;
    throw new Error('a transaction writes only records of its own account');
  }

  async #assertOwnBefore<T>(collection: Collection<T>, scope: Scope, key: string): Promise<void> {
    if (scope.accountId === '') this.#assertOwn(scope, await this.get(collection, scope, key));
  }

  async #unindex(at: RecordAddress): Promise<void> {
    const { db, session } = this.context;
    await session.run(
      db
        .deleteFrom('record_index')
        .where((eb) => eb.and(at))
        .compile(),
    );
  }

  async #index(rows: Tables['record_index'][]): Promise<void> {
    const { db, session } = this.context;
    if (rows.length > 0) await session.run(db.insertInto('record_index').values(rows).compile());
  }
}

/** The account that a record of a collection spanning accounts belongs to, by its member `accountId`. */
export function ownerNamedBy(value: unknown): string | undefined {
  const owner: unknown =
    typeof value === 'object' && value !== null && 'accountId' in value ? value.accountId : undefined;
  return typeof owner === 'string' ? owner : undefined;
}

const addressParts = ['collection', 'account_id', 'region', 'record_key'] as const;

type GetStatement = CompiledQuery<Pick<Tables['record'], 'body' | 'sealed'>>;

const getStatements = new WeakMap<Database, GetStatement>();

/** Compiled once for each engine: building it took most of the time of a read. */
function getStatement(db: Database): GetStatement {
  const known = getStatements.get(db);
  if (known) return known;
  let query = db.selectFrom('record').select(['body', 'sealed']);
  for (const part of addressParts) query = query.where(part, '=', '');
  const statement = query.compile();
  getStatements.set(db, statement);
  return statement;
}

type RecordQuery<O> = SelectQueryBuilder<Tables, 'record', O>;

function inScope<O>(
  query: RecordQuery<O>,
  collection: { name: string },
  scope: Scope,
  prefix?: string,
): RecordQuery<O> {
  const scoped = query.where((eb) =>
    eb.and({ collection: collection.name, account_id: scope.accountId, region: scope.region }),
  );
  return prefix ? scoped.where((eb) => beginsWith(eb, prefix)) : scoped;
}

/** A range instead of LIKE: it uses the primary key and knows no wildcards. */
function beginsWith(eb: ExpressionBuilder<Tables, 'record'>, prefix: string) {
  const end = afterPrefix(prefix);
  const from = eb('record_key', '>=', prefix);
  return end === undefined ? from : eb.and([from, eb('record_key', '<', end)]);
}

function checkedLimit(limit: number = defaultLimit): number {
  if (!Number.isInteger(limit) || limit < 0) throw new RangeError('the limit of a page must be a whole number');
  return limit;
}
