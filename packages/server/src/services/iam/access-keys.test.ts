import { beforeEach, expect, test } from 'vitest';
import { account, allow, noon, openIam, otherAccount, policy, type Asker, type World } from './iam.testkit.ts';
import { accessKeys, accessKeyUses, anyAccount, keyUseScope } from './records.ts';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  await root.ask('CreateUser', { UserName: 'alice' });
});

const create = async (UserName = 'alice') => (await root.ask('CreateAccessKey', { UserName })).AccessKey;

test('S0-174 S0-175 S0-180 a new key shows its id and secret', async () => {
  expect(await create('ALICE')).toEqual({
    UserName: 'alice',
    AccessKeyId: expect.stringMatching(/^AKIARZPUZDIK[A-P][A-Z2-7]{7}$/),
    Status: 'Active',
    SecretAccessKey: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
    CreateDate: new Date(noon),
  });
});

test('S0-171 S0-172 S0-181 keys can be listed at any time, their secrets never again', async () => {
  const first = await create();
  world.now += 1000;
  const second = await create();
  const { AccessKeyMetadata } = await root.ask('ListAccessKeys', { UserName: 'alice' });
  const shown = ({ UserName, AccessKeyId, Status, CreateDate }: typeof first) => ({
    UserName,
    AccessKeyId,
    Status,
    CreateDate,
  });
  expect(AccessKeyMetadata).toEqual([shown(first), shown(second)]);
  expect(JSON.stringify(AccessKeyMetadata)).not.toContain(first.SecretAccessKey);
});

test('S0-182 S0-183 at most two keys, inactive ones included; after one is deleted another can be made', async () => {
  const { AccessKeyId } = await create();
  await create();
  await root.ask('UpdateAccessKey', { UserName: 'alice', AccessKeyId, Status: 'Inactive' });
  expect(await root.refusal('CreateAccessKey', { UserName: 'alice' })).toBe(
    'LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2',
  );
  await root.ask('DeleteAccessKey', { UserName: 'alice', AccessKeyId });
  await create();
});

test('S0-173 a lost key is replaced by a new one', async () => {
  const lost = await create();
  const fresh = await create();
  await root.ask('DeleteAccessKey', { UserName: 'alice', AccessKeyId: lost.AccessKeyId });
  expect(fresh.AccessKeyId).not.toBe(lost.AccessKeyId);
  expect(await world.store.reader.get(accessKeys, anyAccount, lost.AccessKeyId)).toBeUndefined();
  expect((await root.ask('ListAccessKeys', { UserName: 'alice' })).AccessKeyMetadata).toHaveLength(1);
});

test('S0-179 S0-184 a key is good until it is made inactive, which is at once', async () => {
  const { AccessKeyId } = await create();
  world.now += 10 * 365 * 86_400_000;
  expect((await world.store.reader.get(accessKeys, anyAccount, AccessKeyId))?.status).toBe('Active');
  await root.ask('UpdateAccessKey', { UserName: 'alice', AccessKeyId, Status: 'Inactive' });
  expect((await world.store.reader.get(accessKeys, anyAccount, AccessKeyId))?.status).toBe('Inactive');
  expect((await root.ask('ListAccessKeys', { UserName: 'alice' })).AccessKeyMetadata[0]?.Status).toBe('Inactive');
  await root.ask('UpdateAccessKey', { UserName: 'alice', AccessKeyId, Status: 'Active' });
  expect(await root.refusal('UpdateAccessKey', { UserName: 'alice', AccessKeyId, Status: 'Expired' })).toBe(
    "ValidationError: 1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set",
  );
});

test('S0-184 last use: N/A when never used, else date, service and region', async () => {
  const { AccessKeyId } = await create();
  const never = await root.ask('GetAccessKeyLastUsed', { AccessKeyId });
  expect(never).toEqual({ UserName: 'alice', AccessKeyLastUsed: { ServiceName: 'N/A', Region: 'N/A' } });
  const use = { accessKeyId: AccessKeyId, at: noon, service: 'ivs', region: 'us-west-2' };
  await world.store.transact(keyUseScope.accountId, (tx) => tx.put(accessKeyUses, keyUseScope, AccessKeyId, use));
  expect((await root.ask('GetAccessKeyLastUsed', { AccessKeyId })).AccessKeyLastUsed).toEqual({
    LastUsedDate: new Date(noon),
    ServiceName: 'ivs',
    Region: 'us-west-2',
  });
});

test('a key that is not ours is refused in the odd words of AWS, whether or not it exists', async () => {
  const { AccessKeyId } = await create();
  const other = world.root(otherAccount);
  for (const id of [AccessKeyId, 'AKIANOSUCHKEYATALL']) {
    expect(await other.refusal('GetAccessKeyLastUsed', { AccessKeyId: id })).toBe(
      `AccessDenied: User: arn:aws:iam::${otherAccount}:root is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${id}`,
    );
  }
});

test('S0-26 keys of another user or account cannot be touched', async () => {
  await root.ask('CreateUser', { UserName: 'bob' });
  const { AccessKeyId } = await create();
  const missing = `NoSuchEntity: The Access Key with id ${AccessKeyId} cannot be found.`;
  expect(await root.refusal('DeleteAccessKey', { UserName: 'bob', AccessKeyId })).toBe(missing);
  await world.root(otherAccount).ask('CreateUser', { UserName: 'alice' });
  expect(await world.root(otherAccount).refusal('DeleteAccessKey', { UserName: 'alice', AccessKeyId })).toBe(missing);
});

test('S0-171 without a user name the caller is meant: a user itself, or root itself', async () => {
  const own = policy(allow('iam:*AccessKey*', `arn:aws:iam::${account}:user/\${aws:username}`));
  await root.ask('PutUserPolicy', { UserName: 'alice', PolicyName: 'own', PolicyDocument: own });
  const alice = await world.user('alice');
  const { AccessKey } = await alice.ask('CreateAccessKey', {});
  expect((await alice.ask('ListAccessKeys', {})).AccessKeyMetadata).toHaveLength(1);
  await alice.ask('UpdateAccessKey', { AccessKeyId: AccessKey.AccessKeyId, Status: 'Inactive' });
  await root.ask('CreateUser', { UserName: 'bob' });
  expect(await alice.refusal('CreateAccessKey', { UserName: 'bob' })).toContain('on resource: user bob because');
  const rootKey = await root.ask('CreateAccessKey', {});
  expect((await root.ask('ListAccessKeys', {})).AccessKeyMetadata.map((key) => key.AccessKeyId)).toEqual([
    rootKey.AccessKey.AccessKeyId,
  ]);
  await root.ask('CreateAccessKey', {});
  expect(await root.refusal('CreateAccessKey', {})).toBe('LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2');
});
