/** What every video row asks to be allowed, held against the service authorization reference. */
import { beforeEach, describe, expect, test } from 'vitest';
import { loadAuthorization } from '../model/authorization.ts';
import type { IvsModel } from '../model/ivs.ts';
import type { KinesisVideoModel } from '../model/kinesisvideo.ts';
import { ivs } from './ivs/index.ts';
import { kinesisvideo } from './kinesisvideo/index.ts';
import { account, openRoom, region, type Room } from './video.testkit.ts';

const channel = `arn:aws:ivs:${region}:${account}:channel/aaaaaaaaaaaa`;
const streamKey = `arn:aws:ivs:${region}:${account}:stream-key/aaaaaaaaaaaa`;
const playbackKey = `arn:aws:ivs:${region}:${account}:playback-key/aaaaaaaaaaaa`;
const restriction = `arn:aws:ivs:${region}:${account}:playback-restriction-policy/aaaaaaaaaaaa`;
const tags = { Owner: 'x' };

type Inputs<M extends Record<keyof M, { input: object }>, R> = { readonly [K in keyof R & keyof M]: M[K]['input'] };

/** A valid input of every IVS row; what it names does not exist. */
const ivsInputs: Inputs<IvsModel, typeof ivs> = {
  CreateChannel: { tags },
  GetChannel: { arn: channel },
  BatchGetChannel: { arns: [channel] },
  ListChannels: {},
  UpdateChannel: { arn: channel },
  DeleteChannel: { arn: channel },
  CreateStreamKey: { channelArn: channel, tags },
  GetStreamKey: { arn: streamKey },
  BatchGetStreamKey: { arns: [streamKey] },
  ListStreamKeys: { channelArn: channel },
  DeleteStreamKey: { arn: streamKey },
  GetStream: { channelArn: channel },
  ListStreams: {},
  StopStream: { channelArn: channel },
  PutMetadata: { channelArn: channel, metadata: 'x' },
  GetStreamSession: { channelArn: channel },
  ListStreamSessions: { channelArn: channel },
  TagResource: { resourceArn: channel, tags },
  UntagResource: { resourceArn: channel, tagKeys: ['Owner'] },
  ListTagsForResource: { resourceArn: channel },
  ImportPlaybackKeyPair: { publicKeyMaterial: 'x', tags },
  GetPlaybackKeyPair: { arn: playbackKey },
  ListPlaybackKeyPairs: {},
  DeletePlaybackKeyPair: { arn: playbackKey },
  CreatePlaybackRestrictionPolicy: { tags },
  GetPlaybackRestrictionPolicy: { arn: restriction },
  ListPlaybackRestrictionPolicies: {},
  UpdatePlaybackRestrictionPolicy: { arn: restriction },
  DeletePlaybackRestrictionPolicy: { arn: restriction },
};

const stream = { StreamARN: `arn:aws:kinesisvideo:${region}:${account}:stream/cam/1769860800000` };
const signaling = { ChannelARN: `arn:aws:kinesisvideo:${region}:${account}:channel/cam/1769860800000` };
const hub = 'arn:aws:iot:us-west-2:123456789012:thing/hub';
const source = {
  MediaUriSecretArn: 'arn:aws:secretsmanager:us-west-2:1:secret:cam',
  MediaUriType: 'RTSP_URI',
} as const;

