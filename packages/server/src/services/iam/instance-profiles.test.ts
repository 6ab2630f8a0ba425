import { beforeEach, expect, test } from 'vitest';
import { account, allow, noon, openIam, policy, trust, type Asker, type World } from './iam.testkit.ts';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  for (const RoleName of ['One', 'Two']) {
    await root.ask('CreateRole', { RoleName, AssumeRolePolicyDocument: trust(`arn:aws:iam::${account}:root`) });
  }
});

const InstanceProfileName = 'Box';

test('a profile holds one role, shown without session length or description', async () => {
  const { InstanceProfile } = await root.ask('CreateInstanceProfile', { InstanceProfileName, Path: '/x/' });
  expect(InstanceProfile).toEqual({
    Path: '/x/',
    InstanceProfileName,
    InstanceProfileId: expect.stringMatching(/^AIPA[A-Z2-7]{17}$/),
    Arn: `arn:aws:iam::${account}:instance-profile/x/Box`,
    CreateDate: new Date(noon),
    Roles: [],
  });
  await root.ask('AddRoleToInstanceProfile', { InstanceProfileName: 'box', RoleName: 'one' });
  const got = (await root.ask('GetInstanceProfile', { InstanceProfileName: 'BOX' })).InstanceProfile;
  expect(got).toMatchObject({ Tags: [], Roles: [{ RoleName: 'One', Path: '/' }] });
  expect(got.Roles[0]).not.toHaveProperty('MaxSessionDuration');
  expect((await root.ask('ListInstanceProfilesForRole', { RoleName: 'One' })).InstanceProfiles).toHaveLength(1);
  expect(await root.refusal('AddRoleToInstanceProfile', { InstanceProfileName, RoleName: 'Two' })).toBe(
    'LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
  );
  expect(await root.refusal('RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName: 'Two' })).toBe(
    'NoSuchEntity: Role Two in Instance Profile Box cannot be found.',
  );
  await root.ask('RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName: 'One' });
  await root.ask('DeleteInstanceProfile', { InstanceProfileName: 'bOX' });
  expect(await root.refusal('GetInstanceProfile', { InstanceProfileName })).toBe(
    'NoSuchEntity: Instance Profile Box cannot be found.',
  );
});

test('names are unique ignoring case', async () => {
  await root.ask('CreateInstanceProfile', { InstanceProfileName });
  expect(await root.refusal('CreateInstanceProfile', { InstanceProfileName: 'BOX' })).toBe(
    'EntityAlreadyExists: Instance Profile BOX already exists.',
  );
  expect((await root.ask('ListInstanceProfiles', {})).InstanceProfiles.map((p) => p.InstanceProfileName)).toEqual([
    'Box',
  ]);
});

test('handing over a role needs iam:PassRole on it', async () => {
  await root.ask('CreateInstanceProfile', { InstanceProfileName });
  await root.ask('CreateUser', { UserName: 'admin' });
  const admin = () => world.user('admin');
  const grant = (...statements: readonly object[]) =>
    root.ask('PutUserPolicy', { UserName: 'admin', PolicyName: 'p', PolicyDocument: policy(...statements) });
  await grant(allow('iam:AddRoleToInstanceProfile'));
  const input = { InstanceProfileName, RoleName: 'one' };
  expect(await (await admin()).refusal('AddRoleToInstanceProfile', input)).toContain(
    `iam:PassRole on resource: arn:aws:iam::${account}:role/One because`,
  );
  const Condition = { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } };
  await grant(
    allow('iam:AddRoleToInstanceProfile'),
    allow('iam:PassRole', `arn:aws:iam::${account}:role/One`, { Condition }),
  );
  await (await admin()).ask('AddRoleToInstanceProfile', input);
});
