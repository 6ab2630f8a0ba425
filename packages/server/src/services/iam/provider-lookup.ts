/** Finding identity providers by their ARN, and what operations on them ask to be allowed. */
import type { AccessCheck } from '../service.ts';
import { tagMap } from './access.ts';
import { state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { ensureArn } from './policies.ts';
import { oidcProviders, samlProviders } from './provider-records.ts';
import type { OidcProviderRecord, SamlProviderRecord } from './provider-records.ts';
import { global } from './records.ts';
import type { Tag } from './records.ts';

type ProviderType = 'saml-provider' | 'oidc-provider';

/** `arn:aws:iam::<account>:<type>/<name>` in the caller's account. */
export const providerArn = (call: Needs, type: ProviderType, name: string): string =>
  `arn:${call.env.settings.partition}:iam::${call.accountId}:${type}/${name}`;

/** The name in an ARN of the caller's account, or `undefined` when the ARN is of something else. */
function nameIn(call: Needs, type: ProviderType, arn: string): string | undefined {
  const start = providerArn(call, type, '');
  return arn.startsWith(start) && arn.length > start.length ? arn.slice(start.length) : undefined;
}

export const samlProviderNamed = (call: Needs, name: string): Promise<SamlProviderRecord | undefined> =>
  state(call).get(samlProviders, global(call.accountId), name);

export const oidcProviderAt = (call: Needs, url: string): Promise<OidcProviderRecord | undefined> =>
  state(call).get(oidcProviders, global(call.accountId), url);

async function findSaml(call: Needs, arn: string): Promise<SamlProviderRecord | undefined> {
  const name = nameIn(call, 'saml-provider', arn);
  return name === undefined ? undefined : samlProviderNamed(call, name);
}

async function findOidc(call: Needs, arn: string): Promise<OidcProviderRecord | undefined> {
  const url = nameIn(call, 'oidc-provider', arn);
  return url === undefined ? undefined : oidcProviderAt(call, url);
}

/** The provider, or NoSuchEntity. */
export const theSamlProvider = async (call: Needs<'NoSuchEntity'>, arn: string): Promise<SamlProviderRecord> =>
  (await findSaml(call, arn)) ?? call.fail('NoSuchEntity', `Manifest not found for arn ${arn}`);

/** The provider, or NoSuchEntity. */
export const theOidcProvider = async (call: Needs<'NoSuchEntity'>, arn: string): Promise<OidcProviderRecord> =>
  (await findOidc(call, arn)) ?? call.fail('NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`);

export const saveSaml = (call: Writes, provider: SamlProviderRecord): Promise<void> =>
  call.tx.put(samlProviders, global(call.accountId), provider.name, provider);

export const saveOidc = (call: Writes, provider: OidcProviderRecord): Promise<void> =>
  call.tx.put(oidcProviders, global(call.accountId), provider.url, provider);

interface TagFacts {
  readonly requestTags?: readonly Tag[];
  readonly tagKeys?: readonly string[];
}

const checkOf = (arn: string, tags: readonly Tag[], facts: TagFacts): AccessCheck => ({
  resource: arn,
  resourceTags: tagMap(tags),
  ...(facts.requestTags !== undefined && { requestTags: tagMap(facts.requestTags) }),
  ...(facts.tagKeys !== undefined && { tagKeys: facts.tagKeys }),
});

/** Check of an operation on an existing (or missing) SAML provider. */
export async function onSaml(call: Needs, arn: string, facts: TagFacts = {}): Promise<AccessCheck> {
  ensureArn(call, arn);
  return checkOf(arn, (await findSaml(call, arn))?.tags ?? [], facts);
}

/** Check of an operation on an existing (or missing) OpenID Connect provider. */
export async function onOidc(call: Needs, arn: string, facts: TagFacts = {}): Promise<AccessCheck> {
  ensureArn(call, arn);
  return checkOf(arn, (await findOidc(call, arn))?.tags ?? [], facts);
}

/** Checks of creating a provider; tags in the request need the Tag* action too. */
export function onProviderCreation(arn: string, tags: readonly Tag[] = [], tagAction: string): readonly AccessCheck[] {
  if (tags.length === 0) return [{ resource: arn }];
  const tagged = { resource: arn, requestTags: tagMap(tags) };
  return [tagged, { ...tagged, action: tagAction }];
}
