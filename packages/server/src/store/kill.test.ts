import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KeyRing } from '../key-ring.ts';
import { openStore } from './index.ts';
import { counterOf, killed, problemsOf } from './kill.testkit.ts';
import { startPostgres } from './postgres.testkit.ts';

const rounds = 10;
const writersPerRound = 2;
const shared = '111111111111';
const accountsOf = (writer: number): string[] => [shared, `${writer + 2}`.repeat(12)];

const here = fileURLToPath(new URL('.', import.meta.url));
const workspace = path.join(here, '../../../..');
// Beside the dependencies, so that they are found from there.
const cache = path.join(workspace, 'node_modules/.cache');
let compiled: string;

/** Twenty processes start: compiled once, each does so in a fifth of the time that translating at every start takes. */
beforeAll(() => {
  mkdirSync(cache, { recursive: true });
  compiled = mkdtempSync(path.join(cache, 'kill-'));
  writeFileSync(path.join(compiled, 'package.json'), '{"type":"module"}');
  const options =
    '--ignoreConfig --target ES2023 --module nodenext --rewriteRelativeImportExtensions --noCheck --types node';
  const source = path.join(here, 'kill-writer.testkit.ts');
  const tsc = path.join(workspace, 'node_modules/.bin/tsc');
  execFileSync(tsc, [...options.split(' '), '--outDir', compiled, '--rootDir', path.dirname(here), source], {
    cwd: workspace,
  });
});
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

/** A writing process, and the last number of each account that it said was acknowledged. */
class Writer {
  readonly acknowledged = new Map<string, number>();
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #ready: Promise<void>;
  readonly #ended: Promise<void>;
  #count = 0;
  #onCount = () => undefined as void;

  constructor() {
    this.#process = spawn(process.execPath, [path.join(compiled, 'store/kill-writer.testkit.js')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: this.#process.stdout });
    this.#ready = new Promise((resolve) => lines.once('line', () => resolve()));
    lines.on('line', (line) => this.#heard(line));
    this.#ended = new Promise((resolve) => lines.once('close', resolve));
  }

  async start(database: string, accounts: readonly string[]): Promise<void> {
    await this.#ready;
    this.#process.stdin.write(`${JSON.stringify({ database, accounts })}\n`);
  }

  /** Resolves when so many writes were acknowledged. */
  acknowledges(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onCount = () => void (this.#count >= count && resolve());
      this.#onCount();
    });
  }

  /** Resolves when everything that it ever said was read. */
  kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    return this.#ended;
  }

  #heard(line: string): void {
    const [account, number] = line.split(' ');
    if (account === undefined || number === undefined) return;
    this.acknowledged.set(account, Number(number));
    this.#count += 1;
    this.#onCount();
  }
}

/** Kills two writers in the middle of their load, ten times, and counts after each time. */
async function survives(database: string): Promise<{ kills: number; writes: number }> {
  const start = (): Writer[] => Array.from({ length: writersPerRound }, () => new Writer());
  const total = { kills: 0, writes: 0 };
  // The next round's processes start up while this round is checked.
  let next = start();
  for (let round = 0; round < rounds; round += 1) {
    const writers = next;
    next = round + 1 < rounds ? start() : [];
    await Promise.all(writers.map((writer, index) => writer.start(database, accountsOf(index))));
    await Promise.all(writers.map((writer) => writer.acknowledges(3 + ((round * 7) % 20))));
    await Promise.all(writers.map((writer) => writer.kill()));
    total.kills += writers.length;
    total.writes = await checked(database, writers);
  }
  return total;
}

async function checked(database: string, writers: readonly Writer[]): Promise<number> {
  const store = await openStore({ database, sealer: new KeyRing([killed.key]) });
  let writes = 0;
  for (const account of new Set(writers.flatMap((_, index) => accountsOf(index)))) {
    expect(await problemsOf(store, account)).toEqual([]);
    const count = await counterOf(store, account);
    for (const writer of writers) expect(count).toBeGreaterThanOrEqual(writer.acknowledged.get(account) ?? 0);
    writes += count;
  }
  await store.close();
  return writes;
}

describe('kill -9 in the middle of a write load loses no acknowledged write and shows no half transaction', () => {
  test('on SQLite', { timeout: 90_000 }, async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'stagedoor-kill-'));
    const total = await survives(path.join(directory, 'stagedoor.db'));
    expect(total.kills).toBe(20);
    expect(total.writes).toBeGreaterThan(200);
    rmSync(directory, { recursive: true, force: true });
  });

  test('on PostgreSQL', { timeout: 90_000 }, async (context) => {
    const server = await startPostgres();
    if ('absent' in server) {
      context.skip(`no server can run here (${server.absent})`);
      return;
    }
    const url = await server.create();
    const total = await survives(url);
    expect(total.kills).toBe(20);
    expect(total.writes).toBeGreaterThan(200);
    await server.stop();
  });
});
