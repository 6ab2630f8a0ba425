import { beforeEach, expect, test } from 'vitest';
import { account, allow, openIam, policy, type Asker, type World } from './iam.testkit.ts';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  await root.ask('CreateGroup', { GroupName: 'Streamers' });
  await root.ask('CreateUser', { UserName: 'alice' });
  await root.ask('CreateUser', { UserName: 'Bob' });
});

test('S0-18 a group is created, read, listed, renamed and deleted', async () => {
  const { Group } = await root.ask('CreateGroup', { GroupName: 'Ops', Path: '/a/' });
  expect(Group).toMatchObject({
    GroupName: 'Ops',
    Path: '/a/',
    Arn: `arn:aws:iam::${account}:group/a/Ops`,
    GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/),
  });
  expect((await root.ask('GetGroup', { GroupName: 'ops' })).Group).toEqual(Group);
  expect((await root.ask('ListGroups', {})).Groups.map((group) => group.GroupName)).toEqual(['Ops', 'Streamers']);
  await root.ask('UpdateGroup', { GroupName: 'OPS', NewGroupName: 'Operators', NewPath: '/b/' });
  const moved = (await root.ask('GetGroup', { GroupName: 'operators' })).Group;
  expect(moved).toEqual({
    ...Group,
    GroupName: 'Operators',
    Path: '/b/',
    Arn: `arn:aws:iam::${account}:group/b/Operators`,
  });
  await root.ask('DeleteGroup', { GroupName: 'operators' });
  expect(await root.refusal('GetGroup', { GroupName: 'Ops' })).toBe(
    'NoSuchEntity: The group with name Ops cannot be found.',
  );
  expect(await root.refusal('CreateGroup', { GroupName: 'STREAMERS' })).toBe(
    'EntityAlreadyExists: Group with name STREAMERS already exists.',
  );
});

test("S0-27 a group's policy gives rights to all its members at once, and membership changes them", async () => {
  const group = { GroupName: 'streamers' };
  await root.ask('PutGroupPolicy', { ...group, PolicyName: 'p', PolicyDocument: policy(allow('ivs:GetChannel')) });
  await root.ask('AttachGroupPolicy', {
    ...group,
    PolicyArn: 'arn:aws:iam::aws:policy/AmazonKinesisVideoStreamsFullAccess',
  });
  expect(await world.allows('alice', 'ivs:GetChannel')).toBe(false);
  await root.ask('AddUserToGroup', { ...group, UserName: 'ALICE' });
  await root.ask('AddUserToGroup', { ...group, UserName: 'bob' });
  for (const name of ['alice', 'bob']) {
    expect(await world.allows(name, 'ivs:GetChannel')).toBe(true);
    expect(await world.allows(name, 'kinesisvideo:CreateStream')).toBe(true);
  }
  await root.ask('RemoveUserFromGroup', { ...group, UserName: 'alice' });
  expect(await world.allows('alice', 'ivs:GetChannel')).toBe(false);
  expect(await world.allows('bob', 'ivs:GetChannel')).toBe(true);
});

test('S0-27 a group with members or policies cannot be deleted', async () => {
  const group = { GroupName: 'Streamers' };
  const PolicyArn = 'arn:aws:iam::aws:policy/IVSFullAccess';
  await root.ask('AddUserToGroup', { ...group, UserName: 'alice' });
  await root.ask('PutGroupPolicy', { ...group, PolicyName: 'p', PolicyDocument: policy(allow('ivs:*')) });
  await root.ask('AttachGroupPolicy', { ...group, PolicyArn });
  const refused = (text: string): string => `DeleteConflict: Cannot delete entity, must ${text} first.`;
  expect(await root.refusal('DeleteGroup', group)).toBe(refused('detach all policies'));
  await root.ask('DetachGroupPolicy', { ...group, PolicyArn });
  expect(await root.refusal('DeleteGroup', group)).toBe(refused('delete policies'));
  await root.ask('DeleteGroupPolicy', { ...group, PolicyName: 'p' });
  expect(await root.refusal('DeleteGroup', group)).toBe(refused('remove users from group'));
  await root.ask('RemoveUserFromGroup', { ...group, UserName: 'alice' });
  await root.ask('DeleteGroup', group);
});

test('joining twice and leaving without being in are no errors; the user is looked for first', async () => {
  const both = { GroupName: 'Streamers', UserName: 'alice' };
  await root.ask('AddUserToGroup', both);
  await root.ask('AddUserToGroup', both);
  expect((await root.ask('GetGroup', both)).Users).toHaveLength(1);
  await root.ask('RemoveUserFromGroup', both);
  await root.ask('RemoveUserFromGroup', both);
  expect(await root.refusal('AddUserToGroup', { GroupName: 'none', UserName: 'nobody' })).toBe(
    'NoSuchEntity: The user with name nobody cannot be found.',
  );
  expect(await root.refusal('AddUserToGroup', { GroupName: 'none', UserName: 'alice' })).toBe(
    'NoSuchEntity: The group with name none cannot be found.',
  );
});

test('members come sorted and in pages, with the group on every page', async () => {
  for (const UserName of ['Zoe', 'alice', 'Bob']) {
    if (UserName === 'Zoe') await root.ask('CreateUser', { UserName });
    await root.ask('AddUserToGroup', { GroupName: 'Streamers', UserName });
  }
  const first = await root.ask('GetGroup', { GroupName: 'Streamers', MaxItems: 2 });
  expect(first.Users.map((user) => user.UserName)).toEqual(['alice', 'Bob']);
  const second = await root.ask('GetGroup', { GroupName: 'Streamers', MaxItems: 2, Marker: first.Marker });
  expect(second.Users.map((user) => user.UserName)).toEqual(['Zoe']);
  expect(second.Group).toEqual(first.Group);
});

test('a user is in ten groups at most', async () => {
  for (let i = 0; i < 10; i += 1) {
    await root.ask('CreateGroup', { GroupName: `g${i}` });
    await root.ask('AddUserToGroup', { GroupName: `g${i}`, UserName: 'alice' });
  }
  expect(await root.refusal('AddUserToGroup', { GroupName: 'Streamers', UserName: 'alice' })).toBe(
    'LimitExceeded: Cannot exceed quota for GroupsPerUser: 10',
  );
  const { Groups } = await root.ask('ListGroupsForUser', { UserName: 'alice' });
  expect(Groups.map((group) => group.GroupName)).toEqual(Array.from({ length: 10 }, (_, i) => `g${i}`));
});

test('membership is authorized on the group, not on the user', async () => {
  const checks = await root.checks('AddUserToGroup', { GroupName: 'streamers', UserName: 'alice' });
  expect(checks).toMatchObject([
    { resource: `arn:aws:iam::${account}:group/Streamers`, resourceText: 'group streamers' },
  ]);
});
