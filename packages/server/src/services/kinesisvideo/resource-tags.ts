/** Tags of streams and signaling channels, by ARN (spec/kinesisvideo.md 1). */
import type { KinesisVideoModel } from '../../model/kinesisvideo.ts';
import type { Reader, Transaction } from '../../store/store.ts';
import { requestTagKeys, requestTags, withoutTags, type Tags } from '../resource-tags.ts';
import { operationsOf, type AccessCheck } from '../service.ts';
import { partsOf, scopeOf, type Place } from './arns.ts';
import { addTags, tagsOfList } from './new-tags.ts';
import type { Named } from './records.ts';
import { channelKind, need, onResource, streamKind, type Kind } from './resources.ts';

interface Calling extends Place {
  readonly reader: Reader;
  fail(code: 'InvalidArgumentException' | 'ResourceNotFoundException', message: string): never;
}

interface Tagging {
  check(arn: string, call: Calling): Promise<AccessCheck>;
  read(arn: string, call: Calling, reader: Reader): Promise<Tags>;
  write(arn: string, call: Calling, tx: Transaction, change: (tags: Tags) => Tags): Promise<void>;
}

function tagging<T extends Named>(kind: Kind<T>): Tagging {
  return {
    check: (arn, call) => onResource(kind, { arn }, call),
    read: async (arn, call, reader) => (await need(kind, { arn }, call, reader)).tags,
    async write(arn, call, tx, change) {
      const record = await need(kind, { arn }, call, tx);
      await tx.put(kind.collection, scopeOf(call), record.name, { ...record, tags: change(record.tags) });
    },
  };
}

const ofStreams = tagging(streamKind);
const ofChannels = tagging(channelKind);

/** The type in the ARN says whose tags they are; ARNs of other types and places miss as a stream's do. */
const taggingOf = (arn: string, call: Calling): Tagging =>
  partsOf(call, 'channel', arn) === undefined ? ofStreams : ofChannels;

export const resourceTags = operationsOf<KinesisVideoModel>()({
  TagResource: {
    access: async ({ ResourceARN, Tags: added }, call) => ({
      ...(await taggingOf(ResourceARN, call).check(ResourceARN, call)),
      ...requestTags(tagsOfList(added)),
    }),
    async write({ ResourceARN, Tags: added }, call) {
      const change = (tags: Tags): Tags => addTags(tags, tagsOfList(added), call);
      await taggingOf(ResourceARN, call).write(ResourceARN, call, call.tx, change);
      return {};
    },
  },

  UntagResource: {
    access: async ({ ResourceARN, TagKeyList }, call) => ({
      ...(await taggingOf(ResourceARN, call).check(ResourceARN, call)),
      ...requestTagKeys(TagKeyList),
    }),
    async write({ ResourceARN, TagKeyList }, call) {
      const change = (tags: Tags): Tags => withoutTags(tags, TagKeyList);
      await taggingOf(ResourceARN, call).write(ResourceARN, call, call.tx, change);
      return {};
    },
  },

  /** At most 50 tags are one page: no token was ever handed out. */
  ListTagsForResource: {
    access: ({ ResourceARN }, call) => taggingOf(ResourceARN, call).check(ResourceARN, call),
    async read({ ResourceARN, NextToken }, call) {
      const tags = await taggingOf(ResourceARN, call).read(ResourceARN, call, call.reader);
      return NextToken ? call.fail('InvalidArgumentException', 'NextToken is not valid for this list') : { Tags: tags };
    },
  },
});
