/** What is configured beside a stream: images, notifications, storage tier (spec/kinesisvideo.md 1). */
import type { ImageGenerationConfiguration, KinesisVideoModel } from '../../model/kinesisvideo.ts';
import { operationsOf } from '../service.ts';
import { arnOf, scopeOf } from './arns.ts';
import { streams as collection, type StreamRecord } from './records.ts';
import { need, onResource, streamIn, streamKind } from './resources.ts';
import { checkVersion, newVersion } from './versions.ts';

/** Milliseconds between two images. */
const shortestInterval = 200;

interface Refusing {
  readonly region: string;
  fail(code: 'InvalidArgumentException' | 'NoDataRetentionException', message: string): never;
}

function checkRetained(stream: StreamRecord, call: Refusing): void {
  if (stream.retentionHours > 0) return;
  call.fail('NoDataRetentionException', `The stream ${stream.name} has no data retention`);
}

function checkImages({ SamplingInterval, DestinationConfig }: ImageGenerationConfiguration, call: Refusing): void {
  if (SamplingInterval < shortestInterval) {
    call.fail('InvalidArgumentException', `SamplingInterval must be at least ${shortestInterval} milliseconds`);
  }
  if (DestinationConfig.DestinationRegion !== call.region) {
    call.fail('InvalidArgumentException', `DestinationRegion must be ${call.region}, the region of the stream`);
  }
}

export const streamConfigurations = operationsOf<KinesisVideoModel>()({
  DescribeImageGenerationConfiguration: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async read(input, call) {
      const { imageGeneration } = await need(streamKind, streamIn(input), call, call.reader);
      return { ImageGenerationConfiguration: imageGeneration };
    },
  },

  /** Without a configuration the present one goes. */
  UpdateImageGenerationConfiguration: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async write(input, call) {
      const { imageGeneration: _, ...before } = await need(streamKind, streamIn(input), call, call.tx);
      const images = input.ImageGenerationConfiguration;
      if (images !== undefined) {
        checkImages(images, call);
        checkRetained(before, call);
      }
      const after = images === undefined ? before : { ...before, imageGeneration: images };
      await call.tx.put(collection, scopeOf(call), before.name, after);
      return {};
    },
  },

  DescribeNotificationConfiguration: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async read(input, call) {
      const { notification } = await need(streamKind, streamIn(input), call, call.reader);
      return { NotificationConfiguration: notification };
    },
  },

  /** Without a configuration the present one goes. */
  UpdateNotificationConfiguration: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async write(input, call) {
      const { notification: _, ...before } = await need(streamKind, streamIn(input), call, call.tx);
      const notification = input.NotificationConfiguration;
      if (notification !== undefined) checkRetained(before, call);
      const after = notification === undefined ? before : { ...before, notification };
      await call.tx.put(collection, scopeOf(call), before.name, after);
      return {};
    },
  },

  DescribeStreamStorageConfiguration: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async read(input, call) {
      const stream = await need(streamKind, streamIn(input), call, call.reader);
      const StreamStorageConfiguration = { DefaultStorageTier: stream.storageTier };
      return { StreamName: stream.name, StreamARN: arnOf(call, 'stream', stream), StreamStorageConfiguration };
    },
  },

  UpdateStreamStorageConfiguration: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async write(input, call) {
      const before = await need(streamKind, streamIn(input), call, call.tx);
      checkVersion(before.version, input.CurrentVersion, call);
      const storageTier = input.StreamStorageConfiguration.DefaultStorageTier;
      const after = { ...before, storageTier, version: newVersion(call.env.random) };
      await call.tx.put(collection, scopeOf(call), before.name, after);
      return {};
    },
  },
});
