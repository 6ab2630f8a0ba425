import { beforeEach, describe, expect, test } from 'vitest';
import type { CreateStreamInput, KinesisVideoModel } from '../../model/kinesisvideo.ts';
import { account, noon, openRoom, region, type Asker, type Room } from '../video.testkit.ts';
import { importers } from './importers.ts';
import { kinesisvideo } from './index.ts';

const prefix = 'kinesisvideo';
const arnPrefix = `arn:aws:kinesisvideo:${region}:${account}:stream`;
const notFound = 'ResourceNotFoundException: The requested stream is not found or not active.';

let room: Room;
let kvs: Asker<KinesisVideoModel>;
beforeEach(async () => {
  room = await openRoom();
  kvs = room.as<KinesisVideoModel>(kinesisvideo);
});

const create = async (input: Partial<CreateStreamInput> = {}, asker = kvs) =>
  (await asker.ask('CreateStream', { StreamName: 'cam', ...input })).StreamARN ?? '';
const describeStream = async (StreamARN: string) => (await kvs.ask('DescribeStream', { StreamARN })).StreamInfo;
const versionOf = async (arn: string) => (await describeStream(arn))?.Version ?? '';
const allow = (Action: string | string[], Resource: string) => ({
  prefix,
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] },
});

describe('CreateStream', () => {
  test('S4-24 S4-26 the ARN has name and creation time, and DescribeStream answers the same', async () => {
    const arn = await create();
    expect(arn).toBe(`${arnPrefix}/cam/${noon}`);
    expect(await describeStream(arn)).toEqual({
      StreamName: 'cam',
      StreamARN: arn,
      KmsKeyId: `arn:aws:kms:${region}:${account}:alias/aws/kinesisvideo`,
      Version: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
      Status: 'ACTIVE',
      CreationTime: new Date(noon),
      DataRetentionInHours: 0,
    });
  });

  test('what was chosen is described', async () => {
    const arn = await create({
      DeviceName: 'device',
      MediaType: 'video/h264,audio/aac',
      DataRetentionInHours: 24,
      KmsKeyId: 'alias/aws/kinesisvideo',
      StreamStorageConfiguration: { DefaultStorageTier: 'WARM' },
    });
    expect(await describeStream(arn)).toMatchObject({
      DeviceName: 'device',
      MediaType: 'video/h264,audio/aac',
      DataRetentionInHours: 24,
      KmsKeyId: `arn:aws:kms:${region}:${account}:alias/aws/kinesisvideo`,
    });
    expect(await kvs.ask('DescribeStreamStorageConfiguration', { StreamARN: arn })).toEqual({
      StreamName: 'cam',
      StreamARN: arn,
      StreamStorageConfiguration: { DefaultStorageTier: 'WARM' },
    });
  });

  test.each<[string, Partial<CreateStreamInput>, string]>([
    ['the same name', {}, 'ResourceInUseException: The stream cam already exists.'],
    ['too long a retention', { StreamName: 'b', DataRetentionInHours: 87_601 }, 'InvalidArgumentException: '],
    [
      'a key that is not there',
      { StreamName: 'b', KmsKeyId: 'alias/mine' },
      'InvalidArgumentException: The KMS key alias/mine is not found',
    ],
    ['a reserved tag', { StreamName: 'b', Tags: { 'aws:x': 'y' } }, 'InvalidArgumentException: '],
  ])('%s is refused', async (_, input, refusal) => {
    await create();
    expect(await kvs.refusal('CreateStream', { StreamName: 'cam', ...input })).toContain(refusal);
    expect((await kvs.ask('ListStreams', {})).StreamInfoList).toHaveLength(1);
  });

  test('the 10001st stream is over the limit', async () => {
    const full = room.as<KinesisVideoModel>(kinesisvideo, { count: 10_000 });
    expect(await full.refusal('CreateStream', { StreamName: 'cam' })).toContain(
      'AccountStreamLimitExceededException: ',
    );
  });

  test('a re-created stream has another ARN, even within one millisecond', async () => {
    const first = await create();
    await kvs.ask('DeleteStream', { StreamARN: first });
    const second = await create();
    expect(second).toBe(`${arnPrefix}/cam/${noon + 1}`);
    expect(await kvs.refusal('DescribeStream', { StreamARN: first })).toBe(notFound);
    room.now = noon - 60_000;
    await kvs.ask('DeleteStream', { StreamARN: second });
    expect(await create()).toBe(`${arnPrefix}/cam/${noon + 2}`);
    expect(await create({ StreamName: 'other' })).toBe(`${arnPrefix}/other/${noon + 2}`);
  });
});

