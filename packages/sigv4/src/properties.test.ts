/** What holds for every request: a signature verifies as signed, and nothing else does. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  arrivesPresigned,
  arrivesSigned,
  claimed,
  host,
  key,
  outcome,
  verify,
  withHeader,
} from './requests.testkit.ts';
import type { Received } from './requests.testkit.ts';

const segment = fc.stringMatching(/^[A-Za-z0-9_~!$&'()*+,;=:@%-]{1,12}$/).map(encodeURIComponent);
const name = fc.stringMatching(/^x-[a-z]{1,8}$/);
const value = fc.stringMatching(/^[!-~][ -~]{0,20}$/);
const text = fc.string({ unit: 'grapheme', maxLength: 12 });

const request = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD'),
  path: fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`),
  query: fc.array(fc.tuple(text, text), { maxLength: 4 }),
  headers: fc.dictionary(name, value, { maxKeys: 3 }),
  body: fc.uint8Array({ maxLength: 200 }),
  sessionToken: fc.option(fc.base64String({ minLength: 8, maxLength: 80 }), { nil: undefined }),
});

type Drawn = typeof request extends fc.Arbitrary<infer T> ? T : never;

function arrive({ path, query, sessionToken, ...rest }: Drawn, form: 'header' | 'query'): Received {
  const pairs = query.map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`).join('&');
  const signable = { ...rest, url: `https://${host}${path}${pairs === '' ? '' : `?${pairs}`}` };
  const credentials = sessionToken === undefined ? key : { ...key, sessionToken };
  return form === 'header' ? arrivesSigned(signable, credentials) : arrivesPresigned(signable, credentials);
}

const drawn = fc.tuple(request, fc.constantFrom('header' as const, 'query' as const));

/** Flips one bit, the lowest ones, so that printable text mostly stays printable. */
function flip(original: string, at: number, bit: number): string {
  const code = original.charCodeAt(at) ^ (1 << bit);
  return original.slice(0, at) + String.fromCharCode(code) + original.slice(at + 1);
}

test('S1-5 S0-42 what is signed verifies, in the header form and presigned', () => {
  fc.assert(
    fc.property(request, (sent) => {
      expect(outcome(verify(arrive(sent, 'header')))).toBe('verified');
      expect(outcome(verify(arrive(sent, 'query')))).toBe('verified');
    }),
  );
});

test('S0-176 another secret never verifies', () => {
  fc.assert(
    fc.property(drawn, fc.string({ maxLength: 60 }), ([sent, form], secret) => {
      fc.pre(secret !== key.secretAccessKey);
      expect(outcome(verify(arrive(sent, form), {}, secret))).toBe('signature');
    }),
  );
});

test('S0-5 no altered bit of the body verifies', () => {
  fc.assert(
    fc.property(drawn, fc.nat(), fc.nat(7), ([sent, form], position, bit) => {
      fc.pre(sent.body.length > 0);
      const { head, body } = arrive(sent, form);
      const altered = Uint8Array.from(body);
      const at = position % altered.length;
      altered[at] = (altered[at] ?? 0) ^ (1 << bit);
      expect(outcome(verify({ head, body: altered }))).toBe('signature');
    }),
  );
});

test('S0-5 no altered bit of the method verifies', () => {
  fc.assert(
    fc.property(drawn, fc.nat(), fc.nat(6), ([sent, form], position, bit) => {
      const { head, body } = arrive(sent, form);
      const method = flip(head.method, position % head.method.length, bit);
      expect(outcome(verify({ head: { ...head, method }, body }))).not.toBe('verified');
    }),
  );
});

/** What a server makes of a target: its path's segments and its decoded parameters in order of name. */
function meaning(target: string): string {
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  const pairs = query.split('&').filter((pair) => pair !== '' && !pair.startsWith('X-Amz-Signature='));
  const decoded = pairs.map((pair) => {
    const [k = '', v = ''] = pair.replaceAll('+', ' ').split(/=(.*)/s);
    return JSON.stringify([decode(k), decode(v)]);
  });
  return `${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}${path.endsWith('/')}?${decoded.sort().join()}`;
}

