/** The five Kinesis Video documents of the source, and the ARNs they are written with. */
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  DetachGroupPolicyCommand,
  DetachUserPolicyCommand,
  ListUsersCommand,
} from '@aws-sdk/client-iam';
import { ListChannelsCommand } from '@aws-sdk/client-ivs';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamCommand,
  GetDataEndpointCommand,
  ListStreamsCommand,
  ListTagsForStreamCommand,
  TagStreamCommand,
  UntagStreamCommand,
  UpdateDataRetentionCommand,
} from '@aws-sdk/client-kinesis-video';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allow, castOf, trusting } from './support/cast.ts';
import type { Cast, Person } from './support/cast.ts';
import { allowed, clientsFor, permitted, refusal } from './support/clients.ts';
import type { Clients } from './support/clients.ts';
import { account, keys, region, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

const example = (name: string) =>
  readFileSync(new URL(`../examples/policies/kinesisvideo-${name}.json`, import.meta.url), 'utf8');
const stream = `arn:aws:kinesisvideo:${region}:${account}:stream/your_stream/0123456789012`;
const partnerAccount = '111111111111';

let server: TestServer;
let cast: Cast;

beforeAll(async () => {
  server = await testServer();
  cast = castOf(server);
});
afterAll(() => server.close());

/** What each document is asked about: reading and writing a stream, and what is no stream's. */
const calls = {
  DescribeStream: ({ kinesisVideo }: Clients) => kinesisVideo.send(new DescribeStreamCommand({ StreamARN: stream })),
  GetDataEndpoint: ({ kinesisVideo }: Clients) =>
    kinesisVideo.send(new GetDataEndpointCommand({ StreamARN: stream, APIName: 'GET_MEDIA' })),
  ListStreams: ({ kinesisVideo }: Clients) => kinesisVideo.send(new ListStreamsCommand({})),
  ListTagsForStream: ({ kinesisVideo }: Clients) =>
    kinesisVideo.send(new ListTagsForStreamCommand({ StreamARN: stream })),
  CreateStream: ({ kinesisVideo }: Clients) =>
    kinesisVideo.send(new CreateStreamCommand({ StreamName: 'your_stream' })),
  TagStream: ({ kinesisVideo }: Clients) =>
    kinesisVideo.send(new TagStreamCommand({ StreamARN: stream, Tags: { a: 'b' } })),
  UntagStream: ({ kinesisVideo }: Clients) =>
    kinesisVideo.send(new UntagStreamCommand({ StreamARN: stream, TagKeyList: ['a'] })),
  UpdateDataRetention: ({ kinesisVideo }: Clients) =>
    kinesisVideo.send(
      new UpdateDataRetentionCommand({
        StreamARN: stream,
        CurrentVersion: 'notThisVersion',
        Operation: 'INCREASE_DATA_RETENTION',
        DataRetentionChangeInHours: 1,
      }),
    ),
  DeleteStream: ({ kinesisVideo }: Clients) =>
    kinesisVideo.send(new DeleteStreamCommand({ StreamARN: stream, CurrentVersion: 'notThisVersion' })),
  'ivs:ListChannels': ({ ivs }: Clients) => ivs.send(new ListChannelsCommand({})),
  'iam:ListUsers': ({ iam }: Clients) => iam.send(new ListUsersCommand({})),
} as const;

const reading = ['DescribeStream', 'GetDataEndpoint', 'ListStreams', 'ListTagsForStream'];
const streaming = Object.keys(calls).filter((name) => !name.includes(':'));

/** The names of the calls that are permitted. */
async function permittedTo(who: Clients): Promise<string[]> {
  const found: string[] = [];
  for (const [name, call] of Object.entries(calls)) if (await permitted(call(who))) found.push(name);
  return found;
}

const documents = [
  ['S4-37 S4-38 S4-39 S4-41 S4-42 S4-43', 'read-any-stream', reading],
  ['S4-44 S4-46 S4-16', 'create-and-write', ['CreateStream']],
  ['S4-47', 'full-access', streaming],
  ['S4-49', 'write-one-stream', []],
  ['S4-32', 'cross-account-assume-role', []],
] as const;

describe('the documents', () => {
  test.each(documents)('%s S4-36 %s decides as written, for a user and for a group', async (_, name, expected) => {
    const { iam } = cast.root;
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: name, PolicyDocument: example(name) }));
    const PolicyArn = Policy!.Arn!;
    const user = await cast.user(`u-${name}`);
    const UserName = user.name;
    expect(await permittedTo(user)).toEqual([]);
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    expect(await permittedTo(user)).toEqual(expected);
    await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn }));
    expect(await permittedTo(user)).toEqual([]);
    const GroupName = `g-${name}`;
    await iam.send(new CreateGroupCommand({ GroupName }));
    await iam.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn }));
    await iam.send(new AddUserToGroupCommand({ GroupName, UserName }));
    expect(await permittedTo(user)).toEqual(expected);
    await iam.send(new DetachGroupPolicyCommand({ GroupName, PolicyArn }));
    expect(await permittedTo(user)).toEqual([]);
  });

  test('S4-44 without a Version there are no variables: `${aws:username}` is that text', async () => {
    const user = await cast.user('cam');
    const { iam, kinesisVideo } = cast.root;
    await kinesisVideo.send(new CreateStreamCommand({ StreamName: 'cam', Tags: { owner: 'cam' } }));
    const Condition = { StringEquals: { 'aws:ResourceTag/owner': '${aws:username}' } };
    const statement = { ...allow('kinesisvideo:DescribeStream'), Condition };
    const describes = async (PolicyName: string, document: object) => {
      const PolicyDocument = JSON.stringify(document);
      const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
      const attachment = { UserName: user.name, PolicyArn: Policy!.Arn! };
      await iam.send(new AttachUserPolicyCommand(attachment));
      const seen = await allowed(user.kinesisVideo.send(new DescribeStreamCommand({ StreamName: 'cam' })));
      await iam.send(new DetachUserPolicyCommand(attachment));
      return seen;
    };
    expect(await describes('no-version', { Statement: [statement] })).toBe(false);
    expect(await describes('a-version', { Version: '2012-10-17', Statement: [statement] })).toBe(true);
  });

  test('S4-50 AWS’s managed policies of these names do the same', async () => {
    const managed = [
      ['AmazonKinesisVideoStreamsReadOnlyAccess', reading],
      ['AmazonKinesisVideoStreamsFullAccess', streaming],
    ] as const;
    for (const [name, expected] of managed) {
      const user = await cast.user(name);
      const PolicyArn = `arn:aws:iam::aws:policy/${name}`;
      await cast.root.iam.send(new AttachUserPolicyCommand({ UserName: user.name, PolicyArn }));
      expect([name, await permittedTo(user)]).toEqual([name, expected]);
    }
  });
});

