/** From an access key id (and session token) to the secret and the caller behind it. */
import type { Collection, Reader } from '../store/store.ts';
import type { AccountMemo } from './account-memo.ts';
import type { Caller, SessionClaims } from './caller.ts';
import type { Environment } from './environment.ts';
import { deviceStands } from './iam/mfa-codes.ts';
import { accessKeys, anyAccount, global, roles, users } from './iam/records.ts';
import type { AccessKeyRecord, RoleRecord, Tag, UserRecord } from './iam/records.ts';
import { openSessionToken } from './session-token.ts';

export interface Credential {
  readonly secret: string;
  readonly caller: Caller;
  /** From when a new key is honoured (propagation delay); milliseconds since the epoch. */
  readonly activeFrom: number;
}

/** `unknownKey` also covers inactive keys and keys of deleted users: AWS answers them alike. */
export type CredentialRefusal = 'unknownKey' | 'badToken' | 'expiredToken';

export interface CredentialRoom {
  readonly reader: Reader;
  readonly env: Environment;
  readonly memo: AccountMemo<Credential>;
  /** Which account an access key belongs to, once seen. */
  readonly owners: Map<string, string>;
}

const maxOwners = 200_000;

export function tagRecord(tags: readonly Tag[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map((tag) => [tag.Key, tag.Value]));
}

/** A caller for long-term or temporary credentials, or why there is none. At once where it is known. */
export function findCredential(
  room: CredentialRoom,
  accessKeyId: string,
  sessionToken: string | undefined,
): Credential | CredentialRefusal | Promise<Credential | CredentialRefusal> {
  if (sessionToken !== undefined) return sessionCredential(room, accessKeyId, sessionToken);
  const owner = room.owners.get(accessKeyId);
  const known = owner === undefined ? undefined : room.memo.get(owner, accessKeyId);
  if (known !== undefined) return inForce(room, known);
  return loadLongTerm(room, accessKeyId).then((loaded) =>
    loaded === undefined ? 'unknownKey' : inForce(room, loaded),
  );
}

const inForce = (room: CredentialRoom, credential: Credential): Credential | CredentialRefusal =>
  credential.activeFrom > room.env.clock.now() ? 'unknownKey' : credential;

async function loadLongTerm(room: CredentialRoom, id: string): Promise<Credential | undefined> {
  const found = await room.reader.get(accessKeys, anyAccount, id);
  if (found === undefined) return undefined;
  if (room.owners.size >= maxOwners) room.owners.clear();
  room.owners.set(id, found.accountId);
  // Read again within the load, so that a change after it began keeps its outcome from being remembered.
  return room.memo.load(found.accountId, id, async () => {
    const key = await room.reader.get(accessKeys, anyAccount, id);
    return key === undefined || key.status !== 'Active' ? undefined : credentialOf(room, key);
  });
}

async function credentialOf(room: CredentialRoom, key: AccessKeyRecord): Promise<Credential | undefined> {
  const { partition, propagationDelayMs } = room.env.settings;
  const activeFrom = propagationDelayMs === 0 ? 0 : key.createdAt + propagationDelayMs;
  if (key.ownerId === key.accountId) {
    return { secret: key.secret, caller: rootCaller(partition, key.accountId, key.accessKeyId), activeFrom: 0 };
  }
  const user = await byId(room.reader, users, key.accountId, key.ownerId);
  if (user === undefined) return undefined;
  return { secret: key.secret, caller: userCaller(partition, key.accountId, key.accessKeyId, user), activeFrom };
}

async function byId<T>(
  reader: Reader,
  collection: Collection<T>,
  accountId: string,
  id: string,
): Promise<T | undefined> {
  const [found] = await reader.find(collection, 'id', id, global(accountId));
  return found?.value;
}

export function rootCaller(partition: string, accountId: string, accessKeyId: string, session?: SessionClaims): Caller {
  return {
    kind: 'root',
    accountId,
    arn: `arn:${partition}:iam::${accountId}:root`,
    userId: accountId,
    accessKeyId,
    principalId: accountId,
    tags: {},
    ...(session === undefined ? {} : { session }),
  };
}