const decode = (escaped: string): string =>
  escaped.replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

test('S0-5 no altered bit of the target verifies unless the target means the same', () => {
  fc.assert(
    fc.property(drawn, fc.nat(), fc.nat(6), ([sent, form], position, bit) => {
      const { head, body } = arrive(sent, form);
      const target = flip(head.target, position % head.target.length, bit);
      const signatureAt = head.target.indexOf('X-Amz-Signature=');
      const inSignature = signatureAt >= 0 && position % head.target.length >= signatureAt;
      fc.pre(inSignature || meaning(target) !== meaning(head.target));
      expect(outcome(verify({ head: { ...head, target }, body }))).not.toBe('verified');
    }),
    { numRuns: 1000 },
  );
});

test('S0-5 no altered bit of a signed header or of the session token verifies', () => {
  fc.assert(
    fc.property(drawn, fc.nat(), fc.nat(), fc.nat(6), ([sent, form], which, position, bit) => {
      const { head, body } = arrive(sent, form);
      const { names } = claimed(head).signedHeaders;
      const header = names[which % names.length] ?? '';
      const before = head.rawHeaders[head.rawHeaders.indexOf(header) + 1] ?? '';
      fc.pre(before.length > 0);
      const after = flip(before, position % before.length, bit);
      fc.pre(collapse(after) !== collapse(before));
      expect(outcome(verify({ head: withHeader(head, header, after), body }))).not.toBe('verified');
    }),
    { numRuns: 500 },
  );
});

const collapse = (header: string): string => header.replaceAll(/[\t-\r ]+/g, ' ').trim();

test('S0-5 no altered bit of the Authorization header verifies', () => {
  fc.assert(
    fc.property(request, fc.nat(), fc.nat(6), (sent, position, bit) => {
      const { head, body } = arrive(sent, 'header');
      const before = head.rawHeaders[head.rawHeaders.indexOf('authorization') + 1] ?? '';
      const after = flip(before, position % before.length, bit);
      // White space around the parts, and the case of header names, carry no meaning.
      const same = (text: string): string => text.toLowerCase().replaceAll(/[\s,]+/g, ' ');
      fc.pre(same(after) !== same(before));
      expect(outcome(verify({ head: withHeader(head, 'authorization', after), body }))).not.toBe('verified');
    }),
    { numRuns: 1000 },
  );
});

test('S0-5 a signed header that was removed, or a second value beside it, does not verify', () => {
  fc.assert(
    fc.property(drawn, fc.nat(), ([sent, form], which) => {
      const { head, body } = arrive(sent, form);
      const { names } = claimed(head).signedHeaders;
      const header = names[which % names.length] ?? '';
      const at = head.rawHeaders.indexOf(header);
      const removed = { ...head, rawHeaders: head.rawHeaders.toSpliced(at, 2) };
      expect(outcome(verify({ head: removed, body }))).not.toBe('verified');
      const doubled = { ...head, rawHeaders: [...head.rawHeaders, header, 'x'] };
      expect(outcome(verify({ head: doubled, body }))).not.toBe('verified');
    }),
  );
});

test('reading and verifying never throw, whatever arrives', () => {
  const header = fc.tuple(
    fc.constantFrom('Authorization', 'X-Amz-Date', 'Host', 'X-Amz-Security-Token', 'X-Amz-Content-Sha256', 'Date'),
    fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom(
        'AWS4-HMAC-SHA256 Credential=a/20150830/us-east-1/service/aws4_request, SignedHeaders=host, Signature=00',
        'AWS4-ECDSA-P256-SHA256 Credential=a/20150830/service/aws4_request, SignedHeaders=host, Signature=00',
        '20150830T123600Z',
        'UNSIGNED-PAYLOAD',
      ),
    ),
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), fc.array(header, { maxLength: 8 }), (target, headers) => {
      const head = { method: 'GET', target: `/${target}`, rawHeaders: headers.flat() };
      expect(verify({ head, body: new Uint8Array() }).kind).toBe('refused');
    }),
    { numRuns: 2000 },
  );
});
