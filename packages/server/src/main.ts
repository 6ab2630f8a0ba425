#!/usr/bin/env node
/** Constructs everything. Nothing imports this file. */
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';

import { readCatalogue } from './cli/lint-catalogue.ts';
import { nodePolicyIo } from './cli/node-io.ts';
import { registerPolicyCommands } from './cli/policy-commands.ts';
import { createProgram } from './cli/program.ts';
import { SettingsError, readSettings } from './config.ts';
import { clockFor, environmentOf } from './house.ts';
import { ImportError } from './import/at.ts';
import { importFile } from './import/import.ts';
import { systemRandom } from './key-ring.ts';
import { createLog } from './log.ts';
import { run } from './server.ts';
import { openSettingsStore } from './state.ts';
import { StoreUnavailable } from './store/store.ts';
import { isSystemError } from './system-error.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

async function importCommand(
  file: string,
  flags: Readonly<Record<string, unknown>>,
  settingsFile: string | undefined,
): Promise<void> {
  const settings = readSettings(flags, settingsFile);
  if (settings.ephemeral)
    throw new SettingsError('ephemeral state ends with its process: there is nothing to import into');
  const { store, sealer } = await openSettingsStore(settings, systemRandom);
  try {
    const env = environmentOf(settings, clockFor(settings), systemRandom, sealer, () => settings.publicUrl);
    const accounts = await importFile(store, env, file);
    console.log(`loaded ${accounts.length === 1 ? 'account' : 'accounts'} ${accounts.join(', ')}`);
  } finally {
    await store.close();
  }
}

const program = createProgram(
  {
    start: async (flags, settingsFile) => {
      const settings = readSettings(flags, settingsFile);
      await run(settings, createLog(settings.logLevel));
    },
    import: importCommand,
  },
  version,
);
registerPolicyCommands(program, nodePolicyIo(readCatalogue));

try {
  await program.parseAsync();
} catch (error) {
  // What the user can mend is told in one line; anything else is a fault of ours and shows its trace.
  const mendable =
    isSystemError(error) || [SettingsError, ImportError, StoreUnavailable].some((kind) => error instanceof kind);
  console.error(mendable && error instanceof Error ? `stagedoor: ${error.message}` : error);
  process.exitCode = 1;
  // What ties a worker to its supervisor would keep it alive.
  cluster.worker?.disconnect();
}
