/** MFA end to end with the stock SDK: a user enrols a device, signs in with its codes, and policies ask for it. */
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeactivateMFADeviceCommand,
  EnableMFADeviceCommand,
  GenerateCredentialReportCommand,
  GetCredentialReportCommand,
  GetUserCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { CreateChannelCommand, DeleteChannelCommand, ListChannelsCommand } from '@aws-sdk/client-ivs';
import { AssumeRoleCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import type { Credentials as StsCredentials } from '@aws-sdk/client-sts';
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { clientsFor, refusal } from './support/clients.ts';
import type { Clients } from './support/clients.ts';
import { account, keys, region, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

const stepMs = 30_000;
const UserName = 'dana';
const SerialNumber = `arn:aws:iam::${account}:mfa/${UserName}`;
const wrongCode = 'MultiFactorAuthentication failed with invalid MFA one time pass code. ';
const unknownDevice =
  'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.';

let server: TestServer;
let root: Clients;
let dana: Clients;
let seed: Buffer;
let start: number;
/** How far the server's clock was moved. */
let moved: number;

/** Moves the server's clock ahead, so that the device shows codes that were not used; clients follow by its answers' dates. */
function ahead(ms: number): void {
  moved += ms;
  server.clock.set(start + moved);
}

/** What the device shows, computed here from RFC 6238 and not with the server's library. */
function code(steps = 0): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(server.clock.now() / stepMs) + steps));
  const digest = createHmac('sha1', seed).update(counter).digest();
  const number = digest.readUInt32BE((digest.at(-1) ?? 0) & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, '0');
}

function fromBase32(text: string): Buffer {
  const digits = Array.from(text, (letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter));
  const bits = digits.map((digit) => digit.toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

const clientsOf = (given: StsCredentials | undefined): Clients =>
  clientsFor(
    server.url,
    {
      accessKeyId: given!.AccessKeyId!,
      secretAccessKey: given!.SecretAccessKey!,
      sessionToken: given!.SessionToken!,
    },
    region,
    moved,
  );
const at = (credentials: Parameters<typeof clientsFor>[1]): Clients =>
  clientsFor(server.url, credentials, region, moved);

const session = async (more: { SerialNumber?: string; TokenCode?: string } = {}): Promise<Clients> =>
  clientsOf((await dana.sts.send(new GetSessionTokenCommand(more))).Credentials);
/** A session made with a code that was not used before. */
const mfaSession = (): Promise<Clients> => {
  ahead(2 * stepMs);
  return session({ SerialNumber, TokenCode: code() });
};

const grant = (...Statement: readonly object[]) =>
  root.iam.send(
    new PutUserPolicyCommand({
      UserName,
      PolicyName: 'p',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    }),
  );
const allow = (Action: string | string[], Condition?: object) => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...(Condition && { Condition }),
});
const channels = (by: Clients) => by.ivs.send(new ListChannelsCommand({}));
const denied = async (call: Promise<unknown>) => (await refusal(call)).name;

async function enable(): Promise<void> {
  ahead(4 * stepMs);
  const codes = { AuthenticationCode1: code(-1), AuthenticationCode2: code() };
  await root.iam.send(new EnableMFADeviceCommand({ UserName, SerialNumber, ...codes }));
}

beforeAll(async () => {
  server = await testServer();
  moved = 0;
  start = Date.now();
  ahead(0);
  root = at(keys.root);
  await root.iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await root.iam.send(new CreateAccessKeyCommand({ UserName }));
  dana = at({ accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! });
  const { VirtualMFADevice } = await root.iam.send(
    new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: UserName }),
  );
  expect(VirtualMFADevice?.SerialNumber).toBe(SerialNumber);
  seed = fromBase32(Buffer.from(VirtualMFADevice!.Base32StringSeed!).toString('ascii'));
  expect(Buffer.from(VirtualMFADevice!.QRCodePNG!).subarray(1, 4).toString()).toBe('PNG');
  await enable();
});
afterAll(() => server.close());
beforeEach(() => grant(allow('ivs:*')));

