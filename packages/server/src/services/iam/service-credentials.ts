/** Credentials of users that are good for one service only; the secret is shown once (spec/iam.md 6.11). */
import type { IamModel, ServiceSpecificCredential, ServiceSpecificCredentialMetadata } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import type { AccessCheck } from '../service.ts';
import { onList, onOwner } from './access.ts';
import { userNameOf } from './credential-owner.ts';
import { serviceCredentials as collection } from './credential-records.ts';
import type { ServiceCredentialRecord } from './credential-records.ts';
import { byAge, settableStatus } from './credential-status.ts';
import { theUser, userById } from './entities.ts';
import { newId } from './ids.ts';
import { present, state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { pageOf, pageOfRecords } from './pagination.ts';
import { hashPassword } from './passwords.ts';
import { quotas, quotaText } from './quotas.ts';
import { global } from './records.ts';
import type { UserRecord } from './records.ts';
import { serviceOf } from './service-credential-kinds.ts';
import type { ServiceKind } from './service-credential-kinds.ts';

const dayMs = 86_400_000;

async function credentialsOf(call: Needs, userId: string): Promise<ServiceCredentialRecord[]> {
  return (await state(call).find(collection, 'owner', userId, global(call.accountId))).map(({ value }) => value);
}

/** The kind of a service, or NotSupportedService. */
const theService = (call: Needs<'NotSupportedService'>, name: string): ServiceKind =>
  serviceOf(name) ??
  call.fail('NotSupportedService', `No such service ${name} is supported for Service Specific Credentials`);

interface Found {
  readonly user: UserRecord;
  readonly credential: ServiceCredentialRecord;
}

/** The user's credential, or NoSuchEntity. */
async function theCredential(call: Needs<'NoSuchEntity'>, userName: string | undefined, id: string): Promise<Found> {
  const user = await theUser(call, userNameOf(call, userName));
  const credential = await state(call).get(collection, global(call.accountId), id);
  return credential?.userId === user.userId
    ? { user, credential }
    : call.fail('NoSuchEntity', `No such credential ${id} exists`);
}

const save = (call: Writes, credential: ServiceCredentialRecord): Promise<void> =>
  call.tx.put(collection, global(call.accountId), credential.credentialId, credential);

const metadata = (userName: string, credential: ServiceCredentialRecord): ServiceSpecificCredentialMetadata => ({
  UserName: userName,
  Status: credential.status,
  ...serviceOf(credential.serviceName)?.loginMember(credential.login),
  CreateDate: new Date(credential.createdAt),
  ExpirationDate: credential.expiresAt === undefined ? undefined : new Date(credential.expiresAt),
  ServiceSpecificCredentialId: credential.credentialId,
  ServiceName: credential.serviceName,
});

/** The credential with a new secret, which is shown here and never again. */
async function issued(
  call: Writes,
  user: UserRecord,
  credential: Omit<ServiceCredentialRecord, 'hash'>,
  kind: ServiceKind,
): Promise<ServiceSpecificCredential> {
  const secret = kind.secret(credential.login, call.env.random);
  const complete = { ...credential, hash: await hashPassword(secret, call.env.random) };
  await save(call, complete);
  return { ...metadata(user.userName, complete), ...kind.secretMember(secret) };
}

/** A name at the service that no other credential has: users may have been renamed since theirs was made. */
async function freeLogin(call: Needs, user: UserRecord): Promise<string> {
  for (let number = 0; ; number += 1) {
    const login = `${user.userName}${number === 0 ? '' : `+${number}`}-at-${call.accountId}`;
    if ((await state(call).find(collection, 'login', login, global(call.accountId))).length === 0) return login;
  }
}

function expiryOf(call: Needs, kind: ServiceKind, days: number | undefined): number | undefined {
  if (days === undefined) return undefined;
  return kind.expires
    ? call.now + days * dayMs
    : call.fail('ValidationError', 'CredentialAgeDays is not supported for this service.');
}

const serviceKey = 'iam:ServiceSpecificCredentialServiceName';
const ageKey = 'iam:ServiceSpecificCredentialAgeDays';

/** Check of an operation on one credential of a user. */
async function onCredential(call: Needs, userName: string | undefined, id: string): Promise<AccessCheck> {
  const check = await onOwner(call, 'user', userNameOf(call, userName));
  const credential = await state(call).get(collection, global(call.accountId), id);
  return credential === undefined ? check : { ...check, context: { [serviceKey]: credential.serviceName } };
}

export const serviceCredentials = operationsOf<IamModel>()({
  CreateServiceSpecificCredential: {
    async access({ UserName, ServiceName, CredentialAgeDays }, call) {
      const age = CredentialAgeDays === undefined ? {} : { [ageKey]: String(CredentialAgeDays) };
      return { ...(await onOwner(call, 'user', UserName)), context: { [serviceKey]: ServiceName, ...age } };
    },
    async write({ UserName, ServiceName, CredentialAgeDays }, call) {
      const user = await theUser(call, UserName);
      const kind = theService(call, ServiceName);
      const expiresAt = expiryOf(call, kind, CredentialAgeDays);
      const others = (await credentialsOf(call, user.userId)).filter(({ serviceName }) => serviceName === ServiceName);
      const limit = quotas.serviceCredentialsPerServiceAndUser;
      if (others.length >= limit) call.fail('LimitExceeded', quotaText('ServiceSpecificCredentialsPerUser', limit));
      const credential: Omit<ServiceCredentialRecord, 'hash'> = present({
        credentialId: newId('serviceCredential', call.accountId, call.env.random),
        userId: user.userId,
        serviceName: ServiceName,
        login: await freeLogin(call, user),
        status: 'Active' as const,
        createdAt: call.now,
        expiresAt,
      });
      return { ServiceSpecificCredential: await issued(call, user, credential, kind) };
    },
  },

  ListServiceSpecificCredentials: {
    access: ({ UserName, AllUsers }, call) =>
      AllUsers === true ? onList(call, 'user') : onOwner(call, 'user', userNameOf(call, UserName)),
    async read(input, call) {
      const { UserName, ServiceName, AllUsers } = input;
      if (AllUsers === true && UserName !== undefined) {
        call.fail('ValidationError', 'UserName and AllUsers cannot be specified together.');
      }
      const user = AllUsers === true ? undefined : await theUser(call, userNameOf(call, UserName));
      if (ServiceName !== undefined) theService(call, ServiceName);
      const listing = { operation: 'ListServiceSpecificCredentials', filters: [user?.userId, ServiceName] };
      const isWanted = ({ serviceName }: ServiceCredentialRecord) =>
        ServiceName === undefined || serviceName === ServiceName;
      const { items, more } =
        user === undefined
          ? await pageOfRecords(call, listing, input, collection, isWanted)
          : pageOf(call, listing, input, (await credentialsOf(call, user.userId)).filter(isWanted), (c) =>
              byAge(c.createdAt, c.credentialId),
            );
      const nameOf = async (userId: string) => (user ?? (await userById(call, userId)))?.userName ?? '';
      const shown = items.map(async (item) => metadata(await nameOf(item.userId), item));
      return { ServiceSpecificCredentials: await Promise.all(shown), ...more };
    },
  },

  UpdateServiceSpecificCredential: {
    access: ({ UserName, ServiceSpecificCredentialId }, call) =>
      onCredential(call, UserName, ServiceSpecificCredentialId),
    async write({ UserName, ServiceSpecificCredentialId, Status }, call) {
      const status = settableStatus(call, Status);
      const { credential } = await theCredential(call, UserName, ServiceSpecificCredentialId);
      await save(call, { ...credential, status });
      return {};
    },
  },

  ResetServiceSpecificCredential: {
    access: ({ UserName, ServiceSpecificCredentialId }, call) =>
      onCredential(call, UserName, ServiceSpecificCredentialId),
    async write({ UserName, ServiceSpecificCredentialId }, call) {
      const { user, credential } = await theCredential(call, UserName, ServiceSpecificCredentialId);
      const kind = serviceOf(credential.serviceName);
      if (kind === undefined) throw new Error(`a credential of an unknown service ${credential.serviceName} is stored`);
      return { ServiceSpecificCredential: await issued(call, user, credential, kind) };
    },
  },

  DeleteServiceSpecificCredential: {
    access: ({ UserName, ServiceSpecificCredentialId }, call) =>
      onCredential(call, UserName, ServiceSpecificCredentialId),
    async write({ UserName, ServiceSpecificCredentialId }, call) {
      const { credential } = await theCredential(call, UserName, ServiceSpecificCredentialId);
      await call.tx.remove(collection, global(call.accountId), credential.credentialId);
      return {};
    },
  },
});
