import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { createLog } from '../log.ts';
import { openDoor } from './http.ts';
import type { Door } from './http.ts';

const answer = { status: 200, headers: {}, body: '' };
let door: Door;

beforeAll(async () => {
  door = await openDoor({
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 1024,
    maxConnections: 10,
    requestTimeoutMs: 1000,
    trustedProxies: new Set(),
    clock: systemClock,
    log: createLog('silent'),
    serve: () => Promise.resolve(answer),
    tooLarge: () => ({ ...answer, status: 413 }),
  });
});
afterAll(() => door.close());

/** Sends bytes and nothing more; answers what came back until the door closed the connection, and when. */
function stalled(bytes: string): Promise<{ text: string; afterMs: number }> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(door.url).port), '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('close', () => resolve({ text, afterMs: performance.now() - begun }));
    socket.on('error', reject);
  });
}

test.for([
  ['body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc'],
  ['head', 'POST / HTTP/1.1\r\nHost: x\r\n'],
])('a client whose %s does not come is sent away soon after its time', { timeout: 20_000 }, async ([, bytes = '']) => {
  const { text, afterMs } = await stalled(bytes);
  expect(text).toMatch(/^HTTP\/1.1 408 /);
  expect(afterMs).toBeGreaterThan(900);
  expect(afterMs).toBeLessThan(5000);
});
