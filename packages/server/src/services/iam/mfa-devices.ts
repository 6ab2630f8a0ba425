/** Finding MFA devices, and what operations on them ask to be allowed. */
import { createHash } from 'node:crypto';
import type { AccessCheck } from '../service.ts';
import { onOwner, tagMap } from './access.ts';
import { iamArn, rootArn } from './arns.ts';
import { mfaDevices } from './credential-records.ts';
import type { MfaDeviceRecord } from './credential-records.ts';
import { rootName } from './credential-owner.ts';
import type { CredentialOwner } from './credential-owner.ts';
import { findUser, theUser } from './entities.ts';
import { state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { global } from './records.ts';
import type { Tag } from './records.ts';

/** Longest serial number that a request can name (model constraint). */
export const longestSerial = 256;
/** Keys go into markers, which clients may send back with at most 320 characters. */
const longestKey = 160;

/** Where a device is kept: by what its ARN says after `mfa`, or by what is printed on it. */
export function deviceKey(partition: string, accountId: string, serial: string): string {
  const virtual = `arn:${partition}:iam::${accountId}:mfa/`;
  const name = serial.startsWith(virtual) ? serial.slice(virtual.length - 1) : serial;
  if (name.length <= longestKey) return name;
  // Longer than any plain key, so the two kinds never meet.
  return `${name.slice(0, 128)}~${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}

const keyOf = (call: Needs, serial: string): string => deviceKey(call.env.settings.partition, call.accountId, serial);

export const findDevice = (call: Needs, serial: string): Promise<MfaDeviceRecord | undefined> =>
  state(call).get(mfaDevices, global(call.accountId), keyOf(call, serial));

export const missingDevice = (call: Needs<'NoSuchEntity'>, serial: string): never =>
  call.fail('NoSuchEntity', `MFA Device with serial number ${serial} does not exist.`);

/** The device, or NoSuchEntity. */
export const theDevice = async (call: Needs<'NoSuchEntity'>, serial: string): Promise<MfaDeviceRecord> =>
  (await findDevice(call, serial)) ?? missingDevice(call, serial);

/** The virtual device, or NoSuchEntity. */
export async function theVirtualDevice(call: Needs<'NoSuchEntity'>, serial: string): Promise<MfaDeviceRecord> {
  const device = await theDevice(call, serial);
  return device.virtual ? device : missingDevice(call, serial);
}

/** The device that this owner has, or NoSuchEntity. */
export async function theDeviceOf(
  call: Needs<'NoSuchEntity'>,
  owner: CredentialOwner,
  serial: string,
): Promise<MfaDeviceRecord> {
  const device = await theDevice(call, serial);
  return device.ownerId === owner.id ? device : call.fail('NoSuchEntity', 'MFA Device invalid for user.');
}

export async function devicesOf(call: Needs, ownerId: string): Promise<MfaDeviceRecord[]> {
  const found = await state(call).find(mfaDevices, 'owner', ownerId, global(call.accountId));
  return found.map(({ value }) => value);
}

export const saveDevice = (call: Writes, device: MfaDeviceRecord): Promise<void> =>
  call.tx.put(mfaDevices, global(call.accountId), keyOf(call, device.serialNumber), device);

export const removeDevice = (call: Writes, device: MfaDeviceRecord): Promise<boolean> =>
  call.tx.remove(mfaDevices, global(call.accountId), keyOf(call, device.serialNumber));

/** `root` means the root user when it asks itself and no user has that name. */
const isRoot = async (call: Needs, userName: string): Promise<boolean> =>
  call.caller.kind === 'root' && userName === rootName && (await findUser(call, userName)) === undefined;

/** Whose device it is to become or is, where the model requires a user name. */
export async function namedMfaOwner(call: Needs<'NoSuchEntity'>, userName: string): Promise<CredentialOwner> {
  if (await isRoot(call, userName)) return { id: call.accountId };
  const user = await theUser(call, userName);
  return { id: user.userId, userName: user.userName };
}

/** Check of an operation on `namedMfaOwner`. */
export const onNamedMfaOwner = async (call: Needs, userName: string): Promise<AccessCheck> =>
  (await isRoot(call, userName)) ? { resource: rootArn(call) } : onOwner(call, 'user', userName);

/** Check of an operation on a virtual device, whether or not there is one. */
export async function onDevice(
  call: Needs,
  serial: string,
  facts: { readonly requestTags?: readonly Tag[]; readonly tagKeys?: readonly string[] } = {},
): Promise<AccessCheck> {
  const device = await findDevice(call, serial);
  return {
    resource: serial.startsWith('arn:') ? serial : iamArn(call, 'mfa', '/', serial),
    resourceTags: tagMap(device?.tags ?? []),
    ...(facts.requestTags !== undefined && { requestTags: tagMap(facts.requestTags) }),
    ...(facts.tagKeys !== undefined && { tagKeys: facts.tagKeys }),
  };
}
