import { beforeEach, describe, expect, test } from 'vitest';
import type { KinesisVideoModel } from '../../model/kinesisvideo.ts';
import { noon, openRoom, region, type Asker, type Room } from '../video.testkit.ts';
import { kinesisvideo } from './index.ts';

let room: Room;
let kvs: Asker<KinesisVideoModel>;
let kept: string;
let unkept: string;
beforeEach(async () => {
  room = await openRoom();
  kvs = room.as<KinesisVideoModel>(kinesisvideo);
  kept = (await kvs.ask('CreateStream', { StreamName: 'kept', DataRetentionInHours: 1 })).StreamARN ?? '';
  unkept = (await kvs.ask('CreateStream', { StreamName: 'unkept' })).StreamARN ?? '';
});

const images = {
  Status: 'ENABLED',
  ImageSelectorType: 'SERVER_TIMESTAMP',
  DestinationConfig: { Uri: 's3://bucket/prefix', DestinationRegion: region },
  SamplingInterval: 200,
  Format: 'JPEG',
} as const;

describe('image generation', () => {
  const update = (
    StreamARN: string,
    ImageGenerationConfiguration?: KinesisVideoModel['UpdateImageGenerationConfiguration']['input']['ImageGenerationConfiguration'],
  ) => ({ StreamARN, ImageGenerationConfiguration });

  test('is described as it was put, and goes when nothing is put', async () => {
    expect(await kvs.ask('DescribeImageGenerationConfiguration', { StreamName: 'kept' })).toEqual({});
    await kvs.ask('UpdateImageGenerationConfiguration', update(kept, images));
    expect(await kvs.ask('DescribeImageGenerationConfiguration', { StreamName: 'kept' })).toEqual({
      ImageGenerationConfiguration: images,
    });
    await kvs.ask('UpdateImageGenerationConfiguration', update(kept));
    expect(await kvs.ask('DescribeImageGenerationConfiguration', { StreamName: 'kept' })).toEqual({});
  });

  test('needs retention, 200 ms between images, and a destination in the region', async () => {
    const refused = (arn: string, wanted: typeof images) =>
      kvs.refusal('UpdateImageGenerationConfiguration', update(arn, wanted));
    expect(await refused(unkept, images)).toContain('NoDataRetentionException: ');
    const elsewhere = { ...images, DestinationConfig: { Uri: 's3://b', DestinationRegion: 'eu-west-1' } };
    expect(await kvs.refusal('UpdateImageGenerationConfiguration', update(kept, elsewhere))).toContain(
      'InvalidArgumentException: ',
    );
    const hasty = { ...images, SamplingInterval: 199 };
    expect(await kvs.refusal('UpdateImageGenerationConfiguration', update(kept, hasty))).toContain(
      'InvalidArgumentException: ',
    );
  });
});

test('notification is described as it was put, goes when nothing is put, and needs retention', async () => {
  const NotificationConfiguration = { Status: 'ENABLED', DestinationConfig: { Uri: 'sns:topic' } } as const;
  await kvs.ask('UpdateNotificationConfiguration', { StreamARN: kept, NotificationConfiguration });
  expect(await kvs.ask('DescribeNotificationConfiguration', { StreamARN: kept })).toEqual({
    NotificationConfiguration,
  });
  await kvs.ask('UpdateNotificationConfiguration', { StreamARN: kept });
  expect(await kvs.ask('DescribeNotificationConfiguration', { StreamARN: kept })).toEqual({});
  const refused = await kvs.refusal('UpdateNotificationConfiguration', {
    StreamARN: unkept,
    NotificationConfiguration,
  });
  expect(refused).toContain('NoDataRetentionException: ');
});

