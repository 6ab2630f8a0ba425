import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cachedReader } from './cached-reader.ts';
import { openMemoryStore } from './memory.testkit.ts';
import type { Collection, Reader, Store } from './store.ts';
import {
  accountA,
  accountB,
  anywhere,
  inA,
  inAWest,
  inB,
  keysOf,
  putAll,
  things,
  type Thing,
} from './suite-fixtures.testkit.ts';

interface Key {
  readonly accountId: string;
  readonly status: string;
}
const keys: Collection<Key> = { name: 'test.key', indexes: ({ status }) => ({ status }) };

/** A store whose reads are counted, and can be held between reading and answering. */
async function opened(maxRecords = 100) {
  const store = await openMemoryStore();
  const reads: string[] = [];
  let gate: Promise<void> = Promise.resolve();
  const observed = async <T>(what: string, read: Promise<T>): Promise<T> => {
    reads.push(what);
    const answer = await read;
    await gate;
    return answer;
  };
  const reader: Reader = {
    get: (collection, scope, key) => observed(`get ${key}`, store.reader.get(collection, scope, key)),
    list: (collection, scope, page) => observed('list', store.reader.list(collection, scope, page)),
    find: (collection, index, value, scope) =>
      observed(`find ${value}`, store.reader.find(collection, index, value, scope)),
    count: (collection, scope, prefix) => observed('count', store.reader.count(collection, scope, prefix)),
  };
  const hold = (): (() => void) => {
    let release = () => undefined as void;
    gate = new Promise((resolve) => (release = resolve));
    return release;
  };
  const cache = cachedReader({ reader, onChange: (listener) => store.onChange(listener) }, { maxRecords });
  return { store, cache, reads, hold };
}

