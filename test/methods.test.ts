/** A policy decides the same whatever way an operation is called: SDK, signed HTTP, presigned URL, command line. */
import { CreateRoleCommand, GetRoleCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { GetChannelCommand, ListChannelsCommand } from '@aws-sdk/client-ivs';
import { execFile, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allow, castOf, trusting } from './support/cast.ts';
import type { Cast, Person } from './support/cast.ts';
import { allowed } from './support/clients.ts';
import { form, presigned, send, signedFetch } from './support/raw.ts';
import type { RawRequest } from './support/raw.ts';
import { account, channelArn, ownedChannelArn, region, testServer } from './support/server.ts';
import type { Credentials, TestServer } from './support/server.ts';

/** The stock AWS CLI is tried where it is installed. */
const cliInstalled = spawnSync('aws', ['--version']).status === 0;

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
  readonly cli: readonly string[];
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
  cli: ['ivs', 'get-channel', '--arn', arn],
  expected,
});

const questions: Readonly<Record<string, Question>> = {
  'the channel that is allowed': channelQuestion(channelArn, true),
  'another channel': channelQuestion(ownedChannelArn, false),
  'the list of channels': {
    request: rest('/ListChannels', {}),
    sdk: ({ ivs }) => ivs.send(new ListChannelsCommand({})),
    cli: ['ivs', 'list-channels'],
    expected: false,
  },
  'iam:GetRole': {
    request: query({ Action: 'GetRole', RoleName: role }),
    sdk: ({ iam }) => iam.send(new GetRoleCommand({ RoleName: role })),
    cli: ['iam', 'get-role', '--role-name', role],
    expected: true,
  },
  'iam:ListRoles': {
    request: query({ Action: 'ListRoles' }),
    sdk: ({ iam }) => iam.send(new ListRolesCommand({})),
    cli: ['iam', 'list-roles'],
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

interface Ran {
  readonly code: number | string | undefined;
  readonly output: string;
}

function aws(args: readonly string[], credentials: Credentials): Promise<Ran> {
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken ?? '',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_MAX_ATTEMPTS: '1',
  };
  const all = ['--endpoint-url', server.url, '--region', region, '--output', 'json', ...args];
  return new Promise((resolve) => {
    execFile('aws', all, { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? undefined), output: stdout + stderr }),
    );
  });
}

describe.skipIf(!cliInstalled)('the AWS CLI', () => {
  test('S0-37 S0-42 S0-43 S0-1 decides like every other way, and shows the code and the sentence', async () => {
    for (const [name, { cli, expected }] of Object.entries(questions)) {
      const { code, output } = await aws(cli, user.credentials);
      expect([name, code === 0, output]).toEqual([name, expected, expect.any(String)]);
      if (!expected)
        expect(output).toMatch(
          /An error occurred \(AccessDenied(Exception)?\) when calling the \w+ operation: User: arn:/,
        );
    }
  });

  test('S0-167 S0-37 the error of the document as the CLI shows it', async () => {
    const nobody = await cast.user('cli-nobody');
    const { code, output } = await aws(['ivs', 'get-channel', '--arn', channelArn], nobody.credentials);
    expect(code).not.toBe(0);
    expect(output).toContain(
      `An error occurred (AccessDeniedException) when calling the GetChannel operation: User: ${nobody.arn} is not authorized to perform: ivs:GetChannel on resource: ${channelArn}`,
    );
  });
});
