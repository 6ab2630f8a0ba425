import { describe, expect, test } from 'vitest';
import type { Store } from './store.ts';
import {
  type Suite,
  accountA,
  accountB,
  anySealer,
  inA,
  inB,
  keysOf,
  putAll,
  things,
} from './suite-fixtures.testkit.ts';
import { severalProcesses } from './suite-fixtures.testkit.ts';

/** Resolves when the store announces the account. */
const announced = (store: Store, account: string): Promise<void> =>
  new Promise((resolve) => {
    const stop = store.onChange((changed) => {
      if (changed !== account) return;
      stop();
      resolve();
    });
  });

export function changesSuite(suite: Suite): void {
  describe('changes', () => {
    test("a listener hears of this process's commit before transact resolves, with the write to be read", async () => {
      const store = await suite.fresh();
      const heard: string[] = [];
      const reads: Promise<unknown>[] = [];
      store.onChange((account) => {
        heard.push(account);
        reads.push(store.reader.get(things, inA, 'k'));
      });
      const atResolution = await putAll(store, inA, ['k']).then(() => [...heard]);
      expect(atResolution).toEqual([accountA]);
      expect(await reads[0]).toEqual({ name: 'k' });
    });

    test('a listener hears nothing where nothing was written', async () => {
      const store = await suite.fresh();
      const heard: string[] = [];
      store.onChange((account) => heard.push(account));
      await store.transact(accountA, (tx) => tx.get(things, inA, 'k'));
      await store.transact(accountA, () => Promise.reject(new Error('refused'))).catch(() => undefined);
      expect(heard).toEqual([]);
    });

    test('a listener that was stopped hears nothing more', async () => {
      const store = await suite.fresh();
      const heard: string[] = [];
      const stop = store.onChange((account) => heard.push(account));
      await putAll(store, inA, ['a']);
      stop();
      stop();
      await putAll(store, inA, ['b']);
      expect(heard).toEqual([accountA]);
    });

    test('when the store is emptied every account is announced, and the empty name', async () => {
      const store = await suite.fresh();
      await putAll(store, inA, ['a']);
      await putAll(store, inB, ['b']);
      const heard = new Set<string>();
      store.onChange((account) => heard.add(account));
      await store.clear();
      expect(heard).toEqual(new Set(['', accountA, accountB]));
    });

    severalProcesses(suite)(
      "a listener hears of another process's commit within a second, and reads it then",
      async () => {
        const database = await suite.database();
        const sealer = anySealer();
        const [here, there] = [await database.open(sealer), await database.open(sealer)];
        for (const [scope, key] of [
          [inA, 'first'],
          [inB, 'other'],
          [inA, 'second'],
        ] as const) {
          const heard = announced(here, scope.accountId);
          await putAll(there, scope, [key]);
          const committed = performance.now();
          await heard;
          expect(performance.now() - committed).toBeLessThan(1000);
          expect(keysOf(await here.reader.list(things, scope))).toContain(key);
        }
      },
    );

    severalProcesses(suite)('a listener hears of another process that emptied the store', async () => {
      const database = await suite.database();
      const sealer = anySealer();
      const [here, there] = [await database.open(sealer), await database.open(sealer)];
      await putAll(here, inA, ['a']);
      const heard = announced(here, accountA);
      await there.clear();
      await heard;
      expect(await here.reader.list(things, inA)).toEqual([]);
    });
  });
}
