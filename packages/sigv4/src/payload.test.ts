/** Payload hashes, headers that must be signed, and what single services take. */
import { expect, test } from 'vitest';
import { sha256Hex } from './digest.ts';
import type { RequestHead } from './head.ts';
import {
  arrivesPresigned,
  arrivesSigned,
  claimed,
  host,
  key,
  now,
  outcome,
  verify,
  withHeader,
} from './requests.testkit.ts';
import { profiles } from './rules.ts';
import { verifySignature } from './verify.ts';

const post = { method: 'POST', url: `https://${host}/`, body: 'Action=GetUser' };
const put = { method: 'PUT', url: `https://${host}/a/object`, body: 'data' };
const s3 = { doubleEncode: false, contentHash: true } as const;
const s3Rules = { profile: profiles.s3 };
const unsigned = 'UNSIGNED-PAYLOAD';

test('S1-5 a declared content hash must be that of the body', () => {
  const { head, body } = arrivesSigned(post, key, { contentHash: true });
  expect(verify({ head, body })).toEqual({ kind: 'verified', payload: { kind: 'signed' } });
  expect(outcome(verify({ head, body: Buffer.from('Action=DeleteUser') }))).toBe('payloadHash');
});

test('S1-5 a body given as its hash verifies like the body', () => {
  const { head, body } = arrivesSigned(post);
  expect(outcome(verify({ head, body: { sha256Hex: sha256Hex(body) } }))).toBe('verified');
  expect(outcome(verify({ head, body: { sha256Hex: sha256Hex('') } }))).toBe('signature');
});

test('S1-5 an unsigned payload is taken only where the service takes it', () => {
  const { head, body } = arrivesSigned(put, key, { ...s3, payloadHash: unsigned });
  expect(verify({ head, body }, s3Rules)).toEqual({ kind: 'verified', payload: { kind: 'unsigned' } });
  expect(outcome(verify({ head, body }))).toBe('payloadUnsigned');
  // Claiming it without signing the claim does not help either.
  const claimedOnly = withHeader(arrivesSigned(post).head, 'x-amz-content-sha256', unsigned);
  expect(outcome(verify({ head: claimedOnly, body: Buffer.from('other') }))).toBe('headerUnsigned');
});

test('S1-5 S3 asks for the content hash, and presigns without one', () => {
  const { head, body } = arrivesSigned(put, key, { doubleEncode: false });
  expect(outcome(verify({ head, body }, s3Rules))).toBe('payloadHashMissing');
  const presigned = arrivesPresigned(put, key, { doubleEncode: false, payloadHash: unsigned });
  expect(verify(presigned, s3Rules)).toEqual({ kind: 'verified', payload: { kind: 'unsigned' } });
});

test('S1-5 a content hash that presigners move into the query counts', () => {
  const url = `${put.url}?X-Amz-Content-Sha256=${unsigned}`;
  const { head, body } = arrivesPresigned({ ...put, url }, key, { payloadHash: unsigned });
  expect(outcome(verify({ head, body }))).toBe('payloadUnsigned');
  expect(outcome(verify({ head, body }, { profile: { ...profiles.standard, payload: 'unsignedAllowed' } }))).toBe(
    'verified',
  );
});

test('a body that comes later is vouched for by its declared hash, or not at all', () => {
  const { head, body } = arrivesSigned(put, key, s3);
  const later = { kind: 'verified', payload: { kind: 'declared', sha256Hex: sha256Hex(body) } };
  expect(verify({ head, body: 'unread' }, s3Rules)).toEqual(later);
  expect(outcome(verify({ head: arrivesSigned(post).head, body: 'unread' }))).toBe('payloadUnsigned');
});

test('a content hash that is neither a hash nor a known word is refused', () => {
  for (const payloadHash of ['abc', 'STREAMING-SOMETHING', '']) {
    const { head, body } = arrivesSigned(put, key, { ...s3, payloadHash });
    expect(outcome(verify({ head, body }, s3Rules))).not.toBe('verified');
  }
});

test.each(['x-amz-security-token', 'x-amz-target', 'x-amz-content-sha256'])(
  'S1-5 an unsigned %s is refused',
  (name) => {
    const { head, body } = arrivesSigned(post);
    expect(outcome(verify({ head: withHeader(head, name, 'Other.Operation'), body }))).toBe('headerUnsigned');
  },
);

test('S1-5 a header that changes no meaning may be added on the way', () => {
  const { head, body } = arrivesSigned(post);
  expect(outcome(verify({ head: withHeader(head, 'x-forwarded-for', '192.0.2.1'), body }))).toBe('verified');
});

const upload = { method: 'POST', url: 'https://s-1a2b3c4d.kinesisvideo.us-west-2.amazonaws.com/putMedia' };
const uploadRules = { profile: profiles.kinesisVideoUpload };

test('S1-5 PutMedia as the C producer signs it: an empty body, the token unsigned', () => {
  const { head } = arrivesSigned({ ...upload, headers: { connection: 'keep-alive', 'x-amzn-stream-name': 's' } });
  const sent = withHeader(head, 'x-amz-security-token', 'session');
  expect(verify({ head: sent, body: 'unread' }, uploadRules)).toEqual({
    kind: 'verified',
    payload: { kind: 'unsigned' },
  });
  expect(claimed(sent).sessionToken).toBe('session');
  expect(outcome(verify({ head: sent, body: 'unread' }))).toBe('headerUnsigned');
});

