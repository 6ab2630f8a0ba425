import { describe, expect, test } from 'vitest';
import type { DecisionQuery, DecisionRow, Store } from './store.ts';
import { type Suite, accountA, accountB, anySealer } from './suite-fixtures.testkit.ts';
import { severalProcesses } from './suite-fixtures.testkit.ts';

const row = (id: string, at: number, rest: Partial<DecisionRow> = {}): DecisionRow => ({
  id,
  at,
  accountId: accountA,
  principal: `arn:aws:iam::${accountA}:user/alice`,
  action: 'ivs:GetChannel',
  resource: `arn:aws:ivs:us-west-2:${accountA}:channel/abc`,
  outcome: 'Allow',
  requestId: `request-${id}`,
  body: JSON.stringify({ context: { id } }),
  ...rest,
});

const ids = async (store: Store, query: DecisionQuery) => (await store.decisions.query(query)).map(({ id }) => id);

export function decisionsSuite(suite: Suite): void {
  describe('the decision log', () => {
    test('answers rows as they were appended, newest first', async () => {
      const store = await suite.fresh();
      const rows = [row('a', 10), row('b', 30), row('c', 20)];
      await store.decisions.append(rows);
      await store.decisions.append([]);
      await store.decisions.append([row('d', 30)]);
      expect(await ids(store, {})).toEqual(['d', 'b', 'c', 'a']);
      expect(await store.decisions.query({ id: 'b' })).toEqual([rows[1]]);
    });

    test('appends thousands of rows at once', async () => {
      const store = await suite.fresh();
      await store.decisions.append(Array.from({ length: 10_000 }, (_, index) => row(String(index), index)));
      expect(await ids(store, { limit: 2 })).toEqual(['9999', '9998']);
      expect(await ids(store, {})).toHaveLength(1000);
    });

    test('answers by account, principal, action, outcome, time, id and request, alone and together', async () => {
      const store = await suite.fresh();
      await store.decisions.append([
        row('1', 1),
        row('2', 2, { accountId: accountB, principal: 'bob' }),
        row('3', 3, { action: 'ivs:StopStream', outcome: 'ExplicitDeny' }),
        row('4', 4, { outcome: 'ImplicitDeny', principal: 'bob' }),
      ]);
      const cases: [DecisionQuery, string[]][] = [
        [{ accountId: accountB }, ['2']],
        [{ principal: 'bob' }, ['4', '2']],
        [{ action: 'ivs:StopStream' }, ['3']],
        [{ action: 'IVS:StopStream' }, []],
        [{ denied: true }, ['4', '3']],
        [{ denied: false }, ['2', '1']],
        [{ since: 3 }, ['4', '3']],
        [{ id: '1' }, ['1']],
        [{ requestId: 'request-2' }, ['2']],
        [{ denied: true, principal: 'bob', since: 1, accountId: accountA }, ['4']],
        [{ limit: 1 }, ['4']],
        [{ limit: 0 }, []],
      ];
      for (const [query, expected] of cases) expect(await ids(store, query), JSON.stringify(query)).toEqual(expected);
    });

    test('keeps texts that a caller has chosen', async () => {
      const store = await suite.fresh();
      const odd = { principal: 'é😀\'"%_', resource: '\\', body: JSON.stringify({ text: '\0\ud800' }) };
      await store.decisions.append([row('1', 1, odd), row('2', 2, { resource: 'a\0b' })]);
      expect(await store.decisions.query({ principal: odd.principal })).toEqual([row('1', 1, odd)]);
      expect(await ids(store, { action: '\0' })).toEqual([]);
    });

    test('a row appended twice is kept once, as it first was: nothing is ever changed', async () => {
      const store = await suite.fresh();
      await store.decisions.append([row('1', 1)]);
      await store.decisions.append([row('1', 2, { outcome: 'ExplicitDeny' }), row('2', 3)]);
      expect(await store.decisions.query({ id: '1' })).toEqual([row('1', 1)]);
      expect(await ids(store, {})).toEqual(['2', '1']);
    });

    test('prune removes rows older than the time and the oldest beyond the bound, and answers how many', async () => {
      const store = await suite.fresh();
      await store.decisions.append(Array.from({ length: 20 }, (_, index) => row(String(index), index)));
      expect(await store.decisions.prune(5, 100)).toBe(5);
      expect(await store.decisions.prune(0, 10)).toBe(5);
      expect(await store.decisions.prune(0, 10)).toBe(0);
      expect(await ids(store, {})).toEqual(Array.from({ length: 10 }, (_, index) => String(19 - index)));
      expect(await store.decisions.prune(0, 0)).toBe(10);
    });

    test('prune removes many', async () => {
      const store = await suite.fresh();
      await store.decisions.append(Array.from({ length: 9_000 }, (_, index) => row(String(index), 1)));
      expect(await store.decisions.prune(0, 100)).toBe(8_900);
      expect(await ids(store, { limit: 1 })).toEqual(['8999']);
    });

    test('appending does not wait for an open transaction', async () => {
      const store = await suite.fresh();
      await store.transact(accountA, async () => {
        await store.decisions.append([row('1', 1)]);
        expect(await ids(store, {})).toEqual(['1']);
      });
    });

    severalProcesses(suite)('is one log for all processes on the store', async () => {
      const database = await suite.database();
      const sealer = anySealer();
      const stores = [await database.open(sealer), await database.open(sealer)] as const;
      const batches = Array.from({ length: 20 }, (_, index) =>
        stores[index % 2 ? 1 : 0].decisions.append([row(`${index}-a`, index), row(`${index}-b`, index)]),
      );
      await Promise.all(batches);
      expect(await ids(stores[0], {})).toHaveLength(40);
      expect(await ids(stores[1], {})).toHaveLength(40);
    });

    test('is emptied with the store', async () => {
      const store = await suite.fresh();
      await store.decisions.append([row('1', 1)]);
      await store.clear();
      expect(await ids(store, {})).toEqual([]);
    });
  });
}
