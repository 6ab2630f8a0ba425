/** `stagedoor` as a program: first start, settings, import, what `--ephemeral` adds, and the operators' port. */
import { CreateUserCommand, GetUserCommand, IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { GetChannelCommand, IvsClient } from '@aws-sdk/client-ivs';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { settingRows } from '../packages/server/src/config.ts';
import { account, channelArn, fixturesFile, keys } from './support/fixtures.ts';
import {
  clientOptions,
  codeOf,
  endAll,
  freePort,
  readCredentials,
  scratch,
  stagedoor,
  startProcess,
  within,
} from './support/process.ts';
import type { Running } from './support/process.ts';
import type { Credentials } from './support/server.ts';

afterAll(endAll);

/** Programs start here, on a machine that may have much else to do. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const callerOf = (url: string, credentials: Credentials) =>
  new STSClient(clientOptions(url, credentials)).send(new GetCallerIdentityCommand());
const iamOf = (url: string, credentials: Credentials) => new IAMClient(clientOptions(url, credentials));
const ivsOf = (url: string, credentials: Credentials) => new IvsClient(clientOptions(url, credentials));

const credentialsIn = (answer: unknown): Credentials => {
  const { accessKeyId, secretAccessKey } = Object(answer) as Record<keyof Credentials, unknown>;
  return { accessKeyId: String(accessKeyId), secretAccessKey: String(secretAccessKey) };
};

const postJson = async (url: string, body = '') => {
  const response = await fetch(url, { method: 'POST', body });
  return { status: response.status, value: (await response.json()) as unknown };
};

describe('the first start', () => {
  let data: string;
  let first: string;
  let root: Credentials;
  beforeAll(async () => {
    data = join(scratch(), 'made', 'here');
    const server = await startProcess(['--data', data]);
    root = readCredentials(join(data, 'root-credentials'));
    await iamOf(server.url, root).send(new CreateUserCommand({ UserName: 'kept' }));
    await server.stop();
    first = server.output();
  });

  test('S0-7 says where the root key is and what to paste, never the secret', () => {
    const file = join(data, 'root-credentials');
    expect(first).toMatch(/^Account [1-9][0-9]{11} was made\. The access key of its root user is stored in /);
    expect(first).toContain(`AWS_SHARED_CREDENTIALS_FILE=${file} AWS_DEFAULT_REGION=us-west-2`);
    expect(first).not.toContain(root.secretAccessKey);
  });

  test('S0-7 stores the root key in the shared-credentials format', () => {
    expect(readFileSync(join(data, 'root-credentials'), 'utf8')).toMatch(
      /^\[default\]\naws_access_key_id = AKIA[A-Z2-7]{16}\naws_secret_access_key = [A-Za-z0-9+/]{40}\n$/,
    );
  });

  test('all files are their owner’s alone', () => {
    const modes = Object.fromEntries(readdirSync(data).map((name) => [name, statSync(join(data, name)).mode & 0o777]));
    expect(Object.keys(modes)).toEqual(expect.arrayContaining(['root-credentials', 'sealing.keys', 'stagedoor.db']));
    expect(new Set(Object.values(modes))).toEqual(new Set([0o600]));
    expect(statSync(data).mode & 0o777).toBe(0o700);
  });

  test('the secret stands nowhere in the database in clear', () => {
    const stored = readdirSync(data).filter((name) => name !== 'root-credentials');
    for (const name of stored) expect(readFileSync(join(data, name), 'latin1')).not.toContain(root.secretAccessKey);
  });

  test('S0-7 the second start prints no key and keeps the state', async () => {
    const server = await startProcess(['--data', data]);
    expect(server.output()).not.toMatch(/Account|root|AKIA/);
    expect(readCredentials(join(data, 'root-credentials'))).toEqual(root);
    const { User } = await iamOf(server.url, root).send(new GetUserCommand({ UserName: 'kept' }));
    expect(User?.UserName).toBe('kept');
    expect((await server.stop()).code).toBe(0);
  });

  test('files in its directory that others may read are noticed: the sealing keys are refused', async () => {
    const keyFile = join(scratch(), 'keys');
    writeFileSync(keyFile, readFileSync(join(data, 'sealing.keys')), { mode: 0o644 });
    const { code, stderr } = await stagedoor(['start', '--data', scratch(), '--key-file', keyFile]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`chmod 600 ${keyFile}`) });
    expect(stderr).not.toContain('    at ');
  });
});

describe('the root key of the first start', () => {
  test('S0-7 S4-29 can be chosen by the environment, and so can the account, zeros in front and all', async () => {
    const data = scratch();
    const chosen = { accessKeyId: 'AKIACHOSENROOTKEY001', secretAccessKey: 'chosenSecretOfTheRootUser/1234567890+abc' };
    const server = await startProcess(['--data', data, '--account', '001234567890'], {
      env: {
        STAGEDOOR_ROOT_ACCESS_KEY_ID: chosen.accessKeyId,
        STAGEDOOR_ROOT_SECRET_ACCESS_KEY: chosen.secretAccessKey,
      },
    });
    expect(await callerOf(server.url, chosen)).toMatchObject({
      Account: '001234567890',
      Arn: 'arn:aws:iam::001234567890:root',
    });
    expect(readCredentials(join(data, 'root-credentials'))).toEqual(chosen);
    expect(server.output()).not.toContain(chosen.secretAccessKey);
    await server.stop();
  });

  test('is not lost when the fixture file has a mistake: nothing is made, and the next start makes it', async () => {
    const data = scratch();
    const bad = join(scratch(), 'bad.yaml');
    writeFileSync(bad, 'accounts: [{ id: "111111111111" }, { id: "222222222222", users: [{ name: a b }] }]');
    const refused = await stagedoor(['start', '--port', '0', '--ops-port', '0', '--data', data, '--import', bad]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('stagedoor: accounts[1].users[0].name must be a name');
    expect(readdirSync(data)).not.toContain('root-credentials');

    const server = await startProcess(['--data', data, '--import', fixturesFile]);
    expect(server.output()).toContain('was made');
    expect((await callerOf(server.url, readCredentials(join(data, 'root-credentials')))).Account).toMatch(/^\d{12}$/);
    expect((await callerOf(server.url, keys.mateojackson)).Account).toBe(account);
    await server.stop();
  });

  test('another account’s is not overwritten', async () => {
    const data = scratch();
    writeFileSync(join(data, 'root-credentials'), '[default]\n');
    const refused = await stagedoor(['start', '--port', '0', '--ops-port', '0', '--data', data]);
    expect(refused.stderr).toContain(`move ${join(data, 'root-credentials')} away`);
    expect(readFileSync(join(data, 'root-credentials'), 'utf8')).toBe('[default]\n');
  });
});

describe('what cannot be used is refused in one line that names it', () => {
  const withYaml = (text: string) => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'stagedoor.yaml'), text);
    return { cwd };
  };
  test('a value, an unknown name in the file, settings that exclude each other', async () => {
    const complaintOf = async (args: string[], options = {}) => {
      const { code, stdout, stderr } = await stagedoor(['start', ...args], options);
      return { code, stdout, stderr };
    };
    const line = (text: string) => ({ code: 1, stdout: '', stderr: `stagedoor: ${text}\n` });
    const all = await Promise.all([
      complaintOf(['--port', 'x']),
      complaintOf([], withYaml('prot: 1')),
      complaintOf(['--workers', '2', '--ephemeral']),
    ]);
    expect(all).toEqual([
      line('port (from the command line) must be a whole number from 0 to 65535'),
      line('stagedoor.yaml names an unknown setting: prot'),
      line('ephemeral keeps its state in one process: workers must be 1'),
    ]);
  });

  test('a port that is taken; with workers too', async () => {
    const port = String(await freePort());
    const taken = createServer().listen(Number(port), '127.0.0.1');
    await new Promise((listening) => taken.once('listening', listening));
    const refused = (more: string[]) =>
      stagedoor(['start', '--port', port, '--ops-port', '0', '--data', scratch(), ...more]);
    for (const { code, stderr } of await Promise.all([refused([]), refused(['--workers', '2'])])) {
      expect(code).toBe(1);
      expect(new Set(stderr.trim().split('\n'))).toEqual(
        new Set([`stagedoor: host 127.0.0.1 and port ${port} cannot be listened on: EADDRINUSE`]),
      );
    }
    taken.close();
  });

  test('PostgreSQL without sealing keys that all machines share', async () => {
    const { code, stderr } = await stagedoor(['start', '--database', 'postgres://127.0.0.1:1/x', '--data', scratch()]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('STAGEDOOR_KEY') });
  });
});

describe('help', () => {
  test('names the commands and where settings come from; of a command, each setting by flag and environment', async () => {
    const [all, start] = await Promise.all([stagedoor(['--help']), stagedoor(['start', '--help'])]);
    expect([all.code, start.code]).toEqual([0, 0]);
    for (const word of ['start', 'import', 'stagedoor.yaml']) expect(all.stdout).toContain(word);
    for (const { flag, env } of settingRows.filter((row) => row.flag !== undefined)) {
      expect(start.stdout).toContain(flag);
      expect(start.stdout).toContain(`[${env}]`);
    }
  });
});

describe('stagedoor import', () => {
  let data: string;
  let server: Running;
  beforeAll(async () => {
    data = scratch();
    server = await startProcess(['--data', data]);
  });

  test('beside a serving process is seen by it', async () => {
    expect(await codeOf(callerOf(server.url, keys.mateojackson))).toBe('InvalidClientTokenId');
    const { code, stdout, stderr } = await stagedoor(['import', fixturesFile, '--data', data]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'loaded accounts 123456789012, 111122223333, 111111111111\n',
      stderr: '',
    });
    const ivs = ivsOf(server.url, keys.mateojackson);
    // A second is promised; the machine may be busy.
    await within(2000, async () => {
      const answer = ivs.send(new GetChannelCommand({ arn: channelArn }));
      return answer.then(
        ({ channel }) => channel?.name === 'example',
        () => false,
      );
    });
  });

  test('with a mistake names the place and loads nothing of the account', async () => {
    const file = join(scratch(), 'bad.yaml');
    const root = '{ id: AKIAROOT999999999999, secret: secretOfTheRootUserOf999999999999 }';
    writeFileSync(
      file,
      `accounts:\n  - id: "999999999999"\n    rootAccessKeys: [${root}]\n    users:\n      - { name: "no/slash" }\n`,
    );
    const { code, stderr } = await stagedoor(['import', file, '--data', data]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: 'stagedoor: accounts[0].users[0].name must be a name of at most 64 characters [A-Za-z0-9_+=,.@-]\n',
    });
    const credentials = { accessKeyId: 'AKIAROOT999999999999', secretAccessKey: 'secretOfTheRootUserOf999999999999' };
    expect(await codeOf(callerOf(server.url, credentials))).toBe('InvalidClientTokenId');
  });
});

describe('--ephemeral', () => {
  let server: Running;
  beforeAll(async () => {
    server = await startProcess(['--ephemeral', '--import', fixturesFile]);
  });
  const control = (page: string) => `${server.url}/_stagedoor/${page}`;

  test('health', async () => {
    const response = await fetch(control('health'));
    expect({ status: response.status, value: await response.json() }).toEqual({ status: 200, value: { status: 'ok' } });
  });

  test('reset brings back the fixtures and the same root key, and two at once are no trouble', async () => {
    const first = credentialsIn((await postJson(control('reset'))).value);
    const iam = iamOf(server.url, first);
    const before = (await iam.send(new ListUsersCommand({}))).Users?.map(({ UserName }) => UserName);
    await iam.send(new CreateUserCommand({ UserName: 'gone-soon' }));
    const [again, atOnce] = await Promise.all([postJson(control('reset')), postJson(control('reset'))]);
    expect(again).toEqual({ status: 200, value: { ...first, accountId: account } });
    expect(atOnce).toEqual(again);
    const after = (await iam.send(new ListUsersCommand({}))).Users?.map(({ UserName }) => UserName);
    expect(after).toEqual(before);
    expect(after).toEqual(['admin', 'mateojackson', 'richard-roe']);
    const { channel } = await ivsOf(server.url, keys.mateojackson).send(new GetChannelCommand({ arn: channelArn }));
    expect(channel?.arn).toBe(channelArn);
  });

  test('the clock stands where it is set, signatures are checked against it, and null lets it go', async () => {
    expect(await postJson(control('clock'), '{"now":"2026-01-31T12:00:00Z"}')).toEqual({
      status: 200,
      value: { now: '2026-01-31T12:00:00.000Z' },
    });
    expect(await codeOf(callerOf(server.url, keys.admin))).toBe('SignatureDoesNotMatch');
    expect((await postJson(control('clock'), '{"now":null}')).status).toBe(200);
    expect((await callerOf(server.url, keys.admin)).Account).toBe(account);
  });

  test('there are no other pages', async () => {
    expect((await postJson(control('nonsense'))).status).toBe(404);
    expect((await postJson(control('health'))).status).toBe(404);
  });
});

describe('a server that is not ephemeral', () => {
  let server: Running;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    server = await startProcess(['--data', scratch(), '--ops-port', String(port)]);
  });
  const ops = async (page: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}/${page}`, { method });
    return { status: response.status, text: await response.text() };
  };

  test.for<[string, string]>([
    ['GET', 'health'],
    ['POST', 'reset'],
    ['POST', 'clock'],
  ])('answers %s /_stagedoor/%s as any unsigned request of a path that no service has', async ([method, page]) => {
    const answerOf = async (path: string) => {
      const response = await fetch(server.url + path, { method });
      return {
        status: response.status,
        type: response.headers.get('x-amzn-errortype'),
        text: (await response.text()).replace(/<RequestId>.*<\/RequestId>/, ''),
      };
    };
    const answer = await answerOf(`/_stagedoor/${page}`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer).toEqual(await answerOf('/nonsense/nowhere'));
  });

  test('the operators’ port tells health, readiness and metrics', async () => {
    await codeOf(callerOf(server.url, keys.admin));
    expect(await ops('health')).toEqual({ status: 200, text: '{"status":"ok"}' });
    expect(await ops('ready')).toEqual({ status: 200, text: '{"status":"ready"}' });
    const metrics = await ops('metrics');
    expect(metrics.text).toContain(
      'stagedoor_requests_total{service="sts",operation="GetCallerIdentity",status="403"} 1',
    );
    expect(metrics.text).toContain('process_resident_memory_bytes');
    expect((await ops('other')).status).toBe(404);
    expect((await ops('health', 'POST')).status).toBe(405);
  });

  test('an operators’ port that is taken is a warning, not the end', async () => {
    const second = await startProcess(['--data', scratch(), '--ops-port', String(port)]);
    expect((await second.stop()).stdout).toContain('their port cannot be had');
  });
});
