/** Tags: attached, passed in requests, asked for by conditions, and guarded themselves. In any script. */
import {
  AttachUserPolicyCommand,
  CreateUserCommand,
  ListUserTagsCommand,
  PutUserPolicyCommand,
  TagUserCommand,
} from '@aws-sdk/client-iam';
import {
  CreateChannelCommand,
  CreatePlaybackRestrictionPolicyCommand,
  DeleteChannelCommand,
  GetChannelCommand,
  ListChannelsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ivs';
import {
  CreateStreamCommand,
  DescribeStreamCommand,
  ListTagsForStreamCommand,
  TagStreamCommand,
  UntagStreamCommand,
} from '@aws-sdk/client-kinesis-video';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allow, castOf, trusting } from './support/cast.ts';
import type { Cast, Person, Statement } from './support/cast.ts';
import { allowed, clientsFor, refusal } from './support/clients.ts';
import type { Clients } from './support/clients.ts';
import { account, channelArn, keys, ownedChannelArn, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

type Tags = Readonly<Record<string, string>>;

let server: TestServer;
let cast: Cast;
let user: Person;

beforeAll(async () => {
  server = await testServer();
  cast = castOf(server);
  user = await cast.user('tagger', allow('other:*'));
});
afterAll(() => server.close());

const holds = (...statements: readonly Statement[]) => cast.grant(user.name, ...statements);
const creates = (tags?: Tags) => allowed(user.ivs.send(new CreateChannelCommand({ ...(tags && { tags }) })));
const tagsIt = (arn: string, tags: Tags) => allowed(user.ivs.send(new TagResourceCommand({ resourceArn: arn, tags })));
const untagsIt = (arn: string, ...tagKeys: string[]) =>
  allowed(user.ivs.send(new UntagResourceCommand({ resourceArn: arn, tagKeys })));
const views = ({ ivs }: Clients, arn: string) => allowed(ivs.send(new GetChannelCommand({ arn })));

/** A new channel with tags, made by root. */
async function channel(tags: Tags = {}): Promise<string> {
  const made = await cast.root.ivs.send(new CreateChannelCommand({ tags }));
  return made.channel!.arn!;
}

async function tagsOf(resourceArn: string): Promise<Tags | undefined> {
  return (await cast.root.ivs.send(new ListTagsForResourceCommand({ resourceArn }))).tags;
}

describe('tags of resources', () => {
  test('S0-65 they are attached, listed and removed, on each type there is', async () => {
    const { ivs } = cast.root;
    const made = await ivs.send(new CreateChannelCommand({}));
    const { playbackRestrictionPolicy } = await ivs.send(new CreatePlaybackRestrictionPolicyCommand({}));
    for (const resourceArn of [made.channel!.arn!, made.streamKey!.arn!, playbackRestrictionPolicy!.arn!]) {
      await ivs.send(new TagResourceCommand({ resourceArn, tags: { a: '1', b: '2' } }));
      await ivs.send(new TagResourceCommand({ resourceArn, tags: { b: '3' } }));
      expect(await tagsOf(resourceArn)).toEqual({ a: '1', b: '3' });
      await ivs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['a', 'absent'] }));
      expect(await tagsOf(resourceArn)).toEqual({ b: '3' });
    }
  });

  test('S0-65 S0-66 they are passed in the request that makes the resource', async () => {
    expect(await tagsOf(await channel({ team: 'a' }))).toEqual({ team: 'a' });
    const { StreamARN } = await cast.root.kinesisVideo.send(
      new CreateStreamCommand({ StreamName: 'tagged', Tags: { team: 'a' } }),
    );
    const { Tags } = await cast.root.kinesisVideo.send(new ListTagsForStreamCommand({ StreamARN }));
    expect(Tags).toEqual({ team: 'a' });
  });

  const scripts = [
    ['S3-9', { 소유자: '철수' }],
    ['S1-12', { proprietário: 'joão' }],
    ['S1-12', { 'a b+c/d=e@f:g_h.i-j': '+/ = @:_' }],
  ] as const;

  test.each(scripts)('%s %j is stored, listed, required and removed like any other', async (_, tags) => {
    const [[key, value]] = Object.entries(tags) as [[string, string]];
    const arn = await channel(tags);
    expect(await tagsOf(arn)).toEqual(tags);
    await holds(allow('ivs:GetChannel', '*', { StringEquals: { [`aws:ResourceTag/${key}`]: value } }));
    expect([await views(user, arn), await views(user, await channel({ [key]: 'x' }))]).toEqual([true, false]);
    await holds(allow('ivs:CreateChannel', '*', { StringEquals: { [`aws:RequestTag/${key}`]: value } }));
    expect([await creates(tags), await creates({ [key]: 'x' })]).toEqual([true, false]);
    await holds(allow('ivs:UntagResource', '*', { 'ForAllValues:StringEquals': { 'aws:TagKeys': [key] } }));
    expect([await untagsIt(arn, 'other'), await untagsIt(arn, key)]).toEqual([false, true]);
    expect(await tagsOf(arn)).toEqual({});
  });

  test.each(scripts)('%s %j on a stream, a user', async (_, tags) => {
    const [[Key, Value]] = Object.entries(tags) as [[string, string]];
    const { kinesisVideo, iam } = cast.root;
    const StreamName = `script-${server.house.env.clock.now()}-${encodeURIComponent(Key).length}`;
    const { StreamARN } = await kinesisVideo.send(new CreateStreamCommand({ StreamName, Tags: tags }));
    await holds(allow('kinesisvideo:DescribeStream', '*', { StringEquals: { [`aws:ResourceTag/${Key}`]: Value } }));
    expect(await allowed(user.kinesisVideo.send(new DescribeStreamCommand({ StreamARN })))).toBe(true);
    await kinesisVideo.send(new UntagStreamCommand({ StreamARN, TagKeyList: [Key] }));
    expect(await allowed(user.kinesisVideo.send(new DescribeStreamCommand({ StreamARN })))).toBe(false);
    await kinesisVideo.send(new TagStreamCommand({ StreamARN, Tags: tags }));
    expect((await kinesisVideo.send(new ListTagsForStreamCommand({ StreamARN }))).Tags).toEqual(tags);
    await iam.send(new TagUserCommand({ UserName: user.name, Tags: [{ Key, Value }] }));
    const listed = await iam.send(new ListUserTagsCommand({ UserName: user.name }));
    expect(listed.Tags).toContainEqual({ Key, Value });
    const arn = await channel({ who: Value });
    await holds(
      allow('ivs:GetChannel', '*', { StringEquals: { 'aws:ResourceTag/who': `\${aws:PrincipalTag/${Key}}` } }),
    );
    expect(await views(user, arn)).toBe(true);
  });

  test('S3-9 a policy names them with JSON escapes, since IAM takes Latin characters only', async () => {
    const PolicyDocument = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"소유자:*","Resource":"*"}}';
    const put = new PutUserPolicyCommand({ UserName: user.name, PolicyName: 'script', PolicyDocument });
    expect(await refusal(cast.root.iam.send(put))).toMatchObject({ name: 'ValidationError', status: 400 });
  });

  test('S1-12 names of IAM are ASCII', async () => {
    for (const UserName of ['joão', '철수', 'a b']) {
      const { name, status } = await refusal(cast.root.iam.send(new CreateUserCommand({ UserName })));
      expect({ name, status }).toEqual({ name: 'ValidationError', status: 400 });
    }
  });
});

