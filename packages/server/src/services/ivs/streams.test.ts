import { beforeEach, describe, expect, test } from 'vitest';
import type { IvsModel } from '../../model/ivs.ts';
import { account, noon, openRoom, region, type Asker, type Room } from '../video.testkit.ts';
import { ivs } from './index.ts';
import type { LiveStream, LiveStreams } from './live.ts';
import { sessionKey, streamSessions, type StreamSessionRecord } from './records.ts';

const missing = `arn:aws:ivs:${region}:${account}:channel/aaaaaaaaaaaa`;
const notFound = `ResourceNotFoundException: Resource: ${missing} not found`;
const day = 24 * 60 * 60 * 1000;
const streamId = (letter: string): string => `st-${letter.repeat(23)}`;

let room: Room;
let ivsOf: Asker<IvsModel>;
let channelArn: string;
beforeEach(async () => {
  room = await openRoom();
  ivsOf = room.as<IvsModel>(ivs);
  channelArn = (await ivsOf.ask('CreateChannel', {})).channel?.arn ?? '';
});

const live = (arn: string, health: LiveStream['health'] = 'HEALTHY'): LiveStream => ({
  channelArn: arn,
  streamId: streamId('a'),
  startedAt: noon,
  health,
  viewerCount: 3,
});

/** A media plane with these streams; `outcome` is what stopping and annotating one of them gives. */
function mediaPlane(on: readonly LiveStream[], outcome: 'done' | 'refused' = 'done') {
  const heard: string[] = [];
  const find = (arn: string) => on.find((stream) => stream.channelArn === arn);
  const plane: LiveStreams = {
    stream: async (arn) => find(arn),
    streams: async () => on,
    async stop(arn) {
      heard.push(`stop ${arn}`);
      if (find(arn) === undefined) return 'notLive';
      return outcome === 'done' ? 'stopped' : 'unavailable';
    },
    async putMetadata(arn, text) {
      heard.push(`${text} on ${arn}`);
      if (find(arn) === undefined) return 'notLive';
      return outcome === 'done' ? 'accepted' : 'throttled';
    },
  };
  return { plane, heard };
}
const withPlane = (plane: LiveStreams) => room.as<IvsModel>(ivs, { liveStreams: plane });

/** What any of the three operations reads of it. */
const asked = (arn: string) => {
  const input = { channelArn: arn, metadata: 'x' };
  return input;
};

describe('while nothing is ingested', () => {
  test.each([
    ['S0-150', 'GetStream'],
    ['S0-151', 'StopStream'],
    ['S0-152', 'PutMetadata'],
  ] as const)('%s %s: the channel is not broadcasting; a missing one is not found', async (_, operation) => {
    expect(await ivsOf.refusal(operation, asked(channelArn))).toBe(
      `ChannelNotBroadcasting: Channel: ${channelArn} is not broadcasting`,
    );
    expect(await ivsOf.refusal(operation, asked(missing))).toBe(notFound);
    expect(await ivsOf.checks(operation, asked(channelArn))).toEqual([{ resource: channelArn, resourceTags: {} }]);
  });

  test('no stream is listed', async () => {
    expect(await ivsOf.ask('ListStreams', {})).toEqual({ streams: [] });
  });

  test.each(['StopStream', 'PutMetadata', 'UpdateChannel', 'GetStream', 'GetChannel'] as const)(
    "S0-150 S0-151 S0-152 the source document's policy denies %s on another channel",
    async (operation) => {
      const Resource = 'arn:aws:ivs:*:*:channel/VgNkEJgOVX9N';
      const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: `ivs:${operation}`, Resource }] };
      const mateo = room.as<IvsModel>(ivs, { policy });
      const input = { channelArn, arn: channelArn, metadata: 'x' };
      expect(await mateo.refusal(operation, input)).toContain(
        `not authorized to perform: ivs:${operation} on resource: ${channelArn}`,
      );
    },
  );
});

describe('while a channel is live', () => {
  test('GetStream and ListStreams show it', async () => {
    const asker = withPlane(mediaPlane([live(channelArn)]).plane);
    const { stream } = await asker.ask('GetStream', { channelArn });
    const summary = {
      channelArn,
      streamId: streamId('a'),
      state: 'LIVE',
      health: 'HEALTHY',
      viewerCount: 3,
      startTime: new Date(noon),
    };
    expect(stream).toEqual({
      ...summary,
      playbackUrl: (await ivsOf.ask('GetChannel', { arn: channelArn })).channel?.playbackUrl,
    });
    expect(await asker.ask('ListStreams', {})).toEqual({ streams: [summary] });
  });

  test('lists are paged and narrowed by health', async () => {
    const arns = ['a', 'b', 'c'].map((id) => `arn:aws:ivs:${region}:${account}:channel/${id}`);
    const on = arns.map((arn, i) => live(arn, i === 1 ? 'STARVING' : 'HEALTHY')).toReversed();
    const asker = withPlane(mediaPlane(on).plane);
    const first = await asker.ask('ListStreams', { maxResults: 2 });
    const second = await asker.ask('ListStreams', { maxResults: 2, nextToken: first.nextToken });
    expect([...first.streams, ...second.streams].map((stream) => stream.channelArn)).toEqual(arns);
    const starving = await asker.ask('ListStreams', { filterBy: { health: 'STARVING' } });
    expect(starving.streams.map((stream) => stream.channelArn)).toEqual([arns[1]]);
    expect(
      await asker.refusal('ListStreams', { nextToken: first.nextToken, filterBy: { health: 'HEALTHY' } }),
    ).toContain('ValidationException');
  });

  test('S0-151 S0-152 stopping and metadata reach the media plane', async () => {
    const { plane, heard } = mediaPlane([live(channelArn)]);
    expect(await withPlane(plane).ask('StopStream', { channelArn })).toEqual({});
    expect(await withPlane(plane).ask('PutMetadata', { channelArn, metadata: 'goal' })).toEqual({});
    expect(heard).toEqual([`stop ${channelArn}`, `goal on ${channelArn}`]);
  });

  test('a stream that is just starting cannot be stopped, and too much metadata is throttled', async () => {
    const asker = withPlane(mediaPlane([live(channelArn)], 'refused').plane);
    expect(await asker.refusal('StopStream', { channelArn })).toContain('StreamUnavailable: ');
    expect(await asker.refusal('PutMetadata', asked(channelArn))).toContain('ThrottlingException: ');
  });

  test.each([
    ['x'.repeat(1024), true],
    ['x'.repeat(1025), false],
    ['한'.repeat(341), true],
    ['한'.repeat(342), false],
    ['', false],
  ])('S0-152 metadata is 1 to 1024 bytes of UTF-8 (%#)', async (metadata, accepted) => {
    const { plane, heard } = mediaPlane([live(channelArn)]);
    const asker = withPlane(plane);
    if (accepted) await asker.ask('PutMetadata', { channelArn, metadata });
    else expect(await asker.refusal('PutMetadata', { channelArn, metadata })).toContain('ValidationException: ');
    expect(heard.length).toBe(accepted ? 1 : 0);
  });
});

