/** OpenID Connect providers: issuers whose tokens roles accept (spec/iam.md 6.12). */
import type { IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onList } from './access.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import {
  oidcProviderAt,
  onOidc,
  onProviderCreation,
  providerArn,
  saveOidc,
  theOidcProvider,
} from './provider-lookup.ts';
import { oidcProviders as collection } from './provider-records.ts';
import type { OidcProviderRecord } from './provider-records.ts';
import { quotas, quotaText } from './quotas.ts';
import { global } from './records.ts';
import { tagPage } from './tag-page.ts';
import { checkedTags, mergedTags, withoutTags } from './validate-tags.ts';

const scheme = 'https://';

/** The URL without its scheme, case and trailing slash kept; fails with AWS's text when it is none of an issuer. */
function issuerOf(call: Needs, url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed !== undefined && /^https:\/\/[^/?#@\s\\][^?#@\s\\]*$/.test(url)) return url.slice(scheme.length);
  return call.fail('ValidationError', 'Invalid Open ID Connect Provider URL');
}

function ensureThumbprints(call: Needs<'InvalidInput'>, thumbprints: readonly string[]): void {
  if (thumbprints.length > quotas.thumbprintsPerOidcProvider) {
    call.fail('InvalidInput', 'Thumbprint list must contain fewer than 5 entries.');
  }
}

function ensureClientIds(call: Needs<'LimitExceeded'>, clientIds: readonly string[]): void {
  const limit = quotas.clientIdsPerOidcProvider;
  if (clientIds.length > limit) call.fail('LimitExceeded', quotaText('ClientIdsPerOpenIdConnectProvider', limit));
}

async function ensureNew(call: Needs<'EntityAlreadyExists' | 'LimitExceeded'>, url: string): Promise<void> {
  if ((await oidcProviderAt(call, url)) !== undefined) {
    call.fail('EntityAlreadyExists', `Provider with url ${scheme}${url} already exists.`);
  }
  const limit = quotas.oidcProvidersPerAccount;
  if ((await state(call).count(collection, global(call.accountId))) >= limit) {
    call.fail('LimitExceeded', quotaText('OpenIdConnectProvidersPerAccount', limit));
  }
}

export const oidcProviders = operationsOf<IamModel>()({
  CreateOpenIDConnectProvider: {
    access: ({ Url, Tags }, call) =>
      onProviderCreation(providerArn(call, 'oidc-provider', issuerOf(call, Url)), Tags, 'iam:TagOpenIDConnectProvider'),
    async write({ Url, ClientIDList = [], ThumbprintList = [], Tags }, call) {
      const url = issuerOf(call, Url);
      ensureThumbprints(call, ThumbprintList);
      const clientIds = [...new Set(ClientIDList)];
      ensureClientIds(call, clientIds);
      const tags = checkedTags(call, 'exact', Tags);
      await ensureNew(call, url);
      const provider: OidcProviderRecord = {
        url,
        createdAt: call.now,
        clientIds,
        thumbprints: ThumbprintList,
        tags,
      };
      await call.tx.insert(collection, global(call.accountId), url, provider);
      return {
        OpenIDConnectProviderArn: providerArn(call, 'oidc-provider', url),
        Tags: tags.length === 0 ? undefined : tags,
      };
    },
  },

  GetOpenIDConnectProvider: {
    access: ({ OpenIDConnectProviderArn }, call) => onOidc(call, OpenIDConnectProviderArn),
    async read({ OpenIDConnectProviderArn }, call) {
      const provider = await theOidcProvider(call, OpenIDConnectProviderArn);
      return {
        Url: provider.url,
        ClientIDList: provider.clientIds,
        ThumbprintList: provider.thumbprints,
        CreateDate: new Date(provider.createdAt),
        Tags: provider.tags,
      };
    },
  },

  ListOpenIDConnectProviders: {
    access: (_, call) => onList(call, 'oidc-provider'),
    async read(_, call) {
      const providers = await state(call).list(collection, global(call.accountId));
      return {
        OpenIDConnectProviderList: providers.map(({ key }) => ({ Arn: providerArn(call, 'oidc-provider', key) })),
      };
    },
  },

  AddClientIDToOpenIDConnectProvider: {
    access: ({ OpenIDConnectProviderArn }, call) => onOidc(call, OpenIDConnectProviderArn),
    async write({ OpenIDConnectProviderArn, ClientID }, call) {
      const provider = await theOidcProvider(call, OpenIDConnectProviderArn);
      const clientIds = [...new Set([...provider.clientIds, ClientID])];
      ensureClientIds(call, clientIds);
      await saveOidc(call, { ...provider, clientIds });
      return {};
    },
  },

  RemoveClientIDFromOpenIDConnectProvider: {
    access: ({ OpenIDConnectProviderArn }, call) => onOidc(call, OpenIDConnectProviderArn),
    async write({ OpenIDConnectProviderArn, ClientID }, call) {
      const provider = await theOidcProvider(call, OpenIDConnectProviderArn);
      await saveOidc(call, { ...provider, clientIds: provider.clientIds.filter((id) => id !== ClientID) });
      return {};
    },
  },

  UpdateOpenIDConnectProviderThumbprint: {
    access: ({ OpenIDConnectProviderArn }, call) => onOidc(call, OpenIDConnectProviderArn),
    async write({ OpenIDConnectProviderArn, ThumbprintList }, call) {
      const provider = await theOidcProvider(call, OpenIDConnectProviderArn);
      ensureThumbprints(call, ThumbprintList);
      await saveOidc(call, { ...provider, thumbprints: ThumbprintList });
      return {};
    },
  },

  DeleteOpenIDConnectProvider: {
    access: ({ OpenIDConnectProviderArn }, call) => onOidc(call, OpenIDConnectProviderArn),
    async write({ OpenIDConnectProviderArn: arn }, call) {
      const missing = (): never => call.fail('NoSuchEntity', `OpenId connect Provider ${arn} cannot be found.`);
      const url = arn.slice(providerArn(call, 'oidc-provider', '').length);
      if (providerArn(call, 'oidc-provider', url) !== arn) missing();
      if (!(await call.tx.remove(collection, global(call.accountId), url))) missing();
      return {};
    },
  },

  TagOpenIDConnectProvider: {
    access: ({ OpenIDConnectProviderArn, Tags }, call) => onOidc(call, OpenIDConnectProviderArn, { requestTags: Tags }),
    async write({ OpenIDConnectProviderArn, Tags }, call) {
      const provider = await theOidcProvider(call, OpenIDConnectProviderArn);
      await saveOidc(call, { ...provider, tags: mergedTags(call, 'exact', provider.tags, Tags) });
      return {};
    },
  },

  UntagOpenIDConnectProvider: {
    access: ({ OpenIDConnectProviderArn, TagKeys }, call) =>
      onOidc(call, OpenIDConnectProviderArn, { tagKeys: TagKeys }),
    async write({ OpenIDConnectProviderArn, TagKeys }, call) {
      const provider = await theOidcProvider(call, OpenIDConnectProviderArn);
      await saveOidc(call, { ...provider, tags: withoutTags('exact', provider.tags, TagKeys) });
      return {};
    },
  },

  ListOpenIDConnectProviderTags: {
    access: ({ OpenIDConnectProviderArn }, call) => onOidc(call, OpenIDConnectProviderArn),
    async read(input, call) {
      const provider = await theOidcProvider(call, input.OpenIDConnectProviderArn);
      return tagPage(call, 'ListOpenIDConnectProviderTags', provider.url, input, provider.tags);
    },
  },
});
