import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import type { IvsModel } from '../../model/ivs.ts';
import { account, openRoom, region, type Asker, type Room } from '../video.testkit.ts';
import { ivs } from './index.ts';

let room: Room;
let ivsOf: Asker<IvsModel>;
beforeEach(async () => {
  room = await openRoom();
  ivsOf = room.as<IvsModel>(ivs);
});

const publicKeyMaterial = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();
const tags = { first: '1' };

/** One of each taggable type, made with tags: its ARN, and the tags its own Get shows. */
const makers = {
  channel: async () => (await ivsOf.ask('CreateChannel', { tags })).channel,
  'stream-key': async () => {
    const { channel, streamKey } = await ivsOf.ask('CreateChannel', {});
    await ivsOf.ask('DeleteStreamKey', { arn: streamKey?.arn ?? '' });
    return (await ivsOf.ask('CreateStreamKey', { channelArn: channel?.arn ?? '', tags })).streamKey;
  },
  'playback-key': async () => (await ivsOf.ask('ImportPlaybackKeyPair', { publicKeyMaterial, tags })).keyPair,
  'playback-restriction-policy': async () =>
    (await ivsOf.ask('CreatePlaybackRestrictionPolicy', { tags })).playbackRestrictionPolicy,
};
const getters = {
  channel: async (arn: string) => (await ivsOf.ask('GetChannel', { arn })).channel?.tags,
  'stream-key': async (arn: string) => (await ivsOf.ask('GetStreamKey', { arn })).streamKey?.tags,
  'playback-key': async (arn: string) => (await ivsOf.ask('GetPlaybackKeyPair', { arn })).keyPair?.tags,
  'playback-restriction-policy': async (arn: string) =>
    (await ivsOf.ask('GetPlaybackRestrictionPolicy', { arn })).playbackRestrictionPolicy?.tags,
};
const types = ['channel', 'stream-key', 'playback-key', 'playback-restriction-policy'] as const;
const tagsOf = async (resourceArn: string) => (await ivsOf.ask('ListTagsForResource', { resourceArn })).tags;

describe.each(types)('%s', (type) => {
  test('S0-65 S0-66 S0-70 tags are given, merged, shown and taken away', async () => {
    const made = await makers[type]();
    const resourceArn = made?.arn ?? '';
    expect(resourceArn).toContain(`:${type}/`);
    expect(made?.tags).toEqual(tags);
    expect(await ivsOf.ask('TagResource', { resourceArn, tags: { first: 'new', second: '' } })).toEqual({});
    expect(await tagsOf(resourceArn)).toEqual({ first: 'new', second: '' });
    expect(await getters[type](resourceArn)).toEqual({ first: 'new', second: '' });
    expect(await ivsOf.ask('UntagResource', { resourceArn, tagKeys: ['first', 'unknown'] })).toEqual({});
    expect(await tagsOf(resourceArn)).toEqual({ second: '' });
  });

  test('S0-65 tagging is asked on the resource with its tags and those of the request', async () => {
    const resourceArn = (await makers[type]())?.arn ?? '';
    const own = { resource: resourceArn, resourceTags: tags };
    expect(await ivsOf.checks('ListTagsForResource', { resourceArn })).toEqual([own]);
    expect(await ivsOf.checks('TagResource', { resourceArn, tags: { b: '2' } })).toEqual([
      { ...own, requestTags: { b: '2' } },
    ]);
    expect(await ivsOf.checks('UntagResource', { resourceArn, tagKeys: ['b'] })).toEqual([{ ...own, tagKeys: ['b'] }]);
  });
});

test('S1-12 S3-9 tags in any script round-trip, and conditions see them', async () => {
  const given = { 소유자: '철수', proprietário: 'joão' };
  const { channel } = await ivsOf.ask('CreateChannel', { tags: given });
  const arn = channel?.arn ?? '';
  expect(await tagsOf(arn)).toEqual(given);
  const policyFor = (value: string) => ({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'ivs:*',
        Resource: '*',
        Condition: { StringEquals: { 'aws:ResourceTag/소유자': value } },
      },
    ],
  });
  expect((await room.as<IvsModel>(ivs, { policy: policyFor('철수') }).ask('GetChannel', { arn })).channel?.arn).toBe(
    arn,
  );
  expect(await room.as<IvsModel>(ivs, { policy: policyFor('영희') }).refusal('GetChannel', { arn })).toContain(
    'AccessDenied',
  );
  await ivsOf.ask('UntagResource', { resourceArn: arn, tagKeys: ['소유자'] });
  expect(await tagsOf(arn)).toEqual({ proprietário: 'joão' });
});

test('keys that differ in case, and keys that are words of the language, are tags like others', async () => {
  const given = { Owner: 'a', owner: 'b', constructor: 'c', ['__proto__']: 'd' };
  const arn = (await ivsOf.ask('CreateChannel', {})).channel?.arn ?? '';
  await ivsOf.ask('TagResource', { resourceArn: arn, tags: given });
  expect(new Map(Object.entries(await tagsOf(arn)))).toEqual(new Map(Object.entries(given)));
  await ivsOf.ask('UntagResource', { resourceArn: arn, tagKeys: ['__proto__', 'owner'] });
  expect(new Set(Object.keys(await tagsOf(arn)))).toEqual(new Set(['Owner', 'constructor']));
});

test('50 tags are the most, and keys beginning with aws: are reserved', async () => {
  const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, 'v']));
  const arn = (await ivsOf.ask('CreateChannel', { tags: fifty })).channel?.arn ?? '';
  const refused = (added: Record<string, string>) => ivsOf.refusal('TagResource', { resourceArn: arn, tags: added });
  expect(await refused({ another: 'v' })).toBe('ValidationException: A resource can have at most 50 tags');
  expect(await refused({ 'aws:x': 'v' })).toContain('ValidationException: ');
  expect(await refused({ 'AwS:x': 'v' })).toContain('ValidationException: ');
  expect(await ivsOf.ask('TagResource', { resourceArn: arn, tags: { k0: 'new' } })).toEqual({});
});

test.each([
  ['another account', `arn:aws:ivs:${region}:111122223333:channel/aaaaaaaaaaaa`, 'ResourceNotFoundException'],
  ['a missing channel', `arn:aws:ivs:${region}:${account}:channel/aaaaaaaaaaaa`, 'ResourceNotFoundException'],
  ['a type without records', `arn:aws:ivs:${region}:${account}:stage/aaaaaaaaaaaa`, 'ResourceNotFoundException'],
  ['a word of the language', `arn:aws:ivs:${region}:${account}:constructor/aaaaaaaaaaaa`, 'ResourceNotFoundException'],
  ['no ARN', '*', 'ValidationException'],
  ['a pattern', `arn:aws:ivs:${region}:${account}:channel/*`, 'ValidationException'],
])('tags of %s', async (_, resourceArn, code) => {
  expect(await ivsOf.refusal('ListTagsForResource', { resourceArn })).toContain(code);
  expect(await ivsOf.refusal('TagResource', { resourceArn, tags: { a: 'b' } })).toContain(code);
  expect(await ivsOf.refusal('UntagResource', { resourceArn, tagKeys: ['a'] })).toContain(code);
});
