import { PassThrough } from 'node:stream';
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { BodyRoom, readBody } from './body.ts';

/** A request whose body is written by the test. */
const incoming = () => new PassThrough() as unknown as IncomingMessage & PassThrough;
const chunked = { 'transfer-encoding': 'chunked' };

describe('reading a body', () => {
  test('a body within the limits comes back whole', async () => {
    const request = incoming();
    const body = readBody(request, chunked, 10, new BodyRoom(10));
    request.write('hello');
    request.end('there');
    expect(await body).toEqual({ ok: true, bytes: Buffer.from('hellothere') });
  });

  test('a declared length over the limit is refused unread, a longer body than the limit while it comes', async () => {
    expect(readBody(incoming(), { 'content-length': '11' }, 10, new BodyRoom(100))).toEqual({
      ok: false,
      reason: 'tooLarge',
    });
    const request = incoming();
    const body = readBody(request, chunked, 10, new BodyRoom(100));
    request.write('hello there');
    expect(await body).toEqual({ ok: false, reason: 'tooLarge' });
  });

  test('bodies of all connections share one room, and give it back when they end or break off', async () => {
    const room = new BodyRoom(10);
    const [slow, late] = [incoming(), incoming()];
    const first = readBody(slow, chunked, 10, room);
    slow.write('12345678');
    await new Promise((resolve) => setImmediate(resolve));
    const second = readBody(late, chunked, 10, room);
    late.write('1234');
    expect(await second).toEqual({ ok: false, reason: 'busy' });
    slow.destroy();
    expect(await first).toEqual({ ok: false, reason: 'aborted' });
    const again = incoming();
    const third = readBody(again, chunked, 10, room);
    again.end('1234567890');
    expect(await third).toEqual({ ok: true, bytes: Buffer.from('1234567890') });
  });
});