describe('conditions on tags', () => {
  test('S0-55 S0-68 aws:RequestTag: the tag must be passed, with that value', async () => {
    await holds(allow('ivs:CreateChannel', '*', { StringEquals: { 'aws:RequestTag/team': 'a' } }));
    expect([
      await creates({ team: 'a' }),
      await creates({ team: 'b' }),
      await creates(),
      await creates({ other: 'a' }),
    ]).toEqual([true, false, false, false]);
  });

  test('S0-56 S0-69 aws:TagKeys: no other keys, when creating, tagging and untagging', async () => {
    const only = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'env'] } };
    await holds(allow(['ivs:CreateChannel', 'ivs:TagResource', 'ivs:UntagResource'], '*', only));
    const arn = await channel({ team: 'a', extra: 'x' });
    expect([await creates({ team: 'a', env: 'x' }), await creates({ team: 'a', extra: 'x' })]).toEqual([true, false]);
    expect([await tagsIt(arn, { env: 'x' }), await tagsIt(arn, { env: 'x', more: 'x' })]).toEqual([true, false]);
    expect([await untagsIt(arn, 'team'), await untagsIt(arn, 'team', 'extra')]).toEqual([true, false]);
    const oneOf = { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['env'] } };
    await holds(allow('ivs:TagResource', '*', oneOf));
    expect([await tagsIt(arn, { env: 'y', more: 'y' }), await tagsIt(arn, { more: 'y' })]).toEqual([true, false]);
  });

  test('S0-57 S0-67 aws:ResourceTag: what the channel is tagged with now', async () => {
    await holds(allow(['ivs:GetChannel', 'ivs:DeleteChannel'], '*', { StringEquals: { 'aws:ResourceTag/team': 'a' } }));
    const arn = await channel({ team: 'b' });
    expect(await views(user, arn)).toBe(false);
    await cast.root.ivs.send(new TagResourceCommand({ resourceArn: arn, tags: { team: 'a' } }));
    expect(await views(user, arn)).toBe(true);
    await cast.root.ivs.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['team'] }));
    expect(await views(user, arn)).toBe(false);
    const deletes = (of: string) => allowed(user.ivs.send(new DeleteChannelCommand({ arn: of })));
    expect(await deletes(arn)).toBe(false);
  });

  test('S0-67 S0-68 a tag key may hold a colon or a slash', async () => {
    const tags = { 'cost:center/unit': '7' };
    await holds(
      allow('ivs:GetChannel', '*', { StringEquals: { 'aws:ResourceTag/cost:center/unit': '7' } }),
      allow('ivs:CreateChannel', '*', { StringEquals: { 'aws:RequestTag/cost:center/unit': '7' } }),
    );
    expect([await views(user, await channel(tags)), await views(user, await channel({ cost: '7' }))]).toEqual([
      true,
      false,
    ]);
    expect([await creates(tags), await creates({ cost: '7' })]).toEqual([true, false]);
  });

  test('S0-58 S0-59 S0-60 the principal’s tag and name stand for themselves in conditions', async () => {
    const anna = await cast.user('anna');
    const otto = await cast.user('otto');
    const own = allow('ivs:GetChannel', '*', { StringEquals: { 'aws:ResourceTag/Owner': '${aws:username}' } });
    for (const { name } of [anna, otto]) await cast.grant(name, own);
    const [hers, his] = [await channel({ Owner: 'anna' }), await channel({ Owner: 'otto' })];
    expect([await views(anna, hers), await views(anna, his)]).toEqual([true, false]);
    expect([await views(otto, hers), await views(otto, his)]).toEqual([false, true]);
    const team = allow('ivs:GetChannel', '*', { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } });
    await cast.grant('anna', team);
    const red = await channel({ team: 'red' });
    expect(await views(anna, red)).toBe(false);
    await cast.root.iam.send(new TagUserCommand({ UserName: 'anna', Tags: [{ Key: 'Team', Value: 'red' }] }));
    expect(await views(anna, red)).toBe(true);
    expect(await views(anna, await channel({}))).toBe(false);
  });
});

