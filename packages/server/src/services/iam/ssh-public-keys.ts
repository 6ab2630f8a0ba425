/** SSH public keys of users (spec/iam.md 6.10). */
import type { IamModel, SSHPublicKey, SSHPublicKeyMetadata } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onOwner } from './access.ts';
import { userNameOf } from './credential-owner.ts';
import { sshPublicKeys as collection } from './credential-records.ts';
import type { SshPublicKeyRecord } from './credential-records.ts';
import { byAge, settableStatus } from './credential-status.ts';
import { theUser } from './entities.ts';
import { newId } from './ids.ts';
import { state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { pageOf } from './pagination.ts';
import { quotas, quotaText } from './quotas.ts';
import { global } from './records.ts';
import type { UserRecord } from './records.ts';
import { bodyIn, encodingOf, fingerprintOf, spkiOf } from './ssh-key-forms.ts';

async function keysOf(call: Needs, userId: string): Promise<SshPublicKeyRecord[]> {
  return (await state(call).find(collection, 'owner', userId, global(call.accountId))).map(({ value }) => value);
}

interface Found {
  readonly user: UserRecord;
  readonly key: SshPublicKeyRecord;
}

/** The user's key, or NoSuchEntity. */
async function theKey(call: Needs<'NoSuchEntity'>, userName: string, id: string): Promise<Found> {
  const user = await theUser(call, userName);
  const key = await state(call).get(collection, global(call.accountId), id);
  return key?.userId === user.userId
    ? { user, key }
    : call.fail('NoSuchEntity', `The Public Key with id ${id} cannot be found.`);
}

const save = (call: Writes, key: SshPublicKeyRecord): Promise<void> =>
  call.tx.put(collection, global(call.accountId), key.keyId, key);

const metadata = (user: UserRecord, key: SshPublicKeyRecord): SSHPublicKeyMetadata => ({
  UserName: user.userName,
  SSHPublicKeyId: key.keyId,
  Status: key.status,
  UploadDate: new Date(key.uploadedAt),
});

const details = ({ user, key }: Found, body: string): SSHPublicKey => ({
  ...metadata(user, key),
  Fingerprint: fingerprintOf(key.spki),
  SSHPublicKeyBody: body,
});

/** The key of an upload, in the form that all its encodings share. */
function checkedKey(call: Needs<'UnrecognizedPublicKeyEncoding' | 'InvalidPublicKey'>, body: string): string {
  const encoding =
    encodingOf(body) ??
    call.fail('UnrecognizedPublicKeyEncoding', 'The public key is encoded neither as ssh-rsa nor as PEM.');
  return (
    spkiOf(body, encoding) ??
    call.fail('InvalidPublicKey', 'The public key is not an RSA key of at least 2048 bits, or it is malformed.')
  );
}

export const sshPublicKeys = operationsOf<IamModel>()({
  UploadSSHPublicKey: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName),
    async write({ UserName, SSHPublicKeyBody }, call) {
      const user = await theUser(call, UserName);
      const spki = checkedKey(call, SSHPublicKeyBody);
      const others = await keysOf(call, user.userId);
      if (others.some((key) => key.spki === spki)) {
        call.fail('DuplicateSSHPublicKey', `User ${user.userName} has this public key already.`);
      }
      if (others.length >= quotas.sshPublicKeysPerUser) {
        call.fail('LimitExceeded', quotaText('SSHPublicKeysPerUser', quotas.sshPublicKeysPerUser));
      }
      const key: SshPublicKeyRecord = {
        keyId: newId('sshPublicKey', call.accountId, call.env.random),
        userId: user.userId,
        body: SSHPublicKeyBody,
        spki,
        status: 'Active',
        uploadedAt: call.now,
      };
      await save(call, key);
      return { SSHPublicKey: details({ user, key }, key.body) };
    },
  },

  GetSSHPublicKey: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName),
    async read({ UserName, SSHPublicKeyId, Encoding }, call) {
      const found = await theKey(call, UserName, SSHPublicKeyId);
      return { SSHPublicKey: details(found, bodyIn(Encoding, found.key.body, found.key.spki)) };
    },
  },

  ListSSHPublicKeys: {
    access: ({ UserName }, call) => onOwner(call, 'user', userNameOf(call, UserName)),
    async read(input, call) {
      const user = await theUser(call, userNameOf(call, input.UserName));
      const listing = { operation: 'ListSSHPublicKeys', filters: [user.userId] };
      const keys = await keysOf(call, user.userId);
      const { items, more } = pageOf(call, listing, input, keys, (key) => byAge(key.uploadedAt, key.keyId));
      return { SSHPublicKeys: items.map((key) => metadata(user, key)), ...more };
    },
  },

  UpdateSSHPublicKey: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName),
    async write({ UserName, SSHPublicKeyId, Status }, call) {
      const status = settableStatus(call, Status);
      const { key } = await theKey(call, UserName, SSHPublicKeyId);
      await save(call, { ...key, status });
      return {};
    },
  },

  DeleteSSHPublicKey: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName),
    async write({ UserName, SSHPublicKeyId }, call) {
      const { key } = await theKey(call, UserName, SSHPublicKeyId);
      await call.tx.remove(collection, global(call.accountId), key.keyId);
      return {};
    },
  },
});
