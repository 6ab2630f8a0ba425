/** Server certificates: a certificate with its key and chain; the key is never returned (spec/iam.md 6.10). */
import type { X509Certificate } from 'node:crypto';
import type { IamModel, ServerCertificateMetadata, UploadServerCertificateRequest } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onCreate, onList } from './access.ts';
import { pathOf } from './arns.ts';
import { brokenLink, expiryOf, isCurrent, readCertificate, readChain, readPrivateKey } from './certificates.ts';
import { serverCertificates as collection } from './credential-records.ts';
import type { ServerCertificateRecord } from './credential-records.ts';
import { newId } from './ids.ts';
import { present, state } from './needs.ts';
import type { Needs } from './needs.ts';
import { pageOfRecords } from './pagination.ts';
import { quotas, quotaText } from './quotas.ts';
import { global, nameKey } from './records.ts';
import {
  certificateArn,
  findCertificate,
  onCertificate,
  onCertificateMove,
  saveCertificate,
  theCertificate,
} from './server-certificate-lookup.ts';
import { tagPage } from './tag-page.ts';
import { checkedTags, mergedTags, withoutTags } from './validate-tags.ts';

type Uploads = Needs<'MalformedCertificate' | 'KeyPairMismatch'>;

const metadata = (call: Needs, certificate: ServerCertificateRecord): ServerCertificateMetadata => ({
  Path: certificate.path,
  ServerCertificateName: certificate.name,
  ServerCertificateId: certificate.certificateId,
  Arn: certificateArn(call, certificate),
  UploadDate: new Date(certificate.uploadedAt),
  Expiration: new Date(certificate.expiresAt),
});

function ensureChain(call: Uploads, leaf: X509Certificate, text: string): void {
  const chain = readChain(text);
  const broken = chain === undefined ? -1 : brokenLink(leaf, chain);
  if (broken === undefined) return;
  const rule =
    'The certificate chain must start with the immediate signing certificate, followed by any intermediaries in order.';
  const place = `The index within the chain of the invalid certificate is: ${broken}`;
  call.fail('MalformedCertificate', `Unable to validate certificate chain. ${rule} ${place}`);
}

/** The certificate of an upload, once it, its key and its chain fit together. */
function checkedCertificate(call: Uploads, input: UploadServerCertificateRequest): X509Certificate {
  const malformed = (text: string): never => call.fail('MalformedCertificate', text);
  const certificate =
    readCertificate(input.CertificateBody) ??
    malformed('Unable to parse certificate. Please ensure the certificate is in PEM format.');
  const key =
    readPrivateKey(input.PrivateKey) ??
    malformed('Unable to parse private key. Please ensure the key is in PEM format and not encrypted.');
  if (!isCurrent(certificate, call.now)) malformed('The certificate is not valid at this time.');
  if (!certificate.checkPrivateKey(key)) {
    call.fail('KeyPairMismatch', 'The private key does not belong to the certificate.');
  }
  if (input.CertificateChain !== undefined) ensureChain(call, certificate, input.CertificateChain);
  return certificate;
}

async function ensureFree(call: Needs<'EntityAlreadyExists'>, name: string): Promise<void> {
  if ((await findCertificate(call, name)) !== undefined) {
    call.fail('EntityAlreadyExists', `The Server Certificate with name ${name} already exists.`);
  }
}

async function ensureRoom(call: Needs<'LimitExceeded'>): Promise<void> {
  const limit = quotas.serverCertificatesPerAccount;
  if ((await state(call).count(collection, global(call.accountId))) >= limit) {
    call.fail('LimitExceeded', quotaText('ServerCertificatesPerAccount', limit));
  }
}