describe('codes', () => {
  test('a wrong code, a used one, and a device of somebody else are refused in the words of AWS', async () => {
    ahead(2 * stepMs);
    const TokenCode = code();
    await session({ SerialNumber, TokenCode });
    const used = dana.sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode }));
    expect(await refusal(used)).toEqual({ name: 'AccessDenied', status: 403, message: wrongCode });
    const other = { SerialNumber: `arn:aws:iam::${account}:mfa/other`, TokenCode };
    expect((await refusal(dana.sts.send(new GetSessionTokenCommand(other)))).message).toBe(unknownDevice);
    const half = dana.sts.send(new GetSessionTokenCommand({ SerialNumber }));
    expect((await refusal(half)).name).toBe('ValidationError');
    const byRoot = root.sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode }));
    expect((await refusal(byRoot)).message).toBe(unknownDevice);
  });

  test('a code that is presented twice at once is believed once', async () => {
    ahead(2 * stepMs);
    const TokenCode = code();
    const asked = await Promise.allSettled([1, 2, 3].map(() => session({ SerialNumber, TokenCode })));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('policies that ask for MFA', () => {
  test('S0-98 ivs:DeleteChannel with aws:MultiFactorAuthPresent: refused without a code, done with one', async () => {
    await grant(
      allow('ivs:CreateChannel'),
      allow('ivs:DeleteChannel', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
    );
    const { channel } = await dana.ivs.send(new CreateChannelCommand({}));
    const drop = (by: Clients) => by.ivs.send(new DeleteChannelCommand({ arn: channel!.arn! }));
    expect(await refusal(drop(dana))).toMatchObject({ name: 'AccessDeniedException', status: 403 });
    expect(await denied(drop(await session()))).toBe('AccessDeniedException');
    await drop(await mfaSession());
  });

  test('S0-99 a Deny with BoolIfExists keeps long-term keys and plain sessions out, and lets MFA in', async () => {
    const without = { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } };
    await grant(allow('ivs:*'), { Effect: 'Deny', Action: '*', Resource: '*', Condition: without });
    expect(await denied(channels(await session()))).toBe('AccessDeniedException');
    // Long-term keys carry no such key at all, which IfExists takes as a match.
    expect(await denied(channels(dana))).toBe('AccessDeniedException');
    await channels(await mfaSession());
  });

  test('S0-99 a Deny with plain Bool does not bind long-term keys, which carry no such key', async () => {
    const without = { Bool: { 'aws:MultiFactorAuthPresent': 'false' } };
    await grant(allow('ivs:*'), { Effect: 'Deny', Action: '*', Resource: '*', Condition: without });
    await channels(dana);
    expect(await denied(channels(await session()))).toBe('AccessDeniedException');
  });

  test('S0-104 aws:MultiFactorAuthAge is the seconds since the code, and absent without one', async () => {
    await grant(allow('ivs:*', { NumericLessThan: { 'aws:MultiFactorAuthAge': '300' } }));
    expect(await denied(channels(dana))).toBe('AccessDeniedException');
    expect(await denied(channels(await session()))).toBe('AccessDeniedException');
    const fresh = await mfaSession();
    await channels(fresh);
    const made = server.clock.now();
    server.clock.set(made + 299_000);
    await channels(fresh);
    server.clock.set(made + 300_000);
    expect(await denied(channels(fresh))).toBe('AccessDeniedException');
    server.clock.set(made);
  });

  test('IAM opens to sessions with MFA only', async () => {
    await grant(allow('iam:ListUsers'));
    expect(await denied((await session()).iam.send(new ListUsersCommand({})))).toBe('InvalidClientTokenId');
    await (await mfaSession()).iam.send(new ListUsersCommand({}));
  });

  test('a session loses its MFA with the device, at once and for good', async () => {
    await grant(
      allow(['iam:GetUser', 'iam:ListUsers']),
      allow('ivs:*', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
    );
    const proven = await mfaSession();
    await channels(proven);
    await root.iam.send(new DeactivateMFADeviceCommand({ UserName, SerialNumber }));
    expect(await denied(channels(proven))).toBe('AccessDeniedException');
    expect(await denied(proven.iam.send(new GetUserCommand({})))).toBe('InvalidClientTokenId');
    await enable();
    expect(await denied(channels(proven))).toBe('AccessDeniedException');
    await channels(await mfaSession());
  });
});

describe('AssumeRole with MFA', () => {
  const RoleName = 'guarded';
  const RoleArn = `arn:aws:iam::${account}:role/${RoleName}`;
  const assume = (by: Clients, more: object = {}) =>
    by.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'tv', ...more }));

  beforeAll(async () => {
    const Condition = {
      Bool: { 'aws:MultiFactorAuthPresent': 'true' },
      NumericLessThanEquals: { 'aws:MultiFactorAuthAge': '5' },
    };
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:user/${UserName}` },
          Action: 'sts:AssumeRole',
          Condition,
        },
      ],
    });
    await root.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  });

  test('S0-104 the trust policy sees the code of the request; it is used up, and the session carries no MFA', async () => {
    expect(await denied(assume(dana))).toBe('AccessDenied');
    ahead(2 * stepMs);
    const TokenCode = code();
    const { Credentials } = await assume(dana, { SerialNumber, TokenCode });
    expect((await refusal(assume(dana, { SerialNumber, TokenCode }))).message).toBe(wrongCode);
    const own = clientsOf(Credentials);
    const again = await refusal(assume(own, { SerialNumber, TokenCode }));
    expect(again.message).toBe(unknownDevice);
  });

  test('a code is not used up by a request that is denied', async () => {
    ahead(2 * stepMs);
    const TokenCode = code();
    const nothing = { RoleArn: `arn:aws:iam::${account}:role/nothing`, RoleSessionName: 'tv' };
    expect(await denied(dana.sts.send(new AssumeRoleCommand({ ...nothing, SerialNumber, TokenCode })))).toBe(
      'AccessDenied',
    );
    await assume(dana, { SerialNumber, TokenCode });
  });

  test('a session with MFA satisfies the trust policy without a code of its own', async () => {
    await assume(await mfaSession());
  });
});

test('the credential report answers with the statuses of AWS before, during and after', async () => {
  expect(await refusal(root.iam.send(new GetCredentialReportCommand({})))).toMatchObject({ status: 410 });
  await root.iam.send(new GenerateCredentialReportCommand({}));
  expect(await refusal(root.iam.send(new GetCredentialReportCommand({})))).toMatchObject({ status: 404 });
  ahead(5000);
  const { Content } = await root.iam.send(new GetCredentialReportCommand({}));
  const line = Buffer.from(Content!)
    .toString('utf8')
    .split('\n')
    .find((text) => text.startsWith(`${UserName},`));
  expect(line).toMatch(/,false,N\/A,N\/A,N\/A,true,true,/);
});
