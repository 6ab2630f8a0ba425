import { beforeEach, describe, expect, test } from 'vitest';
import type { CreateSignalingChannelInput, KinesisVideoModel } from '../../model/kinesisvideo.ts';
import { account, noon, openRoom, region, type Asker, type Room } from '../video.testkit.ts';
import { kinesisvideo } from './index.ts';

const arnPrefix = `arn:aws:kinesisvideo:${region}:${account}:channel`;
const notFound = 'ResourceNotFoundException: The requested channel is not found or not active.';

let room: Room;
let kvs: Asker<KinesisVideoModel>;
beforeEach(async () => {
  room = await openRoom();
  kvs = room.as<KinesisVideoModel>(kinesisvideo);
});

const create = async (input: Partial<CreateSignalingChannelInput> = {}) =>
  (await kvs.ask('CreateSignalingChannel', { ChannelName: 'door', ...input })).ChannelARN ?? '';
const infoOf = async (ChannelARN: string) => (await kvs.ask('DescribeSignalingChannel', { ChannelARN })).ChannelInfo;

test('a channel is described by name and ARN as it was made', async () => {
  const arn = await create();
  expect(arn).toBe(`${arnPrefix}/door/${noon}`);
  const info = await infoOf(arn);
  expect(info).toEqual({
    ChannelName: 'door',
    ChannelARN: arn,
    ChannelType: 'SINGLE_MASTER',
    ChannelStatus: 'ACTIVE',
    CreationTime: new Date(noon),
    SingleMasterConfiguration: { MessageTtlSeconds: 60 },
    Version: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
  });
  expect((await kvs.ask('DescribeSignalingChannel', { ChannelName: 'door' })).ChannelInfo).toEqual(info);
  expect(await kvs.refusal('DescribeSignalingChannel', {})).toBe(
    'InvalidArgumentException: Either ChannelName or ChannelARN is required',
  );
});

test('a stream may have the same name; a second channel may not, nor a mesh be made', async () => {
  await create();
  await kvs.ask('CreateStream', { StreamName: 'door' });
  expect(await kvs.refusal('CreateSignalingChannel', { ChannelName: 'door' })).toContain('ResourceInUseException: ');
  expect(await kvs.refusal('CreateSignalingChannel', { ChannelName: 'm', ChannelType: 'FULL_MESH' })).toContain(
    'InvalidArgumentException: ',
  );
  const full = room.as<KinesisVideoModel>(kinesisvideo, { count: 10_000 });
  expect(await full.refusal('CreateSignalingChannel', { ChannelName: 'm' })).toContain(
    'AccountChannelLimitExceededException: ',
  );
});

test('updating and deleting go by version; a re-created channel has another ARN', async () => {
  const arn = await create({ SingleMasterConfiguration: { MessageTtlSeconds: 5 } });
  const { Version: CurrentVersion = '' } = (await infoOf(arn)) ?? {};
  const update = { ChannelARN: arn, CurrentVersion, SingleMasterConfiguration: { MessageTtlSeconds: 120 } };
  expect(await kvs.ask('UpdateSignalingChannel', update)).toEqual({});
  expect((await infoOf(arn))?.SingleMasterConfiguration).toEqual({ MessageTtlSeconds: 120 });
  expect(await kvs.refusal('UpdateSignalingChannel', update)).toContain('VersionMismatchException: ');
  expect(await kvs.refusal('DeleteSignalingChannel', { ChannelARN: arn, CurrentVersion })).toContain(
    'VersionMismatchException: ',
  );
  expect(await kvs.ask('DeleteSignalingChannel', { ChannelARN: arn })).toEqual({});
  expect(await kvs.refusal('DescribeSignalingChannel', { ChannelARN: arn })).toBe(notFound);
  expect(await create()).toBe(`${arnPrefix}/door/${noon + 1}`);
});

