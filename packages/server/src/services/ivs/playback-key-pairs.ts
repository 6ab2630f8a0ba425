/** Playback key pairs: the public keys that verify the tokens of private channels (spec/ivs.md 1 and 4). */
import type { IvsModel, PlaybackKeyPair } from '../../model/ivs.ts';
import { alphanumerics } from '../random-text.ts';
import { operationsOf } from '../service.ts';
import { arnOf, scopeOf, type Place } from './arns.ts';
import { pageOfAll } from './pagination.ts';
import { p384PublicKey } from './public-keys.ts';
import { checkQuota, quotas } from './quotas.ts';
import { playbackKeys as collection, type PlaybackKeyRecord } from './records.ts';
import { need, newTags, onResource, onType, playbackKeyKind } from './resources.ts';

/** Key material is never shown. */
const shape = (place: Place, key: PlaybackKeyRecord): PlaybackKeyPair => ({
  arn: arnOf(place, 'playback-key', key.id),
  name: key.name,
  fingerprint: key.fingerprint,
  tags: key.tags,
});

export const playbackKeyPairs = operationsOf<IvsModel>()({
  ImportPlaybackKeyPair: {
    access: ({ tags }, call) => onType('playback-key', call, tags),
    async write({ publicKeyMaterial, name = '', tags }, call) {
      const key = p384PublicKey(publicKeyMaterial);
      if (key === undefined)
        return call.fail('ValidationException', 'publicKeyMaterial must be an ECDSA P-384 public key in PEM');
      const own = newTags(tags, call);
      const scope = scopeOf(call);
      if ((await call.tx.find(collection, 'fingerprint', key.fingerprint, scope)).length > 0) {
        return call.fail('ConflictException', `The public key ${key.fingerprint} has been imported already`);
      }
      checkQuota(await call.tx.count(collection, scope), quotas.playbackKeyPairs, 'playback key pairs', call);
      const id = alphanumerics(call.env.random, 12);
      const { pem: publicKey, fingerprint } = key;
      const record: PlaybackKeyRecord = { id, name, tags: own, publicKey, fingerprint, createdAt: call.now };
      await call.tx.insert(collection, scope, id, record);
      return { keyPair: shape(call, record) };
    },
  },

  GetPlaybackKeyPair: {
    access: ({ arn }, call) => onResource(playbackKeyKind, arn, call),
    async read({ arn }, call) {
      return { keyPair: shape(call, await need(playbackKeyKind, arn, call, call.reader)) };
    },
  },

  ListPlaybackKeyPairs: {
    access: (_, call) => onType('playback-key', call),
    async read(input, call) {
      const { items, ...page } = await pageOfAll(collection, { operation: 'ListPlaybackKeyPairs' }, input, call);
      const summaries = items.map(({ value: { id, name, tags } }) => ({
        arn: arnOf(call, 'playback-key', id),
        name,
        tags,
      }));
      return { keyPairs: summaries, ...page };
    },
  },

  DeletePlaybackKeyPair: {
    access: ({ arn }, call) => onResource(playbackKeyKind, arn, call),
    async write({ arn }, call) {
      const { id } = await need(playbackKeyKind, arn, call, call.tx);
      await call.tx.remove(collection, scopeOf(call), id);
      return {};
    },
  },
});
