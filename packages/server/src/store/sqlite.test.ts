import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openStore } from './index.ts';
import { StoreUnavailable } from './store.ts';
import { accountA, anySealer, inA, putAll, storeSuite, things } from './suite.testkit.ts';

const directories: string[] = [];

function freshDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'stagedoor-sqlite-'));
  directories.push(directory);
  return directory;
}

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

storeSuite(
  'SQLite in memory',
  async () => ({
    shared: false,
    open: (sealer) => openStore({ database: 'memory', sealer }),
    drop: async () => undefined,
  }),
  { severalProcesses: 'a database in memory belongs to one process' },
);

storeSuite('SQLite on a file', async () => {
  const directory = freshDirectory();
  return {
    shared: true,
    open: (sealer) => openStore({ database: path.join(directory, 'stagedoor.db'), sealer }),
    raw: async () =>
      readdirSync(directory)
        .map((file) => readFileSync(path.join(directory, file), 'latin1'))
        .join('\n'),
    drop: async () => undefined,
  };
});

test('the files of a database can be read by their owner only, whatever the umask', async () => {
  const directory = path.join(freshDirectory(), 'data', 'nested');
  const store = await openStore({ database: path.join(directory, 'stagedoor.db'), sealer: anySealer() });
  await putAll(store, inA, ['a']);
  await store.decisions.append([]);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  const files = readdirSync(directory);
  expect(files).toEqual(expect.arrayContaining(['stagedoor.db', 'stagedoor.db-wal', 'decisions.db']));
  for (const file of files) expect(statSync(path.join(directory, file)).mode & 0o777, file).toBe(0o600);
  await store.close();
});

test('a copy of the files of a closed store is a backup', async () => {
  const directory = freshDirectory();
  const sealer = anySealer();
  const store = await openStore({ database: path.join(directory, 'stagedoor.db'), sealer });
  await store.transact(accountA, (tx) => tx.put(things, inA, 'k', { name: 'k', secret: 'hidden' }));
  await store.close();
  expect(readdirSync(directory).sort()).toEqual(['decisions.db', 'stagedoor.db']);
  const again = await openStore({ database: path.join(directory, 'stagedoor.db'), sealer });
  expect(await again.reader.get(things, inA, 'k')).toEqual({ name: 'k', secret: 'hidden' });
  await again.close();
});

test('a file that is no database is refused with StoreUnavailable', async () => {
  const directory = freshDirectory();
  mkdirSync(path.join(directory, 'a-directory.db'));
  chmodSync(directory, 0o700);
  const { writeFileSync } = await import('node:fs');
  writeFileSync(path.join(directory, 'text.db'), 'this is not a database, '.repeat(100));
  const open = (file: string) => openStore({ database: path.join(directory, file), sealer: anySealer() });
  await expect(open('text.db')).rejects.toThrow(StoreUnavailable);
});
