import { describe, expect, test } from 'vitest';
import { account, allow, noon, openIam, policy, type World } from './iam.testkit.ts';
import type { RoleTemplate } from './role-template-table.ts';

const TemplateArn = 'arn:aws:iam::aws:role-template/ivs.amazonaws.com/Recorder:1';
const boundary = 'arn:aws:iam::aws:policy/PowerUserAccess';
const managed = 'arn:aws:iam::aws:policy/IVSReadOnlyAccess';
const trustTemplate = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ivs.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const template: RoleTemplate = {
  TemplateArn,
  TemplateName: 'Recorder',
  MajorVersion: 1,
  DefaultMinorVersion: 1,
  MinorVersion: 1,
  ManagedByType: 'Service',
  ManagedByValue: 'ivs.amazonaws.com',
  Enabled: true,
  VersionEnabled: true,
  RoleNamePattern: 'Recorder-@{name}',
  RolePathPattern: '/recorders/',
  RoleDescriptionPattern: 'Records @{name}',
  AssumeRolePolicyDocumentTemplate: trustTemplate,
  InlinePolicyTemplates: [{ PolicyName: 'write', PolicyDocument: policy(allow('s3:PutObject', '@{buckets}')) }],
  ManagedPolicyArns: [managed],
  PermissionBoundaryArn: boundary,
  ParametersDefinition: [
    { Name: 'name', Type: 'String', IsRequired: true },
    { Name: 'buckets', Type: 'ArnList', IsRequired: true },
    { Name: 'team', Type: 'String', DefaultValue: 'live' },
  ],
  RoleTagsTemplate: [{ Key: 'team', Value: '@{team}' }],
  MaxSessionDuration: 7200,
  CreateTimestamp: '2026-01-01T00:00:00Z',
};
const newer: RoleTemplate = { ...template, MinorVersion: 2, RolePathPattern: '/recorders/2/' };
const off: RoleTemplate = { ...template, MinorVersion: 3, VersionEnabled: false };
const roleTemplates = [template, newer, off];
const ReplacementValues = {
  name: { Values: ['a'] },
  buckets: { Values: ['arn:aws:s3:::a/*', 'arn:aws:s3:::b/*'] },
};
const asked = { TemplateArn, ReplacementValues };
const arn = `arn:aws:iam::${account}:role/recorders/Recorder-a`;

const open = (): Promise<World> => openIam({}, { roleTemplates });

describe('a template', () => {
  test('is shown in its default version or the one asked for', async () => {
    const root = (await open()).root();
    const { RoleTemplateVersion } = await root.ask('GetRoleTemplateVersion', { TemplateArn });
    expect(RoleTemplateVersion).toEqual({ ...template, CreateTimestamp: new Date('2026-01-01T00:00:00Z') });
    const second = await root.ask('GetRoleTemplateVersion', { TemplateArn, MinorVersion: 2 });
    expect(second.RoleTemplateVersion.RolePathPattern).toBe('/recorders/2/');
  });

  test('that is not there is not found', async () => {
    const missing = `NoSuchEntity: Role template ${TemplateArn} cannot be found.`;
    const without = (await openIam()).root();
    expect(await without.refusal('GetRoleTemplateVersion', { TemplateArn })).toBe(missing);
    expect(await without.refusal('AcquireRole', { TemplateArn })).toBe(missing);
    const root = (await open()).root();
    expect(await root.refusal('GetRoleTemplateVersion', { TemplateArn, MinorVersion: 9 })).toBe(missing);
  });
});

describe('an acquired role', () => {
  test('has all that its template gives, and names it', async () => {
    const root = (await open()).root();
    const { Role } = await root.ask('AcquireRole', asked);
    const SourceRoleTemplate = { TemplateArn, TemplateMinorVersion: 1 };
    expect(Role).toMatchObject({ RoleName: 'Recorder-a', Arn: arn, Path: '/recorders/', SourceRoleTemplate });
    const got = (await root.ask('GetRole', { RoleName: 'Recorder-a' })).Role;
    expect(got).toMatchObject({
      Arn: arn,
      CreateDate: new Date(noon),
      AssumeRolePolicyDocument: trustTemplate,
      Description: 'Records a',
      MaxSessionDuration: 7200,
      PermissionsBoundary: { PermissionsBoundaryArn: boundary },
      Tags: [{ Key: 'team', Value: 'live' }],
      SourceRoleTemplate,
    });
    const inline = await root.ask('GetRolePolicy', { RoleName: 'Recorder-a', PolicyName: 'write' });
    expect((JSON.parse(inline.PolicyDocument) as { Statement: object[] }).Statement[0]).toMatchObject({
      Resource: ReplacementValues.buckets.Values,
    });
    const { AttachedPolicies } = await root.ask('ListAttachedRolePolicies', { RoleName: 'Recorder-a' });
    expect(AttachedPolicies).toMatchObject([{ PolicyArn: managed }]);
  });

  test("does not take another role's name", async () => {
    const root = (await open()).root();
    await root.ask('CreateRole', { RoleName: 'recorder-A', AssumeRolePolicyDocument: trustTemplate });
    expect(await root.refusal('AcquireRole', asked)).toMatch(/^NameConflict: /);
    await root.ask('DeleteRole', { RoleName: 'recorder-A' });
    await root.ask('AcquireRole', asked);
    expect(await root.refusal('AcquireRole', asked)).toBe(
      'EntityAlreadyExists: Role with name Recorder-a already exists.',
    );
  });

  test('is not made of a disabled version', async () => {
    const root = (await open()).root();
    expect(await root.refusal('AcquireRole', { ...asked, TemplateMinorVersion: 3 })).toMatch(/^RoleTemplateDisabled: /);
  });

  test.each([
    ['a missing value', { name: { Values: ['a'] } }],
    ['an unknown parameter', { ...ReplacementValues, other: { Values: ['a'] } }],
    ['two values for one', { ...ReplacementValues, name: { Values: ['a', 'b'] } }],
    ['a value of another type', { ...ReplacementValues, buckets: { Values: ['a'] } }],
    ['a name that is none', { ...ReplacementValues, name: { Values: ['a/b'] } }],
  ])('is not made with %s', async (_, values) => {
    const root = (await open()).root();
    expect(await root.refusal('AcquireRole', { TemplateArn, ReplacementValues: values })).toMatch(/^InvalidInput: /);
    expect((await root.ask('ListRoles', {})).Roles).toEqual([]);
  });

  test('asks for every right that making it by hand would take', async () => {
    const world = await open();
    const root = world.root();
    await root.ask('CreateUser', { UserName: 'bob' });
    const bob = await world.user('bob');
    const rights = ['CreateRole', 'TagRole', 'PutRolePermissionsBoundary', 'PutRolePolicy', 'AttachRolePolicy'];
    const Condition = { StringEquals: { 'iam:RoleTemplateARN': TemplateArn, 'iam:PermissionsBoundary': boundary } };
    const put = (names: readonly string[]) =>
      root.ask('PutUserPolicy', {
        UserName: 'bob',
        PolicyName: 'p',
        PolicyDocument: policy(
          allow(
            names.map((name) => `iam:${name}`),
            arn,
            { Condition },
          ),
        ),
      });
    for (const right of rights) {
      await put(rights.filter((other) => other !== right));
      expect(await bob.refusal('AcquireRole', asked)).toContain(`not authorized to perform: iam:${right} on`);
    }
    await put(rights);
    await bob.ask('AcquireRole', asked);
  });
});
