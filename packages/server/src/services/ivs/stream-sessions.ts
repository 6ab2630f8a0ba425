/** Stream sessions: what was on air, kept for 60 days and longer than their channel (spec/ivs.md 1, 2.2). */
import type { IvsModel, StreamSession, StreamSessionSummary } from '../../model/ivs.ts';
import { operationsOf, type Call } from '../service.ts';
import { idOf, scopeOf } from './arns.ts';
import { pageBy } from './pagination.ts';
import { streamSessions as collection, type StreamSessionRecord } from './records.ts';
import { channelKind, need, onResource } from './resources.ts';

const keptFor = 60 * 24 * 60 * 60 * 1000;
const mostEvents = 500;

const isKept = (session: StreamSessionRecord, now: number): boolean => (session.endedAt ?? now) > now - keptFor;

const summary = (session: StreamSessionRecord): StreamSessionSummary => ({
  streamId: session.streamId,
  startTime: new Date(session.startedAt),
  ...(session.endedAt === undefined ? {} : { endTime: new Date(session.endedAt) }),
  hasErrorEvent: session.hasErrorEvent,
});

function whole(session: StreamSessionRecord): StreamSession {
  const { hasErrorEvent: _, ...common } = summary(session);
  const { ingest } = session;
  const first = { video: ingest?.videoConfigurations[0], audio: ingest?.audioConfigurations[0] };
  return {
    ...common,
    channel: session.channel,
    ...(ingest === undefined ? {} : { ingestConfigurations: ingest, ingestConfiguration: first }),
    truncatedEvents: session.events
      .slice(0, mostEvents)
      .map(({ at, ...event }) => ({ ...event, eventTime: new Date(at) })),
  };
}

/** A channel's sessions that are still kept, newest first. */
async function sessionsOf(call: Call, channelArn: string, after?: string, limit?: number) {
  const id = idOf(call, 'channel', channelArn);
  if (id === undefined) return [];
  const page = {
    prefix: `${id}/`,
    ...(after === undefined ? {} : { after }),
    ...(limit === undefined ? {} : { limit }),
  };
  const found = await call.reader.list(collection, scopeOf(call), page);
  return found.filter(({ value }) => isKept(value, call.now));
}

async function findSession(call: Call, channelArn: string, streamId: string | undefined) {
  if (streamId === undefined) return (await sessionsOf(call, channelArn, undefined, 1))[0]?.value;
  const found = await call.reader.find(collection, 'stream', streamId, scopeOf(call));
  const channelId = idOf(call, 'channel', channelArn);
  return found.find(({ value }) => value.channelId === channelId && isKept(value, call.now))?.value;
}

export const streamSessions = operationsOf<IvsModel>()({
  GetStreamSession: {
    access: ({ channelArn }, call) => onResource(channelKind, channelArn, call),
    async read({ channelArn, streamId }, call) {
      const session = await findSession(call, channelArn, streamId);
      if (session !== undefined) return { streamSession: whole(session) };
      return call.fail(
        'ResourceNotFoundException',
        `Stream session: ${streamId ?? `the latest of ${channelArn}`} not found`,
      );
    },
  },

  ListStreamSessions: {
    access: ({ channelArn }, call) => onResource(channelKind, channelArn, call),
    async read(input, call) {
      const { channelArn } = input;
      const listing = { operation: 'ListStreamSessions', filter: channelArn };
      const { items, ...page } = await pageBy(listing, input, call, (after, limit) =>
        sessionsOf(call, channelArn, after, limit),
      );
      // Sessions outlive their channel, so only a channel without any is missed.
      if (items.length === 0) await need(channelKind, channelArn, call, call.reader);
      return { streamSessions: items.map(({ value }) => summary(value)), ...page };
    },
  },
});
