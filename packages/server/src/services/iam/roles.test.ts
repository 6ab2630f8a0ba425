import { beforeEach, describe, expect, test } from 'vitest';
import { account, allow, noon, openIam, otherAccount, policy, trust, type Asker, type World } from './iam.testkit.ts';
import { global, roles } from './records.ts';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
});

const rootArn = `arn:aws:iam::${account}:root`;
const user = (name: string, owner = account): string => `arn:aws:iam::${owner}:user/${name}`;
const create = (RoleName: string, principal: string | readonly string[] = rootArn) =>
  root.ask('CreateRole', { RoleName, AssumeRolePolicyDocument: trust(principal) });
const trustOf = async (RoleName: string) => (await root.ask('GetRole', { RoleName })).Role.AssumeRolePolicyDocument;
const stored = (name: string) => world.store.reader.get(roles, global(account), name);

describe('roles', () => {
  test('S0-74 S0-18 a role is created with a trust policy, read, listed, updated and deleted', async () => {
    const AssumeRolePolicyDocument = trust(rootArn);
    const { Role } = await root.ask('CreateRole', {
      RoleName: 'Viewer',
      Path: '/a/',
      AssumeRolePolicyDocument,
      Description: 'joão vê',
      MaxSessionDuration: 7200,
    });
    expect(Role).toEqual({
      Path: '/a/',
      RoleName: 'Viewer',
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      Arn: `arn:aws:iam::${account}:role/a/Viewer`,
      CreateDate: new Date(noon),
      AssumeRolePolicyDocument,
    });
    const got = (await root.ask('GetRole', { RoleName: 'VIEWER' })).Role;
    expect(got).toEqual({ ...Role, Description: 'joão vê', MaxSessionDuration: 7200, RoleLastUsed: {} });
    expect((await root.ask('ListRoles', {})).Roles).toEqual([
      { ...Role, Description: 'joão vê', MaxSessionDuration: 7200 },
    ]);
    await root.ask('UpdateRole', { RoleName: 'viewer', MaxSessionDuration: 3600 });
    expect((await root.ask('GetRole', { RoleName: 'viewer' })).Role).toMatchObject({
      Description: 'joão vê',
      MaxSessionDuration: 3600,
    });
    const described = await root.ask('UpdateRoleDescription', { RoleName: 'viewer', Description: 'x' });
    expect(described.Role).toEqual(Role);
    await root.ask('DeleteRole', { RoleName: 'viewer' });
    expect(await root.refusal('GetRole', { RoleName: 'Viewer' })).toBe(
      'NoSuchEntity: The role with name Viewer cannot be found.',
    );
  });

  test('S0-74 a policy attached to a role gives its sessions rights', async () => {
    const { Role } = await create('Viewer');
    await root.ask('AttachRolePolicy', { RoleName: 'Viewer', PolicyArn: 'arn:aws:iam::aws:policy/IAMReadOnlyAccess' });
    const session = world.as({
      kind: 'assumedRole',
      accountId: account,
      arn: `arn:aws:sts::${account}:assumed-role/Viewer/s`,
      userId: `${Role.RoleId}:s`,
      accessKeyId: 'ASIAX',
      principalId: Role.RoleId,
      roleArn: Role.Arn,
      tags: {},
    });
    await session.ask('ListUsers', {});
    expect(await session.refusal('CreateUser', { UserName: 'x' })).toContain('AccessDenied');
  });

  test('defaults: path /, one hour; tags and boundary in Create and Get, not in lists', async () => {
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/PowerUserAccess';
    const Tags = [{ Key: 'team', Value: 'tv' }];
    const { Role } = await root.ask('CreateRole', {
      RoleName: 'r',
      AssumeRolePolicyDocument: trust(rootArn),
      PermissionsBoundary,
      Tags,
    });
    expect(Role).toMatchObject({
      Path: '/',
      Tags,
      PermissionsBoundary: { PermissionsBoundaryArn: PermissionsBoundary },
    });
    expect((await root.ask('GetRole', { RoleName: 'r' })).Role).toMatchObject({ MaxSessionDuration: 3600, Tags });
    const [listed] = (await root.ask('ListRoles', {})).Roles;
    expect([listed?.Tags, listed?.PermissionsBoundary, listed?.RoleLastUsed]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('a role that anything hangs on cannot be deleted, in the order of AWS', async () => {
    const RoleName = 'r';
    const PolicyArn = 'arn:aws:iam::aws:policy/IVSFullAccess';
    await create(RoleName);
    await root.ask('AttachRolePolicy', { RoleName, PolicyArn });
    await root.ask('PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument: policy(allow('ivs:*')) });
    await root.ask('CreateInstanceProfile', { InstanceProfileName: 'i' });
    await root.ask('AddRoleToInstanceProfile', { InstanceProfileName: 'i', RoleName });
    const refused = (text: string): string => `DeleteConflict: Cannot delete entity, must ${text} first.`;
    expect(await root.refusal('DeleteRole', { RoleName })).toBe(refused('detach all policies'));
    await root.ask('DetachRolePolicy', { RoleName, PolicyArn });
    expect(await root.refusal('DeleteRole', { RoleName })).toBe(refused('delete policies'));
    await root.ask('DeleteRolePolicy', { RoleName, PolicyName: 'p' });
    expect(await root.refusal('DeleteRole', { RoleName })).toBe(refused('remove roles from instance profile'));
    expect(await root.refusal('DeleteInstanceProfile', { InstanceProfileName: 'i' })).toBe(
      refused('remove roles from instance profile'),
    );
    await root.ask('RemoveRoleFromInstanceProfile', { InstanceProfileName: 'I', RoleName });
    await root.ask('DeleteRole', { RoleName });
  });

  test('a service-linked role changes nothing but its description', async () => {
    await create('Linked');
    const role = await stored('linked');
    await world.store.transact(account, (tx) =>
      tx.put(roles, global(account), 'linked', { ...role!, linkedService: 'ivs.amazonaws.com' }),
    );
    const RoleName = 'linked';
    const locked =
      "UnmodifiableEntity: Cannot perform the operation on the protected role 'Linked' - this role is only modifiable by AWS";
    const PolicyArn = 'arn:aws:iam::aws:policy/IVSFullAccess';
    const PolicyDocument = policy(allow('ivs:*'));
    expect(await root.refusal('DeleteRole', { RoleName })).toBe(locked);
    expect(await root.refusal('AttachRolePolicy', { RoleName, PolicyArn })).toBe(locked);
    expect(await root.refusal('DetachRolePolicy', { RoleName, PolicyArn })).toBe(locked);
    expect(await root.refusal('PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument })).toBe(locked);
    expect(await root.refusal('DeleteRolePolicy', { RoleName, PolicyName: 'p' })).toBe(locked);
    expect(await root.refusal('PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: PolicyArn })).toBe(locked);
    expect(await root.refusal('DeleteRolePermissionsBoundary', { RoleName })).toBe(locked);
    expect(await root.refusal('UpdateAssumeRolePolicy', { RoleName, PolicyDocument: trust(rootArn) })).toBe(locked);
    expect(await root.refusal('UpdateRole', { RoleName, MaxSessionDuration: 7200 })).toBe(
      'UnmodifiableEntity: Linked is an AWS service linked role, max session duration cannot be changed.',
    );
    await root.ask('UpdateRole', { RoleName, Description: 'ours' });
    await root.ask('TagRole', { RoleName, Tags: [{ Key: 'a', Value: 'b' }] });
  });

  test('the path of service-linked roles is not for customers', async () => {
    const input = {
      RoleName: 'r',
      Path: '/aws-service-role/ivs.amazonaws.com/',
      AssumeRolePolicyDocument: trust(rootArn),
    };
    expect(await root.refusal('CreateRole', input)).toMatch(/^InvalidInput: /);
  });
});

describe('trust policies', () => {
  test('S0-28 a group is no principal', async () => {
    await root.ask('CreateGroup', { GroupName: 'g' });
    const group = `arn:aws:iam::${account}:group/g`;
    expect(await root.refusal('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust(group) })).toBe(
      `MalformedPolicyDocument: Invalid principal in policy: "AWS":"${group}"`,
    );
  });

  test('S0-44 what is not JSON or names a resource is refused', async () => {
    const refusal = (AssumeRolePolicyDocument: string) =>
      root.refusal('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument });
    expect(await refusal('nonsense')).toBe('MalformedPolicyDocument: This policy contains invalid Json');
    expect(await refusal(policy({ ...allow('sts:AssumeRole'), Principal: '*' }))).toBe(
      'MalformedPolicyDocument: Has prohibited field Resource',
    );
  });

  test('users and roles must exist, in whichever account, with exactly their path and case', async () => {
    await world.root(otherAccount).ask('CreateUser', { UserName: 'Bob', Path: '/x/' });
    await create('ok', user('x/Bob', otherAccount));
    for (const name of ['Bob', 'x/bob', 'x/Bobby']) {
      const missing = user(name, otherAccount);
      expect(await root.refusal('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust(missing) })).toBe(
        `MalformedPolicyDocument: Invalid principal in policy: "AWS":"${missing}"`,
      );
    }
    const itself = `arn:aws:iam::${account}:role/r`;
    expect(await root.refusal('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust(itself) })).toContain(
      'Invalid principal in policy',
    );
    await create('r');
    await root.ask('UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: trust(itself) });
  });

  test('accounts, root, sessions and services need not exist', async () => {
    await create('a', ['999999999999', 'arn:aws:iam::999999999999:root']);
    await create('b', 'arn:aws:sts::999999999999:assumed-role/r/s');
    const service = policy({ Effect: 'Allow', Principal: { Service: 'ivs.amazonaws.com' }, Action: 'sts:AssumeRole' });
    await root.ask('CreateRole', { RoleName: 'c', AssumeRolePolicyDocument: service });
  });

  test('an account number is echoed by CreateRole and read as its root', async () => {
    const AssumeRolePolicyDocument = trust('999999999999');
    const { Role } = await root.ask('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument });
    expect(Role.AssumeRolePolicyDocument).toBe(AssumeRolePolicyDocument);
    expect(await trustOf('r')).toBe(trust('arn:aws:iam::999999999999:root'));
  });

  test('the text is kept byte for byte while its principals stand', async () => {
    await root.ask('CreateUser', { UserName: 'bob' });
    const text = trust(user('bob')).replaceAll(',', ' ,\n\t');
    await root.ask('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: text });
    expect(await trustOf('r')).toBe(text);
  });

  test('a deleted principal shows as its bare id, and a namesake gets no trust', async () => {
    const first = await root.ask('CreateUser', { UserName: 'bob' });
    const id = first.User?.UserId ?? '';
    await create('r', [user('bob'), rootArn]);
    expect((await stored('r'))?.trustIds).toEqual({ [user('bob')]: id });
    await root.ask('DeleteUser', { UserName: 'bob' });
    expect(await trustOf('r')).toBe(trust([id, rootArn]));
    await root.ask('CreateUser', { UserName: 'bob' });
    expect(await trustOf('r')).toBe(trust([id, rootArn]));
    expect(Object.values((await stored('r'))?.trustIds ?? {})).toEqual([id]);
    expect(await root.refusal('UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: trust([id, rootArn]) })).toBe(
      `MalformedPolicyDocument: Invalid principal in policy: "AWS":"${id}"`,
    );
  });

  test('a renamed principal shows under its new ARN', async () => {
    await root.ask('CreateUser', { UserName: 'bob' });
    await create('r', user('bob'));
    await root.ask('UpdateUser', { UserName: 'bob', NewUserName: 'robert', NewPath: '/x/' });
    expect(await trustOf('r')).toBe(trust(user('x/robert')));
  });

  test('2048 characters at most', async () => {
    const AssumeRolePolicyDocument = trust(
      Array.from({ length: 60 }, (_, i) => `arn:aws:iam::1111111111${10 + i}:root`),
    );
    expect(await root.refusal('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument })).toBe(
      'LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048',
    );
  });
});
