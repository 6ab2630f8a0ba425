import { beforeEach, expect, test } from 'vitest';
import { account, allow, openIam, policy, trust, type Asker, type World } from './iam.testkit.ts';

let world: World;
let root: Asker;
const PolicyArn = `arn:aws:iam::${account}:policy/p`;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  await root.ask('CreateUser', { UserName: 'bob' });
  await root.ask('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust(`arn:aws:iam::${account}:root`) });
  await root.ask('CreatePolicy', { PolicyName: 'p', PolicyDocument: policy(allow('ivs:*')) });
  await root.ask('CreateInstanceProfile', { InstanceProfileName: 'i' });
});

const tag = (Key: string, Value: string) => ({ Key, Value });

test('keys of users and roles ignore case and take the case of the last tagging', async () => {
  await root.ask('TagUser', { UserName: 'bob', Tags: [tag('env', 'a'), tag('team', 'x')] });
  await root.ask('TagUser', { UserName: 'bob', Tags: [tag('Env', 'b')] });
  const { Tags } = await root.ask('ListUserTags', { UserName: 'bob' });
  expect(Tags).toEqual([tag('Env', 'b'), tag('team', 'x')]);
  await root.ask('TagRole', { RoleName: 'r', Tags: [tag('env', 'a')] });
  await root.ask('UntagRole', { RoleName: 'r', TagKeys: ['ENV', 'unknown'] });
  expect((await root.ask('ListRoleTags', { RoleName: 'r' })).Tags).toEqual([]);
  expect(await root.refusal('TagRole', { RoleName: 'r', Tags: [tag('a', ''), tag('A', '')] })).toBe(
    'InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.',
  );
});

test('keys of policies and instance profiles do not', async () => {
  await root.ask('TagPolicy', { PolicyArn, Tags: [tag('env', 'a'), tag('Env', 'b')] });
  expect((await root.ask('ListPolicyTags', { PolicyArn })).Tags).toEqual([tag('Env', 'b'), tag('env', 'a')]);
  expect((await root.ask('GetPolicy', { PolicyArn })).Policy?.Tags).toHaveLength(2);
  await root.ask('UntagPolicy', { PolicyArn, TagKeys: ['env'] });
  expect((await root.ask('ListPolicyTags', { PolicyArn })).Tags).toEqual([tag('Env', 'b')]);
  expect(await root.refusal('TagPolicy', { PolicyArn, Tags: [tag('a', ''), tag('a', '')] })).toBe(
    'InvalidInput: Duplicate tag keys found.',
  );
  const InstanceProfileName = 'I';
  await root.ask('TagInstanceProfile', { InstanceProfileName, Tags: [tag('a', '1'), tag('A', '2')] });
  await root.ask('UntagInstanceProfile', { InstanceProfileName, TagKeys: ['a'] });
  expect((await root.ask('ListInstanceProfileTags', { InstanceProfileName })).Tags).toEqual([tag('A', '2')]);
});

test('fifty at most, and no reserved keys', async () => {
  const many = Array.from({ length: 50 }, (_, i) => tag(`k${i}`, ''));
  await root.ask('TagUser', { UserName: 'bob', Tags: many });
  await root.ask('TagUser', { UserName: 'bob', Tags: [tag('K1', 'again')] });
  expect(await root.refusal('TagUser', { UserName: 'bob', Tags: [tag('one-more', '')] })).toBe(
    'LimitExceeded: The number of tags has reached the maximum limit.',
  );
  expect(await root.refusal('TagUser', { UserName: 'bob', Tags: [tag('aws:x', '')] })).toMatch(/^InvalidInput: /);
  const page = await root.ask('ListUserTags', { UserName: 'bob', MaxItems: 49 });
  const rest = await root.ask('ListUserTags', { UserName: 'bob', Marker: page.Marker });
  expect([page.Tags.length, rest.Tags.length]).toEqual([49, 1]);
});

test('S1-12 tags in any script are stored as they came', async () => {
  const Tags = [tag('proprietário', 'joão'), tag('部門', '配信')];
  await root.ask('TagUser', { UserName: 'bob', Tags });
  expect((await root.ask('ListUserTags', { UserName: 'bob' })).Tags).toEqual(Tags);
});

test('tags decide: of the request, of the resource, and keys alone when untagging', async () => {
  await root.ask('TagUser', { UserName: 'bob', Tags: [tag('team', 'tv')] });
  expect(await root.checks('TagUser', { UserName: 'bob', Tags: [tag('a', 'b')] })).toMatchObject([
    { requestTags: { a: 'b' }, resourceTags: { team: 'tv' } },
  ]);
  expect(await root.checks('UntagUser', { UserName: 'bob', TagKeys: ['a', 'b'] })).toMatchObject([
    { tagKeys: ['a', 'b'] },
  ]);
  await root.ask('CreateUser', { UserName: 'admin' });
  const Condition = { StringEquals: { 'iam:ResourceTag/Team': 'tv' } };
  const document = policy(allow('iam:GetUser', '*', { Condition }), allow('iam:CreateUser'));
  await root.ask('PutUserPolicy', { UserName: 'admin', PolicyName: 'p', PolicyDocument: document });
  const admin = await world.user('admin');
  await admin.ask('GetUser', { UserName: 'bob' });
  expect(await admin.refusal('GetUser', { UserName: 'admin' })).toContain('AccessDenied');
  expect(await admin.refusal('CreateUser', { UserName: 'x', Tags: [tag('a', 'b')] })).toContain('iam:TagUser');
  await admin.ask('CreateUser', { UserName: 'x' });
});
