import { beforeEach, expect, test } from 'vitest';
import { account, openIam, type Asker, type World } from './iam.testkit.ts';
import { deviceStands, mfaVerifier } from './mfa-codes.ts';
import type { MfaVerifier } from './mfa-codes.ts';
import { enabledDevice } from './mfa.testkit.ts';
import type { Device } from './mfa.testkit.ts';

const UserName = 'bob';
const step = 30_000;

let world: World;
let root: Asker;
let device: Device;
let verifier: MfaVerifier;
let ownerId: string;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  ownerId = (await root.ask('CreateUser', { UserName })).User!.UserId;
  device = await enabledDevice(world, root, UserName);
  verifier = mfaVerifier(world.store);
  // The codes of enabling are used up.
  world.now += 2 * step;
});

const claim = (code: string, who = ownerId) => ({
  partition: 'aws',
  accountId: account,
  ownerId: who,
  serialNumber: device.SerialNumber,
  code,
});
const use = (code: string) => verifier.use(claim(code), world.now);

test('a code is good once', async () => {
  const code = device.code();
  expect(await verifier.check(claim(code), world.now)).toBe('valid');
  expect(await use(code)).toBe('valid');
  expect(await use(code)).toBe('wrong');
  expect(await verifier.check(claim(code), world.now)).toBe('wrong');
});

test('of many that present one code at once, one is believed', async () => {
  const code = device.code();
  const verdicts = await Promise.all([1, 2, 3, 4].map(() => use(code)));
  expect(verdicts.filter((verdict) => verdict === 'valid')).toHaveLength(1);
});

test('a code of a step before an accepted one is not good any more', async () => {
  const earlier = device.code(-1);
  expect(await use(device.code())).toBe('valid');
  expect(await use(earlier)).toBe('wrong');
});

test.each([
  [-2, 'wrong'],
  [-1, 'valid'],
  [0, 'valid'],
  [1, 'valid'],
  [2, 'wrong'],
])('a code %d steps off is %s', async (off, verdict) => {
  world.now += 10 * step;
  expect(await use(device.code(off))).toBe(verdict);
});

test("a device's drift is followed, one step a code", async () => {
  for (let late = 1; late <= 4; late += 1) {
    world.now += 10 * step;
    expect(await use(device.code(-late))).toBe('valid');
  }
  world.now += 10 * step;
  expect(await use(device.code(1))).toBe('wrong');
});

test('codes of a device that is not the asker’s, or of none, are unknown', async () => {
  expect(await verifier.use(claim(device.code(), 'AIDASOMEBODYELSE'), world.now)).toBe('unknown');
  await root.ask('DeactivateMFADevice', { UserName, SerialNumber: device.SerialNumber });
  expect(await use(device.code())).toBe('unknown');
});

test('after five wrong codes none is looked at for five minutes', async () => {
  for (let n = 0; n < 5; n += 1) expect(await use('000000')).toBe('wrong');
  expect(await use(device.code())).toBe('wrong');
  world.now += 5 * 60_000;
  expect(await use(device.code())).toBe('valid');
});

test('guesses that come at once are counted before any is answered', async () => {
  const guesses = ['000000', '000001', '000002', '000003', '000004', device.code()];
  expect(await Promise.all(guesses.map(use))).toEqual(Array.from(guesses, () => 'wrong'));
});

test('good codes are not counted', async () => {
  for (let n = 0; n < 7; n += 1) {
    world.now += step;
    expect(await verifier.check(claim(device.code()), world.now)).toBe('valid');
    expect(await use(device.code())).toBe('valid');
  }
});

test('a device stands from when it was enabled until it is taken away, and not again for what was before', async () => {
  const since = world.now;
  const stands = () => deviceStands(world.store.reader, claim(''), since);
  expect(await stands()).toBe(true);
  const input = { UserName, SerialNumber: device.SerialNumber };
  await root.ask('DeactivateMFADevice', input);
  expect(await stands()).toBe(false);
  world.now += 4 * step;
  await root.ask('EnableMFADevice', { ...input, ...device.pair() });
  expect(await stands()).toBe(false);
});
