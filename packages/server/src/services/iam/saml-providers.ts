/** SAML providers: metadata of those who assert who somebody is (spec/iam.md 6.12). */
import type { IamModel, UpdateSAMLProviderRequest } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onList } from './access.ts';
import { present, state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { base32 } from './ids.ts';
import {
  onProviderCreation,
  onSaml,
  providerArn,
  samlProviderNamed,
  saveSaml,
  theSamlProvider,
} from './provider-lookup.ts';
import { samlPrivateKeys, samlProviders as collection } from './provider-records.ts';
import type { SamlPrivateKeyRecord, SamlProviderRecord } from './provider-records.ts';
import { quotas, quotaText } from './quotas.ts';
import { global } from './records.ts';
import { readPrivateKey } from './certificates.ts';
import { readSamlMetadata } from './saml-metadata.ts';
import { tagPage } from './tag-page.ts';
import { checkedTags, mergedTags, withoutTags } from './validate-tags.ts';

type Metadata = Pick<SamlProviderRecord, 'metadata' | 'entityId' | 'certificates' | 'validUntil'>;

/** How long metadata without an end is good. */
const hundredYearsMs = 36_525 * 86_400_000;

function checkedMetadata(call: Needs<'InvalidInput' | 'LimitExceeded'>, metadata: string): Metadata {
  const read = readSamlMetadata(metadata) ?? call.fail('InvalidInput', 'Could not parse metadata');
  if (read.certificates.length > quotas.keysPerSamlProvider) {
    call.fail('LimitExceeded', quotaText('KeysPerSAMLProvider', quotas.keysPerSamlProvider));
  }
  return { metadata, validUntil: call.now + hundredYearsMs, ...read };
}

const keysOf = async (call: Needs, { uuid }: SamlProviderRecord): Promise<SamlPrivateKeyRecord[]> =>
  (await state(call).list(samlPrivateKeys, global(call.accountId), { prefix: `${uuid}/` })).map(({ value }) => value);

async function addKey(
  call: Writes<'InvalidInput' | 'LimitExceeded'>,
  provider: SamlProviderRecord,
  privateKey: string,
): Promise<void> {
  const key = readPrivateKey(privateKey);
  if (key?.asymmetricKeyType !== 'rsa') {
    call.fail('InvalidInput', 'The private key must be an unencrypted RSA key in PEM format.');
  }
  if ((await keysOf(call, provider)).length >= quotas.privateKeysPerSamlProvider) {
    call.fail('LimitExceeded', quotaText('PrivateKeysPerSAMLProvider', quotas.privateKeysPerSamlProvider));
  }
  const record = { keyId: base32(call.env.random.bytes(32)), addedAt: call.now, privateKey };
  await call.tx.insert(samlPrivateKeys, global(call.accountId), `${provider.uuid}/${record.keyId}`, record);
}

async function removeKey(call: Writes<'NoSuchEntity'>, { uuid }: SamlProviderRecord, keyId: string): Promise<void> {
  if (!(await call.tx.remove(samlPrivateKeys, global(call.accountId), `${uuid}/${keyId}`))) {
    call.fail('NoSuchEntity', `The private key with id ${keyId} cannot be found.`);
  }
}

/** Nothing could be opened where encryption is required and there is no key. */
async function ensureOpenable(call: Needs<'InvalidInput'>, provider: SamlProviderRecord): Promise<void> {
  if (provider.encryption === 'Required' && (await keysOf(call, provider)).length === 0) {
    call.fail('InvalidInput', 'A private key is needed while the encryption of assertions is required.');
  }
}

async function ensureNew(call: Needs<'EntityAlreadyExists'>, name: string): Promise<void> {
  if ((await samlProviderNamed(call, name)) !== undefined) {
    call.fail('EntityAlreadyExists', `SAMLProvider with name ${name} already exists.`);
  }
}

async function ensureRoom(call: Needs<'LimitExceeded'>): Promise<void> {
  const limit = quotas.samlProvidersPerAccount;
  if ((await state(call).count(collection, global(call.accountId))) >= limit) {
    call.fail('LimitExceeded', quotaText('SAMLProvidersPerAccount', limit));
  }
}

function updated(
  call: Needs<'InvalidInput' | 'LimitExceeded'>,
  provider: SamlProviderRecord,
  { SAMLMetadataDocument, AssertionEncryptionMode }: UpdateSAMLProviderRequest,
): SamlProviderRecord {
  const metadata = SAMLMetadataDocument === undefined ? {} : checkedMetadata(call, SAMLMetadataDocument);
  return { ...provider, ...metadata, ...present({ encryption: AssertionEncryptionMode }) };
}

export const samlProviders = operationsOf<IamModel>()({
  CreateSAMLProvider: {
    access: ({ Name, Tags }, call) =>
      onProviderCreation(providerArn(call, 'saml-provider', Name), Tags, 'iam:TagSAMLProvider'),
    async write({ Name, SAMLMetadataDocument, Tags, AssertionEncryptionMode, AddPrivateKey }, call) {
      const metadata = checkedMetadata(call, SAMLMetadataDocument);
      await ensureNew(call, Name);
      const tags = checkedTags(call, 'exact', Tags);
      await ensureRoom(call);
      const provider: SamlProviderRecord = {
        name: Name,
        uuid: `SAMLSP${base32(call.env.random.bytes(26))}`,
        createdAt: call.now,
        ...metadata,
        encryption: AssertionEncryptionMode ?? 'Allowed',
        tags,
      };
      await saveSaml(call, provider);
      if (AddPrivateKey !== undefined) await addKey(call, provider, AddPrivateKey);
      await ensureOpenable(call, provider);
      const SAMLProviderArn = providerArn(call, 'saml-provider', Name);
      return { SAMLProviderArn, Tags: tags.length === 0 ? undefined : tags };
    },
  },

  GetSAMLProvider: {
    access: ({ SAMLProviderArn }, call) => onSaml(call, SAMLProviderArn),
    async read({ SAMLProviderArn }, call) {
      const provider = await theSamlProvider(call, SAMLProviderArn);
      const keys = (await keysOf(call, provider)).toSorted((a, b) => a.addedAt - b.addedAt);
      return {
        SAMLProviderUUID: provider.uuid,
        SAMLMetadataDocument: provider.metadata,
        CreateDate: new Date(provider.createdAt),
        ValidUntil: new Date(provider.validUntil),
        Tags: provider.tags,
        AssertionEncryptionMode: provider.encryption,
        PrivateKeyList: keys.map(({ keyId, addedAt }) => ({ KeyId: keyId, Timestamp: new Date(addedAt) })),
      };
    },
  },

  ListSAMLProviders: {
    access: (_, call) => onList(call, 'saml-provider'),
    async read(_, call) {
      const providers = await state(call).list(collection, global(call.accountId));
      return {
        SAMLProviderList: providers.map(({ value: { name, validUntil, createdAt } }) => ({
          Arn: providerArn(call, 'saml-provider', name),
          ValidUntil: new Date(validUntil),
          CreateDate: new Date(createdAt),
        })),
      };
    },
  },

  UpdateSAMLProvider: {
    access: ({ SAMLProviderArn }, call) => onSaml(call, SAMLProviderArn),
    async write(input, call) {
      const { SAMLProviderArn, AddPrivateKey, RemovePrivateKey } = input;
      const provider = updated(call, await theSamlProvider(call, SAMLProviderArn), input);
      if (AddPrivateKey !== undefined && RemovePrivateKey !== undefined) {
        call.fail('InvalidInput', 'A private key cannot be added and removed in the same request.');
      }
      if (AddPrivateKey !== undefined) await addKey(call, provider, AddPrivateKey);
      if (RemovePrivateKey !== undefined) await removeKey(call, provider, RemovePrivateKey);
      await ensureOpenable(call, provider);
      await saveSaml(call, provider);
      return { SAMLProviderArn };
    },
  },

  DeleteSAMLProvider: {
    access: ({ SAMLProviderArn }, call) => onSaml(call, SAMLProviderArn),
    async write({ SAMLProviderArn }, call) {
      const provider = await theSamlProvider(call, SAMLProviderArn);
      for (const { keyId } of await keysOf(call, provider)) await removeKey(call, provider, keyId);
      await call.tx.remove(collection, global(call.accountId), provider.name);
      return {};
    },
  },

  TagSAMLProvider: {
    access: ({ SAMLProviderArn, Tags }, call) => onSaml(call, SAMLProviderArn, { requestTags: Tags }),
    async write({ SAMLProviderArn, Tags }, call) {
      const provider = await theSamlProvider(call, SAMLProviderArn);
      await saveSaml(call, { ...provider, tags: mergedTags(call, 'exact', provider.tags, Tags) });
      return {};
    },
  },

  UntagSAMLProvider: {
    access: ({ SAMLProviderArn, TagKeys }, call) => onSaml(call, SAMLProviderArn, { tagKeys: TagKeys }),
    async write({ SAMLProviderArn, TagKeys }, call) {
      const provider = await theSamlProvider(call, SAMLProviderArn);
      await saveSaml(call, { ...provider, tags: withoutTags('exact', provider.tags, TagKeys) });
      return {};
    },
  },

  ListSAMLProviderTags: {
    access: ({ SAMLProviderArn }, call) => onSaml(call, SAMLProviderArn),
    async read(input, call) {
      const provider = await theSamlProvider(call, input.SAMLProviderArn);
      return tagPage(call, 'ListSAMLProviderTags', provider.uuid, input, provider.tags);
    },
  },
});
