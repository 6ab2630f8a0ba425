/** Streams (spec/kinesisvideo.md 1): made, described, changed under a version, deleted. */
import type { CreateStreamInput, KinesisVideoModel } from '../../model/kinesisvideo.ts';
import { requestTags } from '../resource-tags.ts';
import { operationsOf, type WriteCall } from '../service.ts';
import { anyOfName, arnOf, scopeOf } from './arns.ts';
import { addTags } from './new-tags.ts';
import { pageOfNames } from './pagination.ts';
import { quotas } from './quotas.ts';
import { streams as collection, type StreamRecord } from './records.ts';
import { need, onResource, streamIn, streamKind } from './resources.ts';
import { defaultKey, isDefaultKey, streamInfo } from './stream-shapes.ts';
import { checkVersion, creationCode, newVersion, retireCode } from './versions.ts';

type Creating = WriteCall<KinesisVideoModel['CreateStream']>;

function checkRetention(hours: number, call: { fail(code: 'InvalidArgumentException', message: string): never }): void {
  if (hours >= 0 && hours <= quotas.retentionHours) return;
  call.fail('InvalidArgumentException', `The data retention must be 0 to ${quotas.retentionHours} hours, not ${hours}`);
}

/** What CreateStream refuses. A key of KMS cannot be used, so one that is named is refused as a missing one. */
async function checkNewStream(input: CreateStreamInput, call: Creating): Promise<void> {
  const { StreamName, KmsKeyId, DataRetentionInHours = 0 } = input;
  checkRetention(DataRetentionInHours, call);
  if (KmsKeyId !== undefined && !isDefaultKey(call, KmsKeyId)) {
    return call.fail('InvalidArgumentException', `The KMS key ${KmsKeyId} is not found`);
  }
  if ((await call.tx.get(collection, scopeOf(call), StreamName)) !== undefined) {
    return call.fail('ResourceInUseException', `The stream ${StreamName} already exists.`);
  }
  if ((await call.tx.count(collection, scopeOf(call))) >= quotas.streams) {
    return call.fail(
      'AccountStreamLimitExceededException',
      `The account has ${quotas.streams} streams, the most allowed`,
    );
  }
}

async function newStream(input: CreateStreamInput, call: Creating): Promise<StreamRecord> {
  const { StreamName, DeviceName, MediaType, DataRetentionInHours = 0 } = input;
  return {
    name: StreamName,
    code: await creationCode(call.tx, call, 'stream', call.now),
    version: newVersion(call.env.random),
    tags: addTags({}, input.Tags, call),
    ...(DeviceName === undefined ? {} : { deviceName: DeviceName }),
    ...(MediaType === undefined ? {} : { mediaType: MediaType }),
    kmsKeyId: defaultKey(call),
    retentionHours: DataRetentionInHours,
    storageTier: input.StreamStorageConfiguration?.DefaultStorageTier ?? 'HOT',
  };
}

export const streams = operationsOf<KinesisVideoModel>()({
  CreateStream: {
    access: ({ StreamName, Tags }, call) => ({
      resource: anyOfName(call, 'stream', StreamName),
      ...requestTags(Tags),
    }),
    async write(input, call) {
      await checkNewStream(input, call);
      const stream = await newStream(input, call);
      await call.tx.insert(collection, scopeOf(call), stream.name, stream);
      return { StreamARN: arnOf(call, 'stream', stream) };
    },
  },

  DescribeStream: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async read(input, call) {
      return { StreamInfo: streamInfo(call, await need(streamKind, streamIn(input), call, call.reader)) };
    },
  },

  ListStreams: {
    access: () => ({ resource: '*' }),
    async read(input, call) {
      const prefix = input.StreamNameCondition?.ComparisonValue;
      const listing = { operation: 'ListStreams', size: 10_000, prefix };
      const { items, ...page } = await pageOfNames(collection, listing, input, call);
      return { StreamInfoList: items.map((stream) => streamInfo(call, stream)), ...page };
    },
  },

  UpdateStream: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async write(input, call) {
      const before = await need(streamKind, streamIn(input), call, call.tx);
      checkVersion(before.version, input.CurrentVersion, call);
      const { DeviceName = before.deviceName, MediaType = before.mediaType } = input;
      await call.tx.put(collection, scopeOf(call), before.name, {
        ...before,
        version: newVersion(call.env.random),
        ...(DeviceName === undefined ? {} : { deviceName: DeviceName }),
        ...(MediaType === undefined ? {} : { mediaType: MediaType }),
      });
      return {};
    },
  },

  UpdateDataRetention: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async write(input, call) {
      const before = await need(streamKind, streamIn(input), call, call.tx);
      checkVersion(before.version, input.CurrentVersion, call);
      const sign = input.Operation === 'INCREASE_DATA_RETENTION' ? 1 : -1;
      const retentionHours = before.retentionHours + sign * input.DataRetentionChangeInHours;
      checkRetention(retentionHours, call);
      const after = { ...before, retentionHours, version: newVersion(call.env.random) };
      await call.tx.put(collection, scopeOf(call), before.name, after);
      return {};
    },
  },

  DeleteStream: {
    access: ({ StreamARN }, call) => onResource(streamKind, { arn: StreamARN }, call),
    async write({ StreamARN, CurrentVersion }, call) {
      const { name, code, version } = await need(streamKind, { arn: StreamARN }, call, call.tx);
      checkVersion(version, CurrentVersion, call);
      await call.tx.remove(collection, scopeOf(call), name);
      await retireCode(call.tx, call, 'stream', code);
      return {};
    },
  },
});
