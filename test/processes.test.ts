/** Several processes on one database, workers on one port, ends orderly and not. */
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  IAMClient,
  ListUsersCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
  paginateListUsers,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startPostgres } from '../packages/server/src/store/postgres.testkit.ts';
import type { TestServer } from '../packages/server/src/store/postgres.testkit.ts';
import { fixturesFile, keys } from './support/fixtures.ts';
import {
  clientOptions,
  codeOf,
  endAll,
  freePort,
  readCredentials,
  scratch,
  startProcess,
  within,
} from './support/process.ts';
import type { Running } from './support/process.ts';
import type { Credentials } from './support/server.ts';

afterAll(endAll);

/** Programs start here, on a machine that may have much else to do. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Another process learns of a change within a second; that much again for a machine that has other things to do. */
const promisedMs = 1000;
const patienceMs = 2 * promisedMs;

const iamOf = ({ url }: { url: string }, credentials: Credentials) => new IAMClient(clientOptions(url, credentials));

async function newUser(iam: IAMClient, UserName: string): Promise<Credentials> {
  await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

const policy = (Effect: 'Allow' | 'Deny') =>
  JSON.stringify({ Statement: { Effect, Action: 'iam:ListUsers', Resource: '*' } });
const put = (UserName: string, PolicyName: string, PolicyDocument: string) =>
  new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument });
const list = new ListUsersCommand({});

/** What one process changes, the other obeys: permissions given and taken, keys switched off. */
async function feelEachOther(one: Running, other: Running, root: Credentials): Promise<void> {
  const admin = iamOf(one, root);
  const credentials = await newUser(admin, 'ana');
  const ana = iamOf(other, credentials);
  const answers = (code: string) => within(patienceMs, async () => (await codeOf(ana.send(list))) === code);
  await answers('AccessDenied');
  await admin.send(put('ana', 'list', policy('Allow')));
  await answers('ok');
  await admin.send(put('ana', 'not', policy('Deny')));
  await answers('AccessDenied');
  await admin.send(new DeleteUserPolicyCommand({ UserName: 'ana', PolicyName: 'not' }));
  await answers('ok');
  await admin.send(
    new UpdateAccessKeyCommand({ UserName: 'ana', AccessKeyId: credentials.accessKeyId, Status: 'Inactive' }),
  );
  await answers('InvalidClientTokenId');
}

describe('two processes on one database', () => {
  test('on SQLite, each obeys what the other was told', async () => {
    const data = scratch();
    const one = await startProcess(['--data', data]);
    const other = await startProcess(['--data', data]);
    expect(other.output()).not.toContain('was made');
    await feelEachOther(one, other, readCredentials(join(data, 'root-credentials')));
    await Promise.all([one.stop(), other.stop()]);
  });

  describe('on PostgreSQL', () => {
    let postgres: TestServer | { absent: string };
    beforeAll(async () => {
      postgres = await startPostgres();
    });
    afterAll(async () => {
      if ('stop' in postgres) await postgres.stop();
    });

    test('started at once they make one account, and each obeys what the other was told', async (context) => {
      if ('absent' in postgres) return context.skip(`no server can run here (${postgres.absent})`);
      const database = await postgres.create();
      const env = { STAGEDOOR_KEY: randomBytes(32).toString('base64url') };
      const directories = [scratch(), scratch()];
      const started = await Promise.all(
        directories.map((data) => startProcess(['--database', database, '--data', data], { env })),
      );
      const makers = directories.filter((_, index) => started[index]?.output().includes('was made'));
      expect(makers).toHaveLength(1);
      const [one, other] = started;
      if (one === undefined || other === undefined) throw new Error('two were started');
      await feelEachOther(one, other, readCredentials(join(makers[0] ?? '', 'root-credentials')));
      expect(await Promise.all(started.map(async (server) => (await server.stop()).code))).toEqual([0, 0]);
    });
  });
});

