import { describe, expect, test } from 'vitest';
import { StoreConflict, StoreUnavailable } from './store.ts';
import {
  type Suite,
  accountA,
  anywhere,
  inA,
  inAWest,
  inB,
  keysOf,
  otherThings,
  putAll,
  things,
} from './suite-fixtures.testkit.ts';

const byteOrder = (texts: readonly string[]): string[] =>
  [...texts].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));

/** Keys that collations, LIKE, SQL and JavaScript are known to treat apart from what they are. */
const awkwardKeys = [
  '',
  ' ',
  'a',
  'A',
  'b',
  'B',
  'aa',
  'a_b',
  'a%b',
  'a*b',
  'é',
  'e\u0301',
  'ß',
  'ss',
  'z',
  'Z',
  'İ',
  'i',
  '中',
  '\uffff',
  '😀',
  '\u{10ffff}',
  '\u0001',
  "o'brien",
  '"',
  '\\',
  'a/b',
  'a-b',
  'a.b',
  '__proto__',
  'constructor',
  'toString',
  '10',
  '9',
  '-1',
];

export function recordsSuite(suite: Suite): void {
  describe('records', () => {
    test('get answers the record, or undefined', async () => {
      const store = await suite.fresh();
      const value = { name: 'one', nested: { deep: [1, 2.5, null, true, 'x'], text: '\0\ud800é😀' }, count: 7 };
      await store.transact(accountA, (tx) => tx.insert(things, inA, 'one', value));
      expect(await store.reader.get(things, inA, 'one')).toEqual(value);
      expect(await store.reader.get(things, inA, 'two')).toBeUndefined();
    });

    test('a record lives under its collection, account, region and key, and under no other', async () => {
      const store = await suite.fresh();
      await putAll(store, inA, ['k']);
      expect(await store.reader.get(things, inAWest, 'k')).toBeUndefined();
      expect(await store.reader.get(things, inB, 'k')).toBeUndefined();
      expect(await store.reader.get(things, anywhere, 'k')).toBeUndefined();
      expect(await store.reader.get(otherThings, inA, 'k')).toBeUndefined();
      expect(await store.reader.list(things, inAWest)).toEqual([]);
    });

    test('keys are distinct byte by byte: case, accents, wildcards and names of JavaScript', async () => {
      const store = await suite.fresh();
      await putAll(store, inA, awkwardKeys);
      for (const key of awkwardKeys) expect(await store.reader.get(things, inA, key)).toEqual({ name: key });
      expect(await store.reader.count(things, inA)).toBe(awkwardKeys.length);
    });

    test('list answers in ascending byte order of UTF-8', async () => {
      const store = await suite.fresh();
      await putAll(store, inA, awkwardKeys);
      expect(keysOf(await store.reader.list(things, inA))).toEqual(byteOrder(awkwardKeys));
    });

    test('list answers only keys that begin with the prefix, and count counts them', async () => {
      const store = await suite.fresh();
      await putAll(store, inA, awkwardKeys);
      for (const prefix of ['', 'a', 'a_', 'a%', 'A', 'é', '\uffff', '\u{10ffff}', '__', 'nothing', '\ud800', 'a\0']) {
        const expected = byteOrder(awkwardKeys.filter((key) => key.startsWith(prefix)));
        expect(keysOf(await store.reader.list(things, inA, { prefix })), prefix).toEqual(expected);
        expect(await store.reader.count(things, inA, prefix), prefix).toBe(expected.length);
      }
    });

    test('list answers only keys strictly after the one given, whether or not that one exists', async () => {
      const store = await suite.fresh();
      await putAll(store, inA, ['a', 'ab', 'b', 'c']);
      const after = async (key: string) => keysOf(await store.reader.list(things, inA, { after: key }));
      expect(await after('a')).toEqual(['ab', 'b', 'c']);
      expect(await after('aa')).toEqual(['ab', 'b', 'c']);
      expect(await after('a\0tail')).toEqual(['ab', 'b', 'c']);
      expect(await after('')).toEqual(['a', 'ab', 'b', 'c']);
      expect(await after('c')).toEqual([]);
    });

    test('list answers at most the limit, and pages join without gap or repetition', async () => {
      const store = await suite.fresh();
      const keys = Array.from({ length: 25 }, (_, index) => `key-${index}`);
      await putAll(store, inA, [...keys, 'other']);
      const seen: string[] = [];
      for (let more = true; more;) {
        const after = seen.at(-1);
        const page = await store.reader.list(things, inA, { prefix: 'key-', limit: 10, ...(after && { after }) });
        seen.push(...keysOf(page));
        more = page.length === 10;
      }
      expect(seen).toEqual(byteOrder(keys));
      expect(await store.reader.list(things, inA, { limit: 0 })).toEqual([]);
      await expect(store.reader.list(things, inA, { limit: -1 })).rejects.toThrow(RangeError);
    });

    test('list answers at most 1000 without a limit', async () => {
      const store = await suite.fresh();
      await putAll(
        store,
        inA,
        Array.from({ length: 1001 }, (_, index) => String(index)),
      );
      expect(await store.reader.list(things, inA)).toHaveLength(1000);
      expect(await store.reader.count(things, inA)).toBe(1001);
    });

    test('insert throws StoreConflict when the key is taken, and the transaction can go on', async () => {
      const store = await suite.fresh();
      await putAll(store, inA, ['taken']);
      await store.transact(accountA, async (tx) => {
        const conflict = await tx.insert(things, inA, 'taken', { name: 'new' }).catch((error: unknown) => error);
        expect(conflict).toBeInstanceOf(StoreConflict);
        expect(conflict).toMatchObject({ collection: 'test.thing', key: 'taken' });
        await tx.insert(things, inA, 'Taken', { name: 'another' });
      });
      expect(await store.reader.get(things, inA, 'taken')).toEqual({ name: 'taken' });
      expect(await store.reader.get(things, inA, 'Taken')).toEqual({ name: 'another' });
    });

    test('put inserts or replaces the whole record', async () => {
      const store = await suite.fresh();
      await store.transact(accountA, (tx) => tx.put(things, inA, 'k', { name: 'first', count: 1 }));
      await store.transact(accountA, (tx) => tx.put(things, inA, 'k', { name: 'second' }));
      expect(await store.reader.get(things, inA, 'k')).toEqual({ name: 'second' });
    });

    test('remove answers whether there was one to remove', async () => {
      const store = await suite.fresh();
      await putAll(store, inA, ['k']);
      const remove = (key: string) => store.transact(accountA, (tx) => tx.remove(things, inA, key));
      expect(await remove('K')).toBe(false);
      expect(await remove('k')).toBe(true);
      expect(await remove('k')).toBe(false);
      expect(await store.reader.get(things, inA, 'k')).toBeUndefined();
    });

    test('find answers every record whose index holds the value, ascending by account, region and key', async () => {
      const store = await suite.fresh();
      const scopes = [inB, inAWest, inA, anywhere];
      for (const scope of scopes) {
        await store.transact(scope.accountId, async (tx) => {
          for (const key of ['b', 'a', 'B']) await tx.put(things, scope, key, { name: key, owner: 'me' });
          await tx.put(things, scope, 'c', { name: 'c', owner: 'Me' });
          await tx.put(otherThings, scope, 'x', { name: 'x', owner: 'me' });
        });
      }
      const found = await store.reader.find(things, 'owner', 'me');
      const places = found.map(({ scope, key }) => `${scope.accountId}/${scope.region}/${key}`);
      const expected = [anywhere, inA, inAWest, inB].flatMap(({ accountId, region }) =>
        ['B', 'a', 'b'].map((key) => `${accountId}/${region}/${key}`),
      );
      expect(places).toEqual(expected);
      expect(found[0]?.value).toEqual({ name: 'B', owner: 'me' });
    });

    test('find with a scope answers only its records', async () => {
      const store = await suite.fresh();
      for (const scope of [inA, inAWest, inB]) {
        await store.transact(scope.accountId, (tx) => tx.put(things, scope, 'k', { name: 'k', owner: 'me' }));
      }
      const found = await store.reader.find(things, 'owner', 'me', inAWest);
      expect(found.map(({ scope }) => scope)).toEqual([inAWest]);
    });

    test('a record is found under each of several values of an index, once for each', async () => {
      const store = await suite.fresh();
      await store.transact(accountA, (tx) => tx.put(things, inA, 'k', { name: 'k', labels: ['x', 'y', 'x', ''] }));
      for (const label of ['x', 'y', '']) {
        expect(keysOf(await store.reader.find(things, 'label', label))).toEqual(['k']);
      }
      expect(await store.reader.find(things, 'label', 'z')).toEqual([]);
      expect(await store.reader.find(things, 'owner', 'x')).toEqual([]);
      expect(await store.reader.find(things, 'label', '\0')).toEqual([]);
    });

    test('indexes follow a record that is replaced or removed', async () => {
      const store = await suite.fresh();
      const find = async (label: string) => keysOf(await store.reader.find(things, 'label', label));
      const put = (labels: readonly string[]) =>
        store.transact(accountA, (tx) => tx.put(things, inA, 'k', { name: 'k', labels }));
      await put(['old', 'both']);
      await put(['both', 'new']);
      expect([await find('old'), await find('both'), await find('new')]).toEqual([[], ['k'], ['k']]);
      await store.transact(accountA, (tx) => tx.remove(things, inA, 'k'));
      expect([await find('both'), await find('new')]).toEqual([[], []]);
    });

    test('a value of 100 kB comes back as it was', async () => {
      const store = await suite.fresh();
      const name = 'é😀"\\\n'.repeat(20_000);
      await store.transact(accountA, (tx) => tx.put(things, inA, 'k', { name, secret: name }));
      expect(await store.reader.get(things, inA, 'k')).toEqual({ name, secret: name });
    });

    test('members named like those of a prototype are data', async () => {
      const store = await suite.fresh();
      const nested = JSON.parse('{"__proto__": {"admin": true}, "constructor": "c", "hasOwnProperty": 1}') as Record<
        string,
        unknown
      >;
      await store.transact(accountA, (tx) => tx.put(things, inA, 'k', { name: 'k', secret: 's', nested }));
      const back = await store.reader.get(things, inA, 'k');
      expect(JSON.stringify(back?.nested)).toBe(JSON.stringify(nested));
      expect(({} as { admin?: boolean }).admin).toBeUndefined();
    });

    test('a key or index value that no engine can hold is refused, and never found', async () => {
      const store = await suite.fresh();
      for (const bad of ['a\0b', '\ud800', 'x'.repeat(1025), 'é'.repeat(513)]) {
        const put = (key: string, owner: string) =>
          store.transact(accountA, (tx) => tx.put(things, inA, key, { name: 'k', owner }));
        await expect(put(bad, 'me')).rejects.toThrow(RangeError);
        await expect(put('k', bad)).rejects.toThrow(RangeError);
        expect(await store.reader.get(things, inA, bad)).toBeUndefined();
        expect(await store.reader.find(things, 'owner', bad)).toEqual([]);
      }
      const longest = 'é'.repeat(512);
      await store.transact(accountA, (tx) => tx.put(things, inA, longest, { name: 'k', owner: longest }));
      expect(keysOf(await store.reader.find(things, 'owner', longest))).toEqual([longest]);
    });

    test('after close every call is refused with StoreUnavailable, and close can be repeated', async () => {
      const store = await suite.fresh();
      await store.ping();
      await store.close();
      await store.close();
      const calls = [
        () => store.ping(),
        () => store.version(accountA),
        () => store.reader.get(things, inA, 'k'),
        () => store.reader.list(things, inA),
        () => store.reader.find(things, 'owner', 'me'),
        () => store.reader.count(things, inA),
        () => store.transact(accountA, async () => 1),
        () => store.decisions.append([]),
        () => store.decisions.query({}),
        () => store.decisions.prune(0, 0),
        () => store.clear(),
        () => store.reseal(),
      ];
      for (const call of calls) await expect(call()).rejects.toThrow(StoreUnavailable);
    });

    test('clear empties everything, and versions do not fall', async () => {
      const store = await suite.fresh();
      await store.transact(accountA, (tx) => tx.put(things, inA, 'k', { name: 'k', owner: 'me' }));
      const before = await store.version(accountA);
      await store.clear();
      expect(await store.reader.get(things, inA, 'k')).toBeUndefined();
      expect(await store.reader.find(things, 'owner', 'me')).toEqual([]);
      expect(await store.version(accountA)).toBeGreaterThan(before);
      await store.transact(accountA, (tx) => tx.insert(things, inA, 'k', { name: 'again' }));
      expect(await store.reader.get(things, inA, 'k')).toEqual({ name: 'again' });
    });
  });
}
