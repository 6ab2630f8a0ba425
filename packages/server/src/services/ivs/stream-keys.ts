/** Stream keys: the secret an encoder publishes with (spec/ivs.md 1, 2.1). One per channel. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IvsModel, StreamKey, StreamKeySummary } from '../../model/ivs.ts';
import type { Reader, Stored, Transaction } from '../../store/store.ts';
import type { Random } from '../environment.ts';
import { alphanumerics } from '../random-text.ts';
import type { Tags } from '../resource-tags.ts';
import { operationsOf } from '../service.ts';
import { arnOf, scopeOf, type Place } from './arns.ts';
import { batchGet } from './batch.ts';
import { pageOfFound } from './pagination.ts';
import { checkQuota, quotas } from './quotas.ts';
import { streamKeys as collection, type StreamKeyRecord } from './records.ts';
import { channelKind, need, newTags, onResource, onType, streamKeyKind } from './resources.ts';

/** The longest secret that is looked up; longer ones are nobody's. */
const longestValue = 512;
/** 30 letters and digits are 178 bits. */
const secretLength = 30;

interface Minting extends Place {
  readonly now: number;
  readonly env: Place['env'] & { readonly random: Random };
}

const digestOf = (value: string): string => createHash('sha256').update(value).digest('hex');

export const streamKeyShape = (place: Place, key: StreamKeyRecord): StreamKey => ({
  ...streamKeySummary(place, key),
  value: key.value,
});

const streamKeySummary = (place: Place, key: StreamKeyRecord): StreamKeySummary => ({
  arn: arnOf(place, 'stream-key', key.id),
  channelArn: arnOf(place, 'channel', key.channelId),
  tags: key.tags,
});

/** All keys of a channel. */
export const streamKeysOf = (place: Place, channelId: string, reader: Reader): Promise<Stored<StreamKeyRecord>[]> =>
  reader.find(collection, 'channel', channelId, scopeOf(place));

/** Stores a new key for a channel; `chosen` fixes its id and secret. */
export async function addStreamKey(
  tx: Transaction,
  place: Minting,
  channelId: string,
  tags: Tags,
  chosen: { readonly id?: string | undefined; readonly value?: string | undefined } = {},
): Promise<StreamKeyRecord> {
  const text = (length: number): string => alphanumerics(place.env.random, length);
  const value = chosen.value ?? `sk_${place.region}_${text(12)}_${text(secretLength)}`;
  const id = chosen.id ?? text(12);
  const record: StreamKeyRecord = { id, channelId, tags, value, digest: digestOf(value), createdAt: place.now };
  await tx.insert(collection, scopeOf(place), id, record);
  return record;
}

/** The key behind a secret that an encoder sent, in whatever account and region it is. */
export async function streamKeyByValue(reader: Reader, value: string): Promise<Stored<StreamKeyRecord> | undefined> {
  if (value.length > longestValue) return undefined;
  const [found] = await reader.find(collection, 'digest', digestOf(value));
  if (found === undefined) return undefined;
  const [sent, kept] = [Buffer.from(value), Buffer.from(found.value.value)];
  return sent.length === kept.length && timingSafeEqual(sent, kept) ? found : undefined;
}

export const streamKeys = operationsOf<IvsModel>()({
  CreateStreamKey: {
    access: ({ tags }, call) => onType('stream-key', call, tags),
    async write({ channelArn, tags }, call) {
      const own = newTags(tags, call);
      const { id } = await need(channelKind, channelArn, call, call.tx);
      const used = (await streamKeysOf(call, id, call.tx)).length;
      checkQuota(used, quotas.streamKeysPerChannel, 'stream key per channel', call);
      return { streamKey: streamKeyShape(call, await addStreamKey(call.tx, call, id, own)) };
    },
  },

  GetStreamKey: {
    access: ({ arn }, call) => onResource(streamKeyKind, arn, call),
    async read({ arn }, call) {
      return { streamKey: streamKeyShape(call, await need(streamKeyKind, arn, call, call.reader)) };
    },
  },

  BatchGetStreamKey: {
    access: ({ arns }, call) => Promise.all([...new Set(arns)].map((arn) => onResource(streamKeyKind, arn, call))),
    async read({ arns }, call) {
      const { found, errors } = await batchGet(streamKeyKind, arns, call);
      return { streamKeys: found.map((key) => streamKeyShape(call, key)), errors };
    },
  },

  ListStreamKeys: {
    access: async ({ channelArn }, call) => [
      await onResource(channelKind, channelArn, call),
      onType('stream-key', call),
    ],
    async read(input, call) {
      const channel = await need(channelKind, input.channelArn, call, call.reader);
      const found = { index: 'channel', value: channel.id };
      const { items, ...page } = await pageOfFound(
        collection,
        found,
        { operation: 'ListStreamKeys', size: 1 },
        input,
        call,
      );
      return { streamKeys: items.map(({ value }) => streamKeySummary(call, value)), ...page };
    },
  },

  DeleteStreamKey: {
    access: ({ arn }, call) => onResource(streamKeyKind, arn, call),
    async write({ arn }, call) {
      const { id } = await need(streamKeyKind, arn, call, call.tx);
      await call.tx.remove(collection, scopeOf(call), id);
      return {};
    },
  },
});
