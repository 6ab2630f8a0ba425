import { describe, expect, test } from 'vitest';
import { account, allow, deny, noon, openIam, otherAccount, policy, trust, type World } from './iam.testkit.ts';
import { loadPrincipalPolicies } from './principal-policies.ts';
import { global, roles, users } from './records.ts';

const delay = 10_000;
const own = (name: string): string => `arn:aws:iam::${account}:policy/${name}`;

async function load(world: World, userName = 'bob') {
  const user = await world.store.reader.get(users, global(account), userName);
  const name = { accountId: account, kind: 'user', principalId: user?.userId ?? '' } as const;
  return loadPrincipalPolicies(world.store.reader, name, world.now, world.env.settings.propagationDelayMs);
}

async function openWithBob(propagationDelayMs: number) {
  const world = await openIam({ propagationDelayMs });
  await world.root().ask('CreateUser', { UserName: 'bob' });
  return { world, root: world.root() };
}

describe('which policies count', () => {
  test("a user's own and its groups', inline and attached, each once, under ids that say where they came from", async () => {
    const { world, root } = await openWithBob(0);
    const PolicyDocument = policy(allow('ivs:*'));
    const PolicyArn = 'arn:aws:iam::aws:policy/IVSFullAccess';
    await root.ask('CreateGroup', { GroupName: 'Ops' });
    await root.ask('AddUserToGroup', { GroupName: 'Ops', UserName: 'bob' });
    await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName: 'mine', PolicyDocument });
    await root.ask('PutGroupPolicy', { GroupName: 'Ops', PolicyName: 'ours', PolicyDocument });
    await root.ask('AttachUserPolicy', { UserName: 'bob', PolicyArn });
    await root.ask('AttachGroupPolicy', { GroupName: 'Ops', PolicyArn });
    const { identity, boundary, validUntil } = await load(world);
    expect(identity.map(({ id }) => id)).toEqual(['inline:user/bob/mine', PolicyArn, 'inline:group/Ops/ours']);
    expect([boundary, validUntil]).toEqual([undefined, undefined]);
    expect(identity[1]).toMatchObject({ version: 'v1' });
    expect(identity[0]?.policy).toBe(identity[2]?.policy);
  });

  test("a role's own, and its boundary", async () => {
    const { world, root } = await openWithBob(0);
    const RoleName = 'r';
    await root.ask('CreateRole', { RoleName, AssumeRolePolicyDocument: trust(`arn:aws:iam::${account}:root`) });
    await root.ask('PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument: policy(allow('ivs:*')) });
    await root.ask('PutRolePermissionsBoundary', {
      RoleName,
      PermissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess',
    });
    const role = await world.store.reader.get(roles, global(account), 'r');
    const name = { accountId: account, kind: 'role', principalId: role?.roleId ?? '' } as const;
    const found = await loadPrincipalPolicies(world.store.reader, name, noon, 0);
    expect(found.identity.map(({ id }) => id)).toEqual(['inline:role/r/p']);
    expect(found.boundary?.map(({ id }) => id)).toEqual(['arn:aws:iam::aws:policy/PowerUserAccess']);
  });

  test('S0-26 nothing of a namesake in another account, nothing for somebody who is gone', async () => {
    const { world, root } = await openWithBob(0);
    const other = world.root(otherAccount);
    await other.ask('CreateUser', { UserName: 'bob' });
    await other.ask('PutUserPolicy', { UserName: 'bob', PolicyName: 'p', PolicyDocument: policy(allow('ivs:*')) });
    expect((await load(world)).identity).toEqual([]);
    await root.ask('DeleteUser', { UserName: 'bob' });
    expect(await load(world)).toEqual({ identity: [] });
  });

  test('a boundary whose policy is missing allows nothing', async () => {
    const { world, root } = await openWithBob(0);
    await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName: 'p', PolicyDocument: policy(allow('ivs:*')) });
    const bob = await world.store.reader.get(users, global(account), 'bob');
    await world.store.transact(account, (tx) =>
      tx.put(users, global(account), 'bob', { ...bob!, permissionsBoundary: own('gone') }),
    );
    expect((await load(world)).boundary).toMatchObject([{ id: own('gone'), policy: { statements: [] } }]);
    expect(await world.allows('bob', 'ivs:GetChannel')).toBe(false);
  });

  test('a stored document that is missing or cannot be read is an error, never passed over', async () => {
    const { world } = await openWithBob(0);
    const { attachments, inlinePolicies, ownedKey } = await import('./records.ts');
    const bob = await world.store.reader.get(users, global(account), 'bob');
    const ownerId = bob?.userId ?? '';
    const key = ownedKey('user', ownerId, own('gone'));
    const attachment = { ownerType: 'user', ownerId, policyArn: own('gone'), since: noon } as const;
    await world.store.transact(account, (tx) => tx.put(attachments, global(account), key, attachment));
    await expect(load(world)).rejects.toThrow('missing');
    const inline = { ownerType: 'user', ownerId, policyName: 'p', document: '{', since: noon } as const;
    await world.store.transact(account, async (tx) => {
      await tx.remove(attachments, global(account), key);
      await tx.put(inlinePolicies, global(account), ownedKey('user', ownerId, 'p'), inline);
    });
    await expect(load(world)).rejects.toThrow('does not parse');
  });
});

