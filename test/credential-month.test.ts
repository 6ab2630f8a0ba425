/** A month of activity under a set clock, as the credential report and its neighbours tell of it afterwards. */
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateRoleCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeleteAccessKeyCommand,
  EnableMFADeviceCommand,
  GenerateCredentialReportCommand,
  GetAccessKeyLastUsedCommand,
  GetAccountAuthorizationDetailsCommand,
  GetCredentialReportCommand,
  GetRoleCommand,
  PutRolePolicyCommand,
  UpdateAccessKeyCommand,
  UpdateAccountPasswordPolicyCommand,
  UpdateLoginProfileCommand,
} from '@aws-sdk/client-iam';
import { ListChannelsCommand } from '@aws-sdk/client-ivs';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeAt, stepAt } from '../packages/server/src/services/iam/totp.ts';
import { clientsFor } from './support/clients.ts';
import type { Clients } from './support/clients.ts';
import { account, keys, testServer } from './support/server.ts';
import type { Credentials, TestServer } from './support/server.ts';

const day = 86_400_000;
const start = Date.parse('2026-03-01T09:00:00Z');
/** An instant of the month, in milliseconds since the epoch. */
const onDay = (days: number): number => Math.round(start + days * day);
const fullAccess = 'arn:aws:iam::aws:policy/AdministratorAccess';
const RoleArn = `arn:aws:iam::${account}:role/editor`;

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

/** Clients of these credentials on a day of the month, the server's clock set to it. */
function on(days: number, credentials: Credentials, inRegion = 'us-west-2'): Clients {
  const at = onDay(days);
  server.clock.set(at);
  return clientsFor(server.url, credentials, inRegion, at - Date.now());
}

const root = (days: number): Clients['iam'] => on(days, keys.root).iam;

async function newKey(days: number, UserName: string): Promise<Credentials> {
  const { AccessKey } = await root(days).send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

async function enrol(days: number, UserName: string): Promise<void> {
  const iam = root(days);
  const { VirtualMFADevice } = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: UserName }));
  const seed = Buffer.from(VirtualMFADevice!.Base32StringSeed!).toString('ascii');
  const code = (steps: number) => codeAt(seed, stepAt(server.clock.now()) + steps);
  const codes = { AuthenticationCode1: code(-1), AuthenticationCode2: code(0) };
  await iam.send(new EnableMFADeviceCommand({ UserName, SerialNumber: VirtualMFADevice!.SerialNumber!, ...codes }));
}

const date = (days: number) => `${new Date(onDay(days)).toISOString().slice(0, 19)}+00:00`;

async function reportLine(days: number, user: string): Promise<string> {
  await root(days).send(new GenerateCredentialReportCommand({}));
  const { Content } = await root(days + 0.001).send(new GetCredentialReportCommand({}));
  const lines = Buffer.from(Content!).toString('utf8').split('\n');
  return lines.find((line) => line.startsWith(`${user},`)) ?? '';
}

test('after a month the report, the last use of keys and roles, and the details are right', async () => {
  await root(0).send(new CreateUserCommand({ UserName: 'mia' }));
  await root(0).send(new AttachUserPolicyCommand({ UserName: 'mia', PolicyArn: fullAccess }));
  await root(0).send(new CreateLoginProfileCommand({ UserName: 'mia', Password: 'Corr3ct-horse' }));
  await root(1).send(new UpdateAccountPasswordPolicyCommand({ MaxPasswordAge: 60 }));
  const first = await newKey(2, 'mia');
  const lost = await newKey(3, 'mia');
  await on(4, lost).ivs.send(new ListChannelsCommand({}));
  await root(5).send(new DeleteAccessKeyCommand({ UserName: 'mia', AccessKeyId: lost.accessKeyId }));
  const second = await newKey(6, 'mia');
  await root(7).send(
    new UpdateAccessKeyCommand({ UserName: 'mia', AccessKeyId: second.accessKeyId, Status: 'Inactive' }),
  );
  await enrol(8, 'mia');
  await root(10).send(new UpdateLoginProfileCommand({ UserName: 'mia', Password: 'An0ther-horse' }));
  await on(11, first).ivs.send(new ListChannelsCommand({}));
  const Statement = [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:user/mia` }, Action: 'sts:AssumeRole' },
  ];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await root(12).send(new CreateRoleCommand({ RoleName: 'editor', AssumeRolePolicyDocument }));
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'ivs:*', Resource: '*' }],
  });
  await root(12).send(new PutRolePolicyCommand({ RoleName: 'editor', PolicyName: 'p', PolicyDocument }));
  const { Credentials: given } = await on(20, first).sts.send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'edit' }),
  );
  const session = {
    accessKeyId: given!.AccessKeyId!,
    secretAccessKey: given!.SecretAccessKey!,
    sessionToken: given!.SessionToken!,
  };
  await on(20.01, session, 'eu-west-1').ivs.send(new ListChannelsCommand({}));

  // Uses are written down about once a second.
  const roleUse = async () => (await root(30).send(new GetRoleCommand({ RoleName: 'editor' }))).Role?.RoleLastUsed;
  await expect
    .poll(roleUse, { timeout: 10_000 })
    .toEqual({ LastUsedDate: new Date(onDay(20.01)), Region: 'eu-west-1' });
  const keyUse = await root(30).send(new GetAccessKeyLastUsedCommand({ AccessKeyId: first.accessKeyId }));
  expect(keyUse).toMatchObject({
    UserName: 'mia',
    AccessKeyLastUsed: { ServiceName: 'sts', Region: 'us-west-2', LastUsedDate: new Date(onDay(20)) },
  });
  expect(await reportLine(30, 'mia')).toBe(
    [
      `mia,arn:aws:iam::${account}:user/mia,${date(0)}`,
      `true,no_information,${date(10)},${date(70)},true`,
      `true,${date(2)},${date(20)},us-west-2,sts`,
      `false,${date(6)},N/A,N/A,N/A`,
      'false,N/A,false,N/A',
    ].join(','),
  );
  const details = await root(30).send(new GetAccountAuthorizationDetailsCommand({ Filter: ['User', 'Role'] }));
  expect(details.UserDetailList?.find(({ UserName }) => UserName === 'mia')).toMatchObject({
    CreateDate: new Date(start),
    AttachedManagedPolicies: [{ PolicyArn: fullAccess }],
  });
  expect(details.RoleDetailList?.find(({ RoleName }) => RoleName === 'editor')?.RoleLastUsed?.Region).toBe('eu-west-1');
});