describe('streams and their ARNs', () => {
  test('S4-24 S4-26 a stream’s ARN holds its name and creation time, and DescribeStream tells it', async () => {
    const before = Date.now();
    const { kinesisVideo } = cast.root;
    const { StreamARN } = await kinesisVideo.send(new CreateStreamCommand({ StreamName: 'arn-form' }));
    const [, code] = new RegExp(`^arn:aws:kinesisvideo:${region}:${account}:stream/arn-form/(\\d{13})$`).exec(
      StreamARN!,
    )!;
    expect(Number(code)).toBeGreaterThanOrEqual(before);
    expect(Number(code)).toBeLessThanOrEqual(Date.now() + 1000);
    const { StreamInfo } = await kinesisVideo.send(new DescribeStreamCommand({ StreamName: 'arn-form' }));
    expect(StreamInfo?.StreamARN).toBe(StreamARN);
  });

  test('S4-2 S4-18 one stream’s ARN allows that stream only, asked for by name or by ARN', async () => {
    const user = await cast.user('one-stream', allow('kinesisvideo:DescribeStream', stream));
    const describes = (of: { StreamName?: string; StreamARN?: string }) =>
      permitted(user.kinesisVideo.send(new DescribeStreamCommand(of)));
    expect(await describes({ StreamName: 'your_stream' })).toBe(true);
    expect(await describes({ StreamARN: stream })).toBe(true);
    expect(await describes({ StreamName: 'my-stream' })).toBe(false);
    expect(await describes({ StreamName: 'nothing' })).toBe(false);
    expect(await describes({ StreamARN: stream.replace('9012', '9013') })).toBe(false);
    // The ARN counts when both are given: naming the allowed stream opens no other.
    const other = stream.replace('your_stream', 'my-stream');
    expect(await describes({ StreamName: 'your_stream', StreamARN: other })).toBe(false);
  });

  test('S4-17 ListStreams is allowed on `*` only', async () => {
    const user = await cast.user(
      'lister',
      allow('kinesisvideo:ListStreams', [stream, 'arn:aws:kinesisvideo:*:*:stream/*']),
    );
    const lists = () => allowed(user.kinesisVideo.send(new ListStreamsCommand({})));
    expect(await lists()).toBe(false);
    await cast.grant(user.name, allow('kinesisvideo:ListStreams'));
    expect(await lists()).toBe(true);
  });

  test('S4-16 CreateStream may be allowed by name', async () => {
    const user = await cast.user(
      'creator',
      allow('kinesisvideo:CreateStream', `arn:aws:kinesisvideo:*:${account}:stream/cam-*/*`),
    );
    const creates = (StreamName: string) => allowed(user.kinesisVideo.send(new CreateStreamCommand({ StreamName })));
    expect([await creates('cam-1'), await creates('door-1'), await creates('cam')]).toEqual([true, false, false]);
  });

  test('S4-49 S4-2 a stream that is made again is another one', async () => {
    const { kinesisVideo } = cast.root;
    const { StreamARN } = await kinesisVideo.send(new CreateStreamCommand({ StreamName: 'again' }));
    const user = await cast.user('keeper', allow('kinesisvideo:DescribeStream', StreamARN!));
    const describes = () => allowed(user.kinesisVideo.send(new DescribeStreamCommand({ StreamName: 'again' })));
    expect(await describes()).toBe(true);
    await kinesisVideo.send(new DeleteStreamCommand({ StreamARN }));
    const { StreamARN: next } = await kinesisVideo.send(new CreateStreamCommand({ StreamName: 'again' }));
    expect(next).not.toBe(StreamARN);
    expect(await describes()).toBe(false);
  });
});

