/** Handing out virtual MFA devices and giving devices to users, with two codes in a row as proof (spec/iam.md 6.9). */
import { toBuffer } from 'qrcode';
import type { EnableMFADeviceRequest, IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onCreate, onTarget } from './access.ts';
import { iamArn, pathOf } from './arns.ts';
import { credentialOwner } from './credential-owner.ts';
import { mfaDevices } from './credential-records.ts';
import type { MfaDeviceRecord } from './credential-records.ts';
import {
  devicesOf,
  findDevice,
  longestSerial,
  namedMfaOwner,
  onDevice,
  onNamedMfaOwner,
  removeDevice,
  saveDevice,
  theDevice,
  theDeviceOf,
  theVirtualDevice,
} from './mfa-devices.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { quotas, quotaText } from './quotas.ts';
import { global } from './records.ts';
import { matchingStep, newSeed, stepAt } from './totp.ts';
import { checkedTags } from './validate-tags.ts';

/** What authenticator programs show as issuer. */
const issuer = 'Amazon%20Web%20Services';
/** Steps (of 30 s) that a device's clock may be off when its two codes are compared. */
const reach = 10;

/** Key URI of the seed, as authenticator programs read it. */
export const keyUri = (seed: string, name: string, accountId: string): string =>
  `otpauth://totp/${issuer}:${encodeURI(name)}@${accountId}?secret=${seed}&issuer=${issuer}`;

async function freeSerial(
  call: Needs<'EntityAlreadyExists' | 'LimitExceeded'>,
  path: string,
  name: string,
): Promise<string> {
  const serial = iamArn(call, 'mfa', path, name);
  if (serial.length > longestSerial) {
    const problem = "Value at 'virtualMFADeviceName' failed to satisfy constraint: Member must have length less than";
    const most = longestSerial - (serial.length - name.length);
    call.fail('ValidationError', `1 validation error detected: ${problem} or equal to ${Math.max(most, 0)}`);
  }
  if ((await findDevice(call, serial)) !== undefined) call.fail('EntityAlreadyExists', 'MFA device already exists.');
  // As many as there may be users (AWS's quota).
  if ((await state(call).count(mfaDevices, global(call.accountId))) >= quotas.usersPerAccount) {
    call.fail('LimitExceeded', quotaText('VirtualMFADevicesPerAccount', quotas.usersPerAccount));
  }
  return serial;
}

/** The device with its clock's drift learned from two codes that it showed one after the other. */
function synchronized(
  call: Needs<'InvalidAuthenticationCode'>,
  device: MfaDeviceRecord,
  input: EnableMFADeviceRequest,
): MfaDeviceRecord {
  const codes = [input.AuthenticationCode1, input.AuthenticationCode2];
  const step = matchingStep(device.seed, codes, { around: stepAt(call.now), reach, after: device.lastStep });
  return step === undefined
    ? call.fail('InvalidAuthenticationCode', 'Authentication code for device is not valid.')
    : { ...device, drift: driftOf(call.now, step), lastStep: step + 1 };
}

/** Two codes are typed while the second shows or just after it, so the nearer of the two steps tells the drift. */
function driftOf(now: number, first: number): number {
  const ahead = first - stepAt(now);
  return ahead < 0 ? Math.min(ahead + 1, 0) : ahead;
}

export const mfaEnrolment = operationsOf<IamModel>()({
  CreateVirtualMFADevice: {
    access: ({ VirtualMFADeviceName, Path, Tags }, call) =>
      onCreate(call, {
        type: 'mfa',
        name: VirtualMFADeviceName,
        path: Path,
        tags: Tags,
        tagAction: 'iam:TagMFADevice',
      }),
    async write({ VirtualMFADeviceName, Path, Tags }, call) {
      const serialNumber = await freeSerial(call, pathOf(call, Path), VirtualMFADeviceName);
      const tags = checkedTags(call, 'exact', Tags);
      const seed = newSeed(call.env.random);
      await saveDevice(call, {
        serialNumber,
        virtual: true,
        createdAt: call.now,
        tags,
        seed,
        drift: 0,
        lastStep: 0,
      });
      return {
        VirtualMFADevice: {
          SerialNumber: serialNumber,
          Base32StringSeed: Buffer.from(seed, 'ascii'),
          QRCodePNG: await toBuffer(keyUri(seed, VirtualMFADeviceName, call.accountId)),
          Tags: tags.length === 0 ? undefined : tags,
        },
      };
    },
  },

  EnableMFADevice: {
    access: ({ UserName }, call) => onNamedMfaOwner(call, UserName),
    async write(input, call) {
      const owner = await namedMfaOwner(call, input.UserName);
      const device = await theDevice(call, input.SerialNumber);
      if (device.ownerId !== undefined) call.fail('EntityAlreadyExists', 'MFA Device is already in use.');
      const ready = synchronized(call, device, input);
      if ((await devicesOf(call, owner.id)).length >= quotas.mfaDevicesPerUser) {
        call.fail('LimitExceeded', quotaText('MFADevicesPerUser', quotas.mfaDevicesPerUser));
      }
      await saveDevice(call, { ...ready, ownerId: owner.id, enabledAt: call.now });
      return {};
    },
  },

  ResyncMFADevice: {
    access: ({ UserName }, call) => onNamedMfaOwner(call, UserName),
    async write(input, call) {
      const owner = await namedMfaOwner(call, input.UserName);
      const device = await theDeviceOf(call, owner, input.SerialNumber);
      await saveDevice(call, synchronized(call, device, input));
      return {};
    },
  },

  DeactivateMFADevice: {
    access: ({ UserName }, call) => onTarget(call, UserName),
    async write({ UserName, SerialNumber }, call) {
      const owner = await credentialOwner(call, UserName);
      const { ownerId: _owner, enabledAt: _enabled, ...unassigned } = await theDeviceOf(call, owner, SerialNumber);
      await saveDevice(call, unassigned);
      return {};
    },
  },

  DeleteVirtualMFADevice: {
    access: ({ SerialNumber }, call) => onDevice(call, SerialNumber),
    async write({ SerialNumber }, call) {
      const device = await theVirtualDevice(call, SerialNumber);
      if (device.ownerId !== undefined) {
        call.fail('DeleteConflict', 'MFA VirtualDevice in use. Must deactivate first.');
      }
      await removeDevice(call, device);
      return {};
    },
  },
});
