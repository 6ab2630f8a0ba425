import { test } from 'vitest';
import { KeyRing, systemRandom } from '../key-ring.ts';
import type { Sealer } from '../sealing.ts';
import type { Collection, Scope, Store } from './store.ts';

/** A fresh, empty database of one engine. */
export interface DatabaseUnderTest {
  /** Opens a store on it; each call is another process as far as the store can tell. */
  open(sealer: Sealer): Promise<Store>;
  /** Everything that the database keeps outside of this process, as text. */
  raw?(): Promise<string>;
  /** False where a second `open` is another database (memory). */
  readonly shared: boolean;
  drop(): Promise<void>;
}

export interface Suite {
  /** A store on a fresh database, closed after the test. */
  fresh(): Promise<Store>;
  /** Several stores on one fresh database. */
  database(): Promise<DatabaseUnderTest>;
  /** Why tests of several processes cannot run on this engine. */
  readonly single: boolean;
}

export const anySealer = (): Sealer => new KeyRing([systemRandom.bytes(32)]);

export interface Thing {
  readonly name: string;
  readonly owner?: string;
  readonly labels?: readonly string[];
  readonly secret?: string;
  readonly nested?: Readonly<Record<string, unknown>>;
  readonly count?: number;
}

export const things: Collection<Thing> = {
  name: 'test.thing',
  sealed: ['secret'],
  indexes: (thing) => ({
    ...(thing.owner !== undefined && { owner: thing.owner }),
    ...(thing.labels && { label: thing.labels }),
  }),
};
export const otherThings: Collection<Thing> = { name: 'test.other-thing' };

export const accountA = '111111111111';
export const accountB = '222222222222';
export const inA: Scope = { accountId: accountA, region: '' };
export const inB: Scope = { accountId: accountB, region: '' };
export const inAWest: Scope = { accountId: accountA, region: 'us-west-2' };
export const anywhere: Scope = { accountId: '', region: '' };

/** Puts one thing for each key, in one transaction. */
export const putAll = (store: Store, scope: Scope, keys: readonly string[]): Promise<void> =>
  store.transact(scope.accountId, async (tx) => {
    for (const key of keys) await tx.put(things, scope, key, { name: key });
  });

export const keysOf = (rows: readonly { readonly key: string }[]): string[] => rows.map(({ key }) => key);

/** Declares a test of several processes on one store; a store that only one process can have has no such tests. */
export const severalProcesses = (suite: Suite): typeof test | (() => void) => (suite.single ? () => undefined : test);
