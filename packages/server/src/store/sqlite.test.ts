import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openStore } from './index.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import { StoreUnavailable, type DecisionQuery } from './store.ts';
import { accountA, anySealer, inA, putAll, things } from './suite-fixtures.testkit.ts';
import { storeSuite } from './suite.testkit.ts';
import { ManualTimers } from './timers.testkit.ts';

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
  writeFileSync(path.join(directory, 'text.db'), 'this is not a database, '.repeat(100));
  const opening = openStore({ database: path.join(directory, 'text.db'), sealer: anySealer() });
  await expect(opening).rejects.toThrow(StoreUnavailable);
});

test('a search that no index answers goes through the whole log in batches, in order', async () => {
  const store = await openStore({ database: 'memory', sealer: anySealer() });
  const rows = Array.from({ length: 12_000 }, (_, index) => ({
    id: `${index}`,
    at: Math.floor(index / 7),
    accountId: accountA,
    principal: index % 4000 === 1 ? 'rare' : 'common',
    action: 'ivs:GetChannel',
    resource: '*',
    outcome: 'Allow' as const,
    requestId: 'r',
    body: '{}',
  }));
  await store.decisions.append(rows);
  const ids = async (query: DecisionQuery) => (await store.decisions.query(query)).map(({ id }) => id);
  expect(await ids({ principal: 'rare' })).toEqual(['8001', '4001', '1']);
  expect(await ids({ principal: 'rare', limit: 2 })).toEqual(['8001', '4001']);
  expect(await ids({ principal: 'rare', since: 500 })).toEqual(['8001', '4001']);
  const all = rows.map(({ id }) => id).toReversed();
  expect(await ids({ limit: 20_000 })).toEqual(all);
  await store.close();
});

test('a database of a newer release is refused', async () => {
  const file = path.join(freshDirectory(), 'stagedoor.db');
  await (await openStore({ database: file, sealer: anySealer() })).close();
  const connection = new SqliteConnection(file);
  connection.exec("INSERT INTO migration (name) VALUES ('9999-from-the-future')");
  connection.close();
  await expect(openStore({ database: file, sealer: anySealer() })).rejects.toThrow('newer release');
});

test('a lock held by another process is waited for without blocking this one, and given up after ten seconds', async () => {
  const file = path.join(freshDirectory(), 'stagedoor.db');
  const timers = new ManualTimers();
  const store = await openStore({ database: file, sealer: anySealer(), timers });
  const other = new SqliteConnection(file);
  expect(other.beginImmediate()).toBe(true);
  const waiting = putAll(store, inA, ['a']);
  for (let ms = 0; ms < 50; ms += 1) await timers.advance(1);
  expect(await store.reader.list(things, inA)).toEqual([]);
  other.rollback();
  await timers.advance(1);
  await waiting;
  expect(await store.version(accountA)).toBe(1);

  expect(other.beginImmediate()).toBe(true);
  const hopeless = putAll(store, inA, ['b']).catch((error: unknown) => error);
  for (let ms = 0; ms <= 10_001; ms += 1) await timers.advance(1);
  expect(await hopeless).toMatchObject({ name: 'StoreUnavailable', retryable: true });
  other.close();
  await store.close();
});

test('a commit that another process made is heard at the next look, 200 milliseconds later', async () => {
  const file = path.join(freshDirectory(), 'stagedoor.db');
  const timers = new ManualTimers();
  const sealer = anySealer();
  const here = await openStore({ database: file, sealer, timers });
  const there = await openStore({ database: file, sealer });
  const heard: string[] = [];
  here.onChange((account) => heard.push(account));
  await putAll(there, inA, ['a']);
  await timers.advance(199);
  expect(heard).toEqual([]);
  await timers.advance(1);
  expect(heard).toEqual([accountA]);
  await here.close();
  await there.close();
});
