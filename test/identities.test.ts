/** Users, groups and roles: made, read, changed and gone; what belongs to which account; what a group is and is not. */
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  ChangePasswordCommand,
  CreateGroupCommand,
  CreateLoginProfileCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteGroupCommand,
  DeleteLoginProfileCommand,
  DeleteRoleCommand,
  DeleteUserCommand,
  GetGroupCommand,
  GetRoleCommand,
  GetUserCommand,
  ListGroupsCommand,
  ListRolesCommand,
  ListUsersCommand,
  PutGroupPolicyCommand,
  RemoveUserFromGroupCommand,
  UpdateGroupCommand,
  UpdateRoleCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { CreateChannelCommand, GetChannelCommand, ListChannelsCommand, ListStreamsCommand } from '@aws-sdk/client-ivs';
import { GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allow, castOf, credentialsOf, document, trusting } from './support/cast.ts';
import type { Cast } from './support/cast.ts';
import { allowed, clientsFor, refusal } from './support/clients.ts';
import { account, channelArn, keys, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

let server: TestServer;
let cast: Cast;
let abroad: Cast;
const otherAccount = '111122223333';

beforeAll(async () => {
  server = await testServer();
  cast = castOf(server);
  abroad = castOf(server, keys.otherRoot, otherAccount);
});
afterAll(() => server.close());

describe('the account', () => {
  test('S0-7 S0-1 root is there first, needs no policy, and makes the first administrator', async () => {
    const { iam, sts, ivs } = cast.root;
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe(`arn:aws:iam::${account}:root`);
    expect(await allowed(ivs.send(new ListChannelsCommand({})))).toBe(true);
    await iam.send(new CreateGroupCommand({ GroupName: 'First' }));
    await iam.send(
      new AttachGroupPolicyCommand({ GroupName: 'First', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
    );
    const first = await cast.user('first-admin');
    await iam.send(new AddUserToGroupCommand({ GroupName: 'First', UserName: first.name }));
    await first.iam.send(new CreateUserCommand({ UserName: 'made-by-admin' }));
    await first.iam.send(
      new CreatePolicyCommand({ PolicyName: 'made-by-admin', PolicyDocument: document(allow('ivs:*')) }),
    );
    const { Users } = await first.iam.send(new ListUsersCommand({}));
    expect(Users?.map(({ UserName }) => UserName)).toContain('made-by-admin');
  });

  test('S0-2 what any identity makes belongs to its account and is not shown to another', async () => {
    const maker = await cast.user('maker', allow('ivs:*'), allow('sts:AssumeRole'));
    const session = await cast.assume(maker, await cast.role('maker', trusting(account), allow('ivs:*')));
    const made: string[] = [];
    for (const { ivs } of [cast.root, maker, session]) {
      const { channel } = await ivs.send(new CreateChannelCommand({}));
      made.push(channel!.arn!);
    }
    for (const arn of made) {
      expect(arn.split(':')[4]).toBe(account);
      const { name } = await refusal(abroad.root.ivs.send(new GetChannelCommand({ arn })));
      expect(name).toMatch(/AccessDenied|ResourceNotFound/);
    }
    const { channels } = await abroad.root.ivs.send(new ListChannelsCommand({}));
    expect(channels).toEqual([]);
  });

  test('S0-26 the same name may exist in two accounts, and their keys do not mix', async () => {
    const here = await cast.user('alice', allow('ivs:*'));
    const there = await abroad.user('alice', allow('kinesisvideo:*'));
    expect([here.arn, there.arn]).toEqual([
      `arn:aws:iam::${account}:user/alice`,
      `arn:aws:iam::${otherAccount}:user/alice`,
    ]);
    expect(here.id).not.toBe(there.id);
    expect(await allowed(here.ivs.send(new ListChannelsCommand({})))).toBe(true);
    expect(await allowed(there.ivs.send(new ListChannelsCommand({})))).toBe(false);
    const mixed = { ...here.credentials, secretAccessKey: there.credentials.secretAccessKey };
    expect((await refusal(clientsFor(server.url, mixed).ivs.send(new ListChannelsCommand({})))).status).toBe(403);
  });
});

describe('the three kinds', () => {
  test('S0-18 S0-1 a user is made, read, listed, renamed and deleted', async () => {
    const { iam } = cast.root;
    const { User } = await iam.send(new CreateUserCommand({ UserName: 'kind', Path: '/team/' }));
    expect(User?.Arn).toBe(`arn:aws:iam::${account}:user/team/kind`);
    await iam.send(new UpdateUserCommand({ UserName: 'kind', NewUserName: 'kinder', NewPath: '/' }));
    const { User: renamed } = await iam.send(new GetUserCommand({ UserName: 'kinder' }));
    expect(renamed).toMatchObject({ UserId: User?.UserId, Arn: `arn:aws:iam::${account}:user/kinder` });
    await iam.send(new DeleteUserCommand({ UserName: 'kinder' }));
    expect((await refusal(iam.send(new GetUserCommand({ UserName: 'kinder' })))).name).toBe('NoSuchEntityException');
  });

  test('S0-18 a group is made, read, listed, renamed and deleted', async () => {
    const { iam } = cast.root;
    await iam.send(new CreateGroupCommand({ GroupName: 'kind' }));
    await iam.send(new UpdateGroupCommand({ GroupName: 'kind', NewGroupName: 'kinder' }));
    const { Groups } = await iam.send(new ListGroupsCommand({}));
    expect(Groups?.map(({ GroupName }) => GroupName)).toContain('kinder');
    await iam.send(new DeleteGroupCommand({ GroupName: 'kinder' }));
    expect((await refusal(iam.send(new GetGroupCommand({ GroupName: 'kinder' })))).name).toBe('NoSuchEntityException');
  });

  test('S0-18 S0-74 a role is made with a trust policy, read, listed, changed and deleted', async () => {
    const { iam } = cast.root;
    const AssumeRolePolicyDocument = trusting(`arn:aws:iam::${account}:root`);
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'kind', AssumeRolePolicyDocument }));
    expect(Role?.Arn).toBe(`arn:aws:iam::${account}:role/kind`);
    expect(Role?.RoleId).toMatch(/^AROA[A-Z2-7]{16,17}$/);
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(AssumeRolePolicyDocument);
    await iam.send(new UpdateRoleCommand({ RoleName: 'kind', Description: 'changed', MaxSessionDuration: 7200 }));
    const { Role: changed } = await iam.send(new GetRoleCommand({ RoleName: 'kind' }));
    expect(changed).toMatchObject({ Description: 'changed', MaxSessionDuration: 7200 });
    const { Roles } = await iam.send(new ListRolesCommand({}));
    expect(Roles?.map(({ RoleName }) => RoleName)).toContain('kind');
    await iam.send(new DeleteRoleCommand({ RoleName: 'kind' }));
    expect((await refusal(iam.send(new GetRoleCommand({ RoleName: 'kind' })))).name).toBe('NoSuchEntityException');
  });
});