describe('the four steps across accounts', () => {
  const RoleName = 'CustomRole';
  let partnerRoot: Cast;
  let owner: string;
  let visitor: Person;
  let role: string;

  beforeAll(async () => {
    partnerRoot = castOf(server, keys.partnerRoot, partnerAccount);
    owner = (await cast.root.sts.send(new GetCallerIdentityCommand({}))).Account!;
    // The fixture has the whole arrangement under the names of the document.
    role = `arn:aws:iam::${owner}:role/${RoleName}`;
    visitor = await partnerRoot.user('visitor');
  });

  test('S4-29 step 1: account ids have 12 digits', async () => {
    for (const { sts } of [cast.root, partnerRoot.root]) {
      expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toMatch(/^\d{12}$/);
    }
  });

  test('S4-28 S4-30 S4-31 S4-32 S4-33 S4-34 steps 2 to 4, and what each of them is needed for', async () => {
    const { iam } = cast.root;
    const PolicyDocument = example('read-any-stream');
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'step-2', PolicyDocument }));
    const trusts = { id: trusting(partnerAccount), root: trusting(`arn:aws:iam::${partnerAccount}:root`) };
    for (const [form, trust] of Object.entries(trusts)) {
      const made = await cast.role(`Step3-${form}`, trust);

      await iam.send(new AttachRolePolicyCommand({ RoleName: `Step3-${form}`, PolicyArn: Policy!.Arn! }));
      // Step 4 is missing.
      await partnerRoot.grant(visitor.name, allow('other:*'));
      expect((await refusal(cast.assume(visitor, made))).name).toBe('AccessDenied');
      // Step 4 names another role.
      await partnerRoot.grant(visitor.name, allow('sts:AssumeRole', role));
      expect((await refusal(cast.assume(visitor, made))).name).toBe('AccessDenied');
      await partnerRoot.grant(visitor.name, allow('sts:AssumeRole', made));
      const session = await cast.assume(visitor, made);
      const { StreamInfo } = await session.kinesisVideo.send(new DescribeStreamCommand({ StreamARN: stream }));
      expect(StreamInfo?.StreamARN).toBe(stream);
      expect(await permittedTo(session)).toEqual(reading);
    }
  });

  test('S4-33 without step 3 the other account’s permission is not enough; without the role one has one’s own streams', async () => {
    const closed = await cast.role('Step3-missing', trusting(account), allow('kinesisvideo:*'));
    await partnerRoot.grant(visitor.name, allow(['sts:AssumeRole', 'kinesisvideo:*']));
    expect((await refusal(cast.assume(visitor, closed))).name).toBe('AccessDenied');
    expect((await visitor.kinesisVideo.send(new ListStreamsCommand({}))).StreamInfoList).toEqual([]);
    const direct = visitor.kinesisVideo.send(new DescribeStreamCommand({ StreamARN: stream }));
    expect((await refusal(direct)).name).toMatch(/AccessDenied|ResourceNotFound/);
  });

  test('S4-32 S4-34 the document of step 4, unchanged, opens CustomRole and no other role', async () => {
    // The fixture's user of 111111111111 has it attached.
    const partner = clientsFor(server.url, keys.partner);
    const session = await cast.assume(partner, role);
    expect(session.arn).toBe(`arn:aws:sts::${owner}:assumed-role/CustomRole/session`);
    expect(await permittedTo(session)).toEqual(reading);
    const other = await cast.role('OtherRole', trusting(partnerAccount), allow('kinesisvideo:*'));
    expect((await refusal(cast.assume(partner, other))).name).toBe('AccessDenied');
  });
});
