import { beforeEach, describe, expect, test } from 'vitest';
import { account, allow, openIam, policy, trust, type Asker, type World } from './iam.testkit.ts';
import { global, roles } from './records.ts';
import { linkedRoleName, linkedServices } from './service-linked-table.ts';

const AWSServiceName = 'ivs.amazonaws.com';
const RoleName = 'AWSServiceRoleForIVSRecordToS3';
const arn = `arn:aws:iam::${account}:role/aws-service-role/ivs.amazonaws.com/${RoleName}`;
const PolicyArn = 'arn:aws:iam::aws:policy/aws-service-role/IVSRecordToS3';
const logs = 'delivery.logs.amazonaws.com';

let world: World;
let root: Asker;

beforeEach(async () => {
  world = await openIam();
  root = world.root();
});

const create = () => root.ask('CreateServiceLinkedRole', { AWSServiceName });

async function userWith(name: string, ...statements: readonly object[]): Promise<Asker> {
  await root.ask('CreateUser', { UserName: name });
  const PolicyDocument = policy(...statements);
  await root.ask('PutUserPolicy', { UserName: name, PolicyName: 'own', PolicyDocument });
  return world.user(name);
}

describe('creation', () => {
  test('S2-2 S2-8 S2-9 S2-14 S2-16 S2-33 the role has the name, path, trust and policy of the service', async () => {
    const { Role } = await create();
    expect(Role).toEqual({
      Path: '/aws-service-role/ivs.amazonaws.com/',
      RoleName,
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      Arn: arn,
      CreateDate: new Date(world.now),
      AssumeRolePolicyDocument: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ivs.amazonaws.com"},"Action":"sts:AssumeRole"}]}`,
      Description: 'Lets Amazon IVS record live video to your Amazon S3 buckets.',
    });
    expect((await root.ask('GetRole', { RoleName })).Role).toMatchObject({ ...Role, MaxSessionDuration: 3600 });
    expect(await root.ask('ListAttachedRolePolicies', { RoleName })).toMatchObject({
      AttachedPolicies: [{ PolicyName: 'IVSRecordToS3', PolicyArn }],
    });
    const version = await root.ask('GetPolicyVersion', { PolicyArn, VersionId: 'v1' });
    expect(version.PolicyVersion?.Document).toContain('s3:PutObject');
    const record = await world.store.reader.get(roles, global(account), RoleName.toLowerCase());
    expect(record?.linkedService).toBe(AWSServiceName);
    expect(await root.refusal('CreateServiceLinkedRole', { AWSServiceName })).toBe(
      `InvalidInput: Service role name ${RoleName} has been taken in this account, please try a different suffix.`,
    );
  });

  test('S2-3 S2-6 every service of the table: its policy exists and trusts nobody else', async () => {
    expect([...linkedServices.keys()]).toEqual([AWSServiceName, logs]);
    for (const [principal, service] of linkedServices) {
      const { Role } = await root.ask('CreateServiceLinkedRole', { AWSServiceName: principal });
      expect(Role).toMatchObject({ RoleName: service.roleName, Path: `/aws-service-role/${principal}/` });
      const attached = await root.ask('ListAttachedRolePolicies', { RoleName: service.roleName });
      const { PolicyArn: attachedArn = '' } = attached.AttachedPolicies?.[0] ?? {};
      expect((await root.ask('GetPolicy', { PolicyArn: attachedArn })).Policy).toMatchObject({ AttachmentCount: 1 });
    }
    expect(await root.refusal('CreateServiceLinkedRole', { AWSServiceName: 'kinesisvideo.amazonaws.com' })).toBe(
      'InvalidInput: kinesisvideo.amazonaws.com has no service-linked role.',
    );
  });

  test("a description of one's own, and no suffix where the service knows none", async () => {
    const CustomSuffix = 'x';
    expect(await root.refusal('CreateServiceLinkedRole', { AWSServiceName, CustomSuffix })).toBe(
      'InvalidInput: Custom suffix is not allowed for ivs.amazonaws.com',
    );
    const { Role } = await root.ask('CreateServiceLinkedRole', { AWSServiceName, Description: 'ours' });
    expect(Role?.Description).toBe('ours');
    const service = linkedServices.get(AWSServiceName)!;
    expect(linkedRoleName({ ...service, customSuffix: true }, 'x')).toBe(`${RoleName}_x`);
  });

  test('S2-27 there is none before, and a role of the customer in its place is not taken over', async () => {
    expect((await root.ask('ListRoles', { PathPrefix: '/aws-service-role/' })).Roles).toEqual([]);
    const AssumeRolePolicyDocument = trust(`arn:aws:iam::${account}:root`);
    await root.ask('CreateRole', { RoleName: RoleName.toUpperCase(), AssumeRolePolicyDocument });
    expect(await root.refusal('CreateServiceLinkedRole', { AWSServiceName })).toContain('has been taken');
  });

  test('S2-2 no other role gets such a path', async () => {
    const input = {
      RoleName: 'mine',
      Path: '/aws-service-role/ivs.amazonaws.com/',
      AssumeRolePolicyDocument: trust('*'),
    };
    expect(await root.refusal('CreateRole', input)).toMatch(/^InvalidInput: /);
  });
});

