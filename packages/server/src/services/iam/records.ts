/** The IAM records that authentication, authorization, IAM and STS share. Times are milliseconds since the epoch. */
import type { Collection, Scope } from '../../store/store.ts';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface AccountRecord {
  readonly accountId: string;
  readonly createdAt: number;
  readonly alias?: string;
}

export interface UserRecord {
  readonly userName: string;
  readonly userId: string;
  readonly path: string;
  readonly createdAt: number;
  readonly tags: readonly Tag[];
  readonly permissionsBoundary?: string;
  readonly passwordLastUsed?: number;
}

export interface GroupRecord {
  readonly groupName: string;
  readonly groupId: string;
  readonly path: string;
  readonly createdAt: number;
}

export interface RoleRecord {
  readonly roleName: string;
  readonly roleId: string;
  readonly path: string;
  readonly createdAt: number;
  readonly description?: string;
  readonly maxSessionDuration: number;
  /** The trust policy as the caller wrote it, byte for byte. */
  readonly trustPolicy: string;
  /** User and role ARNs named in the trust policy → the unique id they had when it was saved. */
  readonly trustIds: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly permissionsBoundary?: string;
  /** Set for service-linked roles: the service principal. */
  readonly linkedService?: string;
  /** Set for roles made from a template. */
  readonly sourceTemplate?: { readonly arn: string; readonly minorVersion: number };
}

export interface PolicyVersionRecord {
  readonly versionId: string;
  readonly document: string;
  readonly createdAt: number;
}

export interface ManagedPolicyRecord {
  readonly policyName: string;
  readonly policyId: string;
  readonly path: string;
  readonly description?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: readonly Tag[];
  readonly defaultVersionId: string;
  /** When the default last changed, and what it was before: for the propagation delay. */
  readonly defaultSince: number;
  readonly previousDefault?: string;
  /** Number of the next version; numbers are never reused. */
  readonly nextVersion: number;
  /** Oldest first; at most five. */
  readonly versions: readonly PolicyVersionRecord[];
}

export type OwnerType = 'user' | 'group' | 'role';

export interface InlinePolicyRecord {
  readonly ownerType: OwnerType;
  readonly ownerId: string;
  readonly policyName: string;
  readonly document: string;
  /** When this text was put. */
  readonly since: number;
  /** The text that holds until the propagation delay after `since` is over; absent when there was none. */
  readonly previous?: string;
}

export interface AttachmentRecord {
  readonly ownerType: OwnerType;
  readonly ownerId: string;
  readonly policyArn: string;
  readonly since: number;
}

export interface MembershipRecord {
  readonly groupId: string;
  readonly userId: string;
  readonly since: number;
}

export interface AccessKeyRecord {
  readonly accessKeyId: string;
  /** Sealed at rest. */
  readonly secret: string;
  readonly accountId: string;
  /** AIDA… of the user, or the account id for the root user. */
  readonly ownerId: string;
  readonly status: 'Active' | 'Inactive';
  readonly createdAt: number;
}

export interface AccessKeyUseRecord {
  readonly accessKeyId: string;
  readonly at: number;
  readonly service: string;
  readonly region: string;
}

export interface InstanceProfileRecord {
  readonly instanceProfileName: string;
  readonly instanceProfileId: string;
  readonly path: string;
  readonly createdAt: number;
  readonly tags: readonly Tag[];
  /** Unique id of the one role it may hold. */
  readonly roleId?: string;
}

/** A password of an IAM user; `hash` is what `passwords.ts` made of it. */
export interface LoginProfileRecord {
  readonly userId: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly resetRequired: boolean;
  readonly hash: string;
  /** Hashes of earlier passwords, newest first; at most 24. */
  readonly history: readonly string[];
}

