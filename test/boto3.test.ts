/** The stories of the source documents with boto3, in one Python process (support/story.py). */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, channelArn, fixturesFile, keys, policyFile, region } from './support/fixtures.ts';
import { endAll, runProgram, scratch, startProcess } from './support/process.ts';

const script = resolve(import.meta.dirname, 'support/story.py');

/** The first Python that has boto3, and its version. */
function pythonWithBoto3(): { python: string; version: string } | undefined {
  for (const python of ['python3', '/usr/bin/python3']) {
    const { status, stdout } = spawnSync(python, ['-c', 'import boto3; print(boto3.__version__)'], {
      encoding: 'utf8',
    });
    if (status === 0) return { python, version: stdout.trim() };
  }
  return undefined;
}

const found = pythonWithBoto3();

describe.skipIf(found === undefined)(`boto3 (${found?.version ?? 'absent: skipped'})`, () => {
  let answers: Record<string, unknown>;
  beforeAll(async () => {
    const server = await startProcess(['--ephemeral', '--import', fixturesFile]);
    const home = scratch();
    const credentials = join(home, 'credentials.json');
    writeFileSync(credentials, JSON.stringify(keys), { mode: 0o600 });
    const command = `exec ${found?.python} ${script} ${server.url} ${dirname(policyFile(''))} < ${credentials}`;
    const { code, stdout, stderr } = await runProgram('sh', ['-c', command], {
      env: { HOME: home, AWS_EC2_METADATA_DISABLED: 'true' },
    });
    await server.stop();
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('Traceback') });
    answers = Object(JSON.parse(stdout)) as Record<string, unknown>;
  }, 180_000);
  afterAll(endAll);

  test('S0-188 S0-1 S0-7 the first administrator: root, group, policy, user', () => {
    expect([answers['before the group'], answers['after the group']]).toEqual(['AccessDenied', 'ok']);
  });

  test('S0-17 S4-37 S4-32 all nine documents are accepted and come back unchanged', () => {
    expect(Object.values(Object(answers['unchanged']))).toEqual(Array.from({ length: 9 }, () => true));
  });

  test('S0-167 S0-42 mateojackson is refused in the words of the document', () => {
    expect(answers['refused']).toEqual([
      'AccessDeniedException',
      403,
      `User: arn:aws:iam::${account}:user/mateojackson is not authorized to perform: ivs:GetChannel on resource: ${channelArn} because no identity-based policy allows the ivs:GetChannel action`,
    ]);
  });

  test('S0-150 S0-151 S0-152 S0-153 S0-156 the document’s policy opens that channel, and nothing else', () => {
    expect(answers['channel']).toEqual({
      GetChannel: 'ok',
      ListChannels: 'ok',
      GetStream: 'ChannelNotBroadcasting',
      StopStream: 'ChannelNotBroadcasting',
      PutMetadata: 'ChannelNotBroadcasting',
      UpdateChannel: 'ok',
      'other GetChannel': 'AccessDeniedException',
      'other StopStream': 'AccessDeniedException',
      'other PutMetadata': 'AccessDeniedException',
      DeleteChannel: 'AccessDeniedException',
      CreateChannel: 'AccessDeniedException',
      TagResource: 'AccessDeniedException',
    });
  });

  test('S0-161 S0-162 S0-163 S0-164 richard-roe reads what is tagged Owner or owner with exactly his name', () => {
    expect(answers['owner']).toEqual({
      'other channel': 'AccessDeniedException',
      'Owner=richard-roe': 'ok',
      'owner=richard-roe': 'ok',
      'Owner=Richard-Roe': 'AccessDeniedException',
      'OwnerName=richard-roe': 'AccessDeniedException',
    });
  });

  test('S0-192 S4-28 S4-29 S4-30 S4-31 S4-32 S4-33 S4-34 the four steps of access across accounts', () => {
    expect(answers['cross account']).toEqual({
      account: '111111111111',
      'no role': 'AccessDenied',
      'no step 4': 'AccessDenied',
      'another role': 'AccessDenied',
      caller: `arn:aws:sts::${account}:assumed-role/Visit/visit`,
      DescribeStream: `arn:aws:kinesisvideo:${region}:${account}:stream/my-stream/0123456789012`,
      DeleteStream: 'AccessDeniedException',
      "partner's own": 'AccessDeniedException',
    });
  });

  /** What each policy allows; everything else must be refused. */
  const allowed: Readonly<Record<string, readonly string[]>> = {
    'kinesisvideo-create-and-write': ['CreateStream'],
    'kinesisvideo-cross-account-assume-role': [],
    'kinesisvideo-full-access': [
      'DescribeStream',
      'GetDataEndpoint',
      'ListStreams',
      'ListTagsForStream',
      'CreateStream',
      'TagStream',
      'own GetDataEndpoint',
    ],
    'kinesisvideo-read-any-stream': [
      'DescribeStream',
      'GetDataEndpoint',
      'ListStreams',
      'ListTagsForStream',
      'own GetDataEndpoint',
    ],
    'kinesisvideo-write-one-stream': [],
  };
  test.for(Object.keys(allowed))(
    'S4-38 S4-39 S4-41 S4-42 S4-43 S4-44 S4-46 S4-47 S4-49 %s decides as written',
    (name) => {
      const table = Object(answers['kinesis video']) as Record<string, Record<string, string>>;
      const operations = Object.entries(table[name] ?? {});
      expect(operations).toHaveLength(7);
      expect(operations.filter(([, code]) => code === 'ok').map(([operation]) => operation)).toEqual(allowed[name]);
      const refusals = new Set(operations.map(([, code]) => code).filter((code) => code !== 'ok'));
      expect([...refusals]).toEqual(operations.length === allowed[name]?.length ? [] : ['AccessDeniedException']);
    },
  );

  test('S4-47 full access to Kinesis Video is none to other services', () => {
    expect(answers['kinesis video']).toMatchObject({
      'other service': ['AccessDeniedException', 'AccessDenied'],
      administrator: 'ok',
    });
  });

  test('the document that shows users their own permissions does so in IAM’s words', () => {
    // Its first statement names arn:aws:iam:*:*:user/…: a region pattern matches the empty region of IAM's ARNs.
    expect(answers['own permissions']).toEqual({
      GetUser: 'ok',
      ListUserPolicies: 'ok',
      ListUsers: 'ok',
      'other ListUserPolicies': 'AccessDenied',
    });
  });

  test('S0-42 a presigned URL is served, and refused when its secret is wrong', () => {
    expect(answers['presigned']).toEqual([200, 403]);
  });
});
