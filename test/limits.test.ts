/** What no client needs: too large, too deep, too strange. Refused by name, and the server goes on serving. */
import { IvsClient, ListChannelsCommand } from '@aws-sdk/client-ivs';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { services } from '../packages/server/src/services/index.ts';
import { loadModels } from '../packages/server/src/wire/models.ts';
import { form, harmless, send, signedFetch } from './support/raw.ts';
import type { RawRequest } from './support/raw.ts';
import { channelArn, keys, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

const maxBodyBytes = 100_000;
let server: TestServer;

beforeAll(async () => {
  server = await testServer({ maxBodyBytes, requestTimeout: 5000 });
});
afterAll(() => server.close());

/** After everything: the server still answers, and nothing went wrong inside. */
afterEach(async () => {
  expect((await signedFetch(server.url, harmless.ivs, keys.root)).status).toBe(200);
  expect(server.logLines.filter((line) => line.includes('"level":50'))).toEqual([]);
});

const json = { 'content-type': 'application/json' };
const ivs = (path: string, body: string): RawRequest => ({ service: 'ivs', path, headers: json, body });
const signed = (request: RawRequest) => signedFetch(server.url, request, keys.root);

/** Sends bytes as they are; answers all that came back. */
function bytes(text: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.end(text));
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
    socket.on('close', () => resolve(answer));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
    );
  });
}

