import { describe, expect, test } from 'vitest';
import { headFields } from './head-fields.ts';
import { peerOf } from './peer.ts';

const proxies = new Set(['10.0.0.1', '10.0.0.2']);
const from = (address: string, rawHeaders: readonly string[], secure = false) =>
  peerOf(address, headFields(rawHeaders), secure, proxies);

describe('the address of a client', () => {
  test.for<[string, string, string]>([
    ['what a stranger says of it is not believed', '203.0.113.9', '203.0.113.9'],
    ['nor when the stranger comes by IPv6 notation', '::ffff:203.0.113.9', '203.0.113.9'],
    ['a trusted proxy is believed', '10.0.0.1', '198.51.100.7'],
  ])('%s', ([, peer, sourceIp]) => {
    expect(from(peer, ['X-Forwarded-For', '198.51.100.7']).sourceIp).toBe(sourceIp);
  });

  test.for<[string, readonly string[], string]>([
    ['the nearest entry that is no proxy counts', ['1.1.1.1, 198.51.100.7, 10.0.0.2'], '198.51.100.7'],
    ['entries on lines of their own count alike', ['1.1.1.1', '198.51.100.7'], '198.51.100.7'],
    ['a port is no part of an address', ['198.51.100.7:50412'], '198.51.100.7'],
    ['nor of an IPv6 address', ['[2001:db8::7]:50412'], '2001:db8::7'],
    ['an IPv6 address without a port stays whole', ['2001:db8::7'], '2001:db8::7'],
    ['a chain of proxies alone leaves the nearest', ['10.0.0.2'], '10.0.0.1'],
  ])('%s', ([, lines, sourceIp]) => {
    const rawHeaders = lines.flatMap((line) => ['X-Forwarded-For', line]);
    expect(from('10.0.0.1', rawHeaders).sourceIp).toBe(sourceIp);
  });
});

describe('whether a client came over TLS', () => {
  test.for<[string, readonly string[], boolean]>([
    ['as the proxy says', ['https'], true],
    ['as the proxy says, not the client before it', ['https', 'http'], false],
    ['also where the proxy adds to the same line', ['https, http'], false],
    ['and not less for what the client said', ['http', 'https'], true],
  ])('%s', ([, lines, secure]) => {
    const rawHeaders = lines.flatMap((line) => ['X-Forwarded-Proto', line]);
    expect(from('10.0.0.1', rawHeaders).secure).toBe(secure);
  });

  test('as the socket says where nobody is trusted', () => {
    expect(from('203.0.113.9', ['X-Forwarded-Proto', 'https']).secure).toBe(false);
    expect(from('203.0.113.9', ['X-Forwarded-Proto', 'http'], true).secure).toBe(true);
  });
});