describe('by name and by ARN', () => {
  test('S4-18 both describe the same stream; of both the ARN counts; neither is refused', async () => {
    const arn = await create();
    const other = await create({ StreamName: 'other' });
    const byName = await kvs.ask('DescribeStream', { StreamName: 'cam' });
    expect(byName.StreamInfo?.StreamARN).toBe(arn);
    expect(await kvs.ask('DescribeStream', { StreamARN: arn })).toEqual(byName);
    expect(await kvs.ask('DescribeStream', { StreamName: 'other', StreamARN: arn })).toEqual(byName);
    expect(await kvs.checks('DescribeStream', { StreamName: 'other', StreamARN: arn })).toEqual([
      { resource: arn, resourceTags: {} },
    ]);
    expect(await kvs.refusal('DescribeStream', {})).toBe(
      'InvalidArgumentException: Either StreamName or StreamARN is required',
    );
    expect(other).not.toBe(arn);
  });

  test('S4-18 a name is authorized as the full ARN, with the tags of the stream', async () => {
    const arn = await create({ Tags: { Owner: 'x' } });
    for (const input of [{ StreamName: 'cam' }, { StreamARN: arn }]) {
      expect(await kvs.checks('DescribeStream', input)).toEqual([{ resource: arn, resourceTags: { Owner: 'x' } }]);
    }
    const mateo = room.as<KinesisVideoModel>(kinesisvideo, allow('kinesisvideo:DescribeStream', arn));
    expect((await mateo.ask('DescribeStream', { StreamName: 'cam' })).StreamInfo?.StreamARN).toBe(arn);
    await create({ StreamName: 'other' });
    expect(await mateo.refusal('DescribeStream', { StreamName: 'other' })).toContain('AccessDeniedException');
  });

  test('S4-18 a name that nothing has: 403 without permission, printed as it was sent; 404 with', async () => {
    expect(await kvs.checks('GetDataEndpoint', { StreamName: 'foobar', APIName: 'PUT_MEDIA' })).toEqual([
      { resource: `${arnPrefix}/foobar/*`, resourceText: 'foobar' },
    ]);
    const denied = room.as<KinesisVideoModel>(kinesisvideo, allow('kinesisvideo:ListStreams', '*'));
    expect(await denied.refusal('GetDataEndpoint', { StreamName: 'foobar', APIName: 'PUT_MEDIA' })).toContain(
      'is not authorized to perform: kinesisvideo:GetDataEndpoint on resource: foobar',
    );
    const allowed = room.as<KinesisVideoModel>(kinesisvideo, allow('kinesisvideo:*', '*'));
    expect(await allowed.refusal('GetDataEndpoint', { StreamName: 'foobar', APIName: 'PUT_MEDIA' })).toBe(notFound);
  });

  test.each([
    ['another creation time', `${arnPrefix}/cam/0000000000001`],
    ['another account', `arn:aws:kinesisvideo:${region}:111122223333:stream/cam/${noon}`],
    ['another region', `arn:aws:kinesisvideo:eu-west-1:${account}:stream/cam/${noon}`],
    ['another type', `arn:aws:kinesisvideo:${region}:${account}:channel/cam/${noon}`],
  ])('an ARN with %s is authorized as it is, without tags, and finds nothing', async (_, StreamARN) => {
    await create({ Tags: { Owner: 'x' } });
    expect(await kvs.checks('DescribeStream', { StreamARN })).toEqual([{ resource: StreamARN }]);
    expect(await kvs.refusal('DescribeStream', { StreamARN })).toBe(notFound);
    expect(await kvs.refusal('DeleteStream', { StreamARN })).toBe(notFound);
    expect(await kvs.refusal('TagResource', { ResourceARN: StreamARN, Tags: [{ Key: 'a', Value: 'b' }] })).toContain(
      'ResourceNotFoundException',
    );
  });

  test('creating is authorized on every creation time of the name, listing on * alone', async () => {
    expect(await kvs.checks('CreateStream', { StreamName: 'cam-1', Tags: { a: 'b' } })).toEqual([
      { resource: `${arnPrefix}/cam-1/*`, requestTags: { a: 'b' } },
    ]);
    expect(await kvs.checks('ListStreams', {})).toEqual([{ resource: '*' }]);
    const camera = room.as<KinesisVideoModel>(kinesisvideo, allow('kinesisvideo:CreateStream', `${arnPrefix}/cam-*`));
    expect(await create({ StreamName: 'cam-1' }, camera)).toBe(`${arnPrefix}/cam-1/${noon}`);
    expect(await camera.refusal('CreateStream', { StreamName: 'door' })).toContain('AccessDeniedException');
  });

  test('another account has its own names', async () => {
    await create();
    const other = room.as<KinesisVideoModel>(kinesisvideo, { accountId: '111122223333' });
    expect((await other.ask('ListStreams', {})).StreamInfoList).toEqual([]);
    expect(await other.refusal('DescribeStream', { StreamName: 'cam' })).toBe(notFound);
    expect(await create({}, other)).toContain(':111122223333:stream/cam/');
  });
});