describe('stream sessions', () => {
  const session = (id: string, startedAt: number, endedAt?: number): StreamSessionRecord => ({
    streamId: streamId(id),
    channelId: channelArn.split('/')[1] ?? '',
    startedAt,
    ...(endedAt === undefined ? {} : { endedAt }),
    channel: { arn: channelArn, name: 'as it was' },
    ingest: {
      videoConfigurations: [
        { codec: 'avc1', track: 'Track0' },
        { codec: 'avc1', track: 'Track1' },
      ],
      audioConfigurations: [{ codec: 'mp4a', track: 'Track0' }],
    },
    events: Array.from({ length: 501 }, (_, i) => ({
      name: `event ${i}`,
      type: 'IVS Stream State Change',
      at: noon - i,
    })),
    hasErrorEvent: id === 'b',
  });
  const keep = (...records: StreamSessionRecord[]) =>
    room.store.transact(account, async (tx) => {
      for (const record of records)
        await tx.insert(streamSessions, { accountId: account, region }, sessionKey(record), record);
    });

  test('newest first, and gone 60 days after their end', async () => {
    const old = session('c', noon - 70 * day, noon - 60 * day);
    await keep(session('b', noon - 2 * day, noon - 2 * day + 5), session('a', noon - day), old);
    const { streamSessions: first, nextToken } = await ivsOf.ask('ListStreamSessions', { channelArn, maxResults: 1 });
    expect(first).toEqual([{ streamId: streamId('a'), startTime: new Date(noon - day), hasErrorEvent: false }]);
    const second = await ivsOf.ask('ListStreamSessions', { channelArn, maxResults: 1, nextToken });
    expect(second.streamSessions.map(({ streamId: id, hasErrorEvent }) => [id, hasErrorEvent])).toEqual([
      [streamId('b'), true],
    ]);
    expect(second.nextToken).toBeUndefined();
    expect(await ivsOf.refusal('GetStreamSession', { channelArn, streamId: streamId('c') })).toContain(
      'ResourceNotFoundException',
    );
    room.now = noon - 1;
    expect(
      (await ivsOf.ask('GetStreamSession', { channelArn, streamId: streamId('c') })).streamSession?.endTime,
    ).toEqual(new Date(noon - 60 * day));
  });

  test('GetStreamSession answers the one asked for, or the latest, with at most 500 events', async () => {
    await keep(session('a', noon - day), session('b', noon - 2 * day));
    expect((await ivsOf.ask('GetStreamSession', { channelArn, streamId: streamId('b') })).streamSession?.streamId).toBe(
      streamId('b'),
    );
    const { streamSession } = await ivsOf.ask('GetStreamSession', { channelArn });
    expect(streamSession).toMatchObject({
      streamId: streamId('a'),
      channel: { name: 'as it was' },
      ingestConfiguration: { video: { track: 'Track0' }, audio: { track: 'Track0' } },
    });
    expect(streamSession?.truncatedEvents).toHaveLength(500);
    expect(streamSession?.truncatedEvents?.[0]).toEqual({
      name: 'event 0',
      type: 'IVS Stream State Change',
      eventTime: new Date(noon),
    });
  });

  test('sessions outlive their channel; a channel without any is missed', async () => {
    expect(await ivsOf.ask('ListStreamSessions', { channelArn })).toEqual({ streamSessions: [] });
    await keep(session('a', noon - day, noon));
    await ivsOf.ask('DeleteChannel', { arn: channelArn });
    expect((await ivsOf.ask('ListStreamSessions', { channelArn })).streamSessions).toHaveLength(1);
    expect(await ivsOf.refusal('ListStreamSessions', { channelArn: missing })).toBe(notFound);
    expect(await ivsOf.refusal('GetStreamSession', { channelArn: missing })).toContain('ResourceNotFoundException');
  });

  test('another account reads none of them', async () => {
    await keep(session('a', noon - day));
    const other = room.as<IvsModel>(ivs, { accountId: '111122223333' });
    expect(await other.refusal('GetStreamSession', { channelArn, streamId: streamId('a') })).toContain(
      'ResourceNotFoundException',
    );
    expect(await other.refusal('ListStreamSessions', { channelArn })).toContain('ResourceNotFoundException');
  });
});
