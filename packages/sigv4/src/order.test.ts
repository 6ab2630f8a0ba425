/** Texts and order of the checks, as AWS answers them. */
import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  arrivesPresigned,
  arrivesSigned,
  claimed,
  host,
  key,
  now,
  rules,
  verify,
  withHeader,
  withoutHeader,
} from './requests.testkit.ts';
import type { RequestHead } from './head.ts';
import { profiles } from './rules.ts';
import { verifyAuthorization } from './verify.ts';

const get = { method: 'GET', url: `https://${host}/` };
const plain = arrivesSigned(get).head;
const presigned = arrivesPresigned(get).head;
const bare: RequestHead = { method: 'GET', target: '/', rawHeaders: ['Host', host] };
const scope = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
const none = new Uint8Array();

const authorized = (authorization: string): RequestHead => withHeader(plain, 'authorization', authorization);
const scoped = (credential: string): RequestHead =>
  authorized(`AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`);

/** What is wrong, the head, the reason, AWS's text. */
const refusals: readonly (readonly [string, RequestHead, string, string])[] = [
  ['a path that is not absolute', { ...bare, target: 'x' }, 'badPath', ''],
  ['a broken escape in the path', { ...plain, target: '/%4' }, 'badPath', ''],
  ['a path above the root', { ...plain, target: '/a/../../b' }, 'badPath', ''],
  ['a cut escape in the query', { ...plain, target: '/?a=%4' }, 'badQuery', 'Incomplete trailing escape % sequence'],
  ['a wrong escape', { ...plain, target: '/?a=%4x1' }, 'badQuery', 'Illegal hex character in escape % pattern: %4x'],
  ['nothing signed', bare, 'missing', 'Request is missing Authentication Token'],
  [
    'two signatures',
    { ...plain, target: presigned.target },
    'both',
    "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
  ],
  ['another scheme', authorized('Bearer abc'), 'algorithm', "Unsupported AWS 'algorithm': 'Bearer'."],
  [
    'a word instead of a pair',
    authorized('AWS4-HMAC-SHA256 Credential, Signature=1'),
    'malformed',
    "'Credential' not a valid key=value pair (missing equal-sign) in Authorization header " +
      `(hashed with SHA-256 and encoded with Base64): '${hash('sha256', 'AWS4-HMAC-SHA256 Credential, Signature=1', 'base64')}'.`,
  ],
  [
    'nothing but the algorithm',
    withoutHeader(authorized('AWS4-HMAC-SHA256'), 'x-amz-date'),
    'incomplete',
    "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
      "Authorization header requires 'SignedHeaders' parameter. " +
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " +
      'Authorization=AWS4-HMAC-SHA256',
  ],
  [
    'another algorithm in the query',
    { ...presigned, target: presigned.target.replace('AWS4-HMAC-SHA256', 'AWS4') },
    'missing',
    'Request is missing Authentication Token',
  ],
  [
    'query parameters missing',
    { ...bare, target: '/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a&X-Amz-Date=b' },
    'incomplete',
    "AWS query-string parameters must include 'X-Amz-Signature'. " +
      "AWS query-string parameters must include 'X-Amz-SignedHeaders'. Re-examine the query-string parameters.",
  ],
  [
    'an unsigned host',
    authorized(`AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=x-amz-date, Signature=0`),
    'hostUnsigned',
    "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
  ],
  [
    'a date of another form',
    withHeader(plain, 'x-amz-date', '2015-08-30T12:36:00Z'),
    'malformed',
    "Date must be in ISO-8601 'basic format'. Got '2015-08-30T12:36:00Z'. See http://en.wikipedia.org/wiki/ISO_8601",
  ],
  [
    'two dates',
    { ...plain, rawHeaders: [...plain.rawHeaders, 'x-amz-date', '20150830T123600Z'] },
    'malformed',
    "Date must be in ISO-8601 'basic format'. Got '20150830T123600Z,20150830T123600Z'. " +
      'See http://en.wikipedia.org/wiki/ISO_8601',
  ],
  [
    'a stale date',
    withHeader(plain, 'x-amz-date', '20150830T122059Z'),
    'expired',
    'Signature expired: 20150830T122059Z is now earlier than 20150830T122100Z (20150830T123600Z - 15 min.)',
  ],
  [
    'a date to come',
    withHeader(plain, 'x-amz-date', '20150830T125101Z'),
    'notYetCurrent',
    'Signature not yet current: 20150830T125101Z is still later than 20150830T125100Z (20150830T123600Z + 15 min.)',
  ],
  [
    'a stale date and a broken credential',
    withHeader(scoped('AKIDEXAMPLE'), 'x-amz-date', '20150830T122059Z'),
    'expired',
    'Signature expired: 20150830T122059Z is now earlier than 20150830T122100Z (20150830T123600Z - 15 min.)',
  ],
  [
    'a credential of four parts',
    scoped('AKIDEXAMPLE/20150830/us-east-1/service'),
    'malformed',
    'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, ' +
      "got 'AKIDEXAMPLE/20150830/us-east-1/service'",
  ],
  [
    'a credential of six parts',
    scoped(`x/${scope}`),
    'malformed',
    `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'x/${scope}'`,
  ],
  [
    'a foreign scope',
    scoped('AKIDEXAMPLE/20150829/eu-west-1/ivs/aws5_request'),
    'scope',
    "Credential should be scoped to a valid region, not 'eu-west-1'. " +
      "Credential should be scoped to correct service: 'service'. " +
      "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. " +
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
      "'20150829' != '20150830', from '20150830T123600Z'. ",
  ],
  [
    'another signature',
    scoped(scope),
    'signature',
    'The request signature we calculated does not match the signature you provided. ' +
      'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  ],
];

test.each(refusals)('S0-5 S1-5 %s is refused with its own text', (_, head, reason, message) => {
  expect(verify({ head, body: none })).toMatchObject({ kind: 'refused', reason, message });
});

test('the first Authorization header counts, and the last of its duplicates', () => {
  const good = plain.rawHeaders[plain.rawHeaders.indexOf('authorization') + 1] ?? '';
  const second = { ...plain, rawHeaders: [...plain.rawHeaders, 'Authorization', 'Bearer x'] };
  expect(verify({ head: second, body: none }).kind).toBe('verified');
  const doubled = authorized(good.replace('Credential=', 'Credential=wrong, Credential='));
  expect(verify({ head: doubled, body: none }).kind).toBe('verified');
});

test('the first of duplicate query parameters counts', () => {
  const head = { ...presigned, target: `${presigned.target}&X-Amz-Signature=${'0'.repeat(64)}` };
  expect(claimed(head).signature).toBe(claimed(presigned).signature);
});

test('freshness and scope are settled before the key is looked up, and the key before the signature', async () => {
  const asked: string[] = [];
  const find = (id: string, token: string | undefined) => {
    asked.push(`${id} ${token ?? ''}`);
    return 'unknownKey' as const;
  };
  const stale = { ...rules, now: now + 16 * 60_000 };
  expect(await verifyAuthorization(claimed(plain), none, find, stale)).toMatchObject({ reason: 'expired' });
  expect(await verifyAuthorization(claimed(scoped(scope.replace('service', 'iam'))), none, find, rules)).toMatchObject({
    reason: 'scope',
  });
  expect(asked).toEqual([]);
  expect(await verifyAuthorization(claimed(scoped(scope)), none, find, rules)).toMatchObject({
    reason: 'unknownKey',
    message: 'The security token included in the request is invalid.',
  });
  expect(asked).toEqual(['AKIDEXAMPLE ']);
});

test('S0-176 the key id and the secret are both needed', async () => {
  const both = await verifyAuthorization(claimed(plain), none, () => ({ ...key, user: 'mateojackson' }), rules);
  expect(both).toMatchObject({ kind: 'verified', credential: { user: 'mateojackson' } });
  const wrong = await verifyAuthorization(claimed(plain), none, () => ({ secretAccessKey: 'x' }), rules);
  expect(wrong).toMatchObject({ kind: 'refused', reason: 'signature' });
  const unknown = await verifyAuthorization(claimed(plain), none, () => Promise.resolve('unknownKey' as const), rules);
  expect(unknown).toMatchObject({ kind: 'refused', reason: 'unknownKey' });
});

test.each([
  ['badToken', 'The security token included in the request is invalid'],
  ['expiredToken', 'The security token included in the request is expired'],
] as const)('S0-5 a session with %s is refused with its own text', async (reason, message) => {
  const { head } = arrivesSigned(get, { ...key, sessionToken: 'token' });
  const result = await verifyAuthorization(claimed(head), none, () => reason, rules);
  expect(result).toMatchObject({ kind: 'refused', reason, message });
});

test('the session token reaches the look-up from either form', () => {
  const session = { ...key, sessionToken: 'a/b+c==' };
  expect(claimed(arrivesSigned(get, session).head).sessionToken).toBe('a/b+c==');
  expect(claimed(arrivesPresigned(get, session).head).sessionToken).toBe('a/b+c==');
});

test('no refusal repeats the session token or the signature', () => {
  const { head } = arrivesSigned(get, { ...key, sessionToken: 'very-secret-token' });
  const refused = verify({ head, body: Buffer.from('x') });
  expect(JSON.stringify(refused)).not.toContain('very-secret-token');
  expect(JSON.stringify(refused)).not.toContain(claimed(head).signature);
});

test('a mismatch is explained only when asked', () => {
  const request = { head: plain, body: Buffer.from('x') };
  expect(verify(request)).not.toHaveProperty('expected');
  const explained = verify(request, { explain: true });
  expect(explained).toMatchObject({ expected: { canonicalRequest: expect.stringMatching(/^GET\n\/\n\nhost:/) } });
});

test('S1-5 a clock may be fifteen minutes off, either way, and no more', () => {
  for (const skew of [-900_000, 900_000])
    expect(verify({ head: plain, body: none }, { now: now + skew }).kind).toBe('verified');
  expect(verify({ head: plain, body: none }, { now: now + 900_001 })).toMatchObject({ reason: 'expired' });
  expect(verify({ head: plain, body: none }, { now: now - 900_001 })).toMatchObject({ reason: 'notYetCurrent' });
});

test('S1-5 X-Amz-Expires is the life of a presigned request only where the service reads it', () => {
  const body = none;
  const stated = { profile: { ...profiles.standard, maxExpires: 604_800 } };
  expect(verify({ head: presigned, body }, { now: now + 61_000 }).kind).toBe('verified');
  expect(verify({ head: presigned, body }, { now: now + 60_000, ...stated }).kind).toBe('verified');
  expect(verify({ head: presigned, body }, { now: now + 60_001, ...stated })).toMatchObject({ reason: 'expired' });
  const week = arrivesPresigned(get, key, { expires: 604_800 }).head;
  expect(verify({ head: week, body }, { now: now + 604_800_000, ...stated }).kind).toBe('verified');
  expect(verify({ head: week, body }, { now: now + 604_800_000 })).toMatchObject({ reason: 'expired' });
});

test.each([
  [
    '604801',
    'X-Amz-Expires must be less than a week (in seconds) that is, the given X-Amz-Expires must be less than 604800 seconds',
  ],
  ['-1', 'X-Amz-Expires must be non-negative'],
  ['soon', 'X-Amz-Expires should be a number'],
])('X-Amz-Expires=%s is malformed', (expires, message) => {
  const head = { ...presigned, target: presigned.target.replace('X-Amz-Expires=60', `X-Amz-Expires=${expires}`) };
  const stated = { profile: { ...profiles.standard, maxExpires: 604_800 } };
  expect(verify({ head, body: none }, stated)).toMatchObject({ reason: 'malformed', message });
});
