/** The small parts: digests, times, encodings, the cache. */
import { createHash, createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';
import { hmacHex, hmacKey, sameDigest, sha256Hex } from './digest.ts';
import { decodeCanonical, encodePath, normalizeEscapes } from './encode.ts';
import { regionSetFits } from './credential-scope.ts';
import { canonicalPaths } from './path.ts';
import { canonicalQuery, parseQuery } from './query.ts';
import { basicDate, formatTimestamp, parseTimestamp } from './timestamp.ts';

test('HMAC and SHA-256 agree with the platform for any key and text', () => {
  const ascii = fc.string({ maxLength: 400 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), ascii, (key, text) => {
      expect(hmacHex(hmacKey(key), text)).toBe(createHmac('sha256', key).update(text, 'latin1').digest('hex'));
      expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'));
    }),
  );
});

test('a byte string is hashed by its bytes, other text by its UTF-8', () => {
  expect(sha256Hex('\xe9')).toBe(
    createHash('sha256')
      .update(Buffer.from([0xe9]))
      .digest('hex'),
  );
  expect(sha256Hex('\u1234')).toBe(createHash('sha256').update('\u1234', 'utf8').digest('hex'));
});

test('digests of another length never match', () => {
  const digest = 'a'.repeat(64);
  expect(sameDigest(digest, digest)).toBe(true);
  for (const other of ['', 'a'.repeat(63), `${digest}a`, `${'a'.repeat(63)}b`]) {
    expect(sameDigest(digest, other)).toBe(false);
  }
});

test('every time is written and read back', () => {
  const seconds = fc.integer({ min: 0, max: 4_102_444_800 });
  fc.assert(
    fc.property(seconds, (at) => {
      expect(parseTimestamp(formatTimestamp(at * 1000))).toBe(at * 1000);
    }),
  );
});

test.each([
  '20150830T123600',
  '20150830T123600z',
  '20150830 123600Z',
  '20150230T123600Z',
  '20151301T123600Z',
  '20150800T123600Z',
  '20150830T243600Z',
  '20150830T126000Z',
  '20150830T123660Z',
  '2015083aT123600Z',
  '20150229T000000Z',
  '',
])('%s is no time', (text) => expect(parseTimestamp(text)).toBeNaN());

test('leap days exist in leap years', () => expect(parseTimestamp('20160229T000000Z')).toBe(Date.UTC(2016, 1, 29)));

test('HTTP dates are read in their one form', () => {
  expect(basicDate('Sun, 30 Aug 2015 12:36:00 GMT')).toBe('20150830T123600Z');
  for (const text of ['Sunday, 30-Aug-15 12:36:00 GMT', 'Sun Aug 30 12:36:00 2015', 'Sun, 30 Aug 2015 12:36:00 UTC']) {
    expect(basicDate(text)).toBeUndefined();
  }
});

test('every text survives encoding, normalising and decoding', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const encoded = encodeURIComponent(text.toWellFormed());
      const canonical = normalizeEscapes(encoded, 'query');
      expect(normalizeEscapes(canonical, 'query')).toBe(canonical);
      expect(decodeCanonical(canonical)).toBe(text.toWellFormed());
    }),
  );
});

test('escapes have one spelling; an escaped slash in a path stays one', () => {
  expect(normalizeEscapes('%7e%2f+%c3%a9', 'query')).toBe('~%2F%20%C3%A9');
  expect(normalizeEscapes('/a%2fb/c+d', 'path')).toBe('/a%2Fb/c%2Bd');
  expect(encodePath('/a%2Fb')).toBe('/a%252Fb');
});

test.each([
  ['/', '/'],
  ['//', '/'],
  ['/a/', '/a/'],
  ['/a/./b', '/a/b'],
  ['/a/../b', '/b'],
  ['/a/b/..', '/a'],
  ['/.hidden/...', '/.hidden/...'],
])('the canonical URI of %s is %s', (path, canonical) => {
  expect(canonicalPaths(path, true)?.[0]).toBe(canonical);
  expect(canonicalPaths(path, false)?.[0]).toBe(path);
});

test('a path above the root has no canonical URI', () => {
  expect(canonicalPaths('/..', true)).toBeUndefined();
  expect(canonicalPaths('/..', false)).toEqual(['/..']);
});

test('a canonical query does not depend on the order of its parameters', () => {
  const pair = fc.tuple(fc.string({ minLength: 1, maxLength: 3 }), fc.string({ maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 6 }), fc.infiniteStream(fc.nat()), (pairs, random) => {
      const texts = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
      const ranks = texts.map(() => Number(random.next().value));
      const shuffled = texts.toSorted((x, y) => (ranks[texts.indexOf(x)] ?? 0) - (ranks[texts.indexOf(y)] ?? 0));
      expect(canonicalQuery(parseQuery(shuffled.join('&')))).toBe(canonicalQuery(parseQuery(texts.join('&'))));
    }),
  );
});

test('empty parts of a query are no parameters', () => expect(canonicalQuery(parseQuery('&&a&=b&'))).toBe('=b&a='));

test.each([
  ['*', 'us-east-1', true],
  ['us-*', 'us-east-1', true],
  ['us-*-1', 'us-east-1', true],
  ['us-*-2', 'us-east-1', false],
  ['*east*', 'us-east-1', true],
  ['eu-west-1, us-east-1', 'us-east-1', true],
  ['us-east-1*us-east-1', 'us-east-1', false],
  ['us', 'us-east-1', false],
  ['', 'us-east-1', false],
])('region set %s on %s: %s', (set, region, fits) => expect(regionSetFits(set, region)).toBe(fits));

test('the cache stays within its limit and keeps what is asked for', () => {
  const cache = new BoundedCache<number>(10);
  cache.set('kept', -1);
  for (let i = 0; i < 100; i++) {
    cache.set(`k${i}`, i);
    expect(cache.get('kept')).toBe(-1);
  }
  const held = Array.from({ length: 100 }, (_, i) => cache.get(`k${i}`)).filter((found) => found !== undefined);
  expect(held.length).toBeLessThanOrEqual(10);
  expect(cache.get('k99')).toBe(99);
});
