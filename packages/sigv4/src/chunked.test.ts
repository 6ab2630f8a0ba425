import { hash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkedDecoder } from './chunked.ts';
import type { ChunkedEnd, ChunkedOptions } from './chunked.ts';
import { ecdsaSigner, hmacSigner, signedChunks, unsignedChunks } from './chunked.testkit.ts';
import type { TextSigner } from './chunked.testkit.ts';
import type { PayloadClaim } from './payload.ts';
import { outcome, verify } from './requests.testkit.ts';
import type { Refusal } from './refusal.ts';
import { profiles } from './rules.ts';
import type { StreamingPayload } from './rules.ts';

type Claim = Extract<PayloadClaim, { kind: 'streaming' }>;

const timestamp = '20130524T000000Z';
const scope = '20130524/us-east-1/s3/aws4_request';
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const hmac = { algorithm: 'AWS4-HMAC-SHA256', timestamp, scope, signer: hmacSigner(secret, scope) };
const small = { minChunk: 0 };

function claim(form: StreamingPayload, seed: string, algorithm: string, signer: TextSigner): Claim {
  // ECDSA signatures differ each time, so those tests give their own `fits`.
  const fits = (text: string, given: string): boolean => signer(text) === given;
  return { kind: 'streaming', form, seed: { algorithm, timestamp, scope, signature: seed, fits } };
}

