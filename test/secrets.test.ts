/** Nothing secret leaves the server but where it must: not in logs, errors, metrics, records or other answers. */
import { CreateAccessKeyCommand, CreateLoginProfileCommand, UpdateLoginProfileCommand } from '@aws-sdk/client-iam';
import { CreateChannelCommand, GetStreamKeyCommand, ListChannelsCommand } from '@aws-sdk/client-ivs';
import { AssumeRoleCommand, GetFederationTokenCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSettings } from '../packages/server/src/config.ts';
import { createLog } from '../packages/server/src/log.ts';
import { startServer } from '../packages/server/src/server.ts';
import { allow, castOf, document, trusting } from './support/cast.ts';
import type { Cast } from './support/cast.ts';
import { clientsFor, refusal } from './support/clients.ts';
import { form, harmless, presigned, send, signedFetch } from './support/raw.ts';
import type { RawAnswer } from './support/raw.ts';
import { account, fixtures, keys, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

const password = 'Never To Be Logged 1!';
const externalId = 'never-to-be-logged-external-id';

let server: TestServer;
let cast: Cast;
/** Everything that is secret in the busy session below, by what it is. */
const secrets = new Map<string, string>([
  ['password', password],
  ['external id', externalId],
  ...Object.entries(keys).map(([name, key]) => [`secret of ${name}`, key.secretAccessKey] as const),
]);
/** Answers that must not tell any secret. */
const answers: RawAnswer[] = [];

const signatureOf = (headers: Record<string, string>) => /Signature=(\w+)/.exec(headers['authorization'] ?? '')?.[1];

/** A call whose signature is one more secret. */
async function watched(...[endpoint, request, credentials, signing, spoil]: Parameters<typeof signedFetch>) {
  const answer = await signedFetch(endpoint, request, credentials, signing, (sent, headers) => {
    secrets.set(`signature ${secrets.size}`, signatureOf(headers)!);
    return spoil?.(sent, headers);
  });
  answers.push(answer);
}

beforeAll(async () => {
  server = await testServer();
  cast = castOf(server);
  const user = await cast.user('busy', allow('*'));
  secrets.set('secret access key', user.credentials.secretAccessKey);
  const role = await cast.role('busy', trusting(account), allow('ivs:*'));
  await cast.root.iam.send(new CreateLoginProfileCommand({ UserName: 'busy', Password: password }));
  await cast.root.iam.send(new UpdateLoginProfileCommand({ UserName: 'busy', Password: `${password}2` }));
  const sessions = [
    await user.sts.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'busy', ExternalId: externalId })),
    await user.sts.send(new GetSessionTokenCommand({})),
    await user.sts.send(new GetFederationTokenCommand({ Name: 'busy', Policy: document(allow('ivs:*')) })),
  ];
  for (const { Credentials } of sessions) {
    secrets.set(`token ${secrets.size}`, Credentials!.SessionToken!);
    secrets.set(`session secret ${secrets.size}`, Credentials!.SecretAccessKey!);
    const credentials = {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
    await clientsFor(server.url, credentials).ivs.send(new ListChannelsCommand({}));
    for (const request of Object.values(harmless)) {
      await watched(server.url, request, credentials);
      await watched(server.url, request, { ...credentials, secretAccessKey: 'wrong' });
      await watched(server.url, request, { ...credentials, accessKeyId: 'ASIAWRONG12345678901' });
      await watched(server.url, { ...request, body: '{"broken' }, credentials);
    }
  }
  for (const request of Object.values(harmless)) {
    await watched(server.url, request, { ...user.credentials, secretAccessKey: 'wrong' });
    await watched(server.url, request, user.credentials, { now: 0 });
    await watched(server.url, request, user.credentials, {}, (_, headers) => {
      headers['authorization'] = headers['authorization']!.replace('Credential=', 'Credentials=');
    });
    const url = presigned(server.url, request, user.credentials);
    secrets.set(`signature ${secrets.size}`, /Signature=(\w+)$/.exec(url)![1]!);
    answers.push(await send(`${url}0`, request, { ...request.headers }));
  }
  const weak = form({ Action: 'CreateLoginProfile', Version: '2010-05-08', UserName: 'busy', Password: password });
  await watched(server.url, { service: 'iam', ...weak }, keys.root);
  const { streamKey } = await user.ivs.send(new CreateChannelCommand({}));
  secrets.set('stream key', streamKey!.value!);
  await user.ivs.send(new GetStreamKeyCommand({ arn: streamKey!.arn }));
  await server.house.recorder.flush();
});
afterAll(() => server.close());

