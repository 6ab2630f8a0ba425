/** Access keys of users and of the root user: two at most, the secret shown once (spec/iam.md 6.7). */
import type { AccessKeyMetadata, IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import type { AccessCheck } from '../service.ts';
import { onOwner, onTarget } from './access.ts';
import { rootArn } from './arns.ts';
import { credentialOwner, rootName } from './credential-owner.ts';
import type { CredentialOwner } from './credential-owner.ts';
import { byAge, settableStatus } from './credential-status.ts';
import { userById } from './entities.ts';
import { newId, newSecret } from './ids.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { pageOf } from './pagination.ts';
import { quotas, quotaText } from './quotas.ts';
import { accessKeys as collection, accessKeyUses, keyUseScope, anyAccount } from './records.ts';
import type { AccessKeyRecord } from './records.ts';

async function keysOf(call: Needs, ownerId: string): Promise<AccessKeyRecord[]> {
  return (await state(call).find(collection, 'owner', ownerId, anyAccount)).map(({ value }) => value);
}

/** The key of this owner, or NoSuchEntity. */
async function theKey(call: Needs<'NoSuchEntity'>, userName: string | undefined, id: string): Promise<AccessKeyRecord> {
  const owner = await credentialOwner(call, userName);
  const key = await state(call).get(collection, anyAccount, id);
  return key !== undefined && key.ownerId === owner.id && key.accountId === call.accountId
    ? key
    : call.fail('NoSuchEntity', `The Access Key with id ${id} cannot be found.`);
}

const metadataOf = (owner: CredentialOwner, key: AccessKeyRecord): AccessKeyMetadata => ({
  UserName: owner.userName,
  AccessKeyId: key.accessKeyId,
  Status: key.status,
  CreateDate: new Date(key.createdAt),
});

/** A key that is not the account's is refused in AWS's odd words, whether or not it exists (spec/iam.md 5.1). */
async function onKey(call: Needs, id: string): Promise<AccessCheck> {
  const key = await call.reader.get(collection, anyAccount, id);
  if (key === undefined || key.accountId !== call.accountId) {
    const text = `User: ${call.caller.arn} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${id}`;
    return call.fail('AccessDenied', text);
  }
  const user = await userById(call, key.ownerId);
  const check = user === undefined ? { resource: rootArn(call) } : await onOwner(call, 'user', user.userName);
  return { ...check, resourceText: `access key ${id}` };
}

export const accessKeys = operationsOf<IamModel>()({
  CreateAccessKey: {
    access: ({ UserName }, call) => onTarget(call, UserName),
    async write({ UserName }, call) {
      const owner = await credentialOwner(call, UserName);
      if ((await keysOf(call, owner.id)).length >= quotas.accessKeysPerUser) {
        call.fail('LimitExceeded', quotaText('AccessKeysPerUser', quotas.accessKeysPerUser));
      }
      const key: AccessKeyRecord = {
        accessKeyId: newId('accessKey', call.accountId, call.env.random),
        secret: newSecret(call.env.random),
        accountId: call.accountId,
        ownerId: owner.id,
        status: 'Active',
        createdAt: call.now,
      };
      await call.tx.insert(collection, anyAccount, key.accessKeyId, key);
      return {
        AccessKey: {
          UserName: owner.userName ?? rootName,
          AccessKeyId: key.accessKeyId,
          Status: key.status,
          SecretAccessKey: key.secret,
          CreateDate: new Date(key.createdAt),
        },
      };
    },
  },

  UpdateAccessKey: {
    access: ({ UserName }, call) => onTarget(call, UserName),
    async write({ UserName, AccessKeyId, Status }, call) {
      const status = settableStatus(call, Status);
      const key = await theKey(call, UserName, AccessKeyId);
      await call.tx.put(collection, anyAccount, key.accessKeyId, { ...key, status });
      return {};
    },
  },

  DeleteAccessKey: {
    access: ({ UserName }, call) => onTarget(call, UserName),
    async write({ UserName, AccessKeyId }, call) {
      const key = await theKey(call, UserName, AccessKeyId);
      await call.tx.remove(collection, anyAccount, key.accessKeyId);
      return {};
    },
  },

  ListAccessKeys: {
    access: ({ UserName }, call) => onTarget(call, UserName),
    async read(input, call) {
      const owner = await credentialOwner(call, input.UserName);
      const listing = { operation: 'ListAccessKeys', filters: [owner.id] };
      const key = (record: AccessKeyRecord): string => byAge(record.createdAt, record.accessKeyId);
      const { items, more } = pageOf(call, listing, input, await keysOf(call, owner.id), key);
      return { AccessKeyMetadata: items.map((record) => metadataOf(owner, record)), ...more };
    },
  },

  GetAccessKeyLastUsed: {
    access: ({ AccessKeyId }, call) => onKey(call, AccessKeyId),
    async read({ AccessKeyId }, call) {
      const [key, use] = await Promise.all([
        call.reader.get(collection, anyAccount, AccessKeyId),
        call.reader.get(accessKeyUses, keyUseScope, AccessKeyId),
      ]);
      const user = key === undefined ? undefined : await userById(call, key.ownerId);
      return {
        UserName: user?.userName ?? rootName,
        AccessKeyLastUsed: {
          LastUsedDate: use === undefined ? undefined : new Date(use.at),
          ServiceName: use?.service ?? 'N/A',
          Region: use?.region ?? 'N/A',
        },
      };
    },
  },
});