const plainClaim = claim('STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'seed', hmac.algorithm, hmac.signer);
const trailerClaim = claim('STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', 'seed', hmac.algorithm, hmac.signer);
const unsignedClaim = claim('STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'seed', hmac.algorithm, hmac.signer);

/** Decodes a body that arrives in pieces of a size. */
function decode(
  of: Claim,
  body: Uint8Array,
  options: ChunkedOptions = {},
  piece = 1000,
): { data: Buffer; end: ChunkedEnd | Refusal } {
  const decoder = new ChunkedDecoder(of, options);
  const data: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += piece) {
    const given = decoder.push(body.subarray(at, at + piece));
    if ('reason' in given) return { data: Buffer.concat(data), end: given };
    data.push(...given.map((part) => Buffer.from(part)));
  }
  return { data: Buffer.concat(data), end: decoder.finish() };
}

const a = (length: number): Buffer => Buffer.alloc(length, 'a');

/** The upload that the S3 documentation signs step by step. */
const documented = {
  method: 'PUT',
  target: '/examplebucket/chunkObject.txt',
  secret,
  now: Date.UTC(2013, 4, 24),
};

test('S1-5 the documented chunked upload: seed and chunk signatures', () => {
  const rawHeaders = [
    'Host',
    's3.amazonaws.com',
    'x-amz-date',
    timestamp,
    'x-amz-storage-class',
    'REDUCED_REDUNDANCY',
    'x-amz-content-sha256',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    'Content-Encoding',
    'aws-chunked',
    'x-amz-decoded-content-length',
    '66560',
    'Content-Length',
    '66824',
    'Authorization',
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope},` +
      'SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;' +
      'x-amz-decoded-content-length;x-amz-storage-class,' +
      'Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  ];
  const rules = { now: documented.now, profile: profiles.s3, service: 's3' };
  const verified = verify({ head: { ...documented, rawHeaders }, body: 'unread' }, rules, secret);
  if (verified.kind !== 'verified' || verified.payload.kind !== 'streaming') throw new Error(outcome(verified));
  const { bytes, signatures } = signedChunks({
    ...hmac,
    seed: verified.payload.seed.signature,
    chunks: [a(65_536), a(1024)],
  });
  expect(signatures.slice(1)).toEqual([
    'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648',
    '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497',
    'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9',
  ]);
  expect(bytes.length).toBe(66_824);
  const { data, end } = decode(verified.payload, bytes, { decodedLength: 66_560 });
  expect(data.equals(a(66_560))).toBe(true);
  expect(end).toMatchObject({ kind: 'complete' });
});

test('S1-5 the documented upload with a trailer: chunk and trailer signatures', () => {
  const seed = '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e';
  const trailers = { 'x-amz-checksum-crc32c': 'sOO8/Q==' };
  const { bytes, signatures } = signedChunks({ ...hmac, seed, chunks: [a(65_536), a(1024)], trailers });
  expect(signatures.slice(1)).toEqual([
    'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2',
    '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7',
    '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992',
    'd81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435',
  ]);
  const of = claim('STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER', seed, hmac.algorithm, hmac.signer);
  const { end } = decode(of, bytes, { decodedLength: 66_560 });
  expect(end).toEqual({ kind: 'complete', trailers: new Map(Object.entries(trailers)) });
});

const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 5 });
const pieces = fc.integer({ min: 1, max: 40 });

test('S1-5 any chunks decode to their data, however they arrive', () => {
  fc.assert(
    fc.property(bodies, pieces, (chunks, piece) => {
      const trailers = { 'x-amz-checksum-sha256': 'abc=' };
      const encoded = [
        [plainClaim, signedChunks({ ...hmac, seed: 'seed', chunks }).bytes],
        [trailerClaim, signedChunks({ ...hmac, seed: 'seed', chunks, trailers }).bytes],
        [unsignedClaim, unsignedChunks(chunks, trailers)],
      ] as const;
      for (const [of, bytes] of encoded) {
        const { data, end } = decode(of, bytes, small, piece);
        expect(end.kind).toBe('complete');
        expect(data.equals(Buffer.concat(chunks))).toBe(true);
      }
    }),
  );
});

test('S1-5 no altered bit of a signed body is taken, and none of its data is given', () => {
  fc.assert(
    fc.property(bodies, pieces, fc.nat(), fc.nat(7), fc.boolean(), (chunks, piece, position, bit, trailer) => {
      const trailers = trailer ? { trailers: { 'x-amz-checksum-sha256': 'abc=' } } : {};
      const { bytes } = signedChunks({ ...hmac, seed: 'seed', chunks, ...trailers });
      const altered = Buffer.from(bytes);
      const at = position % altered.length;
      altered[at] = (altered[at] ?? 0) ^ (1 << bit);
      const { data, end } = decode(trailer ? trailerClaim : plainClaim, altered, small, piece);
      const whole = Buffer.concat(chunks);
      // The case of a hex digit and of a trailer's name, and how lines end, are not signed and carry no meaning.
      if (end.kind === 'complete') expect(data.equals(whole)).toBe(true);
      else expect(whole.subarray(0, data.length).equals(data)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('S1-5 chunks that are dropped, swapped, repeated or cut off are refused', () => {
  const chunk = (start: number, length: number, from: Buffer): Buffer => from.subarray(start, start + length);
  const { bytes } = signedChunks({ ...hmac, seed: 'seed', chunks: [a(9000), Buffer.alloc(9000, 'b')] });
  const size = bytes.indexOf('\r\n') + 2 + 9000 + 2;
  const [first, second, rest] = [chunk(0, size, bytes), chunk(size, size, bytes), bytes.subarray(2 * size)];
  const wrong = [
    [second, rest],
    [second, first, rest],
    [first, first, second, rest],
  ].map((parts) => Buffer.concat(parts));
  for (const body of wrong) expect(decode(plainClaim, body).end).toMatchObject({ reason: 'chunkSignature' });
  for (const body of [first, Buffer.concat([first, second]), bytes.subarray(0, -1)]) {
    expect(decode(plainClaim, body).end).toMatchObject({ reason: 'chunkFraming' });
  }
  expect(decode(plainClaim, Buffer.concat([bytes, first])).end).toMatchObject({ reason: 'chunkFraming' });
});

test('S1-5 the decoded length must be as announced', () => {
  const { bytes } = signedChunks({ ...hmac, seed: 'seed', chunks: [a(100)] });
  expect(decode(plainClaim, bytes, { decodedLength: 100 }).end.kind).toBe('complete');
  for (const decodedLength of [99, 101]) {
    expect(decode(plainClaim, bytes, { decodedLength }).end).toMatchObject({ reason: 'chunkFraming' });
  }
});

test('only the last chunk may be small, and none larger than allowed', () => {
  const { bytes } = signedChunks({ ...hmac, seed: 'seed', chunks: [a(8191), a(1)] });
  expect(decode(plainClaim, bytes).end).toMatchObject({ reason: 'chunkFraming' });
  expect(decode(plainClaim, bytes, small).end.kind).toBe('complete');
  expect(decode(plainClaim, bytes, { ...small, maxChunk: 8190 }).end).toMatchObject({ reason: 'chunkFraming' });
});

test('a signed form takes no chunk without signature, nor a trailer that is not sealed', () => {
  const bare = unsignedChunks([a(10)], { 'x-amz-checksum-sha256': 'abc=' });
  expect(decode(plainClaim, bare, small).end).toMatchObject({ reason: 'chunkFraming' });
  expect(decode(trailerClaim, bare, small).end).toMatchObject({ reason: 'chunkFraming' });
  const { bytes } = signedChunks({
    ...hmac,
    seed: 'seed',
    chunks: [a(10)],
    trailers: { 'x-amz-checksum-sha256': 'abc=' },
  });
  const cut = bytes.subarray(0, bytes.indexOf('x-amz-trailer-signature'));
  expect(decode(trailerClaim, Buffer.concat([cut, Buffer.from('\r\n')]), small).end).toMatchObject({
    reason: 'chunkFraming',
  });
});

test('S1-5 chunks signed with ECDSA verify through a verified head', () => {
  const algorithm = 'AWS4-ECDSA-P256-SHA256';
  const ecdsaScope = '20130524/s3/aws4_request';
  const signer = ecdsaSigner();
  const rawHeaders = [
    'host',
    's3.amazonaws.com',
    'x-amz-content-sha256',
    'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
    'x-amz-date',
    timestamp,
    'x-amz-region-set',
    'us-*',
  ];
  const names = rawHeaders.filter((_, i) => i % 2 === 0).join(';');
  const block = rawHeaders.map((text, i) => (i % 2 === 0 ? `${text}:` : `${text}\n`)).join('');
  const canonical = `PUT\n/examplebucket/chunkObject.txt\n\n${block}\n${names}\n${rawHeaders[3] ?? ''}`;
  const hashed = hash('sha256', canonical);
  const seed = signer(`${algorithm}\n${timestamp}\n${ecdsaScope}\n${hashed}`);
  const authorization = `${algorithm} Credential=AKIDEXAMPLE/${ecdsaScope}, SignedHeaders=${names}, Signature=${seed}`;
  const head = { ...documented, rawHeaders: [...rawHeaders, 'Authorization', authorization] };
  const rules = { now: documented.now, profile: profiles.s3, service: 's3', region: 'us-west-2' };
  const verified = verify({ head, body: 'unread' }, rules);
  if (verified.kind !== 'verified' || verified.payload.kind !== 'streaming') throw new Error(outcome(verified));
  const { bytes } = signedChunks({ algorithm, timestamp, scope: ecdsaScope, seed, signer, chunks: [a(9000), a(10)] });
  expect(decode(verified.payload, bytes).end.kind).toBe('complete');
  bytes[200] = 0x62;
  expect(decode(verified.payload, bytes).end).toMatchObject({ reason: 'chunkSignature' });
  expect(outcome(verify({ head, body: 'unread' }, { ...rules, region: 'eu-west-1' }))).toBe('scope');
});
