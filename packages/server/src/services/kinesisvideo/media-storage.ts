/** Which stream a signaling channel's sessions are stored in, seen from both sides (spec/kinesisvideo.md 1). */
import type { KinesisVideoModel, MediaStorageConfiguration } from '../../model/kinesisvideo.ts';
import { following } from '../paging.ts';
import { operationsOf, type WriteCall } from '../service.ts';
import { arnOf, scopeOf } from './arns.ts';
import { pageBy } from './pagination.ts';
import { signalingChannels as collection } from './records.ts';
import { channelKind, need, onResource, streamIn, streamKind } from './resources.ts';

type Updating = WriteCall<KinesisVideoModel['UpdateMediaStorageConfiguration']>;

/** The ARN of a stream that can store sessions, `undefined` to store none. */
async function storeOf(
  { Status, StreamARN: arn }: MediaStorageConfiguration,
  call: Updating,
): Promise<string | undefined> {
  if (Status === 'DISABLED') return undefined;
  if (arn === undefined) return call.fail('InvalidArgumentException', 'StreamARN is required to enable media storage');
  const stream = await need(streamKind, { arn }, call, call.tx);
  if (stream.retentionHours > 0) return arn;
  return call.fail('NoDataRetentionException', `The stream ${stream.name} has no data retention`);
}

export const mediaStorage = operationsOf<KinesisVideoModel>()({
  DescribeMediaStorageConfiguration: {
    access: (input, call) => onResource(channelKind, { name: input.ChannelName, arn: input.ChannelARN }, call),
    async read(input, call) {
      const by = { name: input.ChannelName, arn: input.ChannelARN };
      const { storedIn } = await need(channelKind, by, call, call.reader);
      const enabled = storedIn === undefined ? undefined : ({ StreamARN: storedIn, Status: 'ENABLED' } as const);
      return { MediaStorageConfiguration: enabled ?? { Status: 'DISABLED' } };
    },
  },

  UpdateMediaStorageConfiguration: {
    access: ({ ChannelARN }, call) => onResource(channelKind, { arn: ChannelARN }, call),
    async write({ ChannelARN, MediaStorageConfiguration: wanted }, call) {
      const { storedIn: _, ...before } = await need(channelKind, { arn: ChannelARN }, call, call.tx);
      const storedIn = await storeOf(wanted, call);
      const after = storedIn === undefined ? before : { ...before, storedIn };
      await call.tx.put(collection, scopeOf(call), before.name, after);
      return {};
    },
  },

  DescribeMappedResourceConfiguration: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async read(input, call) {
      const arn = arnOf(call, 'stream', await need(streamKind, streamIn(input), call, call.reader));
      const listing = { operation: 'DescribeMappedResourceConfiguration', size: 1, filter: arn };
      const { items, ...page } = await pageBy(listing, input, call, async (after, limit) =>
        following(await call.reader.find(collection, 'stream', arn, scopeOf(call)), after, limit),
      );
      const mapped = items.map((channel) => ({ Type: 'SIGNALING_CHANNEL', ARN: arnOf(call, 'channel', channel) }));
      return { MappedResourceConfigurationList: mapped, ...page };
    },
  },
});
