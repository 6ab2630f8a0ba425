import { describe, expect, test } from 'vitest';
import { KeyRing, systemRandom } from '../key-ring.ts';
import { StoreUnavailable, type Collection } from './store.ts';
import { type Suite, accountA, anySealer, inA, things, type Thing } from './suite-fixtures.testkit.ts';
import { severalProcesses } from './suite-fixtures.testkit.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

export function sealingSuite(suite: Suite): void {
  describe('sealed members', () => {
    test('come back in clear by get, list and find', async () => {
      const store = await suite.fresh();
      const thing = { name: 'k', owner: 'me', secret };
      await store.transact(accountA, (tx) => tx.insert(things, inA, 'k', thing));
      const stored = [{ scope: inA, key: 'k', value: thing }];
      expect(await store.reader.get(things, inA, 'k')).toEqual(thing);
      expect(await store.reader.list(things, inA)).toEqual(stored);
      expect(await store.reader.find(things, 'owner', 'me')).toEqual(stored);
    });

    severalProcesses(suite)('are never stored in clear', async () => {
      const database = await suite.database();
      const store = await database.open(anySealer());
      await store.transact(accountA, async (tx) => {
        await tx.insert(things, inA, 'k', { name: 'visible-name', secret, nested: { hint: 'visible-hint' } });
        await tx.put(things, inA, 'k', {
          name: 'visible-name',
          secret: `${secret}2`,
          nested: { hint: 'visible-hint' },
        });
      });
      const raw = (await database.raw?.()) ?? '';
      expect(raw).toContain('visible-name');
      expect(raw).not.toContain(secret);
      expect(raw).not.toContain(Buffer.from(secret).toString('base64').slice(0, 40));
    });

    test('cannot be put under an index or in the key in clear', async () => {
      const store = await suite.fresh();
      const careless: Collection<Thing> = { ...things, indexes: (thing) => ({ by: `x-${thing.secret ?? ''}` }) };
      const put = (collection: Collection<Thing>, key: string) =>
        store.transact(accountA, (tx) => tx.put(collection, inA, key, { name: 'k', secret }));
      await expect(put(careless, 'k')).rejects.toThrow('in clear');
      await expect(put(things, secret)).rejects.toThrow('in clear');
      await expect(put(careless, 'k')).rejects.not.toThrow(secret);
      expect(await store.reader.count(things, inA)).toBe(0);
    });

    severalProcesses(suite)('do not open with another key, and the error says what to look for', async () => {
      const database = await suite.database();
      const store = await database.open(anySealer());
      await store.transact(accountA, (tx) => tx.put(things, inA, 'k', { name: 'k', secret }));
      const stranger = await database.open(anySealer());
      const read = stranger.reader.get(things, inA, 'k');
      await expect(read).rejects.toThrow(StoreUnavailable);
      await expect(stranger.reader.get(things, inA, 'k')).rejects.toThrow('is the key that sealed it in the key file?');
    });

    severalProcesses(suite)('are sealed by the first key after reseal, so that the old key can go', async () => {
      const database = await suite.database();
      const [oldKey, newKey] = [systemRandom.bytes(32), systemRandom.bytes(32)];
      const before = await database.open(new KeyRing([oldKey]));
      const keys = Array.from({ length: 250 }, (_, index) => `key-${index}`);
      await before.transact(accountA, async (tx) => {
        for (const key of keys) await tx.put(things, inA, key, { name: key, secret: `${secret}-${key}` });
        await tx.put(things, inA, 'plain', { name: 'no secret' });
      });
      const rotating = await database.open(new KeyRing([newKey, oldKey]));
      expect(await rotating.reseal()).toBe(250);
      const after = await database.open(new KeyRing([newKey]));
      const values = (await after.reader.list(things, inA, { prefix: 'key-' })).map(({ value }) => value);
      expect(values.map(({ secret }) => secret)).toEqual(values.map(({ name }) => `${secret}-${name}`));
      expect(values).toHaveLength(250);
    });
  });
}
