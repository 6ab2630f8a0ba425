/** Signaling channels (spec/kinesisvideo.md 1): where WebRTC peers meet. Their names are apart from those of streams. */
import type { ChannelInfo, CreateSignalingChannelInput, KinesisVideoModel } from '../../model/kinesisvideo.ts';
import { requestTags } from '../resource-tags.ts';
import { operationsOf, type WriteCall } from '../service.ts';
import { anyOfName, arnOf, scopeOf, type Place } from './arns.ts';
import { addTags, tagsOfList } from './new-tags.ts';
import { pageOfNames } from './pagination.ts';
import { quotas } from './quotas.ts';
import { signalingChannels as collection, type SignalingChannelRecord } from './records.ts';
import { channelKind, need, onResource } from './resources.ts';
import { createdAt } from './stream-shapes.ts';
import { checkVersion, creationCode, newVersion, retireCode } from './versions.ts';

/** Seconds that a message waits for its peer. */
const usualTtl = 60;

const channelInfo = (place: Place, channel: SignalingChannelRecord): ChannelInfo => ({
  ChannelName: channel.name,
  ChannelARN: arnOf(place, 'channel', channel),
  ChannelType: channel.type,
  ChannelStatus: 'ACTIVE',
  CreationTime: createdAt(channel),
  SingleMasterConfiguration: { MessageTtlSeconds: channel.messageTtlSeconds },
  Version: channel.version,
});

type Creating = WriteCall<KinesisVideoModel['CreateSignalingChannel']>;

async function checkNewChannel(
  { ChannelName, ChannelType }: CreateSignalingChannelInput,
  call: Creating,
): Promise<void> {
  if (ChannelType === 'FULL_MESH') {
    return call.fail('InvalidArgumentException', 'Signaling channels of type FULL_MESH are not supported');
  }
  if ((await call.tx.get(collection, scopeOf(call), ChannelName)) !== undefined) {
    return call.fail('ResourceInUseException', `The channel ${ChannelName} already exists.`);
  }
  if ((await call.tx.count(collection, scopeOf(call))) >= quotas.signalingChannels) {
    const most = quotas.signalingChannels;
    return call.fail('AccountChannelLimitExceededException', `The account has ${most} channels, the most allowed`);
  }
}

export const signalingChannels = operationsOf<KinesisVideoModel>()({
  CreateSignalingChannel: {
    access: ({ ChannelName, Tags }, call) => ({
      resource: anyOfName(call, 'channel', ChannelName),
      ...requestTags(tagsOfList(Tags)),
    }),
    async write(input, call) {
      await checkNewChannel(input, call);
      const channel: SignalingChannelRecord = {
        name: input.ChannelName,
        code: await creationCode(call.tx, call, 'channel', call.now),
        version: newVersion(call.env.random),
        tags: addTags({}, tagsOfList(input.Tags), call),
        type: 'SINGLE_MASTER',
        messageTtlSeconds: input.SingleMasterConfiguration?.MessageTtlSeconds ?? usualTtl,
      };
      await call.tx.insert(collection, scopeOf(call), channel.name, channel);
      return { ChannelARN: arnOf(call, 'channel', channel) };
    },
  },

  DescribeSignalingChannel: {
    access: (input, call) => onResource(channelKind, { name: input.ChannelName, arn: input.ChannelARN }, call),
    async read(input, call) {
      const by = { name: input.ChannelName, arn: input.ChannelARN };
      return { ChannelInfo: channelInfo(call, await need(channelKind, by, call, call.reader)) };
    },
  },

  ListSignalingChannels: {
    access: () => ({ resource: '*' }),
    async read(input, call) {
      const prefix = input.ChannelNameCondition?.ComparisonValue;
      const listing = { operation: 'ListSignalingChannels', size: 500, prefix };
      const { items, ...page } = await pageOfNames(collection, listing, input, call);
      return { ChannelInfoList: items.map((channel) => channelInfo(call, channel)), ...page };
    },
  },

  UpdateSignalingChannel: {
    access: ({ ChannelARN }, call) => onResource(channelKind, { arn: ChannelARN }, call),
    async write({ ChannelARN, CurrentVersion, SingleMasterConfiguration }, call) {
      const before = await need(channelKind, { arn: ChannelARN }, call, call.tx);
      checkVersion(before.version, CurrentVersion, call);
      const messageTtlSeconds = SingleMasterConfiguration?.MessageTtlSeconds ?? before.messageTtlSeconds;
      const after = { ...before, messageTtlSeconds, version: newVersion(call.env.random) };
      await call.tx.put(collection, scopeOf(call), before.name, after);
      return {};
    },
  },

  DeleteSignalingChannel: {
    access: ({ ChannelARN }, call) => onResource(channelKind, { arn: ChannelARN }, call),
    async write({ ChannelARN, CurrentVersion }, call) {
      const { name, code, version } = await need(channelKind, { arn: ChannelARN }, call, call.tx);
      checkVersion(version, CurrentVersion, call);
      await call.tx.remove(collection, scopeOf(call), name);
      await retireCode(call.tx, call, 'channel', code);
      return {};
    },
  },
});
