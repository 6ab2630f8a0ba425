/** Roles: who is trusted, what a session may do, how long, and how it ends. */
import {
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import { CreateChannelCommand, GetChannelCommand, ListChannelsCommand } from '@aws-sdk/client-ivs';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { allow, castOf, deny, document, trusting } from './support/cast.ts';
import type { Cast, Person, Statement } from './support/cast.ts';
import { allowed, clientsFor, refusal } from './support/clients.ts';
import type { Clients } from './support/clients.ts';
import { account, channelArn, keys, ownedChannelArn, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

const otherAccount = '111122223333';
const lists = ({ ivs }: Clients) => allowed(ivs.send(new ListChannelsCommand({})));
const views = ({ ivs }: Clients, arn = channelArn) => allowed(ivs.send(new GetChannelCommand({ arn })));

let server: TestServer;
let cast: Cast;
let abroad: Cast;
/** A user of the account who may assume any role by identity policy, and one who may nothing. */
let opener: Person;
let nobody: Person;

beforeAll(async () => {
  server = await testServer();
  cast = castOf(server);
  abroad = castOf(server, keys.otherRoot, otherAccount);
  opener = await cast.user('opener', allow(['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']));
  nobody = await cast.user('nobody');
});
afterEach(() => server.clock.set(null));
afterAll(() => server.close());

const opens = (by: Clients, role: string, more: Parameters<Cast['assume']>[2] = {}) =>
  allowed(cast.assume(by, role, more));
const sentence = (by: string, role: string) =>
  `User: ${by} is not authorized to perform: sts:AssumeRole on resource: ${role}`;

describe('who is trusted', () => {
  test('S0-190 S0-189 the account, a user, a role or a session, by ARN; nobody else', async () => {
    const session = await cast.assume(opener, await cast.role('first', trusting(account), allow('sts:AssumeRole')));
    const firstArn = `arn:aws:iam::${account}:role/first`;
    const everybody = { opener, nobody, session };
    const trusts = [
      [account, ['opener', 'session']],
      [`arn:aws:iam::${account}:root`, ['opener', 'session']],
      // Naming a user or a session is enough; whoever is named needs no policy of his own.
      [nobody.arn, ['nobody']],
      [firstArn, ['session']],
      [session.arn, ['session']],
      ['*', ['opener', 'nobody', 'session']],
      [otherAccount, []],
    ] as const;
    for (const [index, [principal, expected]] of trusts.entries()) {
      const role = await cast.role(`trust-${index}`, trusting(principal));
      const found: string[] = [];
      for (const [name, who] of Object.entries(everybody)) if (await opens(who, role)) found.push(name);
      expect([principal, found]).toEqual([principal, expected]);
    }
  });

  test('S0-190 services and identity providers are other kinds of principal', async () => {
    const service = document({
      Effect: 'Allow',
      Principal: { Service: 'ivs.amazonaws.com' },
      Action: 'sts:AssumeRole',
    });
    const provider = `arn:aws:iam::${account}:oidc-provider/example.com`;
    const federated = document({
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action: 'sts:AssumeRoleWithWebIdentity',
    });
    for (const [name, trust] of Object.entries({ service, federated })) {
      expect([name, await opens(opener, await cast.role(`for-${name}`, trust))]).toEqual([name, false]);
    }
    const unknown = cast.role('for-nobody', trusting(`arn:aws:iam::${account}:user/not-there`));
    expect((await refusal(unknown)).name).toBe('MalformedPolicyDocumentException');
  });

  test('S0-6 identity permission alone opens no role, and the answer does not tell whether there is one', async () => {
    const closed = await cast.role('closed', trusting(otherAccount));
    const missing = closed.replace('closed', 'missing');
    const told = async (role: string) => {
      const { name, status, message } = await refusal(cast.assume(opener, role));
      expect({ name, status }).toEqual({ name: 'AccessDenied', status: 403 });
      return message.replace(role, '');
    };
    expect(await told(closed)).toBe(await told(missing));
    expect((await refusal(cast.assume(opener, closed))).message).toContain(sentence(opener.arn, closed));
  });

  test('S0-190 conditions of the trust policy: an external id that is absent is not the right one', async () => {
    const role = await cast.role('external', trusting(account, { StringEquals: { 'sts:ExternalId': 'contract-7' } }));
    expect(await opens(opener, role, { ExternalId: 'contract-7' })).toBe(true);
    for (const more of [{}, { ExternalId: 'contract-8' }, { ExternalId: 'Contract-7' }])
      expect([more, await opens(opener, role, more)]).toEqual([more, false]);
    const named = await cast.role(
      'named',
      trusting(account, { StringLike: { 'sts:RoleSessionName': '${aws:username}' } }),
    );
    expect([await opens(opener, named, { RoleSessionName: 'opener' }), await opens(opener, named)]).toEqual([
      true,
      false,
    ]);
  });

  test('S0-190 a role that requires MFA is closed to long-term keys, and a code that nothing can check is refused', async () => {
    const role = await cast.role('mfa', trusting(account, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }));
    expect(await opens(opener, role)).toBe(false);
    const code = { SerialNumber: `arn:aws:iam::${account}:mfa/opener`, TokenCode: '123456' };
    expect(await opens(opener, role, code)).toBe(false);
    const open = await cast.role('no-mfa', trusting(account));
    expect((await refusal(cast.assume(opener, open, code))).message).toContain('MultiFactorAuthentication failed');
  });

  test('S0-190 who is deleted and made again under the same name is not trusted again', async () => {
    const { iam } = cast.root;
    await iam.send(new CreateUserCommand({ UserName: 'trusted' }));
    const role = await cast.role('trusts-a-user', trusting(`arn:aws:iam::${account}:user/trusted`));
    await iam.send(new DeleteUserCommand({ UserName: 'trusted' }));
    const namesake = await cast.user('trusted', allow('sts:AssumeRole'));
    expect(await opens(namesake, role)).toBe(false);
    const PolicyDocument = trusting(namesake.arn);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'trusts-a-user', PolicyDocument }));
    expect(await opens(namesake, role)).toBe(true);
  });

  test('S0-190 a deny of the trust policy or of the caller wins; root cannot assume at all', async () => {
    const denies = document(
      { Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' },
      { Effect: 'Deny', Principal: { AWS: opener.arn }, Action: 'sts:AssumeRole' },
    );
    expect(await opens(opener, await cast.role('denies', denies))).toBe(false);
    const stopped = await cast.user('stopped', deny('sts:AssumeRole'));
    expect(await opens(stopped, await cast.role('names-stopped', trusting(stopped.arn)))).toBe(false);
    const { name, message } = await refusal(cast.assume(cast.root, await cast.role('for-root', trusting(account))));
    expect({ name, message }).toEqual({ name: 'AccessDenied', message: 'Roles may not be assumed by root accounts.' });
  });

  test('S0-190 a role assumes itself only when its trust policy says so', async () => {
    const session = await cast.assume(opener, await cast.role('self', trusting(opener.arn), allow('sts:AssumeRole')));
    const self = `arn:aws:iam::${account}:role/self`;
    expect(await opens(session, self)).toBe(false);
    const PolicyDocument = trusting([opener.arn, self]);
    await cast.root.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'self', PolicyDocument }));
    expect(await opens(session, self)).toBe(true);
  });
});

