import { beforeEach, describe, expect, test } from 'vitest';
import type { CreateChannelRequest, IvsModel } from '../../model/ivs.ts';
import { account, noon, openRoom, region, type Asker, type Room } from '../video.testkit.ts';
import { importers } from './importers.ts';
import { ivs } from './index.ts';
import { nobodyIsLive, type LiveStreams } from './live.ts';

const arnPrefix = `arn:aws:ivs:${region}:${account}`;
const fixture = `${arnPrefix}:channel/VgNkEJgOVX9N`;
const other = '111122223333';

let room: Room;
let ivsOf: Asker<IvsModel>;
beforeEach(async () => {
  room = await openRoom();
  ivsOf = room.as<IvsModel>(ivs);
});

const create = async (input: CreateChannelRequest = {}, asker = ivsOf) => {
  const { channel, streamKey } = await asker.ask('CreateChannel', input);
  return { arn: channel?.arn ?? '', channel, streamKey };
};
const importFixture = (tags = {}) =>
  room.store.transact(account, (tx) =>
    importers.channel(tx, { accountId: account, region, now: noon, env: room.env }, { id: 'VgNkEJgOVX9N', tags }),
  );
const liveOn = (arn: string): LiveStreams => ({
  ...nobodyIsLive,
  stream: async (asked) =>
    asked === arn
      ? { channelArn: arn, streamId: `st-${'a'.repeat(23)}`, startedAt: noon, health: 'HEALTHY', viewerCount: 0 }
      : undefined,
});

describe('CreateChannel', () => {
  test('S0-50 S0-2 the ARN has the region, the account and 12 alphanumerics', async () => {
    expect((await create()).arn).toMatch(/^arn:aws:ivs:us-west-2:123456789012:channel\/[A-Za-z0-9]{12}$/);
  });

  test('defaults are those of AWS, and URLs lead to this installation', async () => {
    const { channel } = await create();
    const id = channel?.arn?.split('/')[1];
    expect(channel).toEqual({
      arn: `${arnPrefix}:channel/${id}`,
      name: '',
      latencyMode: 'LOW',
      type: 'STANDARD',
      authorized: false,
      insecureIngest: false,
      preset: '',
      containerFormat: 'TS',
      recordingConfigurationArn: '',
      playbackRestrictionPolicyArn: '',
      adConfigurationArn: '',
      tags: {},
      ingestEndpoint: '127.0.0.1:4577',
      playbackUrl: `http://127.0.0.1:4577/api/video/v1/${region}.${account}.channel.${id}.m3u8`,
    });
  });

  test('S0-66 a stream key comes with it, and the tags go to the channel only', async () => {
    const { channel, streamKey, arn } = await create({ tags: { Owner: 'richard-roe' } });
    expect(channel?.tags).toEqual({ Owner: 'richard-roe' });
    expect(streamKey).toMatchObject({ channelArn: arn, tags: {} });
    expect(streamKey?.value).toMatch(/^sk_us-west-2_[A-Za-z0-9]{12}_[A-Za-z0-9]{30}$/);
    expect(streamKey?.arn).toMatch(/:stream-key\/[A-Za-z0-9]{12}$/);
  });

  test('an advanced type has a preset', async () => {
    expect((await create({ type: 'ADVANCED_HD' })).channel?.preset).toBe('HIGHER_BANDWIDTH_DELIVERY');
    const chosen = await create({ type: 'ADVANCED_SD', preset: 'CONSTRAINED_BANDWIDTH_DELIVERY' });
    expect(chosen.channel?.preset).toBe('CONSTRAINED_BANDWIDTH_DELIVERY');
  });

  const multitrack = { enabled: true, policy: 'ALLOW', maximumResolution: 'HD' } as const;
  test.each<[string, CreateChannelRequest, string]>([
    ['a preset on STANDARD', { preset: 'CONSTRAINED_BANDWIDTH_DELIVERY' }, 'ValidationException'],
    ['a preset on BASIC', { type: 'BASIC', preset: 'HIGHER_BANDWIDTH_DELIVERY' }, 'ValidationException'],
    ['multitrack in TS', { multitrackInputConfiguration: multitrack }, 'ValidationException'],
    [
      'multitrack on BASIC',
      { type: 'BASIC', containerFormat: 'FRAGMENTED_MP4', multitrackInputConfiguration: multitrack },
      'ValidationException',
    ],
    [
      'multitrack without a policy',
      { containerFormat: 'FRAGMENTED_MP4', multitrackInputConfiguration: { enabled: true, maximumResolution: 'SD' } },
      'ValidationException',
    ],
    [
      'multitrack without a resolution',
      { containerFormat: 'FRAGMENTED_MP4', multitrackInputConfiguration: { enabled: true, policy: 'REQUIRE' } },
      'ValidationException',
    ],
    ['a reserved tag key', { tags: { 'AWS:owner': 'x' } }, 'ValidationException'],
    [
      'no such recording configuration',
      { recordingConfigurationArn: `${arnPrefix}:recording-configuration/aaaaaaaaaaaa` },
      'ResourceNotFoundException',
    ],
    [
      'no such ad configuration',
      { adConfigurationArn: `${arnPrefix}:ad-configuration/aaaaaaaaaaaa` },
      'ResourceNotFoundException',
    ],
    [
      'no such restriction policy',
      { playbackRestrictionPolicyArn: `${arnPrefix}:playback-restriction-policy/aaaaaaaaaaaa` },
      'ResourceNotFoundException',
    ],
  ])('%s is refused and nothing is made', async (_, input, code) => {
    expect(await ivsOf.refusal('CreateChannel', input)).toContain(code);
    expect((await ivsOf.ask('ListChannels', {})).channels).toEqual([]);
  });

  test('the 5001st channel is over the quota', async () => {
    expect(await room.as<IvsModel>(ivs, { count: 4999 }).ask('CreateChannel', {})).toHaveProperty('channel');
    expect(await room.as<IvsModel>(ivs, { count: 5000 }).refusal('CreateChannel', {})).toBe(
      'ServiceQuotaExceededException: The quota of 5000 channels has been reached',
    );
  });
});

