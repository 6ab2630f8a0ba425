import { beforeEach, describe, expect, test } from 'vitest';
import { account, allow, openIam, policy, trust, type Asker, type World } from './iam.testkit.ts';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  await root.ask('CreateUser', { UserName: 'bob' });
});

const aws = (name: string): string => `arn:aws:iam::aws:policy/${name}`;
const own = (name: string): string => `arn:aws:iam::${account}:policy/${name}`;
const UserName = 'bob';

describe('attachments', () => {
  test('S0-20 users, groups and roles alike: attach is idempotent, detaching twice is not', async () => {
    await root.ask('CreateGroup', { GroupName: 'g' });
    await root.ask('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust(`arn:aws:iam::${account}:root`) });
    const PolicyArn = aws('IVSFullAccess');
    for (let i = 0; i < 2; i += 1) {
      await root.ask('AttachUserPolicy', { UserName, PolicyArn });
      await root.ask('AttachGroupPolicy', { GroupName: 'g', PolicyArn });
      await root.ask('AttachRolePolicy', { RoleName: 'r', PolicyArn });
    }
    const attached = { AttachedPolicies: [{ PolicyName: 'IVSFullAccess', PolicyArn }], IsTruncated: false };
    expect(await root.ask('ListAttachedUserPolicies', { UserName })).toEqual(attached);
    expect(await root.ask('ListAttachedGroupPolicies', { GroupName: 'g' })).toEqual(attached);
    expect(await root.ask('ListAttachedRolePolicies', { RoleName: 'r' })).toEqual(attached);
    expect((await root.ask('GetPolicy', { PolicyArn })).Policy?.AttachmentCount).toBe(3);
    await root.ask('DetachRolePolicy', { RoleName: 'r', PolicyArn });
    expect(await root.refusal('DetachRolePolicy', { RoleName: 'r', PolicyArn })).toBe(
      `NoSuchEntity: Policy ${PolicyArn} was not found.`,
    );
  });

  test('what is no ARN, no policy or no user is refused in AWS words', async () => {
    expect(await root.refusal('AttachUserPolicy', { UserName, PolicyArn: 'longpolicynamebutnoarn' })).toBe(
      'ValidationError: ARN longpolicynamebutnoarn is not valid.',
    );
    expect(await root.refusal('AttachUserPolicy', { UserName, PolicyArn: own('none') })).toBe(
      `NoSuchEntity: Policy ${own('none')} does not exist or is not attachable.`,
    );
    expect(await root.refusal('AttachUserPolicy', { UserName: 'nobody', PolicyArn: own('none') })).toBe(
      'NoSuchEntity: The user with name nobody cannot be found.',
    );
  });

  test('ten at most; sorted by name, filtered by the path of the policy', async () => {
    for (let i = 0; i < 11; i += 1) {
      const Path = i % 2 === 0 ? '/even/' : '/odd/';
      await root.ask('CreatePolicy', { PolicyName: `p${i}`, Path, PolicyDocument: policy(allow('ivs:*')) });
    }
    const arn = (i: number): string => own(`${i % 2 === 0 ? 'even' : 'odd'}/p${i}`);
    for (let i = 9; i >= 0; i -= 1) await root.ask('AttachUserPolicy', { UserName, PolicyArn: arn(i) });
    expect(await root.refusal('AttachUserPolicy', { UserName, PolicyArn: arn(10) })).toBe(
      'LimitExceeded: Cannot exceed quota for PoliciesPerUser: 10',
    );
    const page = await root.ask('ListAttachedUserPolicies', { UserName, PathPrefix: '/even', MaxItems: 3 });
    expect(page.AttachedPolicies?.map(({ PolicyName }) => PolicyName)).toEqual(['p0', 'p2', 'p4']);
    const rest = await root.ask('ListAttachedUserPolicies', { UserName, PathPrefix: '/even', Marker: page.Marker });
    expect(rest.AttachedPolicies?.map(({ PolicyName }) => PolicyName)).toEqual(['p6', 'p8']);
  });
});

describe('permissions boundaries', () => {
  const boundary = aws('PowerUserAccess');

  test('bound what a user may do; the policy counts its uses', async () => {
    await root.ask('PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: policy(allow('*')) });
    expect(await world.allows('bob', 'iam:CreateUser')).toBe(true);
    await root.ask('PutUserPermissionsBoundary', { UserName, PermissionsBoundary: boundary });
    expect(await world.allows('bob', 'iam:CreateUser')).toBe(false);
    expect(await world.allows('bob', 'ivs:GetChannel')).toBe(true);
    expect((await root.ask('GetPolicy', { PolicyArn: boundary })).Policy).toMatchObject({
      PermissionsBoundaryUsageCount: 1,
      AttachmentCount: 0,
    });
    await root.ask('DeleteUserPermissionsBoundary', { UserName });
    expect(await world.allows('bob', 'iam:CreateUser')).toBe(true);
    expect((await root.ask('GetUser', { UserName })).User.PermissionsBoundary).toBeUndefined();
  });

  test('missing and malformed ones', async () => {
    const put = (PermissionsBoundary: string) =>
      root.refusal('PutUserPermissionsBoundary', { UserName, PermissionsBoundary });
    expect(await put(own('none'))).toBe(`NoSuchEntity: Scope ARN: ${own('none')} does not exist or is not attachable.`);
    expect(await put('arn:aws:iam::aws:user/somebody')).toBe(
      'InvalidInput: ARN arn:aws:iam::aws:user/somebody is not valid.',
    );
  });
});

describe('condition keys', () => {
  const boundary = aws('PowerUserAccess');
  const PolicyArn = aws('IVSFullAccess');

  test('attaching names the policy and the current boundary of the target', async () => {
    expect(await root.checks('AttachUserPolicy', { UserName, PolicyArn })).toMatchObject([
      { resource: `arn:aws:iam::${account}:user/bob`, context: { 'iam:PolicyARN': PolicyArn } },
    ]);
    await root.ask('PutUserPermissionsBoundary', { UserName, PermissionsBoundary: boundary });
    const both = [{ context: { 'iam:PolicyARN': PolicyArn, 'iam:PermissionsBoundary': boundary } }];
    expect(await root.checks('AttachUserPolicy', { UserName, PolicyArn })).toMatchObject(both);
    expect(await root.checks('DetachUserPolicy', { UserName, PolicyArn })).toMatchObject(both);
    const current = [{ context: { 'iam:PermissionsBoundary': boundary } }];
    const inline = { UserName, PolicyName: 'p', PolicyDocument: '' };
    expect(await root.checks('PutUserPolicy', inline)).toMatchObject(current);
    expect(await root.checks('DeleteUserPolicy', inline)).toMatchObject(current);
    expect(await root.checks('DeleteUserPermissionsBoundary', { UserName })).toMatchObject(current);
    const requested = await root.checks('PutUserPermissionsBoundary', { UserName, PermissionsBoundary: PolicyArn });
    expect(requested).toMatchObject([{ context: { 'iam:PermissionsBoundary': PolicyArn } }]);
  });

  test('a delegated administrator can make only bounded users and cannot unbound them', async () => {
    await root.ask('CreateUser', { UserName: 'delegate' });
    const bounded = { Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } } };
    const document = policy(
      allow(['iam:CreateUser', 'iam:AttachUserPolicy', 'iam:PutUserPolicy'], '*', bounded),
      allow('iam:PutUserPermissionsBoundary', '*', bounded),
    );
    await root.ask('PutUserPolicy', { UserName: 'delegate', PolicyName: 'p', PolicyDocument: document });
    const delegate = await world.user('delegate');
    expect(await delegate.refusal('CreateUser', { UserName: 'free' })).toContain('AccessDenied');
    await delegate.ask('CreateUser', { UserName: 'held', PermissionsBoundary: boundary });
    await delegate.ask('AttachUserPolicy', { UserName: 'held', PolicyArn: aws('AdministratorAccess') });
    expect(await delegate.refusal('AttachUserPolicy', { UserName: 'bob', PolicyArn })).toContain('AccessDenied');
    const wider = { UserName: 'held', PermissionsBoundary: aws('AdministratorAccess') };
    expect(await delegate.refusal('PutUserPermissionsBoundary', wider)).toContain('AccessDenied');
    expect(await delegate.refusal('DeleteUserPermissionsBoundary', { UserName: 'held' })).toContain('AccessDenied');
    expect(await world.allows('held', 'iam:CreateUser')).toBe(false);
  });
});