describe('size', () => {
  test('a body over the limit is refused with 413, declared or not', async () => {
    const body = `{"name":"${'x'.repeat(maxBodyBytes)}"}`;
    expect((await signed(ivs('/CreateChannel', body))).status).toBe(413);
    const { hostname, port } = new URL(server.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const agent = new Agent({ keepAlive: false });
      const sending = httpRequest({ hostname, port, path: '/CreateChannel', method: 'POST', agent }, (answer) => {
        resolve(answer.statusCode);
        answer.resume();
      });
      sending.on('error', reject);
      sending.write(body.slice(0, 60_000));
      sending.write(body);
      sending.end();
    });
    expect(status).toBe(413);
  });

  test('a body of just the limit is read', async () => {
    const name = 'x'.repeat(maxBodyBytes - 11);
    expect((await signed(ivs('/CreateChannel', `{"name":"${name}"}`))).code).toBe('ValidationException');
  });

  test('a huge header is refused with 431, and many headers do not stop the server', async () => {
    const huge = await bytes(`GET / HTTP/1.1\r\nhost: x\r\nx-huge: ${'y'.repeat(70_000)}\r\n\r\n`);
    expect(huge).toMatch(/^HTTP\/1.1 431 /);
    const many = Array.from({ length: 1500 }, (_, i) => `x-${i}: y\r\n`).join('');
    expect(await bytes(`GET /ListChannels HTTP/1.1\r\nhost: x\r\n${many}\r\n`)).toMatch(/^HTTP\/1.1 4\d\d /);
  });

  test('what is not HTTP is refused with 400', async () => {
    expect(await bytes('\u0016\u0003\u0001 not http\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe('what is unknown', () => {
  test.each([
    ['ivs', ivs('/NoSuchOperation', '{}'), 'UnknownOperationException', 404],
    [
      'a service that is not served',
      { service: 'ivschat', path: '/CreateRoom', headers: json, body: '{}' },
      'UnknownOperationException',
      404,
    ],
    ['iam', { service: 'iam', ...form({ Action: 'NoSuchAction', Version: '2010-05-08' }) }, 'InvalidAction', 400],
    [
      'another version',
      { service: 'iam', ...form({ Action: 'ListUsers', Version: '1999-01-01' }) },
      'NoSuchVersion',
      400,
    ],
    ['no action', { service: 'sts', ...form({ Version: '2011-06-15' }) }, 'MissingAction', 400],
    [
      'names of every object',
      { service: 'iam', ...form({ Action: 'constructor', Version: '2010-05-08' }) },
      'InvalidAction',
      400,
    ],
    ['a path of every object', ivs('/__proto__', '{}'), 'UnknownOperationException', 404],
  ] as const)('%s is refused by name', async (_, request, code, status) => {
    const answer = await signed(request);
    expect([answer.code, answer.status]).toEqual([code, status]);
  });

  test('an operation that AWS has and this server has not yet is unknown like any other', async () => {
    const { operations, apiVersion: Version } = loadModels().services.get('iam')!;
    const missing = [...operations.keys()].filter((name) => services.get('iam')?.has(name) === false);
    for (const Action of missing.slice(0, 3)) {
      const { code, text } = await signed({ service: 'iam', ...form({ Action, Version }) });
      expect(code).toBe('InvalidAction');
      expect(text).toContain(`Could not find operation ${Action} for version ${Version}`);
    }
  });

  test('without credentials neither tells more', async () => {
    expect((await send(`${server.url}/`, harmless.iam, { ...json })).status).toBeGreaterThanOrEqual(400);
    expect((await send(`${server.url}/_stagedoor/nothing`, harmless.iam, {})).status).toBe(404);
  });
});

describe('what is malformed', () => {
  const deep = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);
  const bodies: readonly (readonly [string, string])[] = [
    ['no JSON', '{'],
    ['not an object', '[]'],
    ['a text', '"x"'],
    ['null', 'null'],
    ['a deep array', deep(40_000, '[', ']')],
    ['a deep object', `${'{"a":'.repeat(16_000)}1${'}'.repeat(16_000)}`],
    ['a deep member', `{"arn":${deep(40_000, '[', ']')}}`],
    ['a wrong type', '{"arn":7}'],
    ['a number that is none', '{"arn":1e999}'],
    ['bytes that are not UTF-8', '{"arn":"\u00ff\u00fe"}'],
    ['nothing', ''],
  ];

  test.each(bodies)('%s', async (_, body) => {
    const { status, code } = await signed(ivs('/GetChannel', body));
    expect([status, code]).toEqual([400, expect.stringMatching(/^(ValidationException|SerializationException)$/)]);
  });

  test('members that are no members of the model are ignored, __proto__ among them', async () => {
    const strange = `{"arn":"${channelArn}","__proto__":{"arn":"x"},"constructor":{"prototype":{"polluted":1}},"toString":1}`;
    const { status, text } = await signed(ivs('/GetChannel', strange));
    expect(status).toBe(200);
    expect(text).toContain(channelArn);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const tagged = await signed(ivs('/CreateChannel', '{"tags":{"__proto__":"a","constructor":"b"}}'));
    const { channel } = JSON.parse(tagged.text) as { channel: { arn: string } };
    const { text: tags } = await signed({
      service: 'ivs',
      method: 'GET',
      path: `/tags/${encodeURIComponent(channel.arn)}`,
    });
    expect(tags).toBe('{"tags":{"__proto__":"a","constructor":"b"}}');
  });

  test('forms with strange, deep or many fields', async () => {
    const action = { Action: 'ListUsers', Version: '2010-05-08' };
    const fields = [
      { ['a.b.c.d.e.f'.repeat(500)]: '1' },
      { ['__proto__']: '1', 'constructor.prototype.x': '1' },
      { 'Tags.member.999999999.Key': 'x' },
      Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`x${i}`, '1'])),
    ];
    for (const more of fields) {
      const { status } = await signed({ service: 'iam', ...form({ ...action, ...more }) });
      expect([200, 400]).toContain(status);
    }
    const sparse = form({
      Action: 'TagUser',
      Version: '2010-05-08',
      UserName: 'admin',
      'Tags.member.4294967295.Key': 'a',
      'Tags.member.4294967295.Value': 'b',
    });
    expect([200, 400]).toContain((await signed({ service: 'iam', ...sparse })).status);
  });

  test('a policy that is deep or long is refused as one, in time', async () => {
    const documents = [
      deep(2000, '[', ']'),
      `{"Statement":${deep(900, '{"a":', '1}')}}`,
      `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"${'*a'.repeat(900)}","Resource":"*"}}`,
    ];
    for (const PolicyDocument of documents) {
      const fields = form({
        Action: 'PutUserPolicy',
        Version: '2010-05-08',
        UserName: 'admin',
        PolicyName: 'x',
        PolicyDocument,
      });
      expect([200, 400, 409]).toContain((await signed({ service: 'iam', ...fields })).status);
    }
  });

  test('paths that climb, double slashes and broken escapes', async () => {
    for (const path of [
      '/../GetChannel',
      '/%2e%2e/GetChannel',
      '//GetChannel',
      '/GetChannel/',
      '/tags/%zz',
      '/tags/%00',
      '/%',
    ]) {
      const answer = await bytes(
        `POST ${path} HTTP/1.1\r\nhost: ivs.us-west-2.amazonaws.com\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}`,
      );
      expect(answer).toMatch(/^HTTP\/1.1 4\d\d /);
    }
  });
});

describe('smuggling', () => {
  test('a request with two lengths, or a length and chunks, is refused', async () => {
    const lengths = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}x';
    const both = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n';
    for (const text of [lengths, both]) expect(await bytes(text)).toMatch(/^HTTP\/1.1 400 /);
  });

  test('every answer has a request id and a date', async () => {
    for (const request of [harmless.ivs, harmless.iam, ivs('/NoSuchOperation', '{}')]) {
      const { headers } = await signed(request);
      expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
      expect(Math.abs(Date.parse(headers.get('date')!) - Date.now())).toBeLessThan(5000);
    }
  });
});

test('S1-5 clients whose clock is wrong correct it by the Date header and are served', async () => {
  server.clock.set(Date.now() + 3 * 3_600_000);
  try {
    const ivsClient = new IvsClient({
      endpoint: server.url,
      region: 'us-west-2',
      credentials: keys.root,
      maxAttempts: 2,
    });
    expect((await ivsClient.send(new ListChannelsCommand({}))).channels?.length).toBeGreaterThan(0);
  } finally {
    server.clock.set(null);
  }
});
