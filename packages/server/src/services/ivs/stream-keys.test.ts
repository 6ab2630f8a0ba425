import { createHash } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import type { IvsModel } from '../../model/ivs.ts';
import { account, noon, openRoom, region, type Asker, type Room } from '../video.testkit.ts';
import { importers } from './importers.ts';
import { ivs } from './index.ts';
import { streamKeys } from './records.ts';
import { streamKeyByValue } from './stream-keys.ts';

const arnPrefix = `arn:aws:ivs:${region}:${account}`;
const missing = `${arnPrefix}:channel/aaaaaaaaaaaa`;

let room: Room;
let ivsOf: Asker<IvsModel>;
let channelArn: string;
let key: { arn: string; value: string };
beforeEach(async () => {
  room = await openRoom();
  ivsOf = room.as<IvsModel>(ivs);
  const { channel, streamKey } = await ivsOf.ask('CreateChannel', {});
  channelArn = channel?.arn ?? '';
  key = { arn: streamKey?.arn ?? '', value: streamKey?.value ?? '' };
});

test('a key is shown with its secret by GetStreamKey and BatchGetStreamKey, without it in a list', async () => {
  const whole = { arn: key.arn, channelArn, value: key.value, tags: {} };
  expect(await ivsOf.ask('GetStreamKey', { arn: key.arn })).toEqual({ streamKey: whole });
  expect(await ivsOf.ask('BatchGetStreamKey', { arns: [key.arn, `${key.arn}x`] })).toEqual({
    streamKeys: [whole],
    errors: [{ arn: `${key.arn}x`, code: 'ResourceNotFoundException', message: `Resource: ${key.arn}x not found` }],
  });
  expect(await ivsOf.ask('ListStreamKeys', { channelArn })).toEqual({
    streamKeys: [{ arn: key.arn, channelArn, tags: {} }],
  });
});

test('a channel has one key: a second is over the quota until the first is deleted', async () => {
  expect(await ivsOf.refusal('CreateStreamKey', { channelArn })).toBe(
    'ServiceQuotaExceededException: The quota of 1 stream key per channel has been reached',
  );
  expect(await ivsOf.ask('DeleteStreamKey', { arn: key.arn })).toEqual({});
  const { streamKey } = await ivsOf.ask('CreateStreamKey', { channelArn, tags: { rotated: 'yes' } });
  expect(streamKey).toMatchObject({ channelArn, tags: { rotated: 'yes' } });
  expect(streamKey?.value).not.toBe(key.value);
});

test('keys of a channel that is not there', async () => {
  const message = `ResourceNotFoundException: Resource: ${missing} not found`;
  expect(await ivsOf.refusal('CreateStreamKey', { channelArn: missing })).toBe(message);
  expect(await ivsOf.refusal('ListStreamKeys', { channelArn: missing })).toBe(message);
  expect(await ivsOf.refusal('DeleteStreamKey', { arn: `${arnPrefix}:stream-key/aaaaaaaaaaaa` })).toContain(
    'ResourceNotFoundException',
  );
});

test('S0-54 creating is asked on every stream key; listing on the channel too', async () => {
  const anyKey = `${arnPrefix}:stream-key/*`;
  expect(await ivsOf.checks('CreateStreamKey', { channelArn, tags: { a: 'b' } })).toEqual([
    { resource: anyKey, requestTags: { a: 'b' } },
  ]);
  expect(await ivsOf.checks('ListStreamKeys', { channelArn })).toEqual([
    { resource: channelArn, resourceTags: {} },
    { resource: anyKey },
  ]);
  expect(await ivsOf.checks('BatchGetStreamKey', { arns: [key.arn, key.arn] })).toEqual([
    { resource: key.arn, resourceTags: {} },
  ]);
});

test('an encoder finds its key by the secret, in any account; a wrong, deleted or endless one finds nothing', async () => {
  const elsewhere = room.as<IvsModel>(ivs, { accountId: '111122223333', region: 'eu-west-1' });
  const foreign = (await elsewhere.ask('CreateChannel', {})).streamKey?.value ?? '';
  expect((await streamKeyByValue(room.store.reader, key.value))?.scope).toEqual({ accountId: account, region });
  expect((await streamKeyByValue(room.store.reader, foreign))?.scope).toEqual({
    accountId: '111122223333',
    region: 'eu-west-1',
  });
  expect(await streamKeyByValue(room.store.reader, `${key.value}x`)).toBeUndefined();
  expect(await streamKeyByValue(room.store.reader, 'x'.repeat(100_000))).toBeUndefined();
  await ivsOf.ask('DeleteStreamKey', { arn: key.arn });
  expect(await streamKeyByValue(room.store.reader, key.value)).toBeUndefined();
});

test('the secret is sealed at rest and indexed by its SHA-256', async () => {
  const [stored] = await room.store.reader.list(streamKeys, { accountId: account, region });
  expect(streamKeys.sealed).toEqual(['value']);
  const indexed = JSON.stringify(stored && streamKeys.indexes?.(stored.value));
  expect(indexed).not.toContain(key.value);
  expect(indexed).toContain(createHash('sha256').update(key.value).digest('hex'));
});

test('an imported channel has the chosen id, tags and key, and its key works', async () => {
  const place = { accountId: account, region, now: noon, env: room.env };
  const fixture = {
    id: 'VgNkEJgOVX9N',
    name: 'demo',
    tags: { Owner: 'richard-roe' },
    streamKey: { id: 'keykeykeykey', value: 'sk_us-west-2_chosen' },
  };
  const arn = await room.store.transact(account, (tx) => importers.channel(tx, place, fixture));
  expect(arn).toBe(`${arnPrefix}:channel/VgNkEJgOVX9N`);
  expect((await ivsOf.ask('GetChannel', { arn })).channel).toMatchObject({
    arn,
    name: 'demo',
    tags: { Owner: 'richard-roe' },
  });
  expect((await streamKeyByValue(room.store.reader, 'sk_us-west-2_chosen'))?.value).toMatchObject({
    id: 'keykeykeykey',
    channelId: 'VgNkEJgOVX9N',
  });
  await expect(room.store.transact(account, (tx) => importers.channel(tx, place, fixture))).rejects.toThrow(
    'exists already',
  );
  const bad = { id: 'b', preset: 'HIGHER_BANDWIDTH_DELIVERY' } as const;
  await expect(room.store.transact(account, (tx) => importers.channel(tx, place, bad))).rejects.toThrow(RangeError);
});
