/** Sessions without a role: GetSessionToken (one's own rights) and GetFederationToken (a part of them). */
import { ListUsersCommand, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { GetChannelCommand, ListChannelsCommand } from '@aws-sdk/client-ivs';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import type { GetFederationTokenCommandInput } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { allow, castOf, credentialsOf, deny, document, trusting } from './support/cast.ts';
import type { Cast } from './support/cast.ts';
import { allowed, clientsFor, refusal } from './support/clients.ts';
import type { Clients } from './support/clients.ts';
import { account, channelArn, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

const lists = ({ ivs }: Clients) => allowed(ivs.send(new ListChannelsCommand({})));
const views = ({ ivs }: Clients) => allowed(ivs.send(new GetChannelCommand({ arn: channelArn })));

let server: TestServer;
let cast: Cast;

beforeAll(async () => {
  server = await testServer();
  cast = castOf(server);
});
afterEach(() => server.clock.set(null));
afterAll(() => server.close());

async function tokenOf(by: Clients, DurationSeconds?: number) {
  const { Credentials } = await by.sts.send(
    new GetSessionTokenCommand({ ...(DurationSeconds && { DurationSeconds }) }),
  );
  const seconds = Math.round((Credentials!.Expiration!.getTime() - Date.now()) / 1000);
  return { seconds, credentials: credentialsOf(Credentials), ...clientsFor(server.url, credentialsOf(Credentials)) };
}

async function federated(by: Clients, more: Partial<GetFederationTokenCommandInput> = {}) {
  const { Credentials, FederatedUser } = await by.sts.send(new GetFederationTokenCommand({ Name: 'visitor', ...more }));
  return {
    FederatedUser,
    credentials: credentialsOf(Credentials),
    ...clientsFor(server.url, credentialsOf(Credentials)),
  };
}

describe('GetSessionToken', () => {
  test('S0-79 S0-82 S0-24 it needs no permission, and gives the user’s own rights as they change', async () => {
    const user = await cast.user('token', deny('sts:GetSessionToken'));
    const session = await tokenOf(user);
    expect((await session.sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(user.arn);
    expect(await lists(session)).toBe(false);
    await cast.grant(user.name, allow('ivs:ListChannels', '*', { StringEquals: { 'aws:username': user.name } }));
    expect(await lists(session)).toBe(true);
  });

  test('S0-82 it may not call IAM, nor STS but for AssumeRole and GetCallerIdentity', async () => {
    const user = await cast.user('limits', allow('*'));
    const session = await tokenOf(user);
    const role = await cast.role('limits', trusting(account));
    const closed = { name: 'InvalidClientTokenId', status: 403 };
    expect(await refusal(session.iam.send(new ListUsersCommand({})))).toMatchObject(closed);
    for (const command of [new GetSessionTokenCommand({}), new GetFederationTokenCommand({ Name: 'x1' })])
      expect((await refusal(session.sts.send(command as GetSessionTokenCommand))).status).toBe(403);
    const assume = new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'from-session' });
    expect(await allowed(session.sts.send(assume))).toBe(true);
  });

  test('S0-79 S0-81 durations: 900 s to 36 hours, an hour for root', async () => {
    const user = await cast.user('durations');
    expect((await tokenOf(user)).seconds).toBeCloseTo(43_200, -1);
    expect((await tokenOf(user, 900)).seconds).toBeCloseTo(900, -1);
    expect((await tokenOf(cast.root, 43_200)).seconds).toBeCloseTo(3600, -1);
    for (const DurationSeconds of [899, 129_601]) {
      const { name } = await refusal(user.sts.send(new GetSessionTokenCommand({ DurationSeconds })));
      expect(name).toBe('ValidationError');
    }
  });

  test('S0-81 S0-179 it ends with its time, and with the key it was made with', async () => {
    const user = await cast.user('ends', allow('ivs:ListChannels'));
    const { credentials } = await tokenOf(user, 900);
    const later = 901_000;
    server.clock.set(Date.now() + later);
    const { ivs } = clientsFor(server.url, credentials, undefined, later);
    expect(await refusal(ivs.send(new ListChannelsCommand({})))).toMatchObject({
      name: 'ExpiredTokenException',
      status: 403,
    });
    server.clock.set(null);
    expect(await lists(clientsFor(server.url, credentials))).toBe(true);
    const { accessKeyId: AccessKeyId } = user.credentials;
    await cast.root.iam.send(new UpdateAccessKeyCommand({ UserName: user.name, AccessKeyId, Status: 'Inactive' }));
    const ended = clientsFor(server.url, credentials).ivs.send(new ListChannelsCommand({}));
    expect((await refusal(ended)).name).toBe('UnrecognizedClientException');
  });
});

describe('GetFederationToken', () => {
  test('S0-80 S0-76 the rights are those of the user and of the passed policy both; without one there are none', async () => {
    const federating = allow('sts:GetFederationToken');
    const user = await cast.user('federates', federating, allow('ivs:ListChannels'));
    const Policy = document(allow(['ivs:ListChannels', 'ivs:GetChannel']));
    const session = await federated(user, { Policy });
    expect(session.FederatedUser).toEqual({
      Arn: `arn:aws:sts::${account}:federated-user/visitor`,
      FederatedUserId: `${account}:visitor`,
    });
    expect([await lists(session), await views(session)]).toEqual([true, false]);
    await cast.grant(user.name, federating, allow('ivs:*'));
    expect([await lists(session), await views(session)]).toEqual([true, true]);
    await cast.grant(user.name, federating, allow('ivs:*'), deny('ivs:GetChannel'));
    expect(await views(session)).toBe(false);
    expect(await lists(await federated(user))).toBe(false);
    const ofRoot = await federated(cast.root, { Policy: document(allow('ivs:ListChannels')) });
    expect([await lists(ofRoot), await views(ofRoot)]).toEqual([true, false]);
  });

  test('S0-80 it may not call IAM, nor STS but for GetCallerIdentity', async () => {
    const user = await cast.user('federates-all', allow('*'));
    const session = await federated(user, { Policy: document(allow('*')) });
    expect(await lists(session)).toBe(true);
    expect((await refusal(session.iam.send(new ListUsersCommand({})))).status).toBe(403);
    const role = await cast.role('not-for-federated', trusting(account));
    const assume = new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'federated' });
    expect((await refusal(session.sts.send(assume))).status).toBe(403);
    expect((await session.sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(session.FederatedUser?.Arn);
  });

  test('S0-80 it needs sts:GetFederationToken, and a session cannot federate', async () => {
    const user = await cast.user('no-federation', allow('ivs:*'));
    const { name, message } = await refusal(federated(user));
    expect(name).toBe('AccessDenied');
    expect(message).toContain(`sts:GetFederationToken on resource: arn:aws:sts::${account}:federated-user/visitor`);
    const opener = await cast.user('federation-opener', allow('sts:AssumeRole'));
    const role = await cast.role('federation', trusting(account), allow('*'));
    const denied = await refusal(federated(await cast.assume(opener, role)));
    expect(denied.message).toBe('Cannot call GetFederationToken with session credentials');
  });

  test('S0-80 S0-166 its durations and names have limits, and it has no user name', async () => {
    const user = await cast.user('federation-limits', allow('sts:GetFederationToken'), allow('ivs:*'));
    for (const more of [
      { DurationSeconds: 899 },
      { DurationSeconds: 129_601 },
      { Name: 'x' },
      { Name: 'x'.repeat(33) },
    ])
      expect([more, (await refusal(federated(user, more))).name]).toEqual([more, 'ValidationError']);
    const Policy = document(allow('ivs:ListChannels', '*', { Null: { 'aws:username': 'false' } }));
    expect(await lists(await federated(user, { Policy }))).toBe(false);
  });
});