describe('--workers 2', () => {
  let server: Running;
  let opsPort: number;
  beforeAll(async () => {
    opsPort = await freePort();
    const flags = ['--workers', '2', '--data', scratch(), '--import', fixturesFile];
    server = await startProcess([...flags, '--ops-port', String(opsPort)]);
    // The first serves; what follows is about both.
    await within(20_000, async () => (await workersServing()) === 2);
  });

  /** The workers' process ids, by what the operating system says of the supervising process. */
  const workers = async (): Promise<number[]> => {
    const pid = server.child.pid ?? 0;
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.trim().split(' ').filter(Boolean).map(Number);
  };
  const workersServing = async () => Number(/^stagedoor_workers_serving (\d+)$/m.exec(await scrape())?.[1] ?? 0);
  const scrape = async () => (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();
  /** Answers of several connections, so that both workers are asked. */
  const asked = (credentials: Credentials, count = 8): Promise<string[]> =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const client = iamOf(server, credentials);
        const code = await codeOf(client.send(list));
        client.destroy();
        return code;
      }),
    );

  test('both serve on one port, and both obey a change that one of them was told', async () => {
    const admin = iamOf(server, keys.admin);
    const ana = await newUser(admin, 'ana');
    const all = (code: string) => within(patienceMs, async () => (await asked(ana)).every((answer) => answer === code));
    await all('AccessDenied');
    await admin.send(put('ana', 'list', policy('Allow')));
    await all('ok');
    await admin.send(put('ana', 'list', policy('Deny')));
    await all('AccessDenied');
  });

  test('their metrics are added up', async () => {
    const before = await scrape();
    const count = (text: string) =>
      Number(/^stagedoor_requests_total\{[^}]*ListUsers[^}]*200[^}]*\} (\d+)$/m.exec(text)?.[1] ?? 0);
    await asked(keys.admin, 8);
    expect(count(await scrape()) - count(before)).toBe(8);
  });

  test('one that is killed comes back, and nobody is refused meanwhile', async () => {
    const before = await workers();
    expect(before).toHaveLength(2);
    const [victim = 0] = before;
    process.kill(victim, 'SIGKILL');
    // A connection that is handed to a process at the moment of its death is lost with it: ask once it is buried.
    await within(patienceMs, async () => !(await workers()).includes(victim));
    await within(20_000, async () => {
      expect(await asked(keys.admin, 1)).toEqual(['ok']);
      return (await workers()).length === 2;
    });
    expect((await fetch(`http://127.0.0.1:${opsPort}/ready`)).status).toBe(200);
    expect(server.output()).not.toContain('EADDRINUSE');
  });

  test('SIGTERM ends all of them', async () => {
    const before = await workers();
    expect(await server.stop()).toMatchObject({ code: 0, signal: null });
    for (const pid of before) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await expect(fetch(`http://127.0.0.1:${opsPort}/health`)).rejects.toThrow('fetch failed');
  });
});

test('a signal lets a running request end, and ends the process without waiting for idle connections', async () => {
  const server = await startProcess(['--ephemeral', '--import', fixturesFile]);
  const { hostname, port } = new URL(server.url);
  // A connection that is kept alive and idle.
  const idle = iamOf(server, keys.admin);
  await idle.send(list);
  // A request whose body is still on its way when the signal comes.
  const socket = createConnection({ host: hostname, port: Number(port) }).setEncoding('utf8');
  let answer = '';
  socket.on('data', (part: string) => (answer += part));
  const closed = new Promise((settle) => socket.once('close', settle));
  const body = 'Action=GetCallerIdentity&Version=2011-06-15';
  const head = `POST / HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n`;
  socket.write(head + body.slice(0, 10));
  await new STSClient(clientOptions(server.url, keys.admin)).send(new GetCallerIdentityCommand());
  const begun = performance.now();
  server.child.kill('SIGTERM');
  await within(5000, async () => (await codeOf(fetch(server.url))) !== 'ok');
  socket.write(body.slice(10));
  await closed;
  expect(answer).toMatch(/^HTTP\/1\.1 403 [^]*MissingAuthenticationToken/);
  expect((await server.ended).code).toBe(0);
  // Connections are cut after ten seconds; that must not be what ended it.
  expect(performance.now() - begun).toBeLessThan(8000);
});

describe('kill -9 under a write load', () => {
  /** Two servers, each with a directory of its own, so that one starts while the other is under load. */
  const directories = 2;
  const killsOfEach = 10;
  const writers = 8;
  const writesBeforeKill = 12;

  test('20 times loses no acknowledged user', { timeout: 180_000 }, async () => {
    await Promise.all(Array.from({ length: directories }, () => survives(scratch())));
  });

  async function survives(data: string): Promise<void> {
    let server = await startProcess(['--data', data]);
    const root = readCredentials(join(data, 'root-credentials'));
    const acknowledged = new Set<string>();
    for (let round = 0; round < killsOfEach; round += 1) {
      const names = await loadUntilKilled(server, root, `r${round}`);
      for (const name of names) acknowledged.add(name);
      server = await startProcess(['--data', data]);
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(killsOfEach * writesBeforeKill);
    const iam = iamOf(server, root);
    const found = new Set<string>();
    for await (const { Users = [] } of paginateListUsers({ client: iam }, {}))
      for (const { UserName = '' } of Users) found.add(UserName);
    expect([...acknowledged].filter((name) => !found.has(name))).toEqual([]);
    // What is there beyond that was not answered before the kill, and is whole.
    const unanswered = [...found].filter((name) => !acknowledged.has(name));
    expect(unanswered.length).toBeLessThanOrEqual(killsOfEach * writers);
    for (const UserName of unanswered) expect(await codeOf(iam.send(new GetUserCommand({ UserName })))).toBe('ok');
    await server.stop();
  }

  /** Several writers create users until the server is killed in the middle; answers the names it acknowledged. */
  async function loadUntilKilled(server: Running, root: Credentials, prefix: string): Promise<string[]> {
    const names: string[] = [];
    const write = async (writer: number) => {
      const iam = iamOf(server, root);
      for (let index = 0; ; index += 1) {
        const UserName = `${prefix}-${writer}-${index}`;
        if ((await codeOf(iam.send(new CreateUserCommand({ UserName })))) !== 'ok') return;
        if (names.push(UserName) === writesBeforeKill) server.child.kill('SIGKILL');
      }
    };
    await Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
    expect((await server.ended).signal).toBe('SIGKILL');
    return names;
  }
});