export function userCaller(
  partition: string,
  accountId: string,
  accessKeyId: string,
  user: UserRecord,
  session?: SessionClaims,
): Caller {
  return {
    kind: 'user',
    accountId,
    arn: `arn:${partition}:iam::${accountId}:user${user.path}${user.userName}`,
    userId: user.userId,
    accessKeyId,
    principalId: user.userId,
    userName: user.userName,
    tags: tagRecord(user.tags),
    ...(session === undefined ? {} : { session }),
  };
}

function roleCaller(partition: string, accessKeyId: string, role: RoleRecord, session: SessionClaims): Caller {
  const name = session.sessionName ?? '';
  return {
    kind: 'assumedRole',
    accountId: session.accountId,
    arn: `arn:${partition}:sts::${session.accountId}:assumed-role/${role.roleName}/${name}`,
    userId: `${role.roleId}:${name}`,
    accessKeyId,
    principalId: role.roleId,
    roleArn: `arn:${partition}:iam::${session.accountId}:role${role.path}${role.roleName}`,
    session,
    tags: overlay(tagRecord(role.tags), session.sessionTags ?? {}),
  };
}

/** Session tags replace role tags whose key differs at most in case (spec/sts.md 2.3). */
function overlay(
  base: Readonly<Record<string, string>>,
  over: Readonly<Record<string, string>>,
): Record<string, string> {
  const taken = new Set(Object.keys(over).map((key) => key.toLowerCase()));
  const kept = Object.entries(base).filter(([key]) => !taken.has(key.toLowerCase()));
  return Object.fromEntries([...kept, ...Object.entries(over)]);
}

async function sessionCredential(
  room: CredentialRoom,
  accessKeyId: string,
  token: string,
): Promise<Credential | CredentialRefusal> {
  const opened = openSessionToken(room.env.sealer, accessKeyId, token);
  if (opened === undefined) return 'badToken';
  if (opened.claims.expiresAt <= room.env.clock.now()) return 'expiredToken';
  const caller = await sessionCaller(room, accessKeyId, opened.claims);
  return caller === undefined ? 'badToken' : { secret: opened.secret, caller, activeFrom: 0 };
}

/** `undefined` when the session's role or user, or the key it was made with, is gone: revocation is immediate. */
async function sessionCaller(
  room: CredentialRoom,
  accessKeyId: string,
  claims: SessionClaims,
): Promise<Caller | undefined> {
  const { partition } = room.env.settings;
  if (claims.kind === 'assumedRole') {
    const role = await byId(room.reader, roles, claims.accountId, claims.principalId);
    return role === undefined ? undefined : roleCaller(partition, accessKeyId, role, claims);
  }
  if (!(await parentKeyStands(room, claims))) return undefined;
  if (claims.kind === 'root') return rootCaller(partition, claims.accountId, accessKeyId, claims);
  // The root user federated this one: there is no user record behind it.
  if (claims.principalId === claims.accountId) return federatedCaller(partition, accessKeyId, claims);
  const user = await byId(room.reader, users, claims.accountId, claims.principalId);
  if (user === undefined) return undefined;
  return claims.kind === 'user'
    ? userCaller(partition, claims.accountId, accessKeyId, user, await standing(room, claims))
    : federatedCaller(partition, accessKeyId, claims);
}

async function parentKeyStands(room: CredentialRoom, claims: SessionClaims): Promise<boolean> {
  if (claims.parentAccessKeyId === undefined) return true;
  const parent = await room.reader.get(accessKeys, anyAccount, claims.parentAccessKeyId);
  return parent?.status === 'Active';
}

/** The claims, without their MFA when the device is no longer the user's. */
async function standing({ reader, env }: CredentialRoom, claims: SessionClaims): Promise<SessionClaims> {
  const { mfaAt, mfaSerial, ...rest } = claims;
  if (mfaAt === undefined || mfaSerial === undefined) return rest;
  const { accountId, principalId: ownerId } = claims;
  const device = { partition: env.settings.partition, accountId, ownerId, serialNumber: mfaSerial };
  return (await deviceStands(reader, device, mfaAt)) ? claims : rest;
}

function federatedCaller(partition: string, accessKeyId: string, claims: SessionClaims): Caller {
  const name = claims.sessionName ?? '';
  return {
    kind: 'federatedUser',
    accountId: claims.accountId,
    arn: `arn:${partition}:sts::${claims.accountId}:federated-user/${name}`,
    userId: `${claims.accountId}:${name}`,
    accessKeyId,
    principalId: claims.principalId,
    session: claims,
    tags: claims.sessionTags ?? {},
  };
}
