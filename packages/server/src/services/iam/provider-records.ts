/** Records of identity providers: whose word roles take for who somebody is. Times are milliseconds since the epoch. */
import type { Collection } from '../../store/store.ts';
import type { Tag } from './records.ts';

export interface SamlProviderRecord {
  readonly name: string;
  readonly uuid: string;
  readonly createdAt: number;
  /** As it was uploaded. */
  readonly metadata: string;
  /** What assertions must name as their issuer. */
  readonly entityId: string;
  /** DER in base64, of the keys that may sign assertions. */
  readonly certificates: readonly string[];
  readonly validUntil: number;
  readonly encryption: 'Required' | 'Allowed';
  readonly tags: readonly Tag[];
}

/** A key that opens encrypted assertions of a provider. */
export interface SamlPrivateKeyRecord {
  readonly keyId: string;
  readonly addedAt: number;
  /** PEM; sealed at rest and never returned. */
  readonly privateKey: string;
}

export interface OidcProviderRecord {
  /** URL without `https://`, exactly as it was given: it is compared with `iss` so. */
  readonly url: string;
  readonly createdAt: number;
  readonly clientIds: readonly string[];
  /** SHA-1 of certificates that the provider's server may show besides those of well-known authorities. */
  readonly thumbprints: readonly string[];
  readonly tags: readonly Tag[];
}

/** Keyed by the name. */
export const samlProviders: Collection<SamlProviderRecord> = { name: 'iam.saml-provider' };
/** Keyed by `<uuid of the provider>/<key id>`. */
export const samlPrivateKeys: Collection<SamlPrivateKeyRecord> = {
  name: 'iam.saml-private-key',
  sealed: ['privateKey'],
};
/** Keyed by the URL without its scheme. */
export const oidcProviders: Collection<OidcProviderRecord> = { name: 'iam.oidc-provider' };
