/** Opens what the settings name: the key ring and the store. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError } from './config.ts';
import type { Settings } from './config.ts';
import { KeyFileError, openKeyRing, parseKeyRing } from './key-file.ts';
import { KeyRing } from './key-ring.ts';
import type { RandomBytes } from './key-ring.ts';
import type { Sealer } from './sealing.ts';
import { openStore } from './store/index.ts';
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
  return { store: await openStore({ database, sealer }), sealer };
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
    return openKeyRing(settings.keyFile === '' ? join(settings.data, 'sealing.keys') : settings.keyFile, random);
  } catch (error) {
    if (error instanceof KeyFileError) throw new SettingsError(error.message);
    throw error;
  }
}
