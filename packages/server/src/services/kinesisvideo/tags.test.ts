import { beforeEach, describe, expect, test } from 'vitest';
import type { KinesisVideoModel } from '../../model/kinesisvideo.ts';
import { openRoom, type Asker, type Room } from '../video.testkit.ts';
import { kinesisvideo } from './index.ts';

let room: Room;
let kvs: Asker<KinesisVideoModel>;
beforeEach(async () => {
  room = await openRoom();
  kvs = room.as<KinesisVideoModel>(kinesisvideo);
});

const given = { first: '1' };
const makers = {
  stream: async () => (await kvs.ask('CreateStream', { StreamName: 'cam', Tags: given })).StreamARN ?? '',
  channel: async () =>
    (await kvs.ask('CreateSignalingChannel', { ChannelName: 'cam', Tags: [{ Key: 'first', Value: '1' }] }))
      .ChannelARN ?? '',
};
const tagsOf = async (ResourceARN: string) => (await kvs.ask('ListTagsForResource', { ResourceARN })).Tags;

describe.each(['stream', 'channel'] as const)('a %s by ARN', (type) => {
  test('tags are given, merged, shown and taken away', async () => {
    const ResourceARN = await makers[type]();
    expect(await tagsOf(ResourceARN)).toEqual(given);
    const Tags = [
      { Key: 'first', Value: 'new' },
      { Key: 'second', Value: '' },
    ];
    expect(await kvs.ask('TagResource', { ResourceARN, Tags })).toEqual({});
    expect(await tagsOf(ResourceARN)).toEqual({ first: 'new', second: '' });
    expect(await kvs.ask('UntagResource', { ResourceARN, TagKeyList: ['first', 'unknown'] })).toEqual({});
    expect(await tagsOf(ResourceARN)).toEqual({ second: '' });
  });

  test('tagging is asked on the resource with its tags and those of the request', async () => {
    const ResourceARN = await makers[type]();
    const own = { resource: ResourceARN, resourceTags: given };
    expect(await kvs.checks('ListTagsForResource', { ResourceARN })).toEqual([own]);
    expect(await kvs.checks('TagResource', { ResourceARN, Tags: [{ Key: 'b', Value: '2' }] })).toEqual([
      { ...own, requestTags: { b: '2' } },
    ]);
    expect(await kvs.checks('UntagResource', { ResourceARN, TagKeyList: ['b'] })).toEqual([{ ...own, tagKeys: ['b'] }]);
  });

  test('more than 50 tags, and reserved keys, are refused', async () => {
    const ResourceARN = await makers[type]();
    const fifty = Array.from({ length: 50 }, (_, i) => ({ Key: `k${i}`, Value: 'v' }));
    expect(await kvs.refusal('TagResource', { ResourceARN, Tags: fifty })).toBe(
      'TagsPerResourceExceededLimitException: A resource can have at most 50 tags',
    );
    expect(await kvs.refusal('TagResource', { ResourceARN, Tags: [{ Key: 'aws:a', Value: 'b' }] })).toContain(
      'InvalidArgumentException',
    );
    expect(await tagsOf(ResourceARN)).toEqual(given);
  });
});

test('a stream and a channel of one name have tags of their own', async () => {
  const [stream, channel] = [await makers.stream(), await makers.channel()];
  await kvs.ask('UntagResource', { ResourceARN: channel, TagKeyList: ['first'] });
  expect(await tagsOf(stream)).toEqual(given);
  expect(await tagsOf(channel)).toEqual({});
});

describe('a stream by name', () => {
  test('S3-9 S1-12 tags in any script are given, shown and taken away, and leave the version alone', async () => {
    const StreamARN = await makers.stream();
    const version = async () => (await kvs.ask('DescribeStream', { StreamARN })).StreamInfo?.Version;
    const before = await version();
    await kvs.ask('TagStream', { StreamName: 'cam', Tags: { 소유자: '철수', proprietário: 'joão' } });
    expect(await kvs.ask('ListTagsForStream', { StreamName: 'cam' })).toEqual({
      Tags: { ...given, 소유자: '철수', proprietário: 'joão' },
    });
    await kvs.ask('UntagStream', { StreamARN, TagKeyList: ['소유자', 'first'] });
    expect(await tagsOf(StreamARN)).toEqual({ proprietário: 'joão' });
    expect(await version()).toBe(before);
  });

  test('tagging is asked on the full ARN', async () => {
    const resource = await makers.stream();
    const own = { resource, resourceTags: given };
    expect(await kvs.checks('TagStream', { StreamName: 'cam', Tags: { b: '2' } })).toEqual([
      { ...own, requestTags: { b: '2' } },
    ]);
    expect(await kvs.checks('UntagStream', { StreamName: 'cam', TagKeyList: ['b'] })).toEqual([
      { ...own, tagKeys: ['b'] },
    ]);
    expect(await kvs.checks('ListTagsForStream', { StreamName: 'cam' })).toEqual([own]);
  });

  test('more than 50 tags are refused, and a token is nobody’s', async () => {
    await makers.stream();
    const fifty = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, 'v']));
    expect(await kvs.refusal('TagStream', { StreamName: 'cam', Tags: fifty })).toContain(
      'TagsPerResourceExceededLimitException: ',
    );
    expect(await kvs.refusal('ListTagsForStream', { StreamName: 'cam', NextToken: 'abcd' })).toContain(
      'InvalidArgumentException',
    );
  });
});
