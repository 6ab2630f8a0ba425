import { CacheEntries, type Owner } from './cache-entries.ts';
import { deepFreeze } from './deep-freeze.ts';
import { ownerNamedBy } from './records.ts';
import type { Collection, Page, Reader, Scope, Store, Stored } from './store.ts';

export interface CachedReader extends Reader {
  /**
   * The record when `get` has it cached, without waiting; `undefined` says nothing about whether it exists.
   * The value is frozen, and the same object each time until its account changes.
   */
  peek<T>(collection: Collection<T>, scope: Scope, key: string): T | undefined;
  /** Forgets everything and listens no more; reads go to the store from then on. */
  close(): void;
}

export interface CacheOptions {
  /** So many records are kept, alone or in lists; the least recently used go first. */
  readonly maxRecords: number;
}

/**
 * A reader that keeps what it has read until the account changes, by this or any other process. It never answers a
 * state older than what the caller could have seen change: a load that began before a change is not kept.
 *
 * Records in collections that span accounts (scope account '') change in transactions of the account that their
 * member `accountId` names; without that member, and for lists of such records, any change drops them. That a
 * record is missing is not kept. Values are frozen.
 */
export function cachedReader(store: Pick<Store, 'reader' | 'onChange'>, options: CacheOptions): CachedReader {
  const cache = new CacheEntries(options.maxRecords);
  const stop = store.onChange((accountId) => cache.drop(accountId));
  const { reader } = store;
  return {
    peek: <T>(collection: Collection<T>, scope: Scope, key: string) =>
      cache.get(recordName(collection, scope, key)) as T | undefined,

    get: <T>(collection: Collection<T>, scope: Scope, key: string) =>
      cache.load(recordName(collection, scope, key), scope.accountId, async () => {
        const value = deepFreeze(await reader.get(collection, scope, key));
        return { value, size: 1, keep: value !== undefined, owner: ownerOf(scope, value) };
      }),

    list: async <T>(collection: Collection<T>, scope: Scope, page: Page = {}) => {
      const name = JSON.stringify([
        'list',
        collection.name,
        scope.accountId,
        scope.region,
        page.prefix,
        page.after,
        page.limit,
      ]);
      return many(cache, name, scope.accountId, () => reader.list(collection, scope, page));
    },

    find: async <T>(collection: Collection<T>, index: string, value: string, scope?: Scope) => {
      const name = JSON.stringify(['find', collection.name, index, value, scope?.accountId, scope?.region]);
      return many(cache, name, scope?.accountId ?? '', () => reader.find(collection, index, value, scope));
    },

    count: (collection, scope, prefix) => reader.count(collection, scope, prefix),

    close() {
      stop();
      cache.close();
    },
  };
}

/** The array is the caller's own; its items are shared and frozen. */
async function many<T>(
  cache: CacheEntries,
  name: string,
  owner: Owner,
  read: () => Promise<Stored<T>[]>,
): Promise<Stored<T>[]> {
  const rows = await cache.load(name, owner, async () => {
    const value = deepFreeze(await read());
    return { value, size: 1 + value.length, keep: true, owner };
  });
  return [...rows];
}

/** No part but the last can hold NUL, so no two records share a name. JSON texts begin with `[`, collections do not. */
const recordName = (collection: { name: string }, scope: Scope, key: string): string =>
  `${collection.name}\0${scope.accountId}\0${scope.region}\0${key}`;

const ownerOf = (scope: Scope, value: unknown): Owner => scope.accountId || (ownerNamedBy(value) ?? '');
