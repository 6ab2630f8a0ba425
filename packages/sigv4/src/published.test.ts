/** Signatures that AWS has published for its well-known example key, reproduced. */
import { expect, test } from 'vitest';
import { derivePrivateScalar, publicJwk } from './ecdsa-key.ts';
import { key, outcome, verify } from './requests.testkit.ts';
import { profiles } from './rules.ts';

const credential = 'AKIDEXAMPLE/20150830/us-east-1/service/aws4_request';
const date = ['X-Amz-Date', '20150830T123600Z'];
const token = '6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267';
const alphabet = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** What the request is, its target, its further headers, and the signature published for it. */
const published: readonly (readonly [string, string, readonly string[], string])[] = [
  ['plain GET', '/', [], '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'one header sent thrice',
    '/',
    ['My-Header1', 'value2', 'My-Header1', 'value2', 'My-Header1', 'value1'],
    'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
  ],
  [
    'spaces in header values',
    '/',
    ['My-Header1', ' value1', 'My-Header2', ' "a   b   c"'],
    'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  ],
  [
    'a path signed with its dot segments',
    '/example1/example2/../..',
    [],
    'dc33e0856fd4baca4d7aa2146c38958283844764f38c74252a333df5e613003b',
  ],
  ['repeated slashes', '//example//', [], '9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84'],
  [
    'repeated slashes signed as they are',
    '//example//',
    [],
    '87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5',
  ],
  ['a raw space', '/example space/', [], '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741'],
  ['raw UTF-8', '/\u1234', [], '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'],
  ['raw UTF-8 as bytes', '/\xe1\x88\xb4', [], '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85'],
  ['a query', '/?Param1=value1', [], 'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb'],
  [
    'an unreserved query',
    `/?${alphabet}=${alphabet}`,
    [],
    '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  ],
  [
    'a query sorted by its encoded names',
    '/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1',
    [],
    '371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac',
  ],
  [
    'a session token',
    '/',
    ['X-Amz-Security-Token', token],
    '07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8',
  ],
];

test.each(published)('S1-5 published signature of %s', (_, target, headers, signature) => {
  const names = ['host', 'x-amz-date', ...headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase())];
  const list = [...new Set(names)].sort().join(';');
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${list}, Signature=${signature}`;
  const rawHeaders = ['Host', 'example.amazonaws.com', ...headers, ...date, 'Authorization', authorization];
  expect(outcome(verify({ head: { method: 'GET', target, rawHeaders }, body: new Uint8Array() }))).toBe('verified');
});

const ecdsa = 'AWS4-ECDSA-P256-SHA256';
const withEcdsa = { profile: { ...profiles.standard, ecdsa: true } };

test('S1-5 the key pair published for the example key', () => {
  const { x, y } = publicJwk(derivePrivateScalar(key.accessKeyId, key.secretAccessKey));
  expect(Buffer.from(x, 'base64url').toString('hex')).toBe(
    'b6618f6a65740a99e650b33b6b4b5bd0d43b176d721a3edfea7e7d2d56d936b1',
  );
  expect(Buffer.from(y, 'base64url').toString('hex')).toBe(
    '865ed22a7eadc9c5cb9d2cbaca1b3699139fedc5043dc6661864218330c8e518',
  );
});

test('S1-5 a published SigV4A signature in the query form', () => {
  const target =
    `/?X-Amz-Algorithm=${ecdsa}&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fservice%2Faws4_request` +
    '&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-Expires=3600&X-Amz-Region-Set=us-east-1' +
    '&X-Amz-Signature=3046022100c57d8a142ae302eb396afb515da12ec3020a836331dfdbf6c8e4f14c0661c0a1' +
    '022100e1da9728157dad97d80217afb04aa9b99f61dcdef57a056a7f198fb1b728f7c3';
  const head = { method: 'GET', target, rawHeaders: ['Host', 'example.amazonaws.com'] };
  expect(outcome(verify({ head, body: new Uint8Array() }, withEcdsa))).toBe('verified');
  expect(outcome(verify({ head, body: new Uint8Array() }))).toBe('algorithm');
  expect(outcome(verify({ head, body: Buffer.from('x') }, withEcdsa))).toBe('signature');
  expect(outcome(verify({ head, body: new Uint8Array() }, { ...withEcdsa, region: 'us-east-2' }))).toBe('scope');
  const widened = { ...head, target: target.replace('Region-Set=us-east-1', 'Region-Set=*') };
  expect(outcome(verify({ head: widened, body: new Uint8Array() }, withEcdsa))).toBe('signature');
});