describe('groups', () => {
  test('S0-27 S0-41 a policy of a group is every member’s, as long as they are in it', async () => {
    const { iam } = cast.root;
    const GroupName = 'Viewers';
    await iam.send(new CreateGroupCommand({ GroupName }));
    const PolicyDocument = document(allow('ivs:GetChannel'));
    await iam.send(new PutGroupPolicyCommand({ GroupName, PolicyName: 'view', PolicyDocument }));
    const [in1, in2, out] = [await cast.user('in-1'), await cast.user('in-2'), await cast.user('out')];
    for (const { name: UserName } of [in1, in2]) await iam.send(new AddUserToGroupCommand({ GroupName, UserName }));
    const views = () =>
      Promise.all([in1, in2, out].map(({ ivs }) => allowed(ivs.send(new GetChannelCommand({ arn: channelArn })))));
    expect(await views()).toEqual([true, true, false]);
    await iam.send(new RemoveUserFromGroupCommand({ GroupName, UserName: in2.name }));
    expect(await views()).toEqual([true, false, false]);
    const { name, status } = await refusal(iam.send(new DeleteGroupCommand({ GroupName })));
    expect({ name, status }).toEqual({ name: 'DeleteConflictException', status: 409 });
  });

  test('S0-28 a group is no principal, and no group is a member of a group', async () => {
    const { iam } = cast.root;
    await iam.send(new CreateGroupCommand({ GroupName: 'NoPrincipal' }));
    const AssumeRolePolicyDocument = trusting(`arn:aws:iam::${account}:group/NoPrincipal`);
    const made = iam.send(new CreateRoleCommand({ RoleName: 'trusts-group', AssumeRolePolicyDocument }));
    expect(await refusal(made)).toMatchObject({ name: 'MalformedPolicyDocumentException', status: 400 });
    const nested = iam.send(new AddUserToGroupCommand({ GroupName: 'NoPrincipal', UserName: 'NoPrincipal' }));
    expect((await refusal(nested)).name).toBe('NoSuchEntityException');
  });
});