test('S1-5 PutMedia as the Java producer signs it: UNSIGNED-PAYLOAD said after signing, the host without port', () => {
  const { head } = arrivesSigned(upload, key, { payloadHash: unsigned });
  const ported = withHeader(head, 'host', `${new URL(upload.url).host}:8443`);
  const sent = withHeader(ported, 'x-amz-content-sha256', unsigned);
  expect(outcome(verify({ head: sent, body: 'unread' }, uploadRules))).toBe('verified');
  expect(outcome(verify({ head: sent, body: 'unread' }, { profile: profiles.kinesisVideo }))).not.toBe('verified');
  const elsewhere = withHeader(sent, 'host', 'example.com:8443');
  expect(outcome(verify({ head: elsewhere, body: 'unread' }, uploadRules))).toBe('signature');
});

test('S1-5 the presigned WebSocket request of a signaling channel', () => {
  const channel = 'arn:aws:kinesisvideo:us-west-2:123456789012:channel/Lobby/1234567890123';
  const url = `https://m-1a2b3c4d.kinesisvideo.us-west-2.amazonaws.com/?X-Amz-ChannelARN=${encodeURIComponent(channel)}`;
  const session = { ...key, sessionToken: 'a/b+c==' };
  const { head, body } = arrivesPresigned({ method: 'GET', url }, session, { expires: 299 });
  const signaling = { profile: profiles.kinesisVideoSignaling };
  const upgraded = withHeader(withHeader(head, 'upgrade', 'websocket'), 'connection', 'Upgrade');
  expect(outcome(verify({ head: upgraded, body }, signaling))).toBe('verified');
  expect(outcome(verify({ head: upgraded, body }, { ...signaling, now: now + 300_000 }))).toBe('expired');
  const other = { ...upgraded, target: upgraded.target.replace('Lobby', 'Other') };
  expect(outcome(verify({ head: other, body }, signaling))).toBe('signature');
});

test('PutMedia signed over some other body cannot be verified and is refused', () => {
  const { head } = arrivesSigned({ ...upload, body: 'media' }, key, { contentHash: true });
  expect(outcome(verify({ head, body: 'unread' }, uploadRules))).toBe('payloadHash');
});

test('S1-5 a host known under another name verifies only by a configured alias', () => {
  const { head, body } = arrivesSigned(post);
  const proxied = withHeader(head, 'host', 'inside:4577');
  expect(outcome(verify({ head: proxied, body }))).toBe('signature');
  expect(outcome(verify({ head: proxied, body }, { hostAliases: ['other.example', host] }))).toBe('verified');
});

test('S1-5 HTTP/2 sends the host as :authority', () => {
  const { head, body } = arrivesSigned(post);
  const rawHeaders = head.rawHeaders.map((text) => (text === 'host' ? ':authority' : text));
  expect(outcome(verify({ head: { ...head, rawHeaders }, body }))).toBe('verified');
});

test('S1-5 a Date header in HTTP form dates a request without X-Amz-Date', () => {
  const { head, body } = arrivesSigned(post);
  const authorization = head.rawHeaders.at(-1) ?? '';
  const rawHeaders = ['Host', host, 'Date', 'Sun, 30 Aug 2015 12:36:00 GMT', 'Authorization', authorization];
  const dated: RequestHead = { ...head, rawHeaders };
  expect(claimed(dated).timestamp).toBe('20150830T123600Z');
  expect(outcome(verify({ head: dated, body }))).toBe('signature');
  const nowhere = withHeader(dated, 'date', 'Sun, 31 Feb 2015 12:36:00 GMT');
  expect(outcome(verify({ head: nowhere, body }))).toBe('malformed');
});

test('a line break in a header value cannot pass for another header', () => {
  const { head, body } = arrivesSigned({ ...post, headers: { 'x-a': '1', 'x-b': '2' } });
  const names = head.rawHeaders.filter((_, i) => i % 2 === 0);
  expect(names).toContain('x-b');
  const at = head.rawHeaders.indexOf('x-b');
  const folded = withHeader({ ...head, rawHeaders: head.rawHeaders.toSpliced(at, 2) }, 'x-a', '1\nx-b:2');
  expect(outcome(verify({ head: folded, body }))).toBe('signature');
});

test('a changed secret never meets the signing key of the old one', () => {
  const { head, body } = arrivesSigned(post);
  const rules = { service: 'service', now: 0, profile: profiles.standard };
  const tries = ['x', key.secretAccessKey, 'x', key.secretAccessKey];
  const results = tries.map((secretAccessKey) => verifySignature(claimed(head), body, { secretAccessKey }, rules));
  expect(results.map(outcome)).toEqual(['signature', 'verified', 'signature', 'verified']);
});

test('any region passes where none is asked, and a function may choose', () => {
  const { head, body } = arrivesSigned(post, key, { region: 'eu-west-1' });
  expect(outcome(verify({ head, body }))).toBe('scope');
  expect(outcome(verify({ head, body }, { region: undefined }))).toBe('verified');
  expect(outcome(verify({ head, body }, { region: (region) => region.startsWith('eu-') }))).toBe('verified');
  expect(outcome(verify({ head, body }, { region: (region) => region.startsWith('us-') }))).toBe('scope');
  const nowhere = arrivesSigned(post, key, { region: '' });
  expect(outcome(verify(nowhere, { region: undefined }))).toBe('scope');
});

test('a service may go by several names', () => {
  const { head, body } = arrivesSigned(post);
  expect(outcome(verify({ head, body }, { service: ['other', 'service'] }))).toBe('verified');
  expect(outcome(verify({ head, body }, { service: ['other'] }))).toBe('scope');
});
