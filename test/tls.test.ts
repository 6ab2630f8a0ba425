/** HTTPS: a certificate made or given, and what policies see of it. */
import { CreatePolicyCommand, IAMClient, ListUsersCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { GetChannelCommand, IvsClient } from '@aws-sdk/client-ivs';
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { channelArn, fixturesFile, keys } from './support/fixtures.ts';
import { clientOptions, codeOf, endAll, scratch, stagedoor, startProcess, within } from './support/process.ts';
import type { Running } from './support/process.ts';

afterAll(endAll);

/** Programs start here, on a machine that may have much else to do. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Whoever trusts only this certificate, and checks the name in it. */
const trusting = (certificate: string) => ({ httpsAgent: new Agent({ ca: certificate }) });

const overHttps = (url: string, credentials: typeof keys.root, certificate: string) => ({
  ...clientOptions(url, credentials),
  requestHandler: trusting(certificate),
});

const explicitlyDenied = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => false,
    (error: Error) => error.message.includes('with an explicit deny in an identity-based policy'),
  );

describe('--tls-self-signed', () => {
  let data: string;
  let secure: Running;
  let plain: Running;
  let certificate: string;
  beforeAll(async () => {
    data = scratch();
    secure = await startProcess(['--tls-self-signed', '--data', data, '--import', fixturesFile]);
    // The same state without TLS.
    plain = await startProcess(['--data', data]);
    certificate = readFileSync(join(data, 'tls-cert.pem'), 'utf8');
  });

  test('serves HTTPS with a certificate of the address it listens on, kept private', async () => {
    expect(secure.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const iam = new IAMClient(overHttps(secure.url, keys.admin, certificate));
    expect((await iam.send(new ListUsersCommand({}))).Users).toHaveLength(3);
    for (const name of ['tls-cert.pem', 'tls-key.pem']) expect(statSync(join(data, name)).mode & 0o777).toBe(0o600);
  });

  test('does not speak HTTP on that port', async () => {
    await expect(fetch(secure.url.replace('https', 'http'))).rejects.toThrow('fetch failed');
  });

  test('S0-103 aws:SecureTransport is true there and false over HTTP', async () => {
    const onlySecure = {
      Statement: [
        { Effect: 'Allow', Action: 'ivs:GetChannel', Resource: channelArn },
        { Effect: 'Deny', Action: '*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
    };
    const admin = new IAMClient(overHttps(secure.url, keys.admin, certificate));
    const document = { PolicyName: 'only-secure', PolicyDocument: JSON.stringify(onlySecure) };
    await admin.send(new PutUserPolicyCommand({ UserName: 'richard-roe', ...document }));
    const asked = new GetChannelCommand({ arn: channelArn });
    const safely = new IvsClient(overHttps(secure.url, keys.richardRoe, certificate));
    const openly = new IvsClient(clientOptions(plain.url, keys.richardRoe));
    expect(await codeOf(safely.send(asked))).toBe('ok');
    // The other process learns of the policy within a second; the machine may be busy.
    await within(2000, () => explicitlyDenied(openly.send(asked)));
  });

  test('S0-103 a client that claims X-Forwarded-Proto is not believed', async () => {
    const iam = new IAMClient(clientOptions(plain.url, keys.admin));
    const statement = {
      Effect: 'Deny',
      Action: 'iam:CreatePolicy',
      Resource: '*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    const PolicyDocument = JSON.stringify({ Statement: statement });
    await iam.send(new PutUserPolicyCommand({ UserName: 'admin', PolicyName: 'secure', PolicyDocument }));
    iam.middlewareStack.add(
      (next) => (args) => {
        Object.assign(Object(args.request).headers, { 'x-forwarded-proto': 'https' });
        return next(args);
      },
      { step: 'build' },
    );
    expect(await codeOf(iam.send(new CreatePolicyCommand({ PolicyName: 'x', PolicyDocument })))).toBe('AccessDenied');
  });

  test('the same certificate is shown after the next start; one process of several makes it', async () => {
    await secure.stop();
    const again = await startProcess(['--tls-self-signed', '--data', data, '--workers', '2']);
    expect(again.url).toMatch(/^https:/);
    expect(readFileSync(join(data, 'tls-cert.pem'), 'utf8')).toBe(certificate);
    const iam = new IAMClient(overHttps(again.url, keys.admin, certificate));
    expect((await iam.send(new ListUsersCommand({}))).Users).toHaveLength(3);
    await again.stop();
  });

  test('a certificate given by files is shown, by a server that keeps nothing', async () => {
    const files = scratch();
    mkdirSync(join(files, 'elsewhere'));
    const [cert, key] = [join(files, 'elsewhere', 'cert.pem'), join(files, 'elsewhere', 'key.pem')];
    copyFileSync(join(data, 'tls-cert.pem'), cert);
    copyFileSync(join(data, 'tls-key.pem'), key);
    const server = await startProcess(['--ephemeral', '--tls-cert', cert, '--tls-key', key]);
    const status = await new Promise((settle, fail) => {
      const options = { ca: certificate };
      get(`${server.url}/_stagedoor/health`, options, (answer) => settle(answer.statusCode)).on('error', fail);
    });
    expect(status).toBe(200);
    await server.stop();
  });
});

test('certificates that cannot be used are refused in one line that names the settings', async () => {
  const files = scratch();
  writeFileSync(join(files, 'bad.pem'), 'no certificate');
  const withCertificate = (name: string) => {
    const file = join(files, name);
    return stagedoor(['start', '--port', '0', '--data', join(files, 'data'), '--tls-cert', file, '--tls-key', file]);
  };
  for (const { code, stderr } of await Promise.all([withCertificate('none.pem'), withCertificate('bad.pem')])) {
    expect(code).toBe(1);
    expect(stderr).toMatch(/^stagedoor: tlsCert and tlsKey cannot be used: .+\n$/);
  }
});
