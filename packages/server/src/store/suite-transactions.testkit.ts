import { describe, expect, test } from 'vitest';
import type { Collection, Store, Transaction } from './store.ts';
import {
  type Suite,
  accountA,
  accountB,
  anySealer,
  anywhere,
  inA,
  inB,
  keysOf,
  putAll,
  things,
} from './suite-fixtures.testkit.ts';
import { severalProcesses } from './suite-fixtures.testkit.ts';

const keys: Collection<{ name: string; accountId: string }> = { name: 'test.key' };

/** A promise and the way to fulfil it: lets a test hold a transaction open. */
function gate(): { passed: Promise<void>; open: () => void } {
  let open = () => undefined as void;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

async function increment(store: Store, account: string): Promise<void> {
  const scope = { accountId: account, region: '' };
  await store.transact(account, async (tx) => {
    const counter = await tx.get(things, scope, 'counter');
    await Promise.resolve();
    await tx.put(things, scope, 'counter', { name: 'counter', count: (counter?.count ?? 0) + 1 });
  });
}

const counterOf = async (store: Store) => (await store.reader.get(things, inA, 'counter'))?.count;

export function transactionsSuite(suite: Suite): void {
  describe('transactions', () => {
    test('transact answers what its work answers', async () => {
      const store = await suite.fresh();
      expect(await store.transact(accountA, async () => 'answer')).toBe('answer');
      expect(await store.transact(accountA, async () => undefined)).toBeUndefined();
    });

    test('work sees its own writes', async () => {
      const store = await suite.fresh();
      await store.transact(accountA, async (tx) => {
        await tx.put(things, inA, 'a', { name: 'a', owner: 'me' });
        expect(await tx.get(things, inA, 'a')).toEqual({ name: 'a', owner: 'me' });
        expect(keysOf(await tx.find(things, 'owner', 'me'))).toEqual(['a']);
        expect(await tx.count(things, inA)).toBe(1);
        await tx.remove(things, inA, 'a');
        expect(await tx.list(things, inA)).toEqual([]);
      });
    });

    test('when work throws, nothing was written and the error is handed on', async () => {
      const store = await suite.fresh();
      await putAll(store, inA, ['kept', 'removed']);
      const failure = new Error('refused');
      const work = async (tx: Transaction) => {
        await tx.put(things, inA, 'kept', { name: 'changed', owner: 'me' });
        await tx.put(things, anywhere, 'new', { name: 'new', owner: 'me' });
        await tx.remove(things, inA, 'removed');
        throw failure;
      };
      await expect(store.transact(accountA, work)).rejects.toBe(failure);
      expect(await store.reader.get(things, inA, 'kept')).toEqual({ name: 'kept' });
      expect(keysOf(await store.reader.list(things, inA))).toEqual(['kept', 'removed']);
      expect(await store.reader.find(things, 'owner', 'me')).toEqual([]);
      expect(await store.version(accountA)).toBe(1);
    });

    test('reads outside of a transaction never see what it has not committed, nor wait for it', async () => {
      const store = await suite.fresh();
      await putAll(store, inA, ['old']);
      const [written, mayEnd] = [gate(), gate()];
      const done = store.transact(accountA, async (tx) => {
        await tx.put(things, inA, 'new', { name: 'new', owner: 'me' });
        await tx.remove(things, inA, 'old');
        written.open();
        await mayEnd.passed;
      });
      await written.passed;
      expect(keysOf(await store.reader.list(things, inA))).toEqual(['old']);
      expect(await store.reader.find(things, 'owner', 'me')).toEqual([]);
      expect(await store.version(accountA)).toBe(1);
      mayEnd.open();
      await done;
      expect(keysOf(await store.reader.list(things, inA))).toEqual(['new']);
    });

    test('transactions of one account are serial: fifty at once on a counter end at fifty', async () => {
      const store = await suite.fresh();
      await Promise.all(Array.from({ length: 50 }, () => increment(store, accountA)));
      expect(await counterOf(store)).toBe(50);
      expect(await store.version(accountA)).toBe(50);
    });

    test('accounts count apart', async () => {
      const store = await suite.fresh();
      const writers = Array.from({ length: 40 }, (_, index) => increment(store, index % 2 ? accountA : accountB));
      await Promise.all(writers);
      expect(await counterOf(store)).toBe(20);
      expect((await store.reader.get(things, inB, 'counter'))?.count).toBe(20);
    });

    severalProcesses(suite)('transactions of one account are serial across processes', async () => {
      const database = await suite.database();
      const sealer = anySealer();
      const stores = [await database.open(sealer), await database.open(sealer)];
      await Promise.all(Array.from({ length: 50 }, (_, index) => increment(stores[index % 2] as Store, accountA)));
      for (const store of stores) {
        expect(await counterOf(store)).toBe(50);
        expect(await store.version(accountA)).toBe(50);
      }
    });

    test('of two inserts of one key, by two accounts at once, one is refused', async () => {
      const store = await suite.fresh();
      const insert = (account: string) =>
        store.transact(account, (tx) => tx.insert(things, anywhere, 'alias', { name: account }));
      const outcomes = await Promise.allSettled([insert(accountA), insert(accountB)]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    test('close waits for the transactions that have begun', async () => {
      const store = await suite.fresh();
      const [written, mayEnd] = [gate(), gate()];
      const writing = store.transact(accountA, async (tx) => {
        await tx.put(things, inA, 'k', { name: 'k' });
        written.open();
        await mayEnd.passed;
        return tx.get(things, inA, 'k');
      });
      await written.passed;
      const closing = store.close();
      mayEnd.open();
      expect(await writing).toEqual({ name: 'k' });
      await closing;
    });

    test('a failed transaction does not hold up the next', async () => {
      const store = await suite.fresh();
      const failing = store.transact(accountA, async () => Promise.reject(new Error('refused')));
      const next = increment(store, accountA);
      await expect(failing).rejects.toThrow('refused');
      await next;
      expect(await counterOf(store)).toBe(1);
    });

    test("a transaction writes only records of its account: in its scope, or in scope '' those that name it or none", async () => {
      const store = await suite.fresh();
      const alien = 'a transaction writes only records of its own account';
      const keyOf = (accountId: string) => ({ name: 'key', accountId });
      const by = <T>(account: string, work: (tx: Transaction) => Promise<T>) => store.transact(account, work);
      await by(accountA, (tx) => tx.insert(keys, anywhere, 'a', keyOf(accountA)));
      await by(accountA, (tx) => tx.insert(things, anywhere, 'no owner', { name: 'x' }));
      await by('', (tx) => tx.put(keys, anywhere, 'a', keyOf(accountB)));
      await by('', (tx) => tx.put(keys, anywhere, 'a', keyOf(accountA)));
      const refused: [string, (tx: Transaction) => Promise<unknown>][] = [
        [accountB, (tx) => tx.put(things, inA, 'k', { name: 'k' })],
        [accountB, (tx) => tx.insert(things, inA, 'k', { name: 'k' })],
        [accountB, (tx) => tx.remove(things, inA, 'k')],
        ['', (tx) => tx.put(things, inA, 'k', { name: 'k' })],
        [accountB, (tx) => tx.insert(keys, anywhere, 'b', keyOf(accountA))],
        [accountB, (tx) => tx.put(keys, anywhere, 'a', keyOf(accountB))],
        [accountB, (tx) => tx.remove(keys, anywhere, 'a')],
      ];
      for (const [account, work] of refused) await expect(by(account, work)).rejects.toThrow(alien);
      expect(await store.reader.get(keys, anywhere, 'a')).toEqual(keyOf(accountA));
    });

    test('a transaction cannot be used after its end', async () => {
      const store = await suite.fresh();
      const leaked = await store.transact(accountA, async (tx) => ({ tx }));
      await expect(leaked.tx.put(things, inA, 'k', { name: 'k' })).rejects.toThrow('the transaction is over');
      await expect(leaked.tx.get(things, inA, 'k')).rejects.toThrow('the transaction is over');
      expect(await store.reader.count(things, inA)).toBe(0);
    });

    test('the version is 0 before the first write and rises by one with every commit that wrote something', async () => {
      const store = await suite.fresh();
      expect(await store.version(accountA)).toBe(0);
      await putAll(store, inA, ['a', 'b', 'c']);
      expect(await store.version(accountA)).toBe(1);
      await store.transact(accountA, (tx) => tx.remove(things, inA, 'a'));
      expect(await store.version(accountA)).toBe(2);
      expect(await store.version(accountB)).toBe(0);
    });

    test('the version stays where nothing was written', async () => {
      const store = await suite.fresh();
      await store.transact(accountA, (tx) => tx.list(things, inA));
      await store.transact(accountA, (tx) => tx.remove(things, inA, 'missing'));
      expect(await store.version(accountA)).toBe(0);
      await putAll(store, inA, ['a']);
      const conflict = store.transact(accountA, (tx) => tx.insert(things, inA, 'a', { name: 'a' }));
      await expect(conflict).rejects.toThrow('exists already');
      expect(await store.version(accountA)).toBe(1);
    });

    severalProcesses(suite)('what one process has committed, another reads at once and after reopening', async () => {
      const database = await suite.database();
      const sealer = anySealer();
      const [one, two] = [await database.open(sealer), await database.open(sealer)];
      await putAll(one, inA, ['a']);
      expect(await two.reader.get(things, inA, 'a')).toEqual({ name: 'a' });
      await one.close();
      await two.close();
      const later = await database.open(sealer);
      expect(await later.reader.get(things, inA, 'a')).toEqual({ name: 'a' });
      expect(await later.version(accountA)).toBe(1);
    });
  });
}
