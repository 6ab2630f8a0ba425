/** Access keys: their form, that the secret is told once, how many there may be, and where they were last used. */
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { ListChannelsCommand } from '@aws-sdk/client-ivs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { allow, castOf, trusting } from './support/cast.ts';
import type { Cast } from './support/cast.ts';
import { allowed, clientsFor, refusal } from './support/clients.ts';
import { form, signedFetch } from './support/raw.ts';
import { account, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

let server: TestServer;
let cast: Cast;

beforeAll(async () => {
  server = await testServer();
  cast = castOf(server);
});
afterAll(() => server.close());

const year = 365 * 24 * 3_600_000;

test('S0-174 S0-175 S0-180 a new key has an id of 20 and a secret of 40 characters, both shown at its creation', async () => {
  const { credentials } = await cast.user('form', allow('sts:AssumeRole'));
  expect(credentials.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(credentials.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
  const person = clientsFor(server.url, credentials);
  const session = await cast.assume(person, await cast.role('form', trusting(account)));
  expect(session.credentials.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  expect(session.credentials.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
});

test('S0-171 the id, status and date of a key can be read at any time, by its user where allowed', async () => {
  const person = await cast.user('reads-own', allow('iam:ListAccessKeys', 'arn:aws:iam::*:user/${aws:username}'));
  const { AccessKeyMetadata } = await person.iam.send(new ListAccessKeysCommand({}));
  expect(AccessKeyMetadata).toEqual([
    {
      UserName: person.name,
      AccessKeyId: person.credentials.accessKeyId,
      Status: 'Active',
      CreateDate: expect.any(Date) as Date,
    },
  ]);
  expect(await allowed(person.iam.send(new ListAccessKeysCommand({ UserName: 'form' })))).toBe(false);
});

test('S0-172 S0-181 no operation tells the secret again', async () => {
  const person = await cast.user('told-once', allow('*'));
  const { secretAccessKey, accessKeyId } = person.credentials;
  const reads = [
    { Action: 'ListAccessKeys', UserName: person.name },
    { Action: 'GetAccessKeyLastUsed', AccessKeyId: accessKeyId },
    { Action: 'GetUser', UserName: person.name },
    { Action: 'GetAccountAuthorizationDetails' },
    { Action: 'UpdateAccessKey', AccessKeyId: accessKeyId, Status: 'Active', UserName: person.name },
  ];
  for (const read of reads) {
    const answer = await signedFetch(
      server.url,
      { service: 'iam', ...form({ Version: '2010-05-08', ...read }) },
      person.credentials,
    );
    expect([read.Action, answer.status]).toEqual([read.Action, 200]);
    expect(answer.text).not.toContain(secretAccessKey);
  }
  const details = await person.iam.send(new GetAccountAuthorizationDetailsCommand({}));
  expect(JSON.stringify(details)).not.toContain(secretAccessKey);
});

test('S0-182 S0-183 S0-173 a user has at most two keys, inactive ones counted; a deleted one makes room', async () => {
  const { iam } = cast.root;
  const { name: UserName, credentials } = await cast.user('two-keys', allow('ivs:ListChannels'));
  await iam.send(new CreateAccessKeyCommand({ UserName }));
  const lost = { UserName, AccessKeyId: credentials.accessKeyId };
  await iam.send(new UpdateAccessKeyCommand({ ...lost, Status: 'Inactive' }));
  expect(await refusal(iam.send(new CreateAccessKeyCommand({ UserName })))).toEqual({
    name: 'LimitExceededException',
    status: 409,
    message: 'Cannot exceed quota for AccessKeysPerUser: 2',
  });
  await iam.send(new DeleteAccessKeyCommand(lost));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const fresh = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
  expect(await allowed(clientsFor(server.url, fresh).ivs.send(new ListChannelsCommand({})))).toBe(true);
});

test('S0-179 a long-term key outlives any session, until it is deactivated', async () => {
  const { name: UserName, credentials } = await cast.user('lasting', allow('ivs:ListChannels'));
  const { ivs } = clientsFor(server.url, credentials, undefined, 3 * year);
  server.clock.set(Date.now() + 3 * year);
  expect(await allowed(ivs.send(new ListChannelsCommand({})))).toBe(true);
  server.clock.set(null);
  const AccessKeyId = credentials.accessKeyId;
  await cast.root.iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }));
  const blocked = clientsFor(server.url, credentials).ivs.send(new ListChannelsCommand({}));
  expect(await refusal(blocked)).toMatchObject({ name: 'UnrecognizedClientException', status: 403 });
});

test('S0-184 the last use of a key is known by date, service and region', async () => {
  const person = await cast.user('last-used', allow('ivs:ListChannels'));
  const AccessKeyId = person.credentials.accessKeyId;
  const lastUsed = async () => {
    const { AccessKeyLastUsed, UserName } = await cast.root.iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }));
    expect(UserName).toBe(person.name);
    return AccessKeyLastUsed!;
  };
  expect(await lastUsed()).toMatchObject({ ServiceName: 'N/A', Region: 'N/A' });
  await person.ivs.send(new ListChannelsCommand({}));
  await vi.waitFor(async () => expect((await lastUsed()).ServiceName).toBe('ivs'), { timeout: 5000, interval: 100 });
  const { LastUsedDate, Region } = await lastUsed();
  expect(Region).toBe('us-west-2');
  expect(Math.abs(LastUsedDate!.getTime() - Date.now())).toBeLessThan(60_000);
});

test('S0-184 S0-5 a user is deleted only after the keys, which locks the user out', async () => {
  const person = await cast.user('leaves');
  const { iam } = cast.root;
  const UserName = person.name;
  expect((await refusal(iam.send(new DeleteUserCommand({ UserName })))).name).toBe('DeleteConflictException');
  await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: person.credentials.accessKeyId }));
  await iam.send(new DeleteUserCommand({ UserName }));
  expect((await refusal(person.sts.send(new GetCallerIdentityCommand({})))).name).toBe('InvalidClientTokenId');
  expect((await refusal(iam.send(new GetUserCommand({ UserName })))).name).toBe('NoSuchEntityException');
});
