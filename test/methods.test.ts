/** A policy decides the same whatever way an operation is called: SDK, signed HTTP, presigned URL, command line. */
import { CreateRoleCommand, GetRoleCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { GetChannelCommand, ListChannelsCommand } from '@aws-sdk/client-ivs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { awsCli, awsCliVersion } from './support/aws-cli.ts';
import { allow, castOf, trusting } from './support/cast.ts';
import type { Cast, Person } from './support/cast.ts';
import { allowed } from './support/clients.ts';
import { form, presigned, send, signedFetch } from './support/raw.ts';
import type { RawRequest } from './support/raw.ts';
import { account, channelArn, ownedChannelArn, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

let server: TestServer;
let cast: Cast;
let user: Person;
let session: Person;
const role = 'documented';

const own = [allow('ivs:GetChannel', channelArn), allow('iam:GetRole')] as const;

beforeAll(async () => {
  server = await testServer();
  cast = castOf(server);
  const AssumeRolePolicyDocument = trusting(account);
  await cast.root.iam.send(new CreateRoleCommand({ RoleName: role, AssumeRolePolicyDocument }));
  user = await cast.user('methods', ...own);
  const opener = await cast.user('methods-opener', allow('sts:AssumeRole'));
  session = await cast.assume(opener, await cast.role('methods', trusting(account), ...own));
});
afterAll(() => server.close());

interface Question {
  readonly request: RawRequest;
  readonly sdk: (person: Person) => Promise<unknown>;
  readonly cli: string;
  readonly expected: boolean;
}

const rest = (path: string, body: object): RawRequest => ({
  service: 'ivs',
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const query = (fields: Record<string, string>): RawRequest => ({
  service: 'iam',
  ...form({ Version: '2010-05-08', ...fields }),
});

const channelQuestion = (arn: string, expected: boolean): Question => ({
  request: rest('/GetChannel', { arn }),
  sdk: ({ ivs }) => ivs.send(new GetChannelCommand({ arn })),
  cli: `ivs get-channel --arn ${arn}`,
  expected,
});

const questions: Readonly<Record<string, Question>> = {
  'the channel that is allowed': channelQuestion(channelArn, true),
  'another channel': channelQuestion(ownedChannelArn, false),
  'the list of channels': {
    request: rest('/ListChannels', {}),
    sdk: ({ ivs }) => ivs.send(new ListChannelsCommand({})),
    cli: 'ivs list-channels',
    expected: false,
  },
  'iam:GetRole': {
    request: query({ Action: 'GetRole', RoleName: role }),
    sdk: ({ iam }) => iam.send(new GetRoleCommand({ RoleName: role })),
    cli: `iam get-role --role-name ${role}`,
    expected: true,
  },
  'iam:ListRoles': {
    request: query({ Action: 'ListRoles' }),
    sdk: ({ iam }) => iam.send(new ListRolesCommand({})),
    cli: 'iam list-roles',
    expected: false,
  },
};

describe.each(Object.entries(questions))('%s', (_, { request, sdk, expected }) => {
  test.each(['user', 'session'])('S0-38 S0-41 S0-42 S0-43 asked by a %s', async (kind) => {
    const person = kind === 'user' ? user : session;
    const status = expected ? 200 : 403;
    expect(await allowed(sdk(person))).toBe(expected);
    expect((await signedFetch(server.url, request, person.credentials)).status).toBe(status);
    const url = presigned(server.url, request, person.credentials);
    expect((await send(url, request, { ...request.headers })).status).toBe(status);
  });
});

describe.skipIf(awsCliVersion() === undefined)('the AWS CLI', () => {
  // Each start of the CLI takes seconds on a busy machine.
  const timeout = 180_000;

  test(
    'S0-37 S0-42 S0-43 S0-1 decides like every other way, and shows the code and the sentence',
    { timeout },
    async () => {
      const aws = awsCli(server.url, user.credentials);
      const told = /An error occurred \(AccessDenied(Exception)?\) when calling the \w+ operation: User: arn:/;
      for (const [name, { cli, expected }] of Object.entries(questions)) {
        const { code, stderr } = await aws(cli);
        expect([name, code === 0]).toEqual([name, expected]);
        if (!expected) expect(stderr).toMatch(told);
      }
    },
  );
});