describe('authorization', () => {
  test('S0-53 S0-54 creating is asked on every channel and every stream key, with the tags of the request', async () => {
    expect(await ivsOf.checks('CreateChannel', { tags: { Owner: 'x' } })).toEqual([
      { resource: `${arnPrefix}:channel/*`, requestTags: { Owner: 'x' } },
      { resource: `${arnPrefix}:stream-key/*`, requestTags: { Owner: 'x' } },
    ]);
    expect(await ivsOf.checks('CreateChannel', {})).toEqual([
      { resource: `${arnPrefix}:channel/*` },
      { resource: `${arnPrefix}:stream-key/*` },
    ]);
  });

  const allow = (Resource: string | string[], Action = 'ivs:*') => ({
    policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] },
  });

  test.each([
    ['*', true],
    [[`${arnPrefix}:channel/*`, `${arnPrefix}:stream-key/*`], true],
    [`${arnPrefix}:channel/*`, false],
    [[fixture, `${arnPrefix}:stream-key/*`], false],
  ])('S0-53 S0-54 CreateChannel with Resource %j: %s', async (resource, allowed) => {
    const asker = room.as<IvsModel>(ivs, allow(resource));
    if (allowed) expect((await create({}, asker)).arn).not.toBe('');
    else expect(await asker.refusal('CreateChannel', {})).toContain('AccessDeniedException');
  });

  test('listing channels and streams is asked on every channel', async () => {
    for (const operation of ['ListChannels', 'ListStreams'] as const) {
      expect(await ivsOf.checks(operation, {})).toEqual([{ resource: `${arnPrefix}:channel/*` }]);
    }
  });

  test('an existing channel is asked with its tags', async () => {
    await importFixture({ Owner: 'richard-roe' });
    expect(await ivsOf.checks('GetChannel', { arn: fixture })).toEqual([
      { resource: fixture, resourceTags: { Owner: 'richard-roe' } },
    ]);
  });

  test.each(['Owner', 'owner'])('the tag-owner policy opens a channel tagged %s to its owner only', async (key) => {
    await importFixture({ [key]: 'richard-roe' });
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'ivs:GetChannel',
          Resource: 'arn:aws:ivs:*:*:channel/*',
          // oxlint-disable-next-line no-template-curly-in-string -- a policy variable
          Condition: { StringEquals: { 'aws:ResourceTag/Owner': '${aws:username}' } },
        },
      ],
    };
    const richard = room.as<IvsModel>(ivs, { policy, userName: 'richard-roe' });
    const mary = room.as<IvsModel>(ivs, { policy, userName: 'mary' });
    expect((await richard.ask('GetChannel', { arn: fixture })).channel?.arn).toBe(fixture);
    expect(await mary.refusal('GetChannel', { arn: fixture })).toContain('AccessDeniedException');
  });

  test('access comes before existence: what is missing is denied to whom it would be', async () => {
    const nobody = room.as<IvsModel>(ivs, allow(`${arnPrefix}:channel/other`));
    expect(await nobody.refusal('GetChannel', { arn: fixture })).toMatch(
      /^AccessDeniedException: User: arn:aws:iam::123456789012:user\/mateojackson is not authorized to perform: ivs:GetChannel on resource: arn:aws:ivs:us-west-2:123456789012:channel\/VgNkEJgOVX9N/,
    );
    expect(await room.as<IvsModel>(ivs, allow('*')).refusal('GetChannel', { arn: fixture })).toBe(
      `ResourceNotFoundException: Resource: ${fixture} not found`,
    );
  });

  test('deleting is asked on the channel and on its stream keys', async () => {
    const { arn, streamKey } = await create({ tags: { a: 'b' } });
    expect(await ivsOf.checks('DeleteChannel', { arn })).toEqual([
      { resource: arn, resourceTags: { a: 'b' } },
      { resource: streamKey?.arn, resourceTags: {} },
    ]);
    expect(await ivsOf.checks('DeleteChannel', { arn: fixture })).toEqual([
      { resource: fixture },
      { resource: `${arnPrefix}:stream-key/*` },
    ]);
    const channelOnly = room.as<IvsModel>(ivs, allow(`${arnPrefix}:channel/*`));
    expect(await channelOnly.refusal('DeleteChannel', { arn })).toContain(`on resource: ${streamKey?.arn}`);
  });

  test('a batch is asked on each ARN once', async () => {
    const arns = [fixture, `${arnPrefix}:channel/b`, fixture];
    expect(await ivsOf.checks('BatchGetChannel', { arns })).toEqual([
      { resource: fixture },
      { resource: `${arnPrefix}:channel/b` },
    ]);
  });
});