describe('permission', () => {
  const onRole = (actions: string | readonly string[], more: object = {}) =>
    allow(actions, `arn:aws:iam::*:role/aws-service-role/ivs.amazonaws.com/${RoleName}*`, more);

  test('S2-18 S2-22 S0-122 creating it needs iam:CreateServiceLinkedRole on its ARN; the condition tells services apart', async () => {
    const nobody = await userWith('nobody', allow('iam:Get*'));
    expect(await nobody.refusal('CreateServiceLinkedRole', { AWSServiceName })).toBe(
      `AccessDenied: User: arn:aws:iam::${account}:user/nobody is not authorized to perform: iam:CreateServiceLinkedRole on resource: ${arn} because no identity-based policy allows the iam:CreateServiceLinkedRole action`,
    );
    const Condition = { StringLike: { 'iam:AWSServiceName': AWSServiceName } };
    const byName = await userWith('by-name', allow('iam:CreateServiceLinkedRole', '*', { Condition }));
    const byArn = await userWith('by-arn', onRole('iam:CreateServiceLinkedRole'));
    for (const user of [byName, byArn]) {
      expect(await user.refusal('CreateServiceLinkedRole', { AWSServiceName: logs })).toMatch(/^AccessDenied: /);
      expect(await user.refusal('CreateServiceLinkedRole', { AWSServiceName: 'x.amazonaws.com' })).toMatch(
        /^AccessDenied: /,
      );
    }
    await byName.ask('CreateServiceLinkedRole', { AWSServiceName });
    expect(await byArn.refusal('CreateServiceLinkedRole', { AWSServiceName })).toContain('has been taken');
  });

  test('S2-19 S2-20 editing and deleting it need permissions of their own', async () => {
    await create();
    const creator = await userWith('creator', onRole('iam:CreateServiceLinkedRole'));
    const { DeletionTaskId } = await root.ask('DeleteServiceLinkedRole', { RoleName });
    for (const refused of [
      creator.refusal('UpdateRoleDescription', { RoleName, Description: 'x' }),
      creator.refusal('UpdateRole', { RoleName, Description: 'x' }),
      creator.refusal('DeleteServiceLinkedRole', { RoleName }),
      creator.refusal('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId }),
      creator.refusal('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId: 'nonsense' }),
    ]) {
      expect(await refused).toMatch(/^AccessDenied: /);
    }
    const Condition = { StringLike: { 'iam:AWSServiceName': AWSServiceName } };
    const deletion = ['iam:DeleteServiceLinkedRole', 'iam:GetServiceLinkedRoleDeletionStatus'];
    const deleter = await userWith('deleter', onRole(deletion, { Condition }));
    expect(await deleter.ask('DeleteServiceLinkedRole', { RoleName })).toEqual({ DeletionTaskId });
    expect(await deleter.ask('GetServiceLinkedRoleDeletionStatus', { DeletionTaskId })).toEqual({
      Status: 'NOT_STARTED',
    });
  });

  test('S2-21 a user, a group and a role can have them', async () => {
    const statement = onRole(['iam:CreateServiceLinkedRole', 'iam:UpdateRoleDescription']);
    const user = await userWith('by-user', statement);
    await user.ask('CreateServiceLinkedRole', { AWSServiceName });
    await root.ask('CreateUser', { UserName: 'by-group' });
    await root.ask('CreateGroup', { GroupName: 'g' });
    await root.ask('PutGroupPolicy', { GroupName: 'g', PolicyName: 'p', PolicyDocument: policy(statement) });
    await root.ask('AddUserToGroup', { GroupName: 'g', UserName: 'by-group' });
    await (await world.user('by-group')).ask('UpdateRoleDescription', { RoleName, Description: 'g' });
    const { Role } = await root.ask('CreateRole', {
      RoleName: 'r',
      AssumeRolePolicyDocument: trust(`arn:aws:iam::${account}:root`),
    });
    await root.ask('PutRolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: policy(statement) });
    const session = world.as({
      kind: 'assumedRole',
      accountId: account,
      arn: `arn:aws:sts::${account}:assumed-role/r/s`,
      userId: `${Role.RoleId}:s`,
      accessKeyId: 'ASIAX',
      principalId: Role.RoleId,
      roleArn: Role.Arn,
      tags: {},
    });
    await session.ask('UpdateRoleDescription', { RoleName, Description: 'r' });
    expect((await root.ask('GetRole', { RoleName })).Role.Description).toBe('r');
  });

  test("S0-121 S0-123 S0-122 the console's policy: allowed on this role alone, which only the service changes", async () => {
    await create();
    const actions = ['iam:AttachRolePolicy', 'iam:CreateServiceLinkedRole', 'iam:PutRolePolicy'];
    const console = await userWith('console', onRole(actions));
    const PolicyDocument = policy(allow('s3:*'));
    await root.ask('CreateRole', {
      RoleName: 'other',
      AssumeRolePolicyDocument: trust(`arn:aws:iam::${account}:root`),
    });
    const put = (name: string) => console.refusal('PutRolePolicy', { RoleName: name, PolicyName: 'p', PolicyDocument });
    const attach = (name: string) => console.refusal('AttachRolePolicy', { RoleName: name, PolicyArn });
    expect(await put(RoleName)).toMatch(/^UnmodifiableEntity: /);
    expect(await attach(RoleName)).toMatch(/^UnmodifiableEntity: /);
    expect(await put('other')).toMatch(/^AccessDenied: /);
    expect(await attach('other')).toMatch(/^AccessDenied: /);
    expect(await console.refusal('CreateServiceLinkedRole', { AWSServiceName: logs })).toMatch(/^AccessDenied: /);
  });
});

describe('what is locked', () => {
  const locked = `UnmodifiableEntity: Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`;
  const PolicyDocument = policy(allow('ivs:*'));
  const PolicyName = 'p';

  test.each([
    ['AttachRolePolicy', { PolicyArn: 'arn:aws:iam::aws:policy/IVSFullAccess' }],
    ['DetachRolePolicy', { PolicyArn }],
    ['PutRolePolicy', { PolicyName, PolicyDocument }],
    ['DeleteRolePolicy', { PolicyName }],
    ['UpdateAssumeRolePolicy', { PolicyDocument: trust(`arn:aws:iam::${account}:root`) }],
    ['PutRolePermissionsBoundary', { PermissionsBoundary: 'arn:aws:iam::aws:policy/IVSFullAccess' }],
    ['DeleteRolePermissionsBoundary', {}],
    ['DeleteRole', {}],
    ['AddRoleToInstanceProfile', { InstanceProfileName: 'i' }],
    ['RemoveRoleFromInstanceProfile', { InstanceProfileName: 'i' }],
  ] as const)('S2-6 S2-34 S2-45 %s', async (operation, input) => {
    await create();
    await root.ask('CreateInstanceProfile', { InstanceProfileName: 'i' });
    const before = (await root.ask('GetAccountAuthorizationDetails', {})).RoleDetailList;
    expect(await root.refusal(operation, { RoleName: RoleName.toLowerCase(), ...input })).toBe(locked);
    expect((await root.ask('GetAccountAuthorizationDetails', {})).RoleDetailList).toEqual(before);
  });

  test('S2-34 S2-35 S2-36 the session length is, the description is not; the ARN never changes', async () => {
    await create();
    expect(await root.refusal('UpdateRole', { RoleName, MaxSessionDuration: 7200, Description: 'x' })).toBe(
      `UnmodifiableEntity: ${RoleName} is an AWS service linked role, max session duration cannot be changed.`,
    );
    await root.ask('UpdateRole', { RoleName, Description: 'one' });
    expect((await root.ask('ListRoles', {})).Roles).toMatchObject([{ Description: 'one', Arn: arn }]);
    await root.ask('UpdateRoleDescription', { RoleName, Description: 'two' });
    expect((await root.ask('GetRole', { RoleName })).Role).toMatchObject({ Description: 'two', Arn: arn, RoleName });
    const Tags = [{ Key: 'team', Value: 'tv' }];
    await root.ask('TagRole', { RoleName, Tags });
    expect((await root.ask('ListRoleTags', { RoleName })).Tags).toEqual(Tags);
    await root.ask('UntagRole', { RoleName, TagKeys: ['team'] });
  });

  test('S2-10 its policy is for this role alone, also as a boundary', async () => {
    await root.ask('CreateUser', { UserName: 'bob' });
    await root.ask('CreateGroup', { GroupName: 'g' });
    await root.ask('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust(`arn:aws:iam::${account}:root`) });
    const text = 'PolicyNotAttachable: Cannot attach a Service Role Policy to a Customer Role.';
    expect(await root.refusal('AttachRolePolicy', { RoleName: 'r', PolicyArn })).toBe(text);
    expect(await root.refusal('AttachUserPolicy', { UserName: 'bob', PolicyArn })).toBe(text);
    expect(await root.refusal('AttachGroupPolicy', { GroupName: 'g', PolicyArn })).toBe(text);
    const bound = { UserName: 'bob', PermissionsBoundary: PolicyArn };
    expect(await root.refusal('PutUserPermissionsBoundary', bound)).toBe(
      `NoSuchEntity: Scope ARN: ${PolicyArn} does not exist or is not attachable.`,
    );
  });
});