describe('the propagation delay', () => {
  test('attachments and memberships count when they are old enough, removals at once', async () => {
    const { world, root } = await openWithBob(delay);
    const PolicyArn = 'arn:aws:iam::aws:policy/IVSFullAccess';
    await root.ask('CreateGroup', { GroupName: 'g' });
    await root.ask('AttachGroupPolicy', { GroupName: 'g', PolicyArn });
    world.now += 4000;
    await root.ask('AddUserToGroup', { GroupName: 'g', UserName: 'bob' });
    expect(await load(world)).toEqual({ identity: [], validUntil: noon + 4000 + delay });
    world.now = noon + 4000 + delay - 1;
    expect(await world.allows('bob', 'ivs:GetChannel')).toBe(false);
    world.now += 1;
    expect(await world.allows('bob', 'ivs:GetChannel')).toBe(true);
    expect((await load(world)).validUntil).toBeUndefined();
    await root.ask('RemoveUserFromGroup', { GroupName: 'g', UserName: 'bob' });
    expect(await world.allows('bob', 'ivs:GetChannel')).toBe(false);
  });

  test('a new default version counts later; until then the one before it', async () => {
    const { world, root } = await openWithBob(delay);
    const PolicyArn = own('Live');
    await root.ask('CreatePolicy', { PolicyName: 'Live', PolicyDocument: policy(allow('ivs:GetChannel')) });
    await root.ask('AttachUserPolicy', { UserName: 'bob', PolicyArn });
    world.now += delay;
    const PolicyDocument = policy(allow('ivs:ListChannels'));
    await root.ask('CreatePolicyVersion', { PolicyArn, PolicyDocument, SetAsDefault: true });
    const switched = world.now;
    const rights = () =>
      Promise.all(['ivs:GetChannel', 'ivs:ListChannels'].map((action) => world.allows('bob', action)));
    expect(await rights()).toEqual([true, false]);
    expect((await load(world)).validUntil).toBe(switched + delay);
    world.now += 1000;
    await root.ask('CreatePolicyVersion', { PolicyArn, PolicyDocument: policy(allow('ivs:*')), SetAsDefault: true });
    expect(await rights()).toEqual([true, false]);
    world.now += delay;
    expect(await rights()).toEqual([true, true]);
  });

  test('a replaced inline text stays in force until the new one counts, Denies included', async () => {
    const { world, root } = await openWithBob(delay);
    await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName: 'all', PolicyDocument: policy(allow('ivs:*')) });
    const put = (...denied: string[]) =>
      root.ask('PutUserPolicy', {
        UserName: 'bob',
        PolicyName: 'no',
        PolicyDocument: policy(...denied.map((action) => deny(action))),
      });
    await put('ivs:GetStream');
    world.now += delay;
    expect(await world.allows('bob', 'ivs:GetStream')).toBe(false);
    await put('ivs:GetStream', 'ivs:GetChannel');
    world.now += 1;
    await put('ivs:GetStream', 'ivs:ListStreams');
    expect(await world.allows('bob', 'ivs:GetStream')).toBe(false);
    expect(await world.allows('bob', 'ivs:GetChannel')).toBe(true);
    expect(await world.allows('bob', 'ivs:ListStreams')).toBe(true);
    world.now += delay;
    expect(await world.allows('bob', 'ivs:GetStream')).toBe(false);
    expect(await world.allows('bob', 'ivs:GetChannel')).toBe(true);
    expect(await world.allows('bob', 'ivs:ListStreams')).toBe(false);
    await root.ask('DeleteUserPolicy', { UserName: 'bob', PolicyName: 'no' });
    expect(await world.allows('bob', 'ivs:GetStream')).toBe(true);
  });

  test('without a delay everything counts at once', async () => {
    const { world, root } = await openWithBob(0);
    await root.ask('PutUserPolicy', { UserName: 'bob', PolicyName: 'p', PolicyDocument: policy(allow('ivs:*')) });
    expect(await world.allows('bob', 'ivs:GetChannel')).toBe(true);
  });
});