/** The same for Kinesis Video. */
const kinesisInputs: Inputs<KinesisVideoModel, typeof kinesisvideo> = {
  CreateStream: { StreamName: 'cam', Tags: tags },
  DescribeStream: stream,
  ListStreams: {},
  UpdateStream: { ...stream, CurrentVersion: 'v' },
  UpdateDataRetention: {
    ...stream,
    CurrentVersion: 'v',
    Operation: 'INCREASE_DATA_RETENTION',
    DataRetentionChangeInHours: 1,
  },
  DeleteStream: stream,
  GetDataEndpoint: { ...stream, APIName: 'PUT_MEDIA' },
  TagStream: { ...stream, Tags: tags },
  UntagStream: { ...stream, TagKeyList: ['Owner'] },
  ListTagsForStream: stream,
  TagResource: { ResourceARN: signaling.ChannelARN, Tags: [{ Key: 'Owner', Value: 'x' }] },
  UntagResource: { ResourceARN: signaling.ChannelARN, TagKeyList: ['Owner'] },
  ListTagsForResource: { ResourceARN: signaling.ChannelARN },
  DescribeImageGenerationConfiguration: stream,
  UpdateImageGenerationConfiguration: stream,
  DescribeNotificationConfiguration: stream,
  UpdateNotificationConfiguration: stream,
  DescribeStreamStorageConfiguration: stream,
  UpdateStreamStorageConfiguration: {
    ...stream,
    CurrentVersion: 'v',
    StreamStorageConfiguration: { DefaultStorageTier: 'HOT' },
  },
  CreateSignalingChannel: { ChannelName: 'cam', Tags: [{ Key: 'Owner', Value: 'x' }] },
  DescribeSignalingChannel: signaling,
  ListSignalingChannels: {},
  UpdateSignalingChannel: { ...signaling, CurrentVersion: 'v' },
  DeleteSignalingChannel: signaling,
  DescribeMediaStorageConfiguration: signaling,
  UpdateMediaStorageConfiguration: { ...signaling, MediaStorageConfiguration: { Status: 'DISABLED' } },
  DescribeMappedResourceConfiguration: stream,
  StartEdgeConfigurationUpdate: {
    ...stream,
    EdgeConfig: { HubDeviceArn: hub, RecorderConfig: { MediaSourceConfig: source } },
  },
  DescribeEdgeConfiguration: stream,
  DeleteEdgeConfiguration: stream,
  ListEdgeAgentConfigurations: { HubDeviceArn: hub },
};

const services = [
  ['ivs', ivs, ivsInputs],
  ['kinesisvideo', kinesisvideo, kinesisInputs],
] as const;
const rows = services.flatMap(([prefix, table, inputs]) =>
  Object.entries(inputs).map(
    ([operation, input]) => [`${prefix}:${operation}`, { prefix, table, operation, input }] as const,
  ),
);

/** `channel` of `arn:aws:ivs:us-west-2:123456789012:channel/…`; the whole of anything that is no ARN. */
const typeOf = (arn: string): string => arn.split(':', 6)[5]?.split('/')[0] ?? arn;

let room: Room;
beforeEach(async () => {
  room = await openRoom();
});

/** Rows of any model, asked by names that are only known at run time. */
type AnyModel = Readonly<Record<string, { readonly input: object; readonly output: object; readonly errors: string }>>;

describe('every row', () => {
  test.each(services)('%s: has an input here', (_, table, inputs) => {
    expect(new Set(Object.keys(inputs))).toEqual(new Set(Object.keys(table)));
  });

  test.each(rows)(
    '%s is denied to whom nothing is allowed, before anything else is said (S0-32 S0-33 S4-6)',
    async (action, row) => {
      const nothing = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'other:*', Resource: '*' }] };
      const asker = room.as<AnyModel>(row.table, { prefix: row.prefix, policy: nothing });
      expect(await asker.refusal(row.operation, row.input)).toMatch(
        new RegExp(
          `^AccessDeniedException: User: arn:aws:iam::${account}:user/mateojackson is not authorized to perform: ${action} `,
        ),
      );
    },
  );

  test.each(rows)('%s is asked on the resource types that the reference names', async (action, row) => {
    const reference = loadAuthorization().get(row.prefix);
    const named = reference?.actions.get(row.operation)?.resources;
    const checks = await room.as<AnyModel>(row.table).checks(row.operation, row.input);
    const asked = new Set(checks.map(({ resource }) => typeOf(resource)));
    if (named === undefined) return expect(asked).toEqual(new Set(['*']));
    const types = named.map(({ type }) => typeOf(reference?.resources.get(type)?.arn ?? ''));
    const required = types.filter((_, i) => named[i]?.required);
    for (const type of asked) expect(types).toContain(type);
    if (required.length === types.length) expect(asked).toEqual(new Set(types));
    expect(action).toBe(`${row.prefix}:${row.operation}`);
  });

  test.each(rows)(
    '%s has the tags of the request in its context when, and only when, the reference says so',
    async (_, row) => {
      const keys = loadAuthorization().get(row.prefix)?.actions.get(row.operation)?.conditionKeys ?? [];
      const checks = await room.as<AnyModel>(row.table).checks(row.operation, row.input);
      const tagged = keys.some((key) => key.startsWith('aws:RequestTag')) && row.operation !== 'ListTagsForResource';
      for (const check of checks) {
        expect(check.requestTags).toEqual(tagged ? tags : undefined);
        expect(check.tagKeys).toEqual(row.operation.startsWith('Untag') ? ['Owner'] : undefined);
      }
    },
  );
});