export const serverCertificates = operationsOf<IamModel>()({
  UploadServerCertificate: {
    access: ({ ServerCertificateName, Path, Tags }, call) =>
      onCreate(call, {
        type: 'server-certificate',
        name: ServerCertificateName,
        path: Path,
        tags: Tags,
        tagAction: 'iam:TagServerCertificate',
      }),
    async write(input, call) {
      const { ServerCertificateName: name } = input;
      await ensureFree(call, name);
      const expiresAt = expiryOf(checkedCertificate(call, input));
      const tags = checkedTags(call, 'exact', input.Tags);
      await ensureRoom(call);
      const certificate: ServerCertificateRecord = present({
        name,
        certificateId: newId('serverCertificate', call.accountId, call.env.random),
        path: pathOf(call, input.Path),
        body: input.CertificateBody,
        chain: input.CertificateChain,
        privateKey: input.PrivateKey,
        uploadedAt: call.now,
        expiresAt,
        tags,
      });
      await saveCertificate(call, certificate);
      return {
        ServerCertificateMetadata: metadata(call, certificate),
        Tags: tags.length === 0 ? undefined : tags,
      };
    },
  },

  GetServerCertificate: {
    access: ({ ServerCertificateName }, call) => onCertificate(call, ServerCertificateName),
    async read({ ServerCertificateName }, call) {
      const certificate = await theCertificate(call, ServerCertificateName);
      return {
        ServerCertificate: {
          ServerCertificateMetadata: metadata(call, certificate),
          CertificateBody: certificate.body,
          CertificateChain: certificate.chain,
          Tags: certificate.tags,
        },
      };
    },
  },

  ListServerCertificates: {
    access: (_, call) => onList(call, 'server-certificate'),
    async read(input, call) {
      const { PathPrefix = '/' } = input;
      const listing = { operation: 'ListServerCertificates', filters: [PathPrefix] };
      const page = await pageOfRecords(call, listing, input, collection, ({ path }) => path.startsWith(PathPrefix));
      return { ServerCertificateMetadataList: page.items.map((item) => metadata(call, item)), ...page.more };
    },
  },

  UpdateServerCertificate: {
    access: ({ ServerCertificateName, NewServerCertificateName, NewPath }, call) =>
      onCertificateMove(call, ServerCertificateName, { name: NewServerCertificateName, path: NewPath }),
    async write({ ServerCertificateName, NewServerCertificateName, NewPath }, call) {
      const from = await theCertificate(call, ServerCertificateName);
      const name = NewServerCertificateName ?? from.name;
      const path = NewPath === undefined ? from.path : pathOf(call, NewPath);
      if (nameKey(name) !== nameKey(from.name)) {
        await ensureFree(call, name);
        await call.tx.remove(collection, global(call.accountId), nameKey(from.name));
      }
      await saveCertificate(call, { ...from, name, path });
      return {};
    },
  },

  DeleteServerCertificate: {
    access: ({ ServerCertificateName }, call) => onCertificate(call, ServerCertificateName),
    async write({ ServerCertificateName }, call) {
      const { name } = await theCertificate(call, ServerCertificateName);
      await call.tx.remove(collection, global(call.accountId), nameKey(name));
      return {};
    },
  },

  TagServerCertificate: {
    access: ({ ServerCertificateName, Tags }, call) =>
      onCertificate(call, ServerCertificateName, { requestTags: Tags }),
    async write({ ServerCertificateName, Tags }, call) {
      const certificate = await theCertificate(call, ServerCertificateName);
      await saveCertificate(call, { ...certificate, tags: mergedTags(call, 'exact', certificate.tags, Tags) });
      return {};
    },
  },

  UntagServerCertificate: {
    access: ({ ServerCertificateName, TagKeys }, call) =>
      onCertificate(call, ServerCertificateName, { tagKeys: TagKeys }),
    async write({ ServerCertificateName, TagKeys }, call) {
      const certificate = await theCertificate(call, ServerCertificateName);
      await saveCertificate(call, { ...certificate, tags: withoutTags('exact', certificate.tags, TagKeys) });
      return {};
    },
  },

  ListServerCertificateTags: {
    access: ({ ServerCertificateName }, call) => onCertificate(call, ServerCertificateName),
    async read(input, call) {
      const certificate = await theCertificate(call, input.ServerCertificateName);
      return tagPage(call, 'ListServerCertificateTags', certificate.certificateId, input, certificate.tags);
    },
  },
});
