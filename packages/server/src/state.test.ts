import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { firstStart } from './bootstrap.ts';
import { systemClock } from './clock.ts';
import { SettingsError, readSettings } from './config.ts';
import { environmentOf } from './house.ts';
import { systemRandom } from './key-ring.ts';
import { openSettingsStore } from './state.ts';

let data: string;
beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'stagedoor-state-'));
  const { store, sealer } = await opened();
  await firstStart(
    store,
    environmentOf(readSettings({}), systemClock, systemRandom, sealer, () => ''),
    {},
  );
  await store.close();
});
afterEach(() => rmSync(data, { recursive: true }));

const opened = () => openSettingsStore(readSettings({ data }), systemRandom);
const keyFile = () => join(data, 'sealing.keys');

test('a store opens with its keys', async () => {
  const { store } = await opened();
  await store.close();
});

test('a store whose keys are missing does not open: nothing in it could be used, and new secrets would have another key', async () => {
  const kept = readFileSync(keyFile());
  rmSync(keyFile());
  await expect(opened()).rejects.toThrow(SettingsError);
  await expect(opened()).rejects.toThrow(/sealed with other keys.*sealing\.keys/);
  writeFileSync(keyFile(), kept, { mode: 0o600 });
  const { store } = await opened();
  await store.close();
});
