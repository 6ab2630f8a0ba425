import { beforeEach, expect, test } from 'vitest';
import { allow, openIam, policy, trust, account, type Asker, type World } from './iam.testkit.ts';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  await root.ask('CreateUser', { UserName: 'Bob' });
  await root.ask('CreateGroup', { GroupName: 'Ops' });
  await root.ask('CreateRole', { RoleName: 'Viewer', AssumeRolePolicyDocument: trust(`arn:aws:iam::${account}:root`) });
});

const PolicyName = 'p';
const text =
  '{"Version":"2012-10-17",  "Statement":{"Effect":"Allow","Action":"ivs:*","Resource":"arn:aws:ivs:*:*:a%3Ab+c"}}';

test('S0-19 inline policies of users, groups and roles are put, read byte for byte, listed and deleted', async () => {
  await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName, PolicyDocument: text });
  await root.ask('PutGroupPolicy', { GroupName: 'ops', PolicyName, PolicyDocument: text });
  await root.ask('PutRolePolicy', { RoleName: 'viewer', PolicyName, PolicyDocument: text });
  const shown = { PolicyName, PolicyDocument: text };
  expect(await root.ask('GetUserPolicy', { UserName: 'bob', PolicyName })).toEqual({ UserName: 'Bob', ...shown });
  expect(await root.ask('GetGroupPolicy', { GroupName: 'ops', PolicyName })).toEqual({ GroupName: 'Ops', ...shown });
  expect(await root.ask('GetRolePolicy', { RoleName: 'viewer', PolicyName })).toEqual({ RoleName: 'Viewer', ...shown });
  for (const names of [
    await root.ask('ListUserPolicies', { UserName: 'bob' }),
    await root.ask('ListGroupPolicies', { GroupName: 'ops' }),
    await root.ask('ListRolePolicies', { RoleName: 'viewer' }),
  ]) {
    expect(names).toEqual({ PolicyNames: [PolicyName], IsTruncated: false });
  }
  await root.ask('DeleteUserPolicy', { UserName: 'bob', PolicyName });
  await root.ask('DeleteGroupPolicy', { GroupName: 'ops', PolicyName });
  await root.ask('DeleteRolePolicy', { RoleName: 'viewer', PolicyName });
  const missing = (type: string): string => `NoSuchEntity: The ${type} policy with name p cannot be found.`;
  expect(await root.refusal('GetUserPolicy', { UserName: 'bob', PolicyName })).toBe(missing('user'));
  expect(await root.refusal('DeleteGroupPolicy', { GroupName: 'ops', PolicyName })).toBe(missing('group'));
  expect(await root.refusal('DeleteRolePolicy', { RoleName: 'viewer', PolicyName })).toBe(missing('role'));
});

test('S0-19 a put replaces the text, and rights follow', async () => {
  await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName, PolicyDocument: policy(allow('ivs:GetChannel')) });
  expect(await world.allows('bob', 'ivs:GetChannel')).toBe(true);
  await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName, PolicyDocument: policy(allow('ivs:GetStream')) });
  expect(await world.allows('bob', 'ivs:GetChannel')).toBe(false);
  expect(await world.allows('bob', 'ivs:GetStream')).toBe(true);
  expect((await root.ask('ListUserPolicies', { UserName: 'bob' })).PolicyNames).toHaveLength(1);
});

test('names differ by case and come sorted', async () => {
  for (const name of ['b', 'A', 'a', 'C']) {
    await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName: name, PolicyDocument: policy(allow('ivs:*')) });
  }
  const first = await root.ask('ListUserPolicies', { UserName: 'bob', MaxItems: 3 });
  expect(first.PolicyNames).toEqual(['A', 'a', 'b']);
  const rest = await root.ask('ListUserPolicies', { UserName: 'bob', Marker: first.Marker });
  expect(rest.PolicyNames).toEqual(['C']);
});

test('all inline policies of an entity together are bounded: 2048, 5120 and 10240 characters', async () => {
  const PolicyDocument = policy(allow(`ivs:${'a'.repeat(1900)}`));
  const put = (name: string) => root.refusal('PutUserPolicy', { UserName: 'bob', PolicyName: name, PolicyDocument });
  await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName: 'one', PolicyDocument });
  await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName: 'one', PolicyDocument });
  expect(await put('two')).toBe('LimitExceeded: Maximum policy size of 2048 bytes exceeded for user Bob');
  const big = policy(allow(`ivs:${'a'.repeat(5100)}`));
  expect(await root.refusal('PutGroupPolicy', { GroupName: 'ops', PolicyName, PolicyDocument: big })).toBe(
    'LimitExceeded: Maximum policy size of 5120 bytes exceeded for group Ops',
  );
  await root.ask('PutRolePolicy', { RoleName: 'viewer', PolicyName: 'one', PolicyDocument: big });
  expect(await root.refusal('PutRolePolicy', { RoleName: 'viewer', PolicyName: 'two', PolicyDocument: big })).toBe(
    'LimitExceeded: Maximum policy size of 10240 bytes exceeded for role Viewer',
  );
});
