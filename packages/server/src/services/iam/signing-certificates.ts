/** X.509 signing certificates of users and of the root user (spec/iam.md 6.10). */
import type { IamModel, SigningCertificate } from '../../model/iam.ts';
import { alphanumerics } from '../random-text.ts';
import { operationsOf } from '../service.ts';
import { onTarget } from './access.ts';
import { isCurrent, readCertificate } from './certificates.ts';
import { credentialOwner, rootName } from './credential-owner.ts';
import type { CredentialOwner } from './credential-owner.ts';
import { signingCertificates as collection } from './credential-records.ts';
import type { SigningCertificateRecord } from './credential-records.ts';
import { byAge, settableStatus } from './credential-status.ts';
import { state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { pageOf } from './pagination.ts';
import { quotas, quotaText } from './quotas.ts';
import { global } from './records.ts';

/** The certificates of a user or of the root user. */
async function signingCertificatesOf(call: Needs, ownerId: string): Promise<SigningCertificateRecord[]> {
  return (await state(call).find(collection, 'owner', ownerId, global(call.accountId))).map(({ value }) => value);
}

/** The owner's certificate, or NoSuchEntity. */
async function theCertificate(
  call: Needs<'NoSuchEntity'>,
  userName: string | undefined,
  id: string,
): Promise<SigningCertificateRecord> {
  const owner = await credentialOwner(call, userName);
  const found = await state(call).get(collection, global(call.accountId), id);
  return found?.ownerId === owner.id
    ? found
    : call.fail('NoSuchEntity', `The Certificate with id ${id} cannot be found.`);
}

const shown = (owner: CredentialOwner, certificate: SigningCertificateRecord): SigningCertificate => ({
  UserName: owner.userName ?? rootName,
  CertificateId: certificate.certificateId,
  CertificateBody: certificate.body,
  Status: certificate.status,
  UploadDate: new Date(certificate.uploadedAt),
});

/** The fingerprint of an uploaded certificate that is good now. */
function checkedFingerprint(call: Needs<'MalformedCertificate' | 'InvalidCertificate'>, body: string): string {
  const certificate = readCertificate(body) ?? call.fail('MalformedCertificate', `Certificate ${body} is malformed.`);
  if (!isCurrent(certificate, call.now)) {
    call.fail('InvalidCertificate', 'The certificate is not valid at this time.');
  }
  return certificate.fingerprint256;
}

async function ensureNew(
  call: Needs<'DuplicateCertificate' | 'LimitExceeded'>,
  ownerId: string,
  fingerprint: string,
): Promise<void> {
  if ((await state(call).find(collection, 'fingerprint', fingerprint, global(call.accountId))).length > 0) {
    call.fail('DuplicateCertificate', 'The certificate is already associated with a user of the account.');
  }
  if ((await signingCertificatesOf(call, ownerId)).length >= quotas.signingCertificatesPerUser) {
    call.fail('LimitExceeded', quotaText('CertificatesPerUser', quotas.signingCertificatesPerUser));
  }
}

const save = (call: Writes, certificate: SigningCertificateRecord): Promise<void> =>
  call.tx.put(collection, global(call.accountId), certificate.certificateId, certificate);

export const signingCertificates = operationsOf<IamModel>()({
  UploadSigningCertificate: {
    access: ({ UserName }, call) => onTarget(call, UserName),
    async write({ UserName, CertificateBody }, call) {
      const owner = await credentialOwner(call, UserName);
      const fingerprint = checkedFingerprint(call, CertificateBody);
      await ensureNew(call, owner.id, fingerprint);
      const certificate: SigningCertificateRecord = {
        certificateId: alphanumerics(call.env.random, 32).toUpperCase(),
        ownerId: owner.id,
        body: CertificateBody,
        fingerprint,
        status: 'Active',
        uploadedAt: call.now,
      };
      await save(call, certificate);
      return { Certificate: shown(owner, certificate) };
    },
  },

  ListSigningCertificates: {
    access: ({ UserName }, call) => onTarget(call, UserName),
    async read(input, call) {
      const owner = await credentialOwner(call, input.UserName);
      const listing = { operation: 'ListSigningCertificates', filters: [owner.id] };
      const all = await signingCertificatesOf(call, owner.id);
      const { items, more } = pageOf(call, listing, input, all, (c) => byAge(c.uploadedAt, c.certificateId));
      return { Certificates: items.map((certificate) => shown(owner, certificate)), ...more };
    },
  },

  UpdateSigningCertificate: {
    access: ({ UserName }, call) => onTarget(call, UserName),
    async write({ UserName, CertificateId, Status }, call) {
      const status = settableStatus(call, Status);
      await save(call, { ...(await theCertificate(call, UserName, CertificateId)), status });
      return {};
    },
  },

  DeleteSigningCertificate: {
    access: ({ UserName }, call) => onTarget(call, UserName),
    async write({ UserName, CertificateId }, call) {
      const { certificateId } = await theCertificate(call, UserName, CertificateId);
      await call.tx.remove(collection, global(call.accountId), certificateId);
      return {};
    },
  },
});
