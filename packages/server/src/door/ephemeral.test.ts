import { describe, expect, test } from 'vitest';
import { SettableClock } from '../clock.ts';
import type { Arrival } from './arrival.ts';
import { controlAnswer } from './ephemeral.ts';
import type { EphemeralControl } from './ephemeral.ts';

const root = { accessKeyId: 'AKIAROOT123456789012', secretAccessKey: 'secret', accountId: '123456789012' };
const control = (reset: EphemeralControl['reset'] = () => Promise.resolve(root)) => ({
  clock: new SettableClock(),
  reset,
});

const arrival = (method: string, page: string, more: Partial<Arrival> = {}): Arrival => ({
  requestId: 'r',
  at: 0,
  started: 0,
  method,
  target: `/_stagedoor/${page}`,
  path: `/_stagedoor/${page}`,
  query: '',
  headers: {},
  rawHeaders: [],
  body: Buffer.alloc(0),
  sourceIp: '127.0.0.1',
  secure: false,
  ...more,
});

describe('control of an ephemeral server', () => {
  test.for(['127.0.0.1', '127.8.8.8', '::1'])('is answered to %s', async (sourceIp) => {
    const answer = await controlAnswer(control(), arrival('POST', 'reset', { sourceIp }));
    expect(answer).toMatchObject({ status: 200, body: JSON.stringify(root) });
  });

  test.for(['10.0.0.1', '192.168.1.5', '1.2.7.127', 'fe80::1', ''])('is not there for %s', async (sourceIp) => {
    const asked = control(() => Promise.reject(new Error('must not be called')));
    expect(await controlAnswer(asked, arrival('POST', 'reset', { sourceIp }))).toBeUndefined();
  });

  test('is not there for what a proxy on this machine passes on', async () => {
    const asked = control(() => Promise.reject(new Error('must not be called')));
    const forwarded = { headers: { 'x-forwarded-for': '203.0.113.7' } };
    expect(await controlAnswer(asked, arrival('POST', 'reset', forwarded))).toBeUndefined();
  });

  test('is not there under any other path', async () => {
    expect(await controlAnswer(control(), arrival('POST', 'reset', { path: '/reset' }))).toBeUndefined();
  });

  test('is refused to web pages', async () => {
    const rawHeaders = ['Host', 'localhost', 'Origin', 'https://elsewhere.example'];
    expect(await controlAnswer(control(), arrival('POST', 'reset', { rawHeaders }))).toMatchObject({ status: 403 });
  });

  test('tells why a reset failed', async () => {
    const asked = control(() => Promise.reject(new Error('fixtures.yaml cannot be read: ENOENT')));
    const body = '{"error":"fixtures.yaml cannot be read: ENOENT"}';
    expect(await controlAnswer(asked, arrival('POST', 'reset'))).toMatchObject({ status: 500, body });
  });

  test.for<[string, number]>([
    ['{"now":"2026-01-31T12:00:00Z"}', 200],
    ['{"now":"2026-01-31T12:00:00.250+01:00"}', 200],
    ['{"now":null}', 200],
    ['{"now":"31 January 2026"}', 400],
    ['{"now":"2026-13-31T12:00:00Z"}', 400],
    ['{"now":1769860800}', 400],
    ['{}', 400],
    ['null', 400],
    ['', 400],
  ])('the clock takes %s: %i', async ([body, status]) => {
    const answer = await controlAnswer(control(), arrival('POST', 'clock', { body: Buffer.from(body) }));
    expect(answer).toMatchObject({ status });
  });
});