const put = (store: Store, name: string, key = 'k', scope = inA): Promise<void> =>
  store.transact(scope.accountId, (tx) => tx.put(things, scope, key, { name, owner: 'me' }));

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the cached reader', () => {
  test('reads a record, a list and an index once', async () => {
    const { store, cache, reads } = await opened();
    await put(store, 'one');
    for (let times = 0; times < 3; times += 1) {
      expect(await cache.get(things, inA, 'k')).toEqual({ name: 'one', owner: 'me' });
      expect(keysOf(await cache.list(things, inA))).toEqual(['k']);
      expect(keysOf(await cache.list(things, inA, { prefix: 'x' }))).toEqual([]);
      expect(keysOf(await cache.find(things, 'owner', 'me'))).toEqual(['k']);
      expect(keysOf(await cache.find(things, 'owner', 'me', inA))).toEqual(['k']);
    }
    expect(reads).toEqual(['get k', 'list', 'list', 'find me', 'find me']);
  });

  test('keeps apart what differs in collection, account, region, key, page, index or value', async () => {
    const { store, cache } = await opened();
    await put(store, 'in A');
    await put(store, 'in B', 'k', inB);
    expect((await cache.get(things, inA, 'k'))?.name).toBe('in A');
    expect((await cache.get(things, inB, 'k'))?.name).toBe('in B');
    expect(await cache.get(things, inAWest, 'k')).toBeUndefined();
    expect(await cache.get({ name: 'test.other' }, inA, 'k')).toBeUndefined();
    expect(await cache.list(things, inA, { after: 'k' })).toEqual([]);
    expect(await cache.list(things, inA, { limit: 0 })).toEqual([]);
    expect(await cache.list(things, inA, { limit: 1 })).toHaveLength(1);
    expect(await cache.find(things, 'label', 'me')).toEqual([]);
    expect(await cache.find(things, 'owner', 'me', inB)).toHaveLength(1);
    expect(await cache.find(things, 'owner', 'me')).toHaveLength(2);
  });

  test('answers the new state right after the account changed', async () => {
    const { store, cache } = await opened();
    await put(store, 'one');
    await cache.get(things, inA, 'k');
    await cache.list(things, inA);
    await put(store, 'two');
    expect(cache.peek(things, inA, 'k')).toBeUndefined();
    expect((await cache.get(things, inA, 'k'))?.name).toBe('two');
    expect((await cache.list(things, inA))[0]?.value.name).toBe('two');
    await store.transact(accountA, (tx) => tx.remove(things, inA, 'k'));
    expect(await cache.get(things, inA, 'k')).toBeUndefined();
  });

  test('keeps what belongs to other accounts when one changes, except what spans them', async () => {
    const { store, cache, reads } = await opened();
    await put(store, 'in A');
    await put(store, 'in B', 'k', inB);
    await cache.get(things, inB, 'k');
    await cache.find(things, 'owner', 'me');
    reads.length = 0;
    await put(store, 'again');
    await cache.get(things, inB, 'k');
    expect(await cache.find(things, 'owner', 'me')).toHaveLength(2);
    expect(reads).toEqual(['find me']);
  });

  test('drops a record that spans accounts when the account it names changes, and no other', async () => {
    const { store, cache, reads } = await opened();
    const write = (accountId: string, key: string, status: string) =>
      store.transact(accountId, (tx) => tx.put(keys, anywhere, key, { accountId, status }));
    await write(accountA, 'a', 'Active');
    await write(accountB, 'b', 'Active');
    await cache.get(keys, anywhere, 'a');
    await cache.get(keys, anywhere, 'b');
    await write(accountA, 'a', 'Inactive');
    reads.length = 0;
    expect((await cache.get(keys, anywhere, 'a'))?.status).toBe('Inactive');
    expect((await cache.get(keys, anywhere, 'b'))?.status).toBe('Active');
    expect(reads).toEqual(['get a']);
  });

  test('does not keep that a record is missing', async () => {
    const { store, cache, reads } = await opened();
    expect(await cache.get(keys, anywhere, 'a')).toBeUndefined();
    await store.transact(accountA, (tx) => tx.insert(keys, anywhere, 'a', { accountId: accountA, status: 'Active' }));
    expect(await cache.get(keys, anywhere, 'a')).toBeDefined();
    expect(reads).toEqual(['get a', 'get a']);
  });

  test.each([
    ['the account', inA, accountA],
    ['every account', inA, ''],
  ])('never keeps a load that began before a change of %s and ends after it', async (_name, scope, changed) => {
    const store = await openMemoryStore();
    const listeners: ((account: string) => void)[] = [];
    let answer = (_value: Thing) => undefined as void;
    const slow = { ...store.reader, get: () => new Promise((resolve) => (answer = resolve)) } as unknown as Reader;
    const cache = cachedReader(
      { reader: slow, onChange: (heard) => (listeners.push(heard), () => undefined) },
      { maxRecords: 10 },
    );
    const first = cache.get(things, scope, 'k');
    const answerFirst = answer;
    for (const listener of listeners) listener(changed);
    // Who asks after the change must not be given the load from before it.
    const second = cache.get(things, scope, 'k');
    answer({ name: 'new' });
    expect((await second)?.name).toBe('new');
    answerFirst({ name: 'old' });
    expect((await first)?.name).toBe('old');
    await nextTurn();
    expect(cache.peek(things, scope, 'k')?.name).toBe('new');
  });

  test('never keeps a load of a record that spans accounts past a change of the account it turns out to name', async () => {
    const { store, cache, hold } = await opened();
    const write = (status: string) =>
      store.transact(accountA, (tx) => tx.put(keys, anywhere, 'a', { accountId: accountA, status }));
    await write('Active');
    const release = hold();
    const stale = cache.get(keys, anywhere, 'a');
    await nextTurn();
    await write('Inactive');
    release();
    expect((await stale)?.status).toBe('Active');
    expect(cache.peek(keys, anywhere, 'a')).toBeUndefined();
    expect((await cache.get(keys, anywhere, 'a'))?.status).toBe('Inactive');
  });

  test('shares one load among those who ask at once, and its failure is kept for nobody', async () => {
    const { store, cache, reads } = await opened();
    await put(store, 'one');
    await Promise.all([cache.get(things, inA, 'k'), cache.get(things, inA, 'k'), cache.get(things, inA, 'k')]);
    expect(reads).toEqual(['get k']);
    await cache.list(things, inA, { limit: -1 }).catch(() => undefined);
    await expect(cache.list(things, inA, { limit: -1 })).rejects.toThrow(RangeError);
  });

  test("answers frozen records, and lists that are the caller's own", async () => {
    const { store, cache } = await opened();
    await store.transact(accountA, (tx) =>
      tx.put(things, inA, 'k', { name: 'k', labels: ['x'], nested: { deep: { a: 1 } } }),
    );
    const value = await cache.get(things, inA, 'k');
    for (const part of [value, value?.labels, value?.nested, value?.nested?.['deep']])
      expect(Object.isFrozen(part)).toBe(true);
    const list = await cache.list(things, inA);
    list.length = 0;
    expect(await cache.list(things, inA)).toHaveLength(1);
    expect(Object.isFrozen((await cache.list(things, inA))[0])).toBe(true);
  });

  test('peek answers the cached record without reading, the same object each time', async () => {
    const { store, cache, reads } = await opened();
    await put(store, 'one');
    expect(cache.peek(things, inA, 'k')).toBeUndefined();
    const value = await cache.get(things, inA, 'k');
    expect(cache.peek(things, inA, 'k')).toBe(value);
    expect(reads).toEqual(['get k']);
  });

  test('keeps no more records than its bound, those in use before those that are not', async () => {
    const { store, cache, reads } = await opened(10);
    await putAll(
      store,
      inA,
      Array.from({ length: 30 }, (_, index) => String(index)),
    );
    for (let index = 0; index < 30; index += 1) {
      await cache.get(things, inA, 'hot');
      await put(store, 'x', 'unrelated', inB);
      await cache.get(things, inA, '0');
      await cache.get(things, inA, String(index));
    }
    const kept = Array.from({ length: 30 }, (_, index) => cache.peek(things, inA, String(index))).filter(Boolean);
    expect(kept).toHaveLength(10);
    expect(cache.peek(things, inA, '0')).toBeDefined();
    expect(await cache.list(things, inA)).toHaveLength(30);
    reads.length = 0;
    await cache.list(things, inA);
    expect(reads).toEqual(['list']);
  });

  test('emptying the store empties the cache', async () => {
    const { store, cache } = await opened();
    await put(store, 'one');
    await cache.get(things, inA, 'k');
    await store.clear();
    expect(await cache.get(things, inA, 'k')).toBeUndefined();
  });

  test('after close nothing is kept', async () => {
    const { store, cache, reads } = await opened();
    await put(store, 'one');
    await cache.get(things, inA, 'k');
    cache.close();
    await put(store, 'two');
    expect((await cache.get(things, inA, 'k'))?.name).toBe('two');
    await cache.get(things, inA, 'k');
    expect(reads).toEqual(['get k', 'get k', 'get k']);
  });

  test('whatever is written and read, in any order and at once, who asks after a write sees it', async () => {
    const step = fc.record({
      kind: fc.constantFrom('write', 'remove', 'get', 'list', 'find', 'turn'),
      scope: fc.constantFrom(inA, inB),
      key: fc.constantFrom('x', 'y'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 2, max: 6 }), async (steps, maxRecords) => {
        const { store, cache } = await opened(maxRecords);
        const pending: Promise<unknown>[] = [];
        let count = 0;
        for (const { kind, scope, key } of steps) {
          const { accountId } = scope;
          count += 1;
          if (kind === 'write')
            await store.transact(accountId, (tx) => tx.put(things, scope, key, { name: `${count}`, owner: 'me' }));
          else if (kind === 'remove') await store.transact(accountId, (tx) => tx.remove(things, scope, key));
          else if (kind === 'turn') await nextTurn();
          // Not waited for: each compares what the cache answers with the state at the moment of asking.
          else pending.push(compare(kind));
          async function compare(read: 'get' | 'list' | 'find'): Promise<void> {
            const ask = (from: Reader): Promise<unknown> =>
              read === 'get'
                ? from.get(things, scope, key)
                : read === 'list'
                  ? from.list(things, scope)
                  : from.find(things, 'owner', 'me');
            const [truth, answer] = await Promise.all([ask(store.reader), ask(cache)]);
            expect(answer).toEqual(truth);
          }
        }
        await Promise.all(pending);
        await store.close();
      }),
      { numRuns: 60 },
    );
  });
});