export interface PasswordPolicyRecord {
  readonly minimumLength: number;
  readonly requireSymbols: boolean;
  readonly requireNumbers: boolean;
  readonly requireUppercase: boolean;
  readonly requireLowercase: boolean;
  readonly allowUsersToChange: boolean;
  readonly maxAgeDays?: number;
  readonly reusePrevention?: number;
  readonly hardExpiry?: boolean;
}

/** Who owns an account alias: aliases are unique over all accounts. */
export interface AccountAliasRecord {
  readonly accountId: string;
}

export const global = (accountId: string): Scope => ({ accountId, region: '' });
/** Access keys are looked up before the account is known. */
export const anyAccount: Scope = { accountId: '', region: '' };

/** Names are unique ignoring case (IAM names are ASCII). */
export const nameKey = (name: string): string => name.toLowerCase();
export const ownedKey = (type: OwnerType, ownerId: string, rest = ''): string => `${type}/${ownerId}/${rest}`;

/** Finds whom a managed policy bounds. */
const bound = ({ permissionsBoundary: arn }: { readonly permissionsBoundary?: string }) =>
  arn === undefined ? {} : { boundary: arn };

/** In scope `anyAccount`, keyed by the account id. */
export const accounts: Collection<AccountRecord> = {
  name: 'account',
  indexes: (a) => (a.alias === undefined ? {} : { alias: a.alias }),
};
/** Keyed by `nameKey(userName)`. */
export const users: Collection<UserRecord> = { name: 'iam.user', indexes: (u) => ({ id: u.userId, ...bound(u) }) };
export const groups: Collection<GroupRecord> = { name: 'iam.group', indexes: (g) => ({ id: g.groupId }) };
export const roles: Collection<RoleRecord> = { name: 'iam.role', indexes: (r) => ({ id: r.roleId, ...bound(r) }) };
/** Customer managed policies, keyed by `nameKey(policyName)`. */
export const managedPolicies: Collection<ManagedPolicyRecord> = {
  name: 'iam.policy',
  indexes: (p) => ({ id: p.policyId }),
};
/** Keyed by `ownedKey(type, ownerId, policyName)`. */
export const inlinePolicies: Collection<InlinePolicyRecord> = { name: 'iam.inline-policy' };
/** Keyed by `ownedKey(type, ownerId, policyArn)`. */
export const attachments: Collection<AttachmentRecord> = {
  name: 'iam.attachment',
  indexes: (a) => ({ policy: a.policyArn }),
};
/** Keyed by `<groupId>/<userId>`. */
export const memberships: Collection<MembershipRecord> = {
  name: 'iam.membership',
  indexes: (m) => ({ user: m.userId }),
};
/** In scope `anyAccount`, keyed by the access key id. */
export const accessKeys: Collection<AccessKeyRecord> = {
  name: 'iam.access-key',
  sealed: ['secret'],
  indexes: (k) => ({ owner: k.ownerId }),
};
/** In scope `keyUseScope`, keyed by the access key id. */
export const accessKeyUses: Collection<AccessKeyUseRecord> = { name: 'iam.access-key-use' };
/** A scope of its own: noting a use must not raise the version of the account, which would drop what is cached of it. */
export const keyUseScope: Scope = { accountId: 'key-use', region: '' };
/** Keyed by `nameKey(instanceProfileName)`. */
export const instanceProfiles: Collection<InstanceProfileRecord> = {
  name: 'iam.instance-profile',
  indexes: (p) => (p.roleId === undefined ? {} : { role: p.roleId }),
};
/** Keyed by the user's unique id. */
export const loginProfiles: Collection<LoginProfileRecord> = { name: 'iam.login-profile', sealed: ['hash'] };
/** Keyed by `passwordPolicyKey`. */
export const passwordPolicies: Collection<PasswordPolicyRecord> = { name: 'iam.password-policy' };
export const passwordPolicyKey = 'password-policy';
/** In scope `anyAccount`, keyed by the alias. */
export const accountAliases: Collection<AccountAliasRecord> = { name: 'iam.account-alias' };
