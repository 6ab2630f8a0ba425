/** Tags of IVS resources: the type in the ARN says which records hold them (spec/ivs.md 0.4). */
import type { IvsModel } from '../../model/ivs.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import {
  mostTags,
  requestTagKeys,
  requestTags,
  tagProblem,
  tooMany,
  withTags,
  withoutTags,
  type Tags,
} from '../resource-tags.ts';
import { operationsOf, type AccessCheck } from '../service.ts';
import { scopeOf, type Place } from './arns.ts';
import type { Resource } from './records.ts';
import { channelKind, lookUp, playbackKeyKind, restrictionPolicyKind, streamKeyKind, type Kind } from './resources.ts';

/** Tags of one type of resource. `undefined`: there is no such resource. */
interface Tagging {
  read(arn: string, place: Place, reader: Reader): Promise<Tags | undefined>;
  write(arn: string, place: Place, tx: Transaction, tags: Tags): Promise<void>;
}

function tagging<T extends Resource>(kind: Kind<T>): Tagging {
  return {
    read: async (arn, place, reader) => (await lookUp(kind, arn, place, reader))?.tags,
    async write(arn, place, tx, tags) {
      const record = await lookUp(kind, arn, place, tx);
      if (record !== undefined) await tx.put(kind.collection, scopeOf(place), record.id, { ...record, tags });
    },
  };
}

const taggable: ReadonlyMap<string, Tagging> = new Map([
  [channelKind.type, tagging(channelKind)],
  [streamKeyKind.type, tagging(streamKeyKind)],
  [playbackKeyKind.type, tagging(playbackKeyKind)],
  [restrictionPolicyKind.type, tagging(restrictionPolicyKind)],
]);

/** The model's own pattern admits one letter as the type, an upstream slip (spec/ivs.md 0.3). */
const arnPattern = /^arn:aws[a-z-]*:ivs:[a-z0-9-]+:[0-9]+:([a-z-]+)\/[a-zA-Z0-9-]+$/;

const taggingOf = (arn: string): Tagging | undefined => taggable.get(arnPattern.exec(arn)?.[1] ?? '');

type Tagged = Place & { fail(code: 'ResourceNotFoundException' | 'ValidationException', message: string): never };

async function onTagged(arn: string, call: Tagged & { readonly reader: Reader }): Promise<AccessCheck> {
  if (!arnPattern.test(arn)) return call.fail('ValidationException', `The resource ARN ${arn} is not valid`);
  const resourceTags = await taggingOf(arn)?.read(arn, call, call.reader);
  return resourceTags === undefined ? { resource: arn } : { resource: arn, resourceTags };
}

async function needTags(arn: string, call: Tagged, reader: Reader): Promise<Tags> {
  const tags = await taggingOf(arn)?.read(arn, call, reader);
  return tags ?? call.fail('ResourceNotFoundException', `Resource: ${arn} not found`);
}

export const tags = operationsOf<IvsModel>()({
  TagResource: {
    access: async ({ resourceArn, tags: added }, call) => ({
      ...(await onTagged(resourceArn, call)),
      ...requestTags(added),
    }),
    async write({ resourceArn, tags: added }, call) {
      const problem = tagProblem(added);
      if (problem !== undefined) return call.fail('ValidationException', problem);
      const merged = withTags(await needTags(resourceArn, call, call.tx), added);
      if (tooMany(merged)) return call.fail('ValidationException', `A resource can have at most ${mostTags} tags`);
      await taggingOf(resourceArn)?.write(resourceArn, call, call.tx, merged);
      return {};
    },
  },

  UntagResource: {
    access: async ({ resourceArn, tagKeys }, call) => ({
      ...(await onTagged(resourceArn, call)),
      ...requestTagKeys(tagKeys),
    }),
    async write({ resourceArn, tagKeys }, call) {
      const rest = withoutTags(await needTags(resourceArn, call, call.tx), tagKeys);
      await taggingOf(resourceArn)?.write(resourceArn, call, call.tx, rest);
      return {};
    },
  },

  ListTagsForResource: {
    access: ({ resourceArn }, call) => onTagged(resourceArn, call),
    async read({ resourceArn }, call) {
      return { tags: await needTags(resourceArn, call, call.reader) };
    },
  },
});
