/** MFA devices of a fixture file: the only way for a hardware device's seed into the store. */
import { mfaDevices } from '../services/iam/credential-records.ts';
import { deviceKey } from '../services/iam/mfa-devices.ts';
import { global, nameKey, users } from '../services/iam/records.ts';
import { codeAt } from '../services/iam/totp.ts';
import type { At } from './at.ts';
import type { Load } from './iam.ts';

/** A seed that codes can be made of. */
function seedOf(at: At): string {
  const seed = at.text(/^[A-Z2-7]{26,102}$/, 'a seed of 26 to 102 base32 characters');
  try {
    codeAt(seed, 0);
    return seed;
  } catch {
    return at.refuse('is not whole base32');
  }
}

/** Whom the file gives the device to; nobody when it names no user. */
async function ownerOf(load: Load, at: At): Promise<{ ownerId?: string; enabledAt?: number }> {
  const name = at.optionalText(/^[\w+=,.@-]{1,64}$/, 'the name of a user');
  if (name === undefined) return {};
  const user = await load.tx.get(users, global(load.accountId), nameKey(name));
  return user === undefined
    ? at.refuse('names a user that the account does not have')
    : { ownerId: user.userId, enabledAt: load.now };
}

/** Loads one device, with its user or for somebody to enable it. Users stand earlier. */
export async function loadMfaDevice(load: Load, at: At): Promise<void> {
  at.map(['serial', 'seed', 'user']);
  const { partition } = load.env.settings;
  const serialNumber = at.member('serial').text(/^[\w+=/:,.@-]{9,256}$/, 'a serial number of 9 to 256 characters');
  const virtual = serialNumber.startsWith(`arn:${partition}:iam::${load.accountId}:mfa/`);
  if (!virtual && serialNumber.startsWith('arn:'))
    at.member('serial').refuse('is the ARN of no MFA device of the account');
  await load.tx.insert(mfaDevices, global(load.accountId), deviceKey(partition, load.accountId, serialNumber), {
    serialNumber,
    virtual,
    createdAt: load.now,
    tags: [],
    seed: seedOf(at.member('seed')),
    drift: 0,
    lastStep: 0,
    ...(await ownerOf(load, at.member('user'))),
  });
}