describe('across accounts', () => {
  test('S0-78 S0-189 S0-192 a user of the other account lists this one’s channels; each half is needed', async () => {
    const visitor = await abroad.user('visitor');
    const role = await cast.role('for-visitors', trusting(otherAccount), allow('ivs:ListChannels'));
    const closed = await cast.role('not-for-visitors', trusting(account), allow('ivs:ListChannels'));
    expect(await opens(visitor, role)).toBe(false);
    await abroad.grant(visitor.name, allow('sts:AssumeRole'));
    expect(await opens(visitor, closed)).toBe(false);
    const session = await cast.assume(visitor, role);
    const { channels } = await session.ivs.send(new ListChannelsCommand({}));
    expect(channels?.map(({ arn }) => arn)).toEqual(expect.arrayContaining([channelArn]));
    expect(await lists(visitor)).toBe(false);
  });

  test('S0-190 naming the foreign user in the trust policy does not replace the user’s own permission', async () => {
    const visitor = await abroad.user('named-visitor');
    const role = await cast.role('names-visitor', trusting(visitor.arn));
    expect(await opens(visitor, role)).toBe(false);
    await abroad.grant(visitor.name, allow('sts:AssumeRole', role));
    expect(await opens(visitor, role)).toBe(true);
  });

  test('S0-6 strangers are not told whether the role exists, nor what would open it', async () => {
    const visitor = await abroad.user('stranger');
    const role = await cast.role('secret-role', trusting(otherAccount));
    const missing = role.replace('secret-role', 'no-such-role');
    for (const statement of [allow('other:*'), deny('sts:AssumeRole')]) {
      await abroad.grant(visitor.name, statement);
      for (const arn of [role, missing])
        expect((await refusal(cast.assume(visitor, arn))).message).toBe(sentence(visitor.arn, arn));
    }
  });
});

