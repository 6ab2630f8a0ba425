/** Service-linked roles over the wire, with the stock SDK: made, assumed by nobody, deleted behind the call. */
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateServiceLinkedRoleCommand,
  DeleteRoleCommand,
  DeleteServiceLinkedRoleCommand,
  GetRoleCommand,
  GetServiceLinkedRoleDeletionStatusCommand,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam';
import { ListChannelsCommand } from '@aws-sdk/client-ivs';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { allow, castOf } from './support/cast.ts';
import type { Cast, Person } from './support/cast.ts';
import { refusal } from './support/clients.ts';
import { account, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

const AWSServiceName = 'ivs.amazonaws.com';
const RoleName = 'AWSServiceRoleForIVSRecordToS3';
const RoleArn = `arn:aws:iam::${account}:role/aws-service-role/ivs.amazonaws.com/${RoleName}`;
const PolicyArn = 'arn:aws:iam::aws:policy/aws-service-role/IVSRecordToS3';

describe('a service-linked role', () => {
  let server: TestServer;
  let cast: Cast;
  let admin: Person;

  beforeAll(async () => {
    server = await testServer();
    cast = castOf(server);
    admin = await cast.user('ana', allow('*'));
  });
  afterAll(() => server.close());

  const create = () => admin.iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName }));
  const read = () => admin.iam.send(new GetRoleCommand({ RoleName }));

  test('S2-27 is not there before anyone makes it', async () => {
    await admin.ivs.send(new ListChannelsCommand({}));
    const { Roles } = await admin.iam.send(new ListRolesCommand({ PathPrefix: '/aws-service-role/' }));
    expect(Roles).toEqual([]);
  });

  test('S2-2 S2-8 S2-9 S2-14 S2-16 S2-33 is made by hand, whole, and once', async () => {
    const { Role } = await create();
    expect(Role).toMatchObject({ Arn: RoleArn, RoleName, Path: '/aws-service-role/ivs.amazonaws.com/' });
    expect(JSON.parse(decodeURIComponent(Role!.AssumeRolePolicyDocument!))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: AWSServiceName }, Action: 'sts:AssumeRole' }],
    });
    const { AttachedPolicies } = await admin.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    expect(AttachedPolicies).toEqual([{ PolicyName: 'IVSRecordToS3', PolicyArn }]);
    expect(await refusal(create())).toEqual({
      name: 'InvalidInputException',
      status: 400,
      message: `Service role name ${RoleName} has been taken in this account, please try a different suffix.`,
    });
  });

  test('S2-7 nobody but the service assumes it, whatever the own policies say', async () => {
    const assume = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session' });
    const role = await cast.role('admin', JSON.stringify(trusted), allow('*'));
    const session = await cast.assume(admin, role);
    for (const caller of [admin, session, cast.root]) {
      expect(await refusal(caller.sts.send(assume))).toMatchObject({ name: 'AccessDenied', status: 403 });
    }
  });

  test('S2-34 S2-45 S2-10 S2-36 is changed by nobody but for its description; its policy goes nowhere else', async () => {
    const locked = {
      name: 'UnmodifiableEntityException',
      status: 400,
      message: `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`,
    };
    expect(await refusal(admin.iam.send(new DeleteRoleCommand({ RoleName })))).toEqual(locked);
    expect(await refusal(admin.iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn })))).toEqual(locked);
    await admin.iam.send(new UpdateRoleDescriptionCommand({ RoleName, Description: 'ours' }));
    expect((await read()).Role?.Description).toBe('ours');
    expect(await refusal(admin.iam.send(new AttachUserPolicyCommand({ UserName: 'ana', PolicyArn })))).toEqual({
      name: 'PolicyNotAttachableException',
      status: 400,
      message: 'Cannot attach a Service Role Policy to a Customer Role.',
    });
  });

  test('S2-20 S2-32 S2-44 S2-46 is deleted by a task that nobody has to wait on, and can be made again', async () => {
    const stranger = await cast.user('stranger', allow('iam:Get*'));
    const remove = new DeleteServiceLinkedRoleCommand({ RoleName });
    expect(await refusal(stranger.iam.send(remove))).toMatchObject({ name: 'AccessDenied', status: 403 });
    const before = (await read()).Role;
    const { DeletionTaskId } = await admin.iam.send(remove);
    const status = new GetServiceLinkedRoleDeletionStatusCommand({ DeletionTaskId });
    await vi.waitFor(async () => expect((await admin.iam.send(status)).Status).toBe('SUCCEEDED'), { interval: 5 });
    expect(await refusal(read())).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
    await create();
    expect((await read()).Role?.RoleId).not.toBe(before?.RoleId);
  });
});

const trusted = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }],
};
