/** Records of what users hold besides access keys and passwords. Times are milliseconds since the epoch. */
import type { Collection, Scope } from '../../store/store.ts';
import { keyUseScope } from './records.ts';
import type { Tag } from './records.ts';

export type CredentialStatus = 'Active' | 'Inactive';

/** A device that makes time-based codes (RFC 6238: SHA-1, 30 s, 6 digits). */
export interface MfaDeviceRecord {
  /** ARN of a virtual device; what is printed on a hardware one. */
  readonly serialNumber: string;
  readonly virtual: boolean;
  readonly createdAt: number;
  readonly tags: readonly Tag[];
  /** Base32; sealed at rest and shown only once. */
  readonly seed: string;
  /** AIDA… of the user, or the account id for the root user; absent while nobody has it. */
  readonly ownerId?: string;
  readonly enabledAt?: number;
  /** Time steps by which the device's clock is ahead of ours, learned from the codes that were good. */
  readonly drift: number;
  /** The time step of the last code that was accepted: neither it nor an earlier one is accepted again. */
  readonly lastStep: number;
}

export interface SshPublicKeyRecord {
  readonly keyId: string;
  readonly userId: string;
  /** As it was uploaded. */
  readonly body: string;
  /** SubjectPublicKeyInfo in DER, base64: the same for every encoding of one key. */
  readonly spki: string;
  readonly status: CredentialStatus;
  readonly uploadedAt: number;
}

export interface SigningCertificateRecord {
  readonly certificateId: string;
  /** AIDA… of the user, or the account id for the root user. */
  readonly ownerId: string;
  readonly body: string;
  /** SHA-256 of the certificate in DER. */
  readonly fingerprint: string;
  readonly status: CredentialStatus;
  readonly uploadedAt: number;
}

export interface ServerCertificateRecord {
  readonly name: string;
  readonly certificateId: string;
  readonly path: string;
  readonly body: string;
  readonly chain?: string;
  /** PEM; sealed at rest and never returned. */
  readonly privateKey: string;
  readonly uploadedAt: number;
  readonly expiresAt: number;
  readonly tags: readonly Tag[];
}

export interface ServiceCredentialRecord {
  readonly credentialId: string;
  readonly userId: string;
  readonly serviceName: string;
  /** User name or alias at the service, unique in the account; it keeps the name that the user had when it was made. */
  readonly login: string;
  /** What `passwords.ts` made of the secret. */
  readonly hash: string;
  readonly status: CredentialStatus;
  readonly createdAt: number;
  readonly expiresAt?: number;
}

export interface CredentialReportRecord {
  readonly startedAt: number;
  readonly content: string;
}

/** When and where a session of a role last called anything. */
export interface RoleUseRecord {
  readonly roleId: string;
  readonly at: number;
  readonly region: string;
}

const owned = ({ ownerId }: { readonly ownerId?: string }) => (ownerId === undefined ? {} : { owner: ownerId });

/** Keyed by `deviceKey` (mfa-devices.ts). */
export const mfaDevices: Collection<MfaDeviceRecord> = { name: 'iam.mfa-device', sealed: ['seed'], indexes: owned };
/** Keyed by the key's id. */
export const sshPublicKeys: Collection<SshPublicKeyRecord> = {
  name: 'iam.ssh-public-key',
  indexes: ({ userId }) => ({ owner: userId }),
};
/** Keyed by the certificate's id. */
export const signingCertificates: Collection<SigningCertificateRecord> = {
  name: 'iam.signing-certificate',
  indexes: ({ ownerId, fingerprint }) => ({ owner: ownerId, fingerprint }),
};
/** Keyed by `nameKey(name)`. */
export const serverCertificates: Collection<ServerCertificateRecord> = {
  name: 'iam.server-certificate',
  sealed: ['privateKey'],
};
/** Keyed by the credential's id. */
export const serviceCredentials: Collection<ServiceCredentialRecord> = {
  name: 'iam.service-credential',
  sealed: ['hash'],
  indexes: ({ userId, login }) => ({ owner: userId, login }),
};
/** Keyed by `credentialReportKey`. */
export const credentialReports: Collection<CredentialReportRecord> = { name: 'iam.credential-report' };
export const credentialReportKey = 'credential-report';
/** In scope `roleUseScope`, keyed by the role's unique id. */
export const roleUses: Collection<RoleUseRecord> = { name: 'iam.role-use' };
/** As for access keys: noting a use must not drop what is cached of the account. */
export const roleUseScope: Scope = keyUseScope;
