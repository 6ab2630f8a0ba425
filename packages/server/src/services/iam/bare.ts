/** An entity can be deleted only when nothing hangs on it: DeleteConflict otherwise, in AWS's order (spec/iam.md 5). */
import type { Collection } from '../../store/store.ts';
import { mfaDevices, serviceCredentials, signingCertificates, sshPublicKeys } from './credential-records.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import {
  accessKeys,
  anyAccount,
  attachments,
  global,
  inlinePolicies,
  instanceProfiles,
  loginProfiles,
  memberships,
  ownedKey,
} from './records.ts';
import type { OwnerType } from './records.ts';

type Conflicts = Needs<'DeleteConflict'>;

/** What hangs on an entity, and what must be done with it first. */
interface Hanger {
  readonly first: string;
  readonly hangs: (call: Needs, id: string) => Promise<boolean>;
}

const policies = (type: OwnerType): readonly Hanger[] => [
  { first: 'detach all policies', hangs: (call, id) => anyUnder(call, attachments, ownedKey(type, id)) },
  { first: 'delete policies', hangs: (call, id) => anyUnder(call, inlinePolicies, ownedKey(type, id)) },
];

async function anyUnder<T>(call: Needs, collection: Collection<T>, prefix: string): Promise<boolean> {
  return (await state(call).list(collection, global(call.accountId), { prefix, limit: 1 })).length > 0;
}

/** Whether the collection has something of the user's. */
const owns =
  <T>(collection: Collection<T>): Hanger['hangs'] =>
  async (call, id) =>
    (await state(call).find(collection, 'owner', id, global(call.accountId))).length > 0;

const hangers: Readonly<Record<OwnerType, readonly Hanger[]>> = {
  user: [
    ...policies('user'),
    {
      first: 'remove users from group',
      hangs: async (call, id) => (await state(call).find(memberships, 'user', id, global(call.accountId))).length > 0,
    },
    {
      first: 'delete access keys',
      hangs: async (call, id) => (await state(call).find(accessKeys, 'owner', id, anyAccount)).length > 0,
    },
    { first: 'delete certificates', hangs: owns(signingCertificates) },
    { first: 'delete MFA device', hangs: owns(mfaDevices) },
    { first: 'remove referenced objects', hangs: owns(sshPublicKeys) },
    { first: 'remove referenced objects', hangs: owns(serviceCredentials) },
    {
      first: 'delete login profile',
      hangs: async (call, id) => (await state(call).get(loginProfiles, global(call.accountId), id)) !== undefined,
    },
  ],
  group: [
    ...policies('group'),
    { first: 'remove users from group', hangs: (call, id) => anyUnder(call, memberships, `${id}/`) },
  ],
  role: [
    ...policies('role'),
    {
      first: 'remove roles from instance profile',
      hangs: async (call, id) =>
        (await state(call).find(instanceProfiles, 'role', id, global(call.accountId))).length > 0,
    },
  ],
};

/** Fails with DeleteConflict while something hangs on the entity. */
export async function ensureBare(call: Conflicts, type: OwnerType, id: string): Promise<void> {
  for (const { first, hangs } of hangers[type]) {
    if (await hangs(call, id)) call.fail('DeleteConflict', `Cannot delete entity, must ${first} first.`);
  }
}
