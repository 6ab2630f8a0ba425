import { beforeEach, describe, expect, test } from 'vitest';
import { mfaDevices } from './credential-records.ts';
import { account, allow, noon, openIam, policy, type Asker, type World } from './iam.testkit.ts';
import { enabledDevice, newDevice } from './mfa.testkit.ts';
import { keyUri } from './mfa-enrolment.ts';
import { global } from './records.ts';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  await root.ask('CreateUser', { UserName: 'bob' });
  await root.ask('CreateUser', { UserName: 'amy' });
});

const UserName = 'bob';
const arn = (name: string) => `arn:aws:iam::${account}:mfa/${name}`;
const half = 30_000;

describe('virtual devices', () => {
  test('show seed and QR code when they are made and never again; the seed is sealed', async () => {
    const { VirtualMFADevice } = await root.ask('CreateVirtualMFADevice', {
      VirtualMFADeviceName: 'bob',
      Path: '/tv/',
    });
    const seed = Buffer.from(VirtualMFADevice.Base32StringSeed ?? []).toString('ascii');
    expect(seed).toMatch(/^[A-Z2-7]{64}$/);
    expect(
      Buffer.from(VirtualMFADevice.QRCodePNG ?? [])
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
    expect(VirtualMFADevice.SerialNumber).toBe(arn('tv/bob'));
    const listed = await root.ask('ListVirtualMFADevices', {});
    expect(listed).toEqual({ VirtualMFADevices: [{ SerialNumber: arn('tv/bob') }], IsTruncated: false });
    expect(mfaDevices.sealed).toEqual(['seed']);
  });

  test('the QR code holds the key URI of authenticator programs', () => {
    expect(keyUri('ABC', 'bob', account)).toBe(
      `otpauth://totp/Amazon%20Web%20Services:bob@${account}?secret=ABC&issuer=Amazon%20Web%20Services`,
    );
  });

  test('are unique by path and name', async () => {
    await newDevice(world, root, 'd');
    await newDevice(world, root, 'd', '/a/');
    expect(await root.refusal('CreateVirtualMFADevice', { VirtualMFADeviceName: 'd' })).toBe(
      'EntityAlreadyExists: MFA device already exists.',
    );
  });

  test('a name that makes the serial number too long to be named is refused; the longest can be used', async () => {
    const longest = 'n'.repeat(226);
    expect(await root.refusal('CreateVirtualMFADevice', { VirtualMFADeviceName: `${longest}n` })).toBe(
      "ValidationError: 1 validation error detected: Value at 'virtualMFADeviceName' failed to satisfy constraint: Member must have length less than or equal to 226",
    );
    const { SerialNumber } = await newDevice(world, root, longest);
    await newDevice(world, root, `${longest.slice(1)}m`);
    const { Marker } = await root.ask('ListVirtualMFADevices', { MaxItems: 1 });
    expect(Marker!.length).toBeLessThanOrEqual(320);
    await root.ask('DeleteVirtualMFADevice', { SerialNumber });
    expect((await root.ask('ListVirtualMFADevices', {})).VirtualMFADevices).toHaveLength(1);
  });

  test('cannot be deleted while a user has them', async () => {
    const { SerialNumber } = await enabledDevice(world, root, UserName);
    expect(await root.refusal('DeleteVirtualMFADevice', { SerialNumber })).toBe(
      'DeleteConflict: MFA VirtualDevice in use. Must deactivate first.',
    );
    await root.ask('DeactivateMFADevice', { UserName, SerialNumber });
    await root.ask('DeleteVirtualMFADevice', { SerialNumber });
    expect(await root.refusal('DeleteVirtualMFADevice', { SerialNumber })).toBe(
      `NoSuchEntity: MFA Device with serial number ${SerialNumber} does not exist.`,
    );
  });

  test('carry tags, whose keys are told apart by case', async () => {
    const Tags = [{ Key: 'Team', Value: 'tv' }];
    const { VirtualMFADevice } = await root.ask('CreateVirtualMFADevice', { VirtualMFADeviceName: 'd', Tags });
    const { SerialNumber } = VirtualMFADevice;
    expect(VirtualMFADevice.Tags).toEqual(Tags);
    await root.ask('TagMFADevice', { SerialNumber, Tags: [{ Key: 'team', Value: 'radio' }] });
    await root.ask('UntagMFADevice', { SerialNumber, TagKeys: ['Team', 'unknown'] });
    expect((await root.ask('ListMFADeviceTags', { SerialNumber })).Tags).toEqual([{ Key: 'team', Value: 'radio' }]);
    const [check] = await root.checks('DeleteVirtualMFADevice', { SerialNumber });
    expect(check).toMatchObject({ resource: SerialNumber, resourceTags: { team: 'radio' } });
  });
});

describe('enabling', () => {
  test('needs two codes in a row', async () => {
    const device = await newDevice(world, root, 'bob');
    const { SerialNumber } = device;
    const refused = async (AuthenticationCode1: string, AuthenticationCode2: string) =>
      root.refusal('EnableMFADevice', { UserName, SerialNumber, AuthenticationCode1, AuthenticationCode2 });
    const text = 'InvalidAuthenticationCode: Authentication code for device is not valid.';
    expect(await refused(device.code(), device.code())).toBe(text);
    expect(await refused(device.code(), device.code(-1))).toBe(text);
    expect(await refused(device.code(-20), device.code(-19))).toBe(text);
    await root.ask('EnableMFADevice', { UserName, SerialNumber, ...device.pair() });
    expect((await root.ask('ListMFADevices', { UserName })).MFADevices).toEqual([
      { UserName, SerialNumber, EnableDate: new Date(noon) },
    ]);
  });

  test('asks for the user, then for the device, and for a device that nobody has', async () => {
    const device = await enabledDevice(world, root, UserName);
    const input = { SerialNumber: arn('nothing'), ...device.pair() };
    expect(await root.refusal('EnableMFADevice', { UserName: 'nobody', ...input })).toBe(
      'NoSuchEntity: The user with name nobody cannot be found.',
    );
    expect(await root.refusal('EnableMFADevice', { UserName, ...input })).toBe(
      `NoSuchEntity: MFA Device with serial number ${arn('nothing')} does not exist.`,
    );
    const { SerialNumber } = device;
    expect(await root.refusal('EnableMFADevice', { UserName: 'amy', SerialNumber, ...device.pair() })).toBe(
      'EntityAlreadyExists: MFA Device is already in use.',
    );
  });

  test('codes that enabled a device once never enable it again', async () => {
    const device = await newDevice(world, root, 'bob');
    const input = { UserName, SerialNumber: device.SerialNumber, ...device.pair() };
    await root.ask('EnableMFADevice', input);
    await root.ask('DeactivateMFADevice', { UserName, SerialNumber: device.SerialNumber });
    expect(await root.refusal('EnableMFADevice', input)).toMatch(/^InvalidAuthenticationCode: /);
    world.now += 2 * half;
    await root.ask('EnableMFADevice', { ...input, ...device.pair() });
  });

  test('a user has eight devices at most', async () => {
    for (let n = 0; n < 8; n += 1) await enabledDevice(world, root, UserName, `d${n}`);
    const ninth = await newDevice(world, root, 'd8');
    const input = { UserName, SerialNumber: ninth.SerialNumber, ...ninth.pair() };
    expect(await root.refusal('EnableMFADevice', input)).toBe(
      'LimitExceeded: Cannot exceed quota for MFADevicesPerUser: 8',
    );
    const { MFADevices } = await root.ask('ListMFADevices', { UserName, MaxItems: 3 });
    expect(MFADevices.map(({ SerialNumber }) => SerialNumber)).toEqual([arn('d0'), arn('d1'), arn('d2')]);
  });

  test("resynchronizing is for the user's own device and learns its drift", async () => {
    const device = await enabledDevice(world, root, UserName);
    const { SerialNumber } = device;
    world.now += 20 * half;
    const late = { AuthenticationCode1: device.code(-8), AuthenticationCode2: device.code(-7) };
    expect(await root.refusal('ResyncMFADevice', { UserName: 'amy', SerialNumber, ...late })).toBe(
      'NoSuchEntity: MFA Device invalid for user.',
    );
    await root.ask('ResyncMFADevice', { UserName, SerialNumber, ...late });
    const stored = await world.store.reader.get(mfaDevices, global(account), '/bob');
    expect(stored?.drift).toBe(-7);
    expect(await root.refusal('ResyncMFADevice', { UserName, SerialNumber, ...late })).toMatch(
      /^InvalidAuthenticationCode/,
    );
  });
});

describe('devices and their users', () => {
  test('lists tell who has which, by assignment', async () => {
    const { SerialNumber } = await enabledDevice(world, root, UserName);
    await newDevice(world, root, 'spare');
    const assigned = await root.ask('ListVirtualMFADevices', { AssignmentStatus: 'Assigned' });
    expect(assigned.VirtualMFADevices).toMatchObject([
      { SerialNumber, EnableDate: new Date(noon), User: { UserName, Path: '/' } },
    ]);
    const spare = await root.ask('ListVirtualMFADevices', { AssignmentStatus: 'Unassigned' });
    expect(spare.VirtualMFADevices).toEqual([{ SerialNumber: arn('spare') }]);
    expect(await root.ask('GetMFADevice', { UserName, SerialNumber })).toEqual({
      UserName,
      SerialNumber,
      EnableDate: new Date(noon),
    });
    expect(await root.refusal('GetMFADevice', { UserName: 'amy', SerialNumber })).toMatch(/^NoSuchEntity: /);
  });

  test('a user acts on the own devices without naming itself', async () => {
    const owned = ['user', 'mfa'].map((type) => allow('iam:*MFA*', `arn:aws:iam::*:${type}/\${aws:username}`));
    const own = policy(...owned);
    await root.ask('PutUserPolicy', { UserName, PolicyName: 'own', PolicyDocument: own });
    const bob = await world.user(UserName);
    const { SerialNumber } = await enabledDevice(world, bob, UserName);
    expect((await bob.ask('ListMFADevices', {})).MFADevices).toHaveLength(1);
    expect(await bob.refusal('DeactivateMFADevice', { UserName: 'amy', SerialNumber })).toContain('not authorized');
    await bob.ask('DeactivateMFADevice', { SerialNumber });
  });

  test('a user with a device cannot be deleted', async () => {
    const { SerialNumber } = await enabledDevice(world, root, UserName);
    expect(await root.refusal('DeleteUser', { UserName })).toBe(
      'DeleteConflict: Cannot delete entity, must delete MFA device first.',
    );
    await root.ask('DeactivateMFADevice', { UserName, SerialNumber });
    await root.ask('DeleteUser', { UserName });
  });

  test('the root user can have one', async () => {
    const { SerialNumber } = await enabledDevice(world, root, 'root', 'root-account-mfa-device');
    expect(SerialNumber).toBe(arn('root-account-mfa-device'));
    expect((await root.ask('ListMFADevices', {})).MFADevices).toMatchObject([{ SerialNumber }]);
    const { VirtualMFADevices } = await root.ask('ListVirtualMFADevices', {});
    expect(VirtualMFADevices[0]?.User).toMatchObject({ UserId: account, Arn: `arn:aws:iam::${account}:root` });
    const counts = { AccountMFAEnabled: 1, MFADevices: 1, MFADevicesInUse: 1 };
    expect((await root.ask('GetAccountSummary', {})).SummaryMap).toMatchObject(counts);
    await root.ask('DeactivateMFADevice', { SerialNumber });
    const after = { AccountMFAEnabled: 0, MFADevices: 1, MFADevicesInUse: 0 };
    expect((await root.ask('GetAccountSummary', {})).SummaryMap).toMatchObject(after);
  });

  test('`root` means a user of that name where there is one, and never the root user of another asker', async () => {
    const admin = policy(allow('iam:*'));
    await root.ask('PutUserPolicy', { UserName, PolicyName: 'all', PolicyDocument: admin });
    const bob = await world.user(UserName);
    const device = await newDevice(world, root, 'd');
    const input = { UserName: 'root', SerialNumber: device.SerialNumber, ...device.pair() };
    expect(await bob.refusal('EnableMFADevice', input)).toBe('NoSuchEntity: The user with name root cannot be found.');
    await root.ask('CreateUser', { UserName: 'root' });
    await root.ask('EnableMFADevice', input);
    expect((await root.ask('ListMFADevices', {})).MFADevices).toEqual([]);
    expect((await root.ask('ListMFADevices', { UserName: 'root' })).MFADevices).toHaveLength(1);
  });

  test('a hardware device that is on record is enabled by its serial number, and is no virtual one', async () => {
    const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
    const SerialNumber = 'GAHT12345678';
    const record = {
      serialNumber: SerialNumber,
      virtual: false,
      createdAt: noon,
      tags: [],
      seed,
      drift: 0,
      lastStep: 0,
    };
    await world.store.transact(account, (tx) => tx.put(mfaDevices, global(account), SerialNumber, record));
    const shows = await newDevice(world, root, 'clock');
    const wrong = { UserName, SerialNumber, ...shows.pair() };
    expect(await root.refusal('EnableMFADevice', wrong)).toMatch(/^InvalidAuthenticationCode/);
    expect((await root.ask('ListVirtualMFADevices', {})).VirtualMFADevices).toHaveLength(1);
    expect(await root.refusal('DeleteVirtualMFADevice', { SerialNumber })).toMatch(/^NoSuchEntity/);
  });
});
