import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { IvsModel } from '../../model/ivs.ts';
import { account, openRoom, region, type Asker } from '../video.testkit.ts';
import { ivs } from './index.ts';

const arnPrefix = `arn:aws:ivs:${region}:${account}`;
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const pemOf = (curve = 'P-384') => ec(curve).publicKey.export({ type: 'spki', format: 'pem' }).toString();

let ivsOf: Asker<IvsModel>;
beforeEach(async () => {
  ivsOf = (await openRoom()).as<IvsModel>(ivs);
});
const importKey = async (publicKeyMaterial: string, name?: string) =>
  (await ivsOf.ask('ImportPlaybackKeyPair', name === undefined ? { publicKeyMaterial } : { publicKeyMaterial, name }))
    .keyPair;

describe('playback key pairs', () => {
  test('an imported key is known by its fingerprint and never shown', async () => {
    const pem = pemOf();
    const keyPair = await importKey(pem, 'viewers');
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    const fingerprint = createHash('md5')
      .update(der)
      .digest('hex')
      .replace(/(..)(?!$)/g, '$1:');
    expect(keyPair).toEqual({ arn: keyPair?.arn, name: 'viewers', fingerprint, tags: {} });
    expect(keyPair?.arn).toMatch(/^arn:aws:ivs:us-west-2:123456789012:playback-key\/[A-Za-z0-9]{12}$/);
    expect(await ivsOf.ask('GetPlaybackKeyPair', { arn: keyPair?.arn ?? '' })).toEqual({ keyPair });
    const list = await ivsOf.ask('ListPlaybackKeyPairs', {});
    expect(list).toEqual({ keyPairs: [{ arn: keyPair?.arn, name: 'viewers', tags: {} }] });
  });

  test.each([
    ['P-256', () => pemOf('P-256')],
    ['P-521', () => pemOf('P-521')],
    [
      'RSA',
      () =>
        generateKeyPairSync('rsa', { modulusLength: 2048 })
          .publicKey.export({ type: 'spki', format: 'pem' })
          .toString(),
    ],
    ['a private key', () => ec('P-384').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['no PEM', () => 'MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE'],
    ['broken PEM', () => pemOf().replace('M', '!')],
    ['something endless', () => `${pemOf()}${'\n'.repeat(5000)}x`],
    ['nothing', () => ''],
  ])('%s is refused', async (_, material) => {
    expect(await ivsOf.refusal('ImportPlaybackKeyPair', { publicKeyMaterial: material() })).toBe(
      'ValidationException: publicKeyMaterial must be an ECDSA P-384 public key in PEM',
    );
    expect((await ivsOf.ask('ListPlaybackKeyPairs', {})).keyPairs).toEqual([]);
  });

  test('three is the most, the same key twice is a conflict, and deleting makes room', async () => {
    const pem = pemOf();
    const arn = (await importKey(pem))?.arn ?? '';
    expect(await ivsOf.refusal('ImportPlaybackKeyPair', { publicKeyMaterial: `\n${pem}\n\n` })).toContain(
      'ConflictException: ',
    );
    await importKey(pemOf());
    await importKey(pemOf());
    const fourth = { publicKeyMaterial: pemOf() };
    expect(await ivsOf.refusal('ImportPlaybackKeyPair', fourth)).toContain(
      'ServiceQuotaExceededException: The quota of 3',
    );
    expect(await ivsOf.ask('DeletePlaybackKeyPair', { arn })).toEqual({});
    expect(await ivsOf.refusal('DeletePlaybackKeyPair', { arn })).toContain('ResourceNotFoundException');
    expect(await ivsOf.ask('ImportPlaybackKeyPair', fourth)).toHaveProperty('keyPair.arn');
  });

  test('S0-54 importing and listing are asked on every key', async () => {
    const resource = `${arnPrefix}:playback-key/*`;
    expect(await ivsOf.checks('ImportPlaybackKeyPair', { publicKeyMaterial: '', tags: { a: 'b' } })).toEqual([
      { resource, requestTags: { a: 'b' } },
    ]);
    expect(await ivsOf.checks('ListPlaybackKeyPairs', {})).toEqual([{ resource }]);
  });
});

describe('playback restriction policies', () => {
  const create = async (input = {}) =>
    (await ivsOf.ask('CreatePlaybackRestrictionPolicy', input)).playbackRestrictionPolicy;

  test('a policy without settings restricts nothing; an update changes what is sent', async () => {
    const policy = await create();
    expect(policy).toEqual({
      arn: policy?.arn,
      allowedCountries: [],
      allowedOrigins: [],
      enableStrictOriginEnforcement: false,
      name: '',
      tags: {},
    });
    const arn = policy?.arn ?? '';
    const changed = { ...policy, allowedCountries: ['KR', 'PT'], enableStrictOriginEnforcement: true };
    expect(
      await ivsOf.ask('UpdatePlaybackRestrictionPolicy', {
        arn,
        allowedCountries: ['KR', 'PT'],
        enableStrictOriginEnforcement: true,
      }),
    ).toEqual({
      playbackRestrictionPolicy: changed,
    });
    await ivsOf.ask('UpdatePlaybackRestrictionPolicy', { arn, name: 'asia' });
    expect(await ivsOf.ask('GetPlaybackRestrictionPolicy', { arn })).toEqual({
      playbackRestrictionPolicy: { ...changed, name: 'asia' },
    });
  });

  test.each([
    [{ allowedCountries: Array.from({ length: 201 }, () => 'KR') }],
    [{ allowedCountries: ['kr'] }],
    [{ allowedOrigins: ['a', 'b', 'c', 'd', 'e', 'f'] }],
    [{ tags: { 'aws:a': 'b' } }],
  ])('%# is refused', async (input) => {
    expect(await ivsOf.refusal('CreatePlaybackRestrictionPolicy', input)).toContain('ValidationException: ');
  });

  test('pages hold one policy unless more are asked for, and three are the most', async () => {
    for (let i = 0; i < 3; i += 1) await create();
    const page = await ivsOf.ask('ListPlaybackRestrictionPolicies', {});
    expect(page.playbackRestrictionPolicies).toHaveLength(1);
    expect(page.nextToken).toBeDefined();
    expect(
      (await ivsOf.ask('ListPlaybackRestrictionPolicies', { maxResults: 100 })).playbackRestrictionPolicies,
    ).toHaveLength(3);
    expect(await ivsOf.refusal('CreatePlaybackRestrictionPolicy', {})).toContain('ServiceQuotaExceededException: ');
  });

  test('listing is asked on * alone', async () => {
    expect(await ivsOf.checks('ListPlaybackRestrictionPolicies', {})).toEqual([{ resource: '*' }]);
  });

  test('what is missing is not found', async () => {
    const arn = `${arnPrefix}:playback-restriction-policy/aaaaaaaaaaaa`;
    for (const operation of [
      'GetPlaybackRestrictionPolicy',
      'UpdatePlaybackRestrictionPolicy',
      'DeletePlaybackRestrictionPolicy',
    ] as const) {
      expect(await ivsOf.refusal(operation, { arn })).toBe(`ResourceNotFoundException: Resource: ${arn} not found`);
    }
  });
});
