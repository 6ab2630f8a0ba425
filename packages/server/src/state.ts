/** Opens what the settings name: the key ring and the store. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError } from './config.ts';
import type { Settings } from './config.ts';
import { KeyFileError, openKeyRing, parseKeyRing } from './key-file.ts';
import { KeyRing } from './key-ring.ts';
import type { RandomBytes } from './key-ring.ts';
import type { Sealer } from './sealing.ts';
import { accessKeys, anyAccount } from './services/iam/records.ts';
import { openStore } from './store/index.ts';
import { StoreUnavailable } from './store/store.ts';
import type { Store } from './store/store.ts';

export interface State {
  readonly store: Store;
  readonly sealer: Sealer;
}

/** The store of these settings and the keys that seal it. Ephemeral state has a key of its own that dies with it. */
export async function openSettingsStore(settings: Settings, random: RandomBytes): Promise<State> {
  if (settings.ephemeral) {
    const sealer = new KeyRing([random.bytes(32)], random);
    return { store: await openStore({ database: 'memory', sealer }), sealer };
  }
  mkdirSync(settings.data, { recursive: true, mode: 0o700 });
  const sealer = sealerOf(settings, random);
  const database = settings.database === '' ? join(settings.data, 'stagedoor.db') : settings.database;
  const store = await openStore({ database, sealer });
  await assertKeysFit(store, settings).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  return { store, sealer };
}

const keyFileOf = ({ keyFile, data }: Settings): string => (keyFile === '' ? join(data, 'sealing.keys') : keyFile);

/** A lost key file is made anew like a first one; a store sealed with the lost keys must not be gone on with. */
async function assertKeysFit(store: Store, settings: Settings): Promise<void> {
  try {
    await store.reader.list(accessKeys, anyAccount, { limit: 1 });
  } catch (error) {
    if (!(error instanceof StoreUnavailable) || error.retryable) throw error;
    const where = settings.key === '' ? keyFileOf(settings) : 'STAGEDOOR_KEY';
    const text = `the secrets in the store cannot be read; were they sealed with other keys than those of ${where}?`;
    throw new SettingsError(`${text} (${error.message})`, { cause: error });
  }
}

function sealerOf(settings: Settings, random: RandomBytes): Sealer {
  if (settings.database !== '' && settings.keyFile === '' && settings.key === '') {
    // A key made beside one machine's files could not open what another machine sealed.
    throw new SettingsError(
      'with database, give the sealing keys to every machine: STAGEDOOR_KEY, or --key-file naming a copy of one file',
    );
  }
  try {
    if (settings.key !== '') return parseKeyRing(settings.key, random);
    return openKeyRing(keyFileOf(settings), random);
  } catch (error) {
    if (error instanceof KeyFileError) throw new SettingsError(error.message);
    throw error;
  }
}
