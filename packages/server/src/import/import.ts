/** `stagedoor import`: accounts, users, keys and resources with chosen ids, names and keys. docs/import.md describes the file. */
import type { Environment } from '../services/environment.ts';
import { StoreConflict } from '../store/store.ts';
import type { Store } from '../store/store.ts';
import { ImportError } from './at.ts';
import type { At } from './at.ts';
import { loadIam } from './iam.ts';
import { loadMedia } from './media.ts';
import { readFixtures } from './read-file.ts';

const accountMembers = [
  'id',
  'rootAccessKeys',
  'policies',
  'groups',
  'users',
  'mfaDevices',
  'roles',
  'ivs',
  'kinesisvideo',
];

/**
 * Loads a fixture file. Each account is one transaction: it is loaded whole or not at all.
 * @returns the ids of the accounts loaded
 * @throws ImportError naming the file or the place in it
 */
export async function importFile(store: Store, env: Environment, file: string): Promise<string[]> {
  const fixtures = readFixtures(file);
  fixtures.map(['accounts']);
  const loaded: string[] = [];
  for (const account of fixtures.list('accounts')) {
    account.map(accountMembers);
    const accountId = account.member('id').text(/^[0-9]{12}$/, '12 digits');
    await importAccount(store, env, account, accountId, loaded);
    loaded.push(accountId);
  }
  return loaded;
}

async function importAccount(
  store: Store,
  env: Environment,
  account: At,
  accountId: string,
  before: readonly string[],
): Promise<void> {
  try {
    await store.transact(accountId, async (tx) => {
      const load = { tx, env, accountId, now: env.clock.now() };
      await loadIam(load, account);
      await loadMedia(load, account);
    });
  } catch (error) {
    const complaint =
      error instanceof StoreConflict
        ? `${account.path}: ${error.collection} ${error.key} exists already; nothing of this account was loaded`
        : error instanceof ImportError && error.message;
    if (complaint === false) throw error;
    const rest = before.length === 0 ? '' : `; loaded before it: ${before.join(', ')}`;
    throw new ImportError(`${complaint}${rest}`);
  }
}
