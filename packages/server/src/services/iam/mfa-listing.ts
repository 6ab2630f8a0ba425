/** Reading MFA devices and their tags (spec/iam.md 6.9, 1.5). Seeds and QR codes are never shown again. */
import type { IamModel, MFADevice, VirtualMFADevice } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onList, onTarget } from './access.ts';
import { credentialOwner, rootName } from './credential-owner.ts';
import type { CredentialOwner } from './credential-owner.ts';
import { mfaDevices } from './credential-records.ts';
import type { MfaDeviceRecord } from './credential-records.ts';
import { userById } from './entities.ts';
import {
  deviceKey,
  devicesOf,
  missingDevice,
  onDevice,
  saveDevice,
  theDevice,
  theVirtualDevice,
} from './mfa-devices.ts';
import type { Needs } from './needs.ts';
import { pageOf, pageOfRecords } from './pagination.ts';
import { tagPage } from './tag-page.ts';
import { rootUser, userSummary } from './users.ts';
import { mergedTags, withoutTags } from './validate-tags.ts';

const enabledOn = ({ enabledAt, createdAt }: MfaDeviceRecord): Date => new Date(enabledAt ?? createdAt);

const listed = (owner: CredentialOwner, device: MfaDeviceRecord): MFADevice => ({
  UserName: owner.userName ?? rootName,
  SerialNumber: device.serialNumber,
  EnableDate: enabledOn(device),
});

async function virtual(call: Needs, device: MfaDeviceRecord): Promise<VirtualMFADevice> {
  const { serialNumber: SerialNumber, ownerId } = device;
  if (ownerId === undefined) return { SerialNumber };
  const user = ownerId === call.accountId ? undefined : await userById(call, ownerId);
  const User = user === undefined ? await rootUser(call) : userSummary(call, user);
  return { SerialNumber, EnableDate: enabledOn(device), User };
}

const wanted = {
  Any: () => true,
  Assigned: (device: MfaDeviceRecord) => device.ownerId !== undefined,
  Unassigned: (device: MfaDeviceRecord) => device.ownerId === undefined,
};

export const mfaListing = operationsOf<IamModel>()({
  ListMFADevices: {
    access: ({ UserName }, call) => onTarget(call, UserName),
    async read(input, call) {
      const owner = await credentialOwner(call, input.UserName);
      const listing = { operation: 'ListMFADevices', filters: [owner.id] };
      const keyOf = ({ serialNumber }: MfaDeviceRecord): string =>
        deviceKey(call.env.settings.partition, call.accountId, serialNumber);
      const { items, more } = pageOf(call, listing, input, await devicesOf(call, owner.id), keyOf);
      return { MFADevices: items.map((device) => listed(owner, device)), ...more };
    },
  },

  ListVirtualMFADevices: {
    access: (_, call) => onList(call, 'mfa'),
    async read(input, call) {
      const { AssignmentStatus = 'Any' } = input;
      const listing = { operation: 'ListVirtualMFADevices', filters: [AssignmentStatus] };
      const isWanted = (device: MfaDeviceRecord): boolean => device.virtual && wanted[AssignmentStatus](device);
      const { items, more } = await pageOfRecords(call, listing, input, mfaDevices, isWanted);
      return { VirtualMFADevices: await Promise.all(items.map((device) => virtual(call, device))), ...more };
    },
  },

  GetMFADevice: {
    access: ({ UserName }, call) => onTarget(call, UserName),
    async read({ UserName, SerialNumber }, call) {
      const owner = await credentialOwner(call, UserName);
      const device = await theDevice(call, SerialNumber);
      if (device.ownerId !== owner.id) missingDevice(call, SerialNumber);
      return { ...listed(owner, device), UserName: owner.userName };
    },
  },

  TagMFADevice: {
    access: ({ SerialNumber, Tags }, call) => onDevice(call, SerialNumber, { requestTags: Tags }),
    async write({ SerialNumber, Tags }, call) {
      const device = await theVirtualDevice(call, SerialNumber);
      await saveDevice(call, { ...device, tags: mergedTags(call, 'exact', device.tags, Tags) });
      return {};
    },
  },

  UntagMFADevice: {
    access: ({ SerialNumber, TagKeys }, call) => onDevice(call, SerialNumber, { tagKeys: TagKeys }),
    async write({ SerialNumber, TagKeys }, call) {
      const device = await theVirtualDevice(call, SerialNumber);
      await saveDevice(call, { ...device, tags: withoutTags('exact', device.tags, TagKeys) });
      return {};
    },
  },

  ListMFADeviceTags: {
    access: ({ SerialNumber }, call) => onDevice(call, SerialNumber),
    async read(input, call) {
      const device = await theVirtualDevice(call, input.SerialNumber);
      return tagPage(call, 'ListMFADeviceTags', device.serialNumber, input, device.tags);
    },
  },
});
