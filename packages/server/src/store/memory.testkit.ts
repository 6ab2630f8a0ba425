import { KeyRing, systemRandom } from '../key-ring.ts';
import { openStore } from './index.ts';
import type { Store } from './store.ts';

/** An empty store in memory whose sealing key is known to nobody. */
export const openMemoryStore = (): Promise<Store> =>
  openStore({ database: 'memory', sealer: new KeyRing([systemRandom.bytes(32)]) });