/** The names of the secrets that a text holds, plain, encoded for URLs, or in part. */
function found(text: string): string[] {
  return [...secrets]
    .filter(([, secret]) => spellings(secret).some((spelling) => text.includes(spelling)))
    .map(([name]) => name);
}

const spellings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  createHash('sha256').update(secret).digest('hex'),
  // Half of it is as bad.
  secret.slice(0, Math.ceil(secret.length / 2)),
];

describe('S0-177 in a busy session with every kind of credential and every refusal', () => {
  test('S0-177 there was much to tell', () => {
    expect(secrets.size).toBeGreaterThan(60);
    expect(answers.length).toBeGreaterThan(50);
    expect(server.logLines.length).toBeGreaterThan(60);
    // The detector works.
    expect(found(`x${password}y`)).toEqual(['password']);
  });

  test('S0-177 S0-172 no secret, token or signature is in any line of the log', () => {
    expect(found(server.logLines.join('\n'))).toEqual([]);
  });

  test('S0-177 nor in the text of any refusal or other answer, nor in its headers', () => {
    for (const { text, headers } of answers) expect(found(`${text}\n${JSON.stringify([...headers])}`)).toEqual([]);
  });

  test('S0-177 nor in the metrics', async () => {
    expect(found(await server.house.metrics.registry.metrics())).toEqual([]);
  });

  test('S0-177 nor in the record of decisions', async () => {
    const rows = await server.house.store.decisions.query({ limit: 10_000 });
    expect(rows.length).toBeGreaterThan(20);
    // The external id is a condition key of the decision, and the record rebuilds it whole.
    expect(found(JSON.stringify(rows)).filter((name) => name !== 'external id')).toEqual([]);
  });
});

describe('on disk', () => {
  test('S0-172 S0-177 secrets are sealed: no file of the data directory holds one', async () => {
    const data = mkdtempSync(join(tmpdir(), 'stagedoor-'));
    const lines: string[] = [];
    const settings = readSettings({ data, port: 0, opsPort: 0, import: fixtures, account });
    const stored = await startServer(settings, createLog('info', { write: (line) => lines.push(line) }));
    const told = new Map<string, string>();
    try {
      const root = { accessKeyId: stored.root!.accessKeyId, secretAccessKey: stored.root!.secretAccessKey };
      const { iam } = clientsFor(stored.url, keys.root);
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'mateojackson' }));
      told.set('new key', AccessKey!.SecretAccessKey!).set('first root key', root.secretAccessKey);
      await iam.send(new CreateLoginProfileCommand({ UserName: 'mateojackson', Password: password }));
    } finally {
      await stored.close();
    }
    const files = readdirSync(data).filter((name) => name !== 'root-credentials');
    expect(files).toContain('stagedoor.db');
    const everything = files.map((name) => readFileSync(join(data, name)).toString('latin1')).join('\n');
    for (const [name, secret] of [...told, ...secrets]) {
      if (name.startsWith('signature')) continue;
      expect([name, everything.includes(secret)]).toEqual([name, false]);
    }
    expect(lines.join('\n')).not.toContain(told.get('first root key'));
    rmSync(data, { recursive: true });
  });
});

test('S0-177 a wrong secret and an unknown id are told apart by code only', async () => {
  const wrong = clientsFor(server.url, { ...keys.admin, secretAccessKey: 'x' }).ivs.send(new ListChannelsCommand({}));
  const { message } = await refusal(wrong);
  expect(message).not.toMatch(/AWS4-HMAC-SHA256|aws4_request|Canonical/);
});