describe('other accounts and regions', () => {
  test('S0-2 a channel is seen by its own account and region only', async () => {
    const { arn } = await create({ tags: { secret: 'x' } });
    for (const elsewhere of [{ accountId: other }, { region: 'eu-west-1' }]) {
      const asker = room.as<IvsModel>(ivs, elsewhere);
      expect((await asker.ask('ListChannels', {})).channels).toEqual([]);
      expect(await asker.checks('GetChannel', { arn })).toEqual([{ resource: arn }]);
      expect(await asker.refusal('GetChannel', { arn })).toBe(`ResourceNotFoundException: Resource: ${arn} not found`);
      expect(await asker.refusal('UpdateChannel', { arn, name: 'mine' })).toContain('ResourceNotFoundException');
      expect(await asker.refusal('DeleteChannel', { arn })).toContain('ResourceNotFoundException');
    }
    expect((await ivsOf.ask('GetChannel', { arn })).channel?.name).toBe('');
  });
});

describe('BatchGetChannel', () => {
  test('answers what is there and an error for each that is not', async () => {
    const { arn, channel } = await create({ name: 'a' });
    const answer = await ivsOf.ask('BatchGetChannel', { arns: [fixture, arn, arn] });
    expect(answer.channels).toEqual([channel]);
    expect(answer.errors).toEqual([
      { arn: fixture, code: 'ResourceNotFoundException', message: `Resource: ${fixture} not found` },
    ]);
  });
});

