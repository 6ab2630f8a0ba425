/** Tags of streams, by name or ARN (spec/kinesisvideo.md 1). They leave the stream's version alone. */
import type { KinesisVideoModel } from '../../model/kinesisvideo.ts';
import { requestTagKeys, requestTags, withoutTags } from '../resource-tags.ts';
import { operationsOf } from '../service.ts';
import { scopeOf } from './arns.ts';
import { addTags } from './new-tags.ts';
import { streams as collection } from './records.ts';
import { need, onResource, streamIn, streamKind } from './resources.ts';

export const streamTags = operationsOf<KinesisVideoModel>()({
  TagStream: {
    access: async (input, call) => ({
      ...(await onResource(streamKind, streamIn(input), call)),
      ...requestTags(input.Tags),
    }),
    async write(input, call) {
      const stream = await need(streamKind, streamIn(input), call, call.tx);
      const tags = addTags(stream.tags, input.Tags, call);
      await call.tx.put(collection, scopeOf(call), stream.name, { ...stream, tags });
      return {};
    },
  },

  UntagStream: {
    access: async (input, call) => ({
      ...(await onResource(streamKind, streamIn(input), call)),
      ...requestTagKeys(input.TagKeyList),
    }),
    async write(input, call) {
      const stream = await need(streamKind, streamIn(input), call, call.tx);
      const tags = withoutTags(stream.tags, input.TagKeyList);
      await call.tx.put(collection, scopeOf(call), stream.name, { ...stream, tags });
      return {};
    },
  },

  /** A resource has at most 50 tags, which is one page: no token was ever handed out. */
  ListTagsForStream: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async read(input, call) {
      const { tags } = await need(streamKind, streamIn(input), call, call.reader);
      return input.NextToken
        ? call.fail('InvalidArgumentException', 'NextToken is not valid for this list')
        : { Tags: tags };
    },
  },
});