test('the storage tier is changed under a version', async () => {
  const StreamStorageConfiguration = { DefaultStorageTier: 'WARM' } as const;
  const CurrentVersion = (await kvs.ask('DescribeStream', { StreamARN: kept })).StreamInfo?.Version ?? '';
  await kvs.ask('UpdateStreamStorageConfiguration', { StreamARN: kept, CurrentVersion, StreamStorageConfiguration });
  expect((await kvs.ask('DescribeStreamStorageConfiguration', { StreamARN: kept })).StreamStorageConfiguration).toEqual(
    StreamStorageConfiguration,
  );
  expect(
    (await kvs.ask('DescribeStreamStorageConfiguration', { StreamARN: unkept })).StreamStorageConfiguration,
  ).toEqual({ DefaultStorageTier: 'HOT' });
  const again = await kvs.refusal('UpdateStreamStorageConfiguration', {
    StreamARN: kept,
    CurrentVersion,
    StreamStorageConfiguration,
  });
  expect(again).toContain('VersionMismatchException: ');
});

describe('edge', () => {
  const EdgeConfig = {
    HubDeviceArn: 'arn:aws:iot:us-west-2:123456789012:thing/hub',
    RecorderConfig: {
      MediaSourceConfig: {
        MediaUriSecretArn: 'arn:aws:secretsmanager:us-west-2:123456789012:secret:cam',
        MediaUriType: 'RTSP_URI',
      },
    },
  } as const;

  test('a configuration waits 15 minutes for an agent, then has failed', async () => {
    const started = await kvs.ask('StartEdgeConfigurationUpdate', { StreamName: 'kept', EdgeConfig });
    const times = { CreationTime: new Date(noon), LastUpdatedTime: new Date(noon) };
    expect(started).toEqual({ StreamName: 'kept', StreamARN: kept, ...times, SyncStatus: 'SYNCING', EdgeConfig });
    expect(await kvs.ask('DescribeEdgeConfiguration', { StreamARN: kept })).toEqual(started);
    room.now += 15 * 60 * 1000;
    expect(await kvs.ask('DescribeEdgeConfiguration', { StreamARN: kept })).toMatchObject({
      ...times,
      SyncStatus: 'SYNC_FAILED',
    });
    const { CreationTime, LastUpdatedTime, SyncStatus } = await kvs.ask('StartEdgeConfigurationUpdate', {
      StreamName: 'kept',
      EdgeConfig,
    });
    expect({ CreationTime, LastUpdatedTime, SyncStatus }).toEqual({
      CreationTime: new Date(noon),
      LastUpdatedTime: new Date(room.now),
      SyncStatus: 'SYNCING',
    });
  });

  test('is listed by its hub, deleted, and then not found', async () => {
    await kvs.ask('StartEdgeConfigurationUpdate', { StreamName: 'kept', EdgeConfig });
    const { HubDeviceArn } = EdgeConfig;
    expect(
      (await kvs.ask('ListEdgeAgentConfigurations', { HubDeviceArn })).EdgeConfigs?.map(({ StreamARN }) => StreamARN),
    ).toEqual([kept]);
    expect(await kvs.ask('ListEdgeAgentConfigurations', { HubDeviceArn: `${HubDeviceArn}2` })).toEqual({
      EdgeConfigs: [],
    });
    expect(await kvs.checks('ListEdgeAgentConfigurations', { HubDeviceArn })).toEqual([{ resource: '*' }]);
    await kvs.ask('DeleteEdgeConfiguration', { StreamARN: kept });
    expect((await kvs.ask('ListEdgeAgentConfigurations', { HubDeviceArn })).EdgeConfigs).toEqual([]);
    for (const operation of ['DescribeEdgeConfiguration', 'DeleteEdgeConfiguration'] as const) {
      expect(await kvs.refusal(operation, { StreamARN: kept })).toContain('StreamEdgeConfigurationNotFoundException: ');
    }
  });

  test('needs retention', async () => {
    expect(await kvs.refusal('StartEdgeConfigurationUpdate', { StreamARN: unkept, EdgeConfig })).toContain(
      'NoDataRetentionException: ',
    );
  });
});