describe('the session', () => {
  test('S0-79 S0-77 the answer, and rights that are the role’s and not the caller’s', async () => {
    const role = await cast.role('rights', trusting(account), allow('ivs:ListChannels'));
    const rich = await cast.user('rich', allow('sts:AssumeRole'), allow('ivs:GetChannel'));
    const { Credentials, AssumedRoleUser, PackedPolicySize } = await rich.sts.send(
      new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'me@work' }),
    );
    expect(Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(Credentials?.SecretAccessKey).toHaveLength(40);
    expect(Credentials?.Expiration?.getTime()).toBeGreaterThan(Date.now() + 3590_000);
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${account}:assumed-role/rights/me@work`);
    expect(AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]+:me@work$/);
    expect(PackedPolicySize).toBeUndefined();
    const session = await cast.assume(rich, role, { RoleSessionName: 'me@work' });
    expect([await lists(session), await views(session)]).toEqual([true, false]);
    expect([await lists(rich), await views(rich)]).toEqual([false, true]);
    const { Arn, UserId, Account } = await session.sts.send(new GetCallerIdentityCommand({}));
    expect([Arn, UserId, Account]).toEqual([AssumedRoleUser?.Arn, AssumedRoleUser?.AssumedRoleId, account]);
  });

  test('S0-79 a session policy takes away and never adds', async () => {
    const role = await cast.role(
      'cut',
      trusting(account),
      allow('ivs:GetChannel', channelArn),
      allow('ivs:ListChannels'),
    );
    const cut = (...statements: readonly Statement[]) => cast.assume(opener, role, { Policy: document(...statements) });
    const own = await cut(allow('ivs:GetChannel'));
    expect([await views(own), await views(own, ownedChannelArn), await lists(own)]).toEqual([true, false, false]);
    const without = await cut(allow('*'), deny('ivs:ListChannels'));
    expect([await views(without), await lists(without)]).toEqual([true, false]);
    const more = await cut(allow('ivs:*'));
    expect(await allowed(more.ivs.send(new CreateChannelCommand({})))).toBe(false);
    const arn = 'arn:aws:iam::aws:policy/IVSReadOnlyAccess';
    const managed = await cast.assume(opener, role, { PolicyArns: [{ arn }] });
    expect([await views(managed), await lists(managed)]).toEqual([true, true]);
    expect((await refusal(cast.assume(opener, role, { Policy: 'x' }))).name).toBe('MalformedPolicyDocumentException');
    expect((await refusal(cast.assume(opener, role, { PolicyArns: [{ arn: `${arn}X` }] }))).name).toBe(
      'ValidationError',
    );
  });

  test('S0-79 durations: 900 s to the role’s maximum, an hour when chained', async () => {
    const role = await cast.role('lasts', trusting(account), allow('sts:AssumeRole'));
    const asks = async (DurationSeconds: number) =>
      (await refusal(cast.assume(opener, role, { DurationSeconds }))).message;
    expect(await asks(899)).toContain('greater than or equal to 900');
    expect(await asks(3601)).toBe('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
    expect(await asks(43_201)).toContain('less than or equal to 43200');
    await cast.root.iam.send(new UpdateRoleCommand({ RoleName: 'lasts', MaxSessionDuration: 43_200 }));
    const session = await cast.assume(opener, role, { DurationSeconds: 43_200 });
    const chained = cast.assume(session, role, { DurationSeconds: 3601 });
    expect((await refusal(chained)).message).toBe(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  });

  test('S0-79 S0-190 session tags need sts:TagSession on both sides, are the principal’s tags, and travel when transitive', async () => {
    const Tags = [
      { Key: 'team', Value: 'red' },
      { Key: 'cost', Value: '7' },
    ];
    const untagged = await cast.role('untagged', trusting(account));
    const { name, message } = await refusal(cast.assume(opener, untagged, { Tags }));
    expect([name, message]).toEqual([
      'AccessDenied',
      expect.stringContaining(`is not authorized to perform: sts:TagSession on resource: ${untagged}`),
    ]);
    const actions = ['sts:AssumeRole', 'sts:TagSession'];
    const mine = allow('ivs:GetChannel', '*', { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } });
    const first = await cast.role('tagged-1', trusting(account, undefined, actions), allow(actions), mine);
    const second = await cast.role('tagged-2', trusting(account, undefined, actions), mine);
    const { channel } = await cast.root.ivs.send(new CreateChannelCommand({ tags: { team: 'red' } }));
    const session = await cast.assume(opener, first, { Tags, TransitiveTagKeys: ['team'] });
    expect(await views(session, channel!.arn!)).toBe(true);
    expect(await views(await cast.assume(opener, first), channel!.arn!)).toBe(false);
    const next = await cast.assume(session, second);
    expect(await views(next, channel!.arn!)).toBe(true);
    const overridden = cast.assume(session, second, { Tags: [{ Key: 'Team', Value: 'blue' }] });
    expect((await refusal(overridden)).message).toContain(
      'conflicts with a transitive tag key from the calling session',
    );
    const duplicate = cast.assume(opener, first, { Tags: [...Tags, { Key: 'TEAM', Value: 'x' }] });
    expect((await refusal(duplicate)).name).toBe('InvalidParameterValue');
  });

  test('S0-79 a source identity stays for the whole chain', async () => {
    const actions = ['sts:AssumeRole', 'sts:SetSourceIdentity'];
    const who = allow('ivs:ListChannels', '*', { StringEquals: { 'aws:SourceIdentity': 'opener' } });
    const first = await cast.role('source-1', trusting(account, undefined, actions), allow(actions), who);
    const second = await cast.role('source-2', trusting(account, undefined, actions), who);
    const session = await cast.assume(opener, first, { SourceIdentity: 'opener' });
    const next = await cast.assume(session, second);
    expect([await lists(session), await lists(next), await lists(await cast.assume(opener, first))]).toEqual([
      true,
      true,
      false,
    ]);
    expect(await opens(session, second, { SourceIdentity: 'another' })).toBe(false);
    const plain = await cast.role('source-3', trusting(account));
    expect((await refusal(cast.assume(session, plain))).message).toContain('sts:SetSourceIdentity');
  });
});

describe('the end of a session', () => {
  test('S0-81 it ends with its time, to the second', async () => {
    const start = Math.floor(Date.now() / 1000) * 1000;
    server.clock.set(start);
    const role = await cast.role('ends', trusting(account), allow('ivs:ListChannels'));
    const { credentials } = await cast.assume(opener, role, { DurationSeconds: 900 });
    const at = (seconds: number) => {
      server.clock.set(start + seconds * 1000);
      return clientsFor(server.url, credentials, undefined, seconds * 1000).ivs.send(new ListChannelsCommand({}));
    };
    expect(await allowed(at(899))).toBe(true);
    expect(await refusal(at(900))).toMatchObject({ name: 'ExpiredTokenException', status: 403 });
  });

  test('S0-77 it ends with its role, and a new role of the same name does not revive it', async () => {
    const { iam } = cast.root;
    const role = await cast.role('revoked', trusting(account), allow('ivs:ListChannels'));
    const session = await cast.assume(opener, role);
    expect(await lists(session)).toBe(true);
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'revoked', PolicyName: 'own' }));
    expect(await lists(session)).toBe(false);
    await iam.send(new DeleteRoleCommand({ RoleName: 'revoked' }));
    const gone = { name: 'UnrecognizedClientException', status: 403 };
    expect(await refusal(session.ivs.send(new ListChannelsCommand({})))).toMatchObject(gone);
    await cast.role('revoked', trusting(account), allow('ivs:ListChannels'));
    expect(await refusal(session.ivs.send(new ListChannelsCommand({})))).toMatchObject(gone);
  });

  test('S0-77 older sessions are revoked by a condition on their time of issue', async () => {
    const role = await cast.role('older', trusting(account), allow('ivs:ListChannels'));
    const session = await cast.assume(opener, role);
    const later = new Date(Date.now() + 60_000).toISOString();
    await cast.root.iam.send(new DeleteRolePolicyCommand({ RoleName: 'older', PolicyName: 'own' }));
    const PolicyDocument = document(
      allow('ivs:ListChannels'),
      deny('*', '*', { DateLessThan: { 'aws:TokenIssueTime': later } }),
    );
    await cast.root.iam.send(new PutRolePolicyCommand({ RoleName: 'older', PolicyName: 'own', PolicyDocument }));
    expect(await lists(session)).toBe(false);
    server.clock.set(Date.now() + 120_000);
    expect(await lists(await cast.assume(opener, role))).toBe(true);
  });
});

test('S0-79 names of sessions and malformed ARNs are refused as the model says', async () => {
  const role = await cast.role('names', trusting(account));
  for (const RoleSessionName of ['x', 'a b', 'a:b', 'x'.repeat(65)])
    expect((await refusal(cast.assume(opener, role, { RoleSessionName }))).name).toBe('ValidationError');
  for (const arn of ['arn:aws:iam::123456789012:user/names', 'x'.repeat(20), `${role}/`])
    expect((await refusal(cast.assume(opener, arn))).name).toMatch(/ValidationError|AccessDenied/);
  const lower = role.replace('names', 'Names');
  expect((await refusal(cast.assume(opener, lower))).name).toBe('AccessDenied');
  expect(
    (
      await refusal(
        cast.root.iam.send(new CreateRoleCommand({ RoleName: 'names', AssumeRolePolicyDocument: trusting(account) })),
      )
    ).name,
  ).toBe('EntityAlreadyExistsException');
});
