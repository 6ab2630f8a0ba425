import type { Sealer } from '../sealing.ts';
import { Changes } from './changes.ts';
import { reseal } from './codec.ts';
import type { Engine } from './engine.ts';
import { RecordReader, RecordTransaction } from './records.ts';
import { StoreUnavailable, type DecisionLog, type Reader, type Store, type Transaction } from './store.ts';
import type { Session } from './tables.ts';
import type { Timers } from './timers.ts';
import { versionOf } from './versions.ts';

const resealBatch = 100;

/** The store over any engine. */
export class RecordStore implements Store {
  readonly reader: Reader;
  readonly decisions: DecisionLog;
  readonly #engine: Engine;
  readonly #sealer: Sealer;
  readonly #changes: Changes;
  #closing: Promise<void> | undefined;

  constructor(engine: Engine, sealer: Sealer, timers: Timers) {
    this.#engine = engine;
    this.#sealer = sealer;
    this.#changes = new Changes(engine, timers);
    this.reader = new RecordReader({ db: engine.db, sealer, session: this.#whileOpen(engine.reader) });
    this.decisions = this.#logWhileOpen(engine.decisions);
  }

  async start(): Promise<void> {
    await this.#changes.start();
    await this.#engine.watch(() => void this.#changes.poll());
  }

  async transact<T>(accountId: string, work: (tx: Transaction) => Promise<T>): Promise<T> {
    this.#assertOpen();
    let answer: { value: T } | undefined;
    const version = await this.#engine.write(accountId, async (session) => {
      const frame = { open: true };
      const tx = new RecordTransaction(
        { db: this.#engine.db, sealer: this.#sealer, session: whileIn(frame, session) },
        accountId,
      );
      try {
        answer = { value: await work(tx) };
      } finally {
        frame.open = false;
      }
      return tx.wrote;
    });
    if (version !== undefined) this.#changes.committed(accountId, version);
    return (answer as { value: T }).value;
  }

  async version(accountId: string): Promise<number> {
    this.#assertOpen();
    return versionOf(this.#engine.db, this.#engine.reader, accountId);
  }

  onChange(listener: (accountId: string) => void): () => void {
    return this.#changes.listen(listener);
  }

  async ping(): Promise<void> {
    this.#assertOpen();
    const query = this.#engine.db.selectFrom('account_version').select('version').limit(1);
    await this.#engine.reader.run(query.compile());
  }

  /** Versions go on rising, so that no process takes the emptied state for the one it has cached. */
  async clear(): Promise<void> {
    this.#assertOpen();
    const { db } = this.#engine;
    await this.#engine.write('', async (session) => {
      // First, because it waits for the open writes of every account.
      await session.run(
        db
          .updateTable('account_version')
          .set((eb) => ({ version: eb('version', '+', 1) }))
          .compile(),
      );
      await session.run(db.deleteFrom('record_index').compile());
      await session.run(db.deleteFrom('record').compile());
      return true;
    });
    await this.#engine.decisions.prune(Number.MAX_SAFE_INTEGER, 0);
    this.#changes.everything();
  }

  async reseal(): Promise<number> {
    this.#assertOpen();
    let total = 0;
    for (let after: string[] | undefined = []; after;) after = await this.#resealBatch(after, (n) => (total += n));
    return total;
  }

  close(): Promise<void> {
    this.#changes.stop();
    this.#closing ??= this.#engine.close();
    return this.#closing;
  }

  /** Seals the records after `after` anew; answers where to go on. */
  async #resealBatch(after: string[], count: (records: number) => void): Promise<string[] | undefined> {
    const { db } = this.#engine;
    const address = ['collection', 'account_id', 'region', 'record_key'] as const;
    let next: string[] | undefined;
    await this.#engine.write('', async (session) => {
      let query = db.selectFrom('record').selectAll().where('sealed', 'is not', null).limit(resealBatch);
      for (const part of address) query = query.orderBy(part);
      if (after.length > 0) {
        query = query.where((eb) =>
          eb(eb.refTuple(...address), '>', eb.tuple(...(after as [string, string, string, string]))),
        );
      }
      const rows = await session.run(query.compile());
      for (const row of rows) {
        const { body: _body, ...old } = row;
        // Where the account has replaced the record meanwhile, it was sealed by the first key already.
        const update = db
          .updateTable('record')
          .set({ sealed: reseal(this.#sealer, row) })
          .where((eb) => eb.and(old));
        await session.run(update.compile());
      }
      count(rows.length);
      const last = rows.at(-1);
      next = last && address.map((part) => last[part]);
      return rows.length > 0;
    });
    return next;
  }

  #assertOpen(): void {
    if (this.#closing) throw new StoreUnavailable('the store is closed', { retryable: false });
  }

  #whileOpen(session: Session): Session {
    return {
      run: async (query) => {
        this.#assertOpen();
        return session.run(query);
      },
    };
  }

  #logWhileOpen(log: DecisionLog): DecisionLog {
    const guard =
      <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        this.#assertOpen();
        return call(...args);
      };
    return {
      append: guard((rows) => log.append(rows)),
      query: guard((query) => log.query(query)),
      prune: guard((before, maxRows) => log.prune(before, maxRows)),
    };
  }
}

function whileIn(frame: { open: boolean }, session: Session): Session {
  return {
    run: async (query) => {
      if (!frame.open) throw new Error('the transaction is over');
      return session.run(query);
    },
  };
}
