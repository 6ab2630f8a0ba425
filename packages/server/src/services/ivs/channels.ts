/** Channels (spec/ivs.md 1). Each is born with a stream key and dies with it. */
import type { IvsModel, ListChannelsRequest } from '../../model/ivs.ts';
import type { Transaction } from '../../store/store.ts';
import { alphanumerics } from '../random-text.ts';
import { operationsOf, type AccessCheck, type Call } from '../service.ts';
import { arnOf, anyOf, idOf, scopeOf, type Place } from './arns.ts';
import { batchGet } from './batch.ts';
import { choose, defaultSettings, settingsProblem, type ChannelSettings } from './channel-settings.ts';
import { channelShape, channelSummary } from './channel-shapes.ts';
import { liveStreams } from './live.ts';
import { pageOfAll, pageOfFound } from './pagination.ts';
import { checkQuota, quotas } from './quotas.ts';
import { channels as collection, streamKeys, type ChannelRecord } from './records.ts';
import { channelKind, need, newTags, onResource, onType, restrictionPolicyKind } from './resources.ts';
import { addStreamKey, streamKeyShape, streamKeysOf } from './stream-keys.ts';

type Associating = Place & { fail(code: 'ResourceNotFoundException', message: string): never };

/** Refuses settings that name a configuration which is not in the caller's account and region. */
async function checkAssociations(settings: ChannelSettings, call: Associating, tx: Transaction): Promise<void> {
  const { recordingConfigurationArn, adConfigurationArn, playbackRestrictionPolicyArn } = settings;
  // There are no recording or ad configurations yet, so whatever these name is missing.
  const missing = recordingConfigurationArn || adConfigurationArn;
  if (missing !== '') call.fail('ResourceNotFoundException', `Resource: ${missing} not found`);
  if (playbackRestrictionPolicyArn !== '') await need(restrictionPolicyKind, playbackRestrictionPolicyArn, call, tx);
}

async function refuseLive(arn: string, call: Call<IvsModel['UpdateChannel']>): Promise<void> {
  const live = await liveStreams(call.env).stream(arn);
  if (live !== undefined) call.fail('ConflictException', `Channel: ${arn} is live: stop its stream first`);
}

/** DeleteChannel is authorized on the channel and on each key that goes with it. */
async function onChannelAndKeys(arn: string, call: Call<IvsModel['DeleteChannel']>): Promise<AccessCheck[]> {
  const id = idOf(call, 'channel', arn);
  const keys = id === undefined ? [] : await streamKeysOf(call, id, call.reader);
  const onKeys = keys.map(({ value }) => ({ resource: arnOf(call, 'stream-key', value.id), resourceTags: value.tags }));
  return [await onResource(channelKind, arn, call), ...(onKeys.length > 0 ? onKeys : [onType('stream-key', call)])];
}

const filters = [
  ['filterByName', 'name'],
  ['filterByRecordingConfigurationArn', 'recording'],
  ['filterByPlaybackRestrictionPolicyArn', 'restriction'],
  ['filterByAdConfigurationArn', 'ad'],
] as const;

/** The index and value that a list is narrowed to; more than one filter is a conflict. */
function filterOf(input: ListChannelsRequest, call: Call<IvsModel['ListChannels']>) {
  const asked = filters.flatMap(([member, index]) => {
    const value = input[member];
    return value === undefined ? [] : [{ index, value }];
  });
  if (asked.length > 1) return call.fail('ConflictException', 'Channels can be filtered by one member at a time');
  return asked[0];
}

export const channels = operationsOf<IvsModel>()({
  CreateChannel: {
    access: ({ tags }, call) => [onType('channel', call, tags), onType('stream-key', call, tags)],
    async write(input, call) {
      const settings = choose(defaultSettings, input);
      const problem = settingsProblem(settings, input);
      if (problem !== undefined) return call.fail('ValidationException', problem);
      const tags = newTags(input.tags, call);
      await checkAssociations(settings, call, call.tx);
      checkQuota(await call.tx.count(collection, scopeOf(call)), quotas.channels, 'channels', call);
      const record: ChannelRecord = { id: alphanumerics(call.env.random, 12), tags, createdAt: call.now, ...settings };
      await call.tx.insert(collection, scopeOf(call), record.id, record);
      const key = await addStreamKey(call.tx, call, record.id, {});
      return { channel: channelShape(call, record), streamKey: streamKeyShape(call, key) };
    },
  },

  GetChannel: {
    access: ({ arn }, call) => onResource(channelKind, arn, call),
    async read({ arn }, call) {
      return { channel: channelShape(call, await need(channelKind, arn, call, call.reader)) };
    },
  },

  BatchGetChannel: {
    access: ({ arns }, call) => Promise.all([...new Set(arns)].map((arn) => onResource(channelKind, arn, call))),
    async read({ arns }, call) {
      const { found, errors } = await batchGet(channelKind, arns, call);
      return { channels: found.map((record) => channelShape(call, record)), errors };
    },
  },

  ListChannels: {
    access: (_, call) => ({ resource: anyOf(call, 'channel') }),
    async read(input, call) {
      const filter = filterOf(input, call);
      const listing = { operation: 'ListChannels' };
      const { items, ...page } = await (filter === undefined
        ? pageOfAll(collection, listing, input, call)
        : pageOfFound(collection, filter, listing, input, call));
      return { channels: items.map(({ value }) => channelSummary(call, value)), ...page };
    },
  },

  UpdateChannel: {
    access: ({ arn }, call) => onResource(channelKind, arn, call),
    async write(input, call) {
      const before = await need(channelKind, input.arn, call, call.tx);
      const settings = choose(before, input);
      const problem = settingsProblem(settings, input);
      if (problem !== undefined) return call.fail('ValidationException', problem);
      await checkAssociations(settings, call, call.tx);
      await refuseLive(input.arn, call);
      const record: ChannelRecord = { id: before.id, tags: before.tags, createdAt: before.createdAt, ...settings };
      await call.tx.put(collection, scopeOf(call), record.id, record);
      return { channel: channelShape(call, record) };
    },
  },

  DeleteChannel: {
    access: ({ arn }, call) => onChannelAndKeys(arn, call),
    async write({ arn }, call) {
      const { id } = await need(channelKind, arn, call, call.tx);
      await refuseLive(arn, call);
      for (const key of await streamKeysOf(call, id, call.tx)) await call.tx.remove(streamKeys, key.scope, key.key);
      await call.tx.remove(collection, scopeOf(call), id);
      return {};
    },
  },
});