describe('ListStreams', () => {
  test('pages in order of name, narrowed by prefix', async () => {
    for (const StreamName of ['b', 'cam-2', 'cam-1', 'a']) await create({ StreamName });
    const names: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await kvs.ask('ListStreams', { MaxResults: 3, NextToken });
      names.push(...(page.StreamInfoList ?? []).map(({ StreamName }) => StreamName));
      ({ NextToken } = page);
      if (NextToken !== undefined) expect(NextToken).toMatch(/^[a-zA-Z0-9+/=]{1,1024}$/);
    } while (NextToken !== undefined);
    expect(names).toEqual(['a', 'b', 'cam-1', 'cam-2']);
    const StreamNameCondition = { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: 'cam-' } as const;
    const cams = await kvs.ask('ListStreams', { StreamNameCondition, MaxResults: 1 });
    expect(cams.StreamInfoList?.map(({ StreamName }) => StreamName)).toEqual(['cam-1']);
    expect(await kvs.refusal('ListStreams', { NextToken: cams.NextToken })).toBe(
      'InvalidArgumentException: NextToken is not valid for this list',
    );
  });

  test('a token fits the pattern for the longest name', async () => {
    for (const last of ['a', 'b']) await create({ StreamName: 'n'.repeat(255) + last });
    expect((await kvs.ask('ListStreams', { MaxResults: 1 })).NextToken?.length).toBeLessThanOrEqual(1024);
  });
});