describe('people and processes', () => {
  const OldPassword = 'correct horse battery 1 A';

  test('S0-24 S0-35 a person has a password, and may change it only when permitted', async () => {
    const { iam } = cast.root;
    const person = await cast.user('person');
    const UserName = person.name;
    await iam.send(new CreateLoginProfileCommand({ UserName, Password: OldPassword }));
    const change = () => person.iam.send(new ChangePasswordCommand({ OldPassword, NewPassword: 'another horse 2 B' }));
    const { name, message } = await refusal(change());
    expect(name).toBe('AccessDenied');
    expect(message).toContain(`User: ${person.arn} is not authorized to perform: iam:ChangePassword`);
    await cast.grant(UserName, allow('iam:ChangePassword', person.arn));
    expect(await allowed(change())).toBe(true);
    expect((await refusal(change())).name).toMatch(/PasswordPolicyViolation|AccessDenied|InvalidPassword/);
    await iam.send(new DeleteLoginProfileCommand({ UserName }));
  });

  test('S0-25 a process has an access key, or the credentials of a role', async () => {
    const process = await cast.user('process', allow('ivs:ListChannels'), allow('sts:AssumeRole'));
    expect(process.credentials.accessKeyId).toMatch(/^AKIA/);
    const session = await cast.assume(
      process,
      await cast.role('process', trusting(account), allow('ivs:ListChannels')),
    );
    expect(session.credentials.accessKeyId).toMatch(/^ASIA/);
    for (const { ivs } of [process, session]) expect(await allowed(ivs.send(new ListChannelsCommand({})))).toBe(true);
  });

  test('S0-36 S0-24 the calls of a console are calls of the API: a session of a person without a policy is refused each', async () => {
    const person = await cast.user('at-the-console');
    await cast.root.iam.send(new CreateLoginProfileCommand({ UserName: person.name, Password: OldPassword }));
    const { Credentials } = await person.sts.send(new GetSessionTokenCommand({}));
    const { ivs, sts } = clientsFor(server.url, credentialsOf(Credentials));
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(person.arn);
    const views = [
      () => ivs.send(new ListChannelsCommand({})),
      () => ivs.send(new ListStreamsCommand({})),
      () => ivs.send(new GetChannelCommand({ arn: channelArn })),
    ];
    for (const view of views) expect((await refusal(view())).name).toBe('AccessDeniedException');
    await cast.grant(person.name, allow(['ivs:ListChannels', 'ivs:ListStreams', 'ivs:GetChannel']));
    for (const view of views) expect(await allowed(view())).toBe(true);
  });

  test('S0-185 S0-186 S0-187 a person gets a user and an application a role, each with the policy it needs', async () => {
    const needs = allow('ivs:GetChannel', channelArn);
    const person = await cast.user('delegate', needs);
    const starter = await cast.user('starter', allow('sts:AssumeRole'));
    const application = await cast.assume(starter, await cast.role('application', trusting(starter.arn), needs));
    for (const { ivs } of [person, application]) {
      expect(await allowed(ivs.send(new GetChannelCommand({ arn: channelArn })))).toBe(true);
      expect(await allowed(ivs.send(new ListChannelsCommand({})))).toBe(false);
    }
  });

  test('S0-43 whoever may iam:GetRole reads roles and does not list them', async () => {
    await cast.role('readable', trusting(account));
    const reader = await cast.user('role-reader', allow('iam:GetRole'));
    const { Role } = await reader.iam.send(new GetRoleCommand({ RoleName: 'readable' }));
    expect(Role?.Arn).toBe(`arn:aws:iam::${account}:role/readable`);
    expect(await allowed(reader.iam.send(new ListRolesCommand({})))).toBe(false);
  });
});