test('lists are paged and narrowed by prefix', async () => {
  for (const ChannelName of ['b', 'door-1', 'a', 'door-2']) await create({ ChannelName });
  const first = await kvs.ask('ListSignalingChannels', { MaxResults: 3 });
  const second = await kvs.ask('ListSignalingChannels', { MaxResults: 3, NextToken: first.NextToken });
  const names = [...(first.ChannelInfoList ?? []), ...(second.ChannelInfoList ?? [])].map(
    ({ ChannelName }) => ChannelName,
  );
  expect(names).toEqual(['a', 'b', 'door-1', 'door-2']);
  const ChannelNameCondition = { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: 'door' } as const;
  expect((await kvs.ask('ListSignalingChannels', { ChannelNameCondition })).ChannelInfoList).toHaveLength(2);
});

test('access is asked on the channel, on every creation time of a new or unknown name, or on *', async () => {
  const arn = await create({ Tags: [{ Key: 'a', Value: 'b' }] });
  const own = [{ resource: arn, resourceTags: { a: 'b' } }];
  expect(await kvs.checks('DescribeSignalingChannel', { ChannelName: 'door' })).toEqual(own);
  expect(await kvs.checks('DeleteSignalingChannel', { ChannelARN: arn })).toEqual(own);
  expect(await kvs.checks('UpdateSignalingChannel', { ChannelARN: arn, CurrentVersion: 'x' })).toEqual(own);
  expect(await kvs.checks('DescribeSignalingChannel', { ChannelName: 'x' })).toEqual([
    { resource: `${arnPrefix}/x/*`, resourceText: 'x' },
  ]);
  expect(await kvs.checks('CreateSignalingChannel', { ChannelName: 'x', Tags: [{ Key: 'a', Value: 'b' }] })).toEqual([
    { resource: `${arnPrefix}/x/*`, requestTags: { a: 'b' } },
  ]);
  expect(await kvs.checks('ListSignalingChannels', {})).toEqual([{ resource: '*' }]);
});

describe('media storage', () => {
  test('a channel is stored in a stream with retention, and the stream knows its channel', async () => {
    const ChannelARN = await create();
    const StreamARN = (await kvs.ask('CreateStream', { StreamName: 'kept', DataRetentionInHours: 1 })).StreamARN ?? '';
    const mapped = () => kvs.ask('DescribeMappedResourceConfiguration', { StreamName: 'kept' });
    expect(await mapped()).toEqual({ MappedResourceConfigurationList: [] });
    expect(await kvs.ask('DescribeMediaStorageConfiguration', { ChannelARN })).toEqual({
      MediaStorageConfiguration: { Status: 'DISABLED' },
    });
    const enabled = { StreamARN, Status: 'ENABLED' } as const;
    await kvs.ask('UpdateMediaStorageConfiguration', { ChannelARN, MediaStorageConfiguration: enabled });
    expect(await kvs.ask('DescribeMediaStorageConfiguration', { ChannelName: 'door' })).toEqual({
      MediaStorageConfiguration: enabled,
    });
    expect(await mapped()).toEqual({
      MappedResourceConfigurationList: [{ Type: 'SIGNALING_CHANNEL', ARN: ChannelARN }],
    });
    await kvs.ask('UpdateMediaStorageConfiguration', { ChannelARN, MediaStorageConfiguration: { Status: 'DISABLED' } });
    expect(await mapped()).toEqual({ MappedResourceConfigurationList: [] });
  });

  test('no stream, a missing one and one without retention are refused', async () => {
    const ChannelARN = await create();
    const StreamARN = (await kvs.ask('CreateStream', { StreamName: 'unkept' })).StreamARN ?? '';
    const refused = (arn?: string) =>
      kvs.refusal('UpdateMediaStorageConfiguration', {
        ChannelARN,
        MediaStorageConfiguration: { Status: 'ENABLED', StreamARN: arn },
      });
    expect(await refused()).toContain('InvalidArgumentException: ');
    expect(await refused(`${StreamARN.slice(0, -1)}9`)).toContain('ResourceNotFoundException: The requested stream');
    expect(await refused(StreamARN)).toContain('NoDataRetentionException: ');
  });
});