describe('changes under a version', () => {
  test('UpdateStream changes device and media type and gives a new version', async () => {
    const arn = await create({ MediaType: 'video/h264', DataRetentionInHours: 2 });
    const before = await versionOf(arn);
    expect(await kvs.ask('UpdateStream', { StreamName: 'cam', CurrentVersion: before, DeviceName: 'door' })).toEqual(
      {},
    );
    const after = await describeStream(arn);
    expect(after).toMatchObject({
      DeviceName: 'door',
      MediaType: 'video/h264',
      DataRetentionInHours: 2,
      StreamARN: arn,
    });
    expect(after?.Version).not.toBe(before);
    expect(await kvs.refusal('UpdateStream', { StreamARN: arn, CurrentVersion: before, DeviceName: 'x' })).toContain(
      'VersionMismatchException',
    );
    expect((await describeStream(arn))?.DeviceName).toBe('door');
  });

  test('UpdateDataRetention adds and subtracts within 0 to 87600 hours', async () => {
    const arn = await create({ DataRetentionInHours: 10 });
    const change = async (Operation: 'INCREASE_DATA_RETENTION' | 'DECREASE_DATA_RETENTION', hours: number) => ({
      StreamARN: arn,
      CurrentVersion: await versionOf(arn),
      Operation,
      DataRetentionChangeInHours: hours,
    });
    await kvs.ask('UpdateDataRetention', await change('INCREASE_DATA_RETENTION', 5));
    expect((await describeStream(arn))?.DataRetentionInHours).toBe(15);
    await kvs.ask('UpdateDataRetention', await change('DECREASE_DATA_RETENTION', 15));
    expect((await describeStream(arn))?.DataRetentionInHours).toBe(0);
    expect(await kvs.refusal('UpdateDataRetention', await change('DECREASE_DATA_RETENTION', 1))).toContain(
      'InvalidArgumentException',
    );
    expect(await kvs.refusal('UpdateDataRetention', await change('INCREASE_DATA_RETENTION', 87_601))).toContain(
      'InvalidArgumentException',
    );
    const stale = { ...(await change('INCREASE_DATA_RETENTION', 1)), CurrentVersion: 'stale' };
    expect(await kvs.refusal('UpdateDataRetention', stale)).toContain('VersionMismatchException');
  });

  test('DeleteStream checks a version that is given, and needs none', async () => {
    const arn = await create();
    expect(await kvs.refusal('DeleteStream', { StreamARN: arn, CurrentVersion: 'stale' })).toContain(
      'VersionMismatchException',
    );
    expect(await kvs.ask('DeleteStream', { StreamARN: arn, CurrentVersion: await versionOf(arn) })).toEqual({});
    expect(await kvs.refusal('DeleteStream', { StreamARN: arn })).toBe(notFound);
    expect((await kvs.ask('ListStreams', {})).StreamInfoList).toEqual([]);
  });
});

test('GetDataEndpoint answers where this installation is reached, for streams that exist', async () => {
  await create();
  for (const APIName of ['PUT_MEDIA', 'GET_MEDIA', 'LIST_FRAGMENTS', 'GET_CLIP'] as const) {
    expect(await kvs.ask('GetDataEndpoint', { StreamName: 'cam', APIName })).toEqual({
      DataEndpoint: 'http://127.0.0.1:4577',
    });
  }
});

test('S4-24 an imported stream keeps its creation code, leading zero included', async () => {
  const place = { accountId: account, region, now: noon, env: room.env };
  const fixture = { name: 'your_stream', code: '0123456789012', tags: { a: 'b' }, retentionHours: 1 };
  const arn = await room.store.transact(account, (tx) => importers.stream(tx, place, fixture));
  expect(arn).toBe(`${arnPrefix}/your_stream/0123456789012`);
  expect(await describeStream(arn)).toMatchObject({
    StreamARN: arn,
    CreationTime: new Date(123_456_789_012),
    DataRetentionInHours: 1,
  });
  expect((await kvs.ask('ListTagsForStream', { StreamName: 'your_stream' })).Tags).toEqual({ a: 'b' });
  await expect(room.store.transact(account, (tx) => importers.stream(tx, place, fixture))).rejects.toThrow(
    'exists already',
  );
  const bad = { name: 'b', code: '12' };
  await expect(room.store.transact(account, (tx) => importers.stream(tx, place, bad))).rejects.toThrow(RangeError);
  const channel = await room.store.transact(account, (tx) =>
    importers.signalingChannel(tx, place, { name: 'door', code: '0123456789012' }),
  );
  expect((await kvs.ask('DescribeSignalingChannel', { ChannelARN: channel })).ChannelInfo?.ChannelName).toBe('door');
});