describe('the tag-owner document', () => {
  let richard: Clients;
  beforeAll(() => {
    // The fixture's user has the document attached.
    richard = clientsFor(server.url, keys.richardRoe);
  });

  test('S0-157 S0-158 he lists all channels', async () => {
    const { channels } = await richard.ivs.send(new ListChannelsCommand({}));
    expect(channels?.map(({ arn }) => arn)).toEqual(expect.arrayContaining([channelArn, ownedChannelArn]));
  });

  test('S0-159 S0-161 S0-162 S0-163 S0-164 he views those that are tagged with his name as owner', async () => {
    const outcomes: readonly (readonly [Tags, boolean])[] = [
      [{ Owner: 'richard-roe' }, true],
      [{ owner: 'richard-roe' }, true],
      [{ OWNER: 'richard-roe' }, true],
      [{ Owner: 'Richard-Roe' }, false],
      [{ OwnerName: 'richard-roe' }, false],
      [{ Owner: 'richard-roe2' }, false],
      [{ Owner: 'mateojackson' }, false],
      [{}, false],
    ];
    for (const [tags, expected] of outcomes)
      expect([tags, await views(richard, await channel(tags))]).toEqual([tags, expected]);
    expect([await views(richard, ownedChannelArn), await views(richard, channelArn)]).toEqual([true, false]);
  });

  test('S0-165 S1-11 the names of condition keys are in any case; of two tags that differ in case either may match', async () => {
    const arn = await channel({ Owner: 'tagger' });
    for (const key of ['aws:ResourceTag/OWNER', 'AWS:RESOURCETAG/owner', 'aws:resourcetag/Owner']) {
      await holds(allow('ivs:GetChannel', '*', { StringEquals: { [key]: '${AWS:UserName}' } }));
      expect([key, await views(user, arn)]).toEqual([key, true]);
    }
    expect(await views(richard, await channel({ Owner: 'x', owner: 'richard-roe' }))).toBe(true);
  });

  test('S0-160 the one policy is attached to two users, and is each one’s own', async () => {
    const jane = await cast.user('jane-doe');
    const PolicyArn = `arn:aws:iam::${account}:policy/ViewChannelsByOwnerTag`;
    await cast.root.iam.send(new AttachUserPolicyCommand({ UserName: jane.name, PolicyArn }));
    const hers = await channel({ Owner: 'jane-doe' });
    expect([await views(jane, hers), await views(richard, hers)]).toEqual([true, false]);
    expect([await views(jane, ownedChannelArn), await views(richard, ownedChannelArn)]).toEqual([false, true]);
  });

  test('S0-73 he cannot become an owner by tagging, or by making a tagged channel', async () => {
    const tag = new TagResourceCommand({ resourceArn: channelArn, tags: { Owner: 'richard-roe' } });
    expect(await refusal(richard.ivs.send(tag))).toMatchObject({ name: 'AccessDeniedException', status: 403 });
    expect(await views(richard, channelArn)).toBe(false);
    expect(await allowed(richard.ivs.send(new CreateChannelCommand({ tags: { Owner: 'richard-roe' } })))).toBe(false);
  });

  test('S0-166 a session of a role has no user name, whatever it calls itself', async () => {
    const opener = await cast.user('tag-opener', allow('sts:AssumeRole'));
    const document = readFileSync(new URL('../examples/policies/ivs-tag-owner.json', import.meta.url), 'utf8');
    const { Statement: statements } = JSON.parse(document) as { Statement: Statement[] };
    const role = await cast.role('tag-owner', trusting(account), ...statements);
    const session = await cast.assume(opener, role, { RoleSessionName: 'richard-roe' });
    expect(await allowed(session.ivs.send(new ListChannelsCommand({})))).toBe(true);
    expect(await views(session, ownedChannelArn)).toBe(false);
    expect(await views(session, await channel({ Owner: '' }))).toBe(false);
  });
});
