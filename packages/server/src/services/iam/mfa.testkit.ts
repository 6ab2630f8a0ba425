/** A user with a virtual MFA device, and what the device shows. */
import type { Asker, World } from './iam.testkit.ts';
import { codeAt, stepAt } from './totp.ts';

export interface Device {
  readonly SerialNumber: string;
  readonly seed: string;
  /** The code `steps` time steps from now. */
  code(steps?: number): string;
  /** Two codes in a row, the second of them that of now. */
  pair(): { AuthenticationCode1: string; AuthenticationCode2: string };
}

export async function newDevice(world: World, by: Asker, VirtualMFADeviceName: string, Path = '/'): Promise<Device> {
  const { VirtualMFADevice } = await by.ask('CreateVirtualMFADevice', { VirtualMFADeviceName, Path });
  const seed = Buffer.from(VirtualMFADevice.Base32StringSeed ?? []).toString('ascii');
  const code = (steps = 0): string => codeAt(seed, stepAt(world.now) + steps);
  const pair = () => ({ AuthenticationCode1: code(-1), AuthenticationCode2: code() });
  return { SerialNumber: VirtualMFADevice.SerialNumber, seed, code, pair };
}

/** Makes a device and gives it to the user. */
export async function enabledDevice(world: World, by: Asker, UserName: string, name = UserName): Promise<Device> {
  const device = await newDevice(world, by, name);
  await by.ask('EnableMFADevice', { UserName, SerialNumber: device.SerialNumber, ...device.pair() });
  return device;
}