describe('ListChannels', () => {
  test('pages cover every channel once, and a token fits no other list', async () => {
    const arns = new Set<string>();
    for (let i = 0; i < 7; i += 1) arns.add((await create({ name: i < 5 ? 'five' : 'two' })).arn);
    const seen: (string | undefined)[] = [];
    let nextToken: string | undefined;
    do {
      const page = await ivsOf.ask('ListChannels', { maxResults: 3, nextToken });
      expect(page.channels.length).toBeLessThanOrEqual(3);
      seen.push(...page.channels.map(({ arn }) => arn));
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    expect(seen.length).toBe(7);
    expect(new Set(seen)).toEqual(arns);

    const token = (await ivsOf.ask('ListChannels', { maxResults: 3 })).nextToken;
    expect(token).toMatch(/^[a-zA-Z0-9+/=_-]{1,1024}$/);
    const wrong = 'ValidationException: The nextToken is not valid for this list';
    expect(await ivsOf.refusal('ListChannels', { nextToken: token, filterByName: 'five' })).toBe(wrong);
    expect(await ivsOf.refusal('ListPlaybackKeyPairs', { nextToken: token })).toBe(wrong);
    expect(await room.as<IvsModel>(ivs, { accountId: other }).refusal('ListChannels', { nextToken: token })).toBe(
      wrong,
    );
    expect(await ivsOf.refusal('ListChannels', { nextToken: 'bm9uc2Vuc2U=' })).toBe(wrong);
  });

  test('filters are exact, paged, and one at a time', async () => {
    for (const name of ['cam', 'cam', 'cam', 'camera']) await create({ name });
    const first = await ivsOf.ask('ListChannels', { filterByName: 'cam', maxResults: 2 });
    const second = await ivsOf.ask('ListChannels', { filterByName: 'cam', maxResults: 2, nextToken: first.nextToken });
    expect([...first.channels, ...second.channels].map(({ name }) => name)).toEqual(['cam', 'cam', 'cam']);
    expect(new Set([...first.channels, ...second.channels].map(({ arn }) => arn)).size).toBe(3);
    expect(second.nextToken).toBeUndefined();
    const recording = `${arnPrefix}:recording-configuration/aaaaaaaaaaaa`;
    expect((await ivsOf.ask('ListChannels', { filterByRecordingConfigurationArn: recording })).channels).toEqual([]);
    expect(await ivsOf.refusal('ListChannels', { filterByName: 'cam', filterByAdConfigurationArn: '' })).toContain(
      'ConflictException',
    );
  });

  test('a policy filter finds the channels that carry the policy', async () => {
    const policy = (await ivsOf.ask('CreatePlaybackRestrictionPolicy', {})).playbackRestrictionPolicy?.arn ?? '';
    const { arn } = await create({ playbackRestrictionPolicyArn: policy });
    await create();
    const { channels: found } = await ivsOf.ask('ListChannels', { filterByPlaybackRestrictionPolicyArn: policy });
    expect(found.map((channel) => channel.arn)).toEqual([arn]);
  });
});

describe('UpdateChannel', () => {
  test('changes what is sent and keeps the rest, id and URLs included', async () => {
    const { arn, channel } = await create({ name: 'a', latencyMode: 'NORMAL', tags: { k: 'v' } });
    const updated = await ivsOf.ask('UpdateChannel', { arn, type: 'ADVANCED_SD', authorized: true });
    expect(updated).toEqual({
      channel: { ...channel, type: 'ADVANCED_SD', authorized: true, preset: 'HIGHER_BANDWIDTH_DELIVERY' },
    });
    expect((await ivsOf.ask('GetChannel', { arn })).channel).toEqual(updated.channel);
    expect((await ivsOf.ask('UpdateChannel', { arn, type: 'BASIC' })).channel?.preset).toBe('');
  });

  test('an empty ARN takes the association away', async () => {
    const policy = (await ivsOf.ask('CreatePlaybackRestrictionPolicy', {})).playbackRestrictionPolicy?.arn ?? '';
    const { arn } = await create({ playbackRestrictionPolicyArn: policy });
    expect(await ivsOf.refusal('DeletePlaybackRestrictionPolicy', { arn: policy })).toContain('ConflictException');
    await ivsOf.ask('UpdateChannel', { arn, playbackRestrictionPolicyArn: '' });
    await ivsOf.ask('DeletePlaybackRestrictionPolicy', { arn: policy });
    expect((await ivsOf.ask('GetChannel', { arn })).channel?.playbackRestrictionPolicyArn).toBe('');
  });

  test('a missing recording configuration is refused, and the channel stays as it was', async () => {
    const { arn, channel } = await create();
    const recordingConfigurationArn = `${arnPrefix}:recording-configuration/aaaaaaaaaaaa`;
    expect(await ivsOf.refusal('UpdateChannel', { arn, name: 'x', recordingConfigurationArn })).toBe(
      `ResourceNotFoundException: Resource: ${recordingConfigurationArn} not found`,
    );
    expect((await ivsOf.ask('GetChannel', { arn })).channel).toEqual(channel);
  });

  test('a live channel is neither changed nor deleted', async () => {
    const { arn } = await create();
    const asker = room.as<IvsModel>(ivs, { liveStreams: liveOn(arn) });
    expect(await asker.refusal('UpdateChannel', { arn, name: 'x' })).toContain('ConflictException');
    expect(await asker.refusal('DeleteChannel', { arn })).toContain('ConflictException');
    expect((await ivsOf.ask('GetChannel', { arn })).channel?.name).toBe('');
  });
});

describe('DeleteChannel', () => {
  test('the channel and its stream key are gone', async () => {
    const { arn, streamKey } = await create();
    expect(await ivsOf.ask('DeleteChannel', { arn })).toEqual({});
    expect(await ivsOf.refusal('GetChannel', { arn })).toContain('ResourceNotFoundException');
    expect(await ivsOf.refusal('GetStreamKey', { arn: streamKey?.arn ?? '' })).toContain('ResourceNotFoundException');
    expect(await ivsOf.refusal('DeleteChannel', { arn })).toContain('ResourceNotFoundException');
  });
});

test('an rtmps URL of its own is the ingest endpoint, without the usual port', async () => {
  const at = async (rtmpsUrl: string) => {
    const asker = (await openRoom({ rtmpsUrl, publicUrl: 'https://video.example.com/' })).as<IvsModel>(ivs);
    return (await asker.ask('CreateChannel', {})).channel;
  };
  expect((await at('rtmps://ingest.example.com:443/app/'))?.ingestEndpoint).toBe('ingest.example.com');
  const odd = await at('rtmps://ingest.example.com:4443/app/');
  expect(odd?.ingestEndpoint).toBe('ingest.example.com:4443');
  expect(odd?.playbackUrl).toMatch(/^https:\/\/video\.example\.com\/api\/video\/v1\//);
});
