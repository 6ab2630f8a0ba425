/** Streams on air (spec/ivs.md 1, 2.2), as the media plane reports them. */
import type { IvsModel, Stream, StreamSummary } from '../../model/ivs.ts';
import { operationsOf, type Call } from '../service.ts';
import { scopeOf } from './arns.ts';
import { following } from '../paging.ts';
import { liveStreams, type LiveStream } from './live.ts';
import { pageBy } from './pagination.ts';
import { channelKind, need, onResource, onType } from './resources.ts';
import { playbackUrl } from './urls.ts';

const summary = (stream: LiveStream): StreamSummary => ({
  channelArn: stream.channelArn,
  streamId: stream.streamId,
  state: 'LIVE',
  health: stream.health,
  viewerCount: stream.viewerCount,
  startTime: new Date(stream.startedAt),
});

const whole = (call: Call, channelId: string, stream: LiveStream): Stream => ({
  ...summary(stream),
  playbackUrl: playbackUrl(call, channelId),
});

/** What every operation on a stream answers when the channel is not live. */
export const notBroadcasting = (
  call: { fail(code: 'ChannelNotBroadcasting', message: string): never },
  channelArn: string,
): never => call.fail('ChannelNotBroadcasting', `Channel: ${channelArn} is not broadcasting`);

export const streams = operationsOf<IvsModel>()({
  GetStream: {
    access: ({ channelArn }, call) => onResource(channelKind, channelArn, call),
    async read({ channelArn }, call) {
      const { id } = await need(channelKind, channelArn, call, call.reader);
      const stream = await liveStreams(call.env).stream(channelArn);
      return { stream: stream === undefined ? notBroadcasting(call, channelArn) : whole(call, id, stream) };
    },
  },

  ListStreams: {
    access: (_, call) => onType('channel', call),
    async read(input, call) {
      const health = input.filterBy?.health;
      const listing = { operation: 'ListStreams', ...(health === undefined ? {} : { filter: `health=${health}` }) };
      const { items, ...page } = await pageBy(listing, input, call, async (after, limit) => {
        const live = await liveStreams(call.env).streams(call.accountId, call.region);
        const wanted = live.filter((stream) => health === undefined || stream.health === health);
        const stored = wanted.map((value) => ({ scope: scopeOf(call), key: value.channelArn, value }));
        return following(
          stored.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
          after,
          limit,
        );
      });
      return { streams: items.map(({ value }) => summary(value)), ...page };
    },
  },

  /** Not a store transaction: what it changes is in the media plane. */
  StopStream: {
    access: ({ channelArn }, call) => onResource(channelKind, channelArn, call),
    async read({ channelArn }, call) {
      await need(channelKind, channelArn, call, call.reader);
      const outcome = await liveStreams(call.env).stop(channelArn);
      if (outcome === 'notLive') return notBroadcasting(call, channelArn);
      if (outcome === 'unavailable')
        return call.fail('StreamUnavailable', `The stream of ${channelArn} is starting or ending`);
      return {};
    },
  },
});
