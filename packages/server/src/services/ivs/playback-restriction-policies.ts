/** Playback restriction policies: who may play by country and origin, without a token (spec/ivs.md 1 and 4). */
import type { IvsModel, PlaybackRestrictionPolicy, UpdatePlaybackRestrictionPolicyRequest } from '../../model/ivs.ts';
import { alphanumerics } from '../random-text.ts';
import { operationsOf } from '../service.ts';
import { arnOf, scopeOf, type Place } from './arns.ts';
import { pageOfAll } from './pagination.ts';
import { checkQuota, quotas } from './quotas.ts';
import { channels, restrictionPolicies as collection, type RestrictionPolicyRecord } from './records.ts';
import { need, newTags, onResource, onType, restrictionPolicyKind } from './resources.ts';

type Choices = Omit<UpdatePlaybackRestrictionPolicyRequest, 'arn'>;
type Settings = Omit<RestrictionPolicyRecord, 'id' | 'tags' | 'createdAt'>;

const defaults: Settings = { name: '', allowedCountries: [], allowedOrigins: [], strictOrigin: false };

const choose = (before: Settings, chosen: Choices): Settings => ({
  name: chosen.name ?? before.name,
  allowedCountries: chosen.allowedCountries ?? before.allowedCountries,
  allowedOrigins: chosen.allowedOrigins ?? before.allowedOrigins,
  strictOrigin: chosen.enableStrictOriginEnforcement ?? before.strictOrigin,
});

/** What the model does not state of the lists, as a sentence, or `undefined`. */
function problemOf({ allowedCountries, allowedOrigins }: Settings): string | undefined {
  const { countriesPerPolicy, originsPerPolicy } = quotas;
  if (allowedCountries.length > countriesPerPolicy)
    return `At most ${countriesPerPolicy} allowedCountries are possible`;
  if (allowedOrigins.length > originsPerPolicy) return `At most ${originsPerPolicy} allowedOrigins are possible`;
  const odd = allowedCountries.find((country) => !/^[A-Z]{2}$/.test(country));
  return odd === undefined ? undefined : `${JSON.stringify(odd)} in allowedCountries is not an ISO 3166-1 alpha-2 code`;
}

function checked(settings: Settings, call: { fail(code: 'ValidationException', message: string): never }): Settings {
  const problem = problemOf(settings);
  return problem === undefined ? settings : call.fail('ValidationException', problem);
}

const shape = (place: Place, policy: RestrictionPolicyRecord): PlaybackRestrictionPolicy => ({
  arn: arnOf(place, restrictionPolicyKind.type, policy.id),
  allowedCountries: policy.allowedCountries,
  allowedOrigins: policy.allowedOrigins,
  enableStrictOriginEnforcement: policy.strictOrigin,
  name: policy.name,
  tags: policy.tags,
});

export const playbackRestrictionPolicies = operationsOf<IvsModel>()({
  CreatePlaybackRestrictionPolicy: {
    access: ({ tags }, call) => onType(restrictionPolicyKind.type, call, tags),
    async write(input, call) {
      const settings = checked(choose(defaults, input), call);
      const tags = newTags(input.tags, call);
      const used = await call.tx.count(collection, scopeOf(call));
      checkQuota(used, quotas.restrictionPolicies, 'playback restriction policies', call);
      const id = alphanumerics(call.env.random, 12);
      const record: RestrictionPolicyRecord = { id, tags, createdAt: call.now, ...settings };
      await call.tx.insert(collection, scopeOf(call), id, record);
      return { playbackRestrictionPolicy: shape(call, record) };
    },
  },

  GetPlaybackRestrictionPolicy: {
    access: ({ arn }, call) => onResource(restrictionPolicyKind, arn, call),
    async read({ arn }, call) {
      return { playbackRestrictionPolicy: shape(call, await need(restrictionPolicyKind, arn, call, call.reader)) };
    },
  },

  ListPlaybackRestrictionPolicies: {
    access: () => ({ resource: '*' }),
    async read(input, call) {
      const listing = { operation: 'ListPlaybackRestrictionPolicies', size: 1 };
      const { items, ...page } = await pageOfAll(collection, listing, input, call);
      return { playbackRestrictionPolicies: items.map(({ value }) => shape(call, value)), ...page };
    },
  },

  UpdatePlaybackRestrictionPolicy: {
    access: ({ arn }, call) => onResource(restrictionPolicyKind, arn, call),
    async write(input, call) {
      const before = await need(restrictionPolicyKind, input.arn, call, call.tx);
      const record: RestrictionPolicyRecord = { ...before, ...checked(choose(before, input), call) };
      await call.tx.put(collection, scopeOf(call), record.id, record);
      return { playbackRestrictionPolicy: shape(call, record) };
    },
  },

  DeletePlaybackRestrictionPolicy: {
    access: ({ arn }, call) => onResource(restrictionPolicyKind, arn, call),
    async write({ arn }, call) {
      const { id } = await need(restrictionPolicyKind, arn, call, call.tx);
      if ((await call.tx.find(channels, 'restriction', arn, scopeOf(call))).length > 0) {
        return call.fail('ConflictException', `Playback restriction policy: ${arn} is associated with a channel`);
      }
      await call.tx.remove(collection, scopeOf(call), id);
      return {};
    },
  },
});
