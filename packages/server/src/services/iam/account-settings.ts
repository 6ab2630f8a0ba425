/** Settings of the account as a whole (spec/iam.md 6.14). */
import type { Collection } from '../../store/store.ts';
import type { IamModel } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import type { AccessCheck } from '../service.ts';
import { onAccount } from './access.ts';
import { newUuid } from './ids.ts';
import { state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { global } from './records.ts';

export interface AccountSettingsRecord {
  /** Version of the tokens that the global STS endpoint issues; 1 when never set. */
  readonly globalTokenVersion?: 1 | 2;
  /** By `<namespace>/<name>`. */
  readonly properties?: Readonly<Record<string, string>>;
  /** Whether identity tokens are issued for others. The id stays when it is turned off, and so does the issuer's URL. */
  readonly outbound?: { readonly issuerId: string; readonly enabled: boolean };
}

/** Keyed by `settingsKey`. */
const accountSettings: Collection<AccountSettingsRecord> = { name: 'iam.account-settings' };
const settingsKey = 'settings';

/** So many properties an account may have, in all namespaces. */
const mostProperties = 200;

/** The account's settings; none are set when there is no record. */
export const settingsOf = async (call: Needs): Promise<AccountSettingsRecord> =>
  (await state(call).get(accountSettings, global(call.accountId), settingsKey)) ?? {};

async function change(call: Writes, changes: AccountSettingsRecord): Promise<void> {
  const settings = { ...(await settingsOf(call)), ...changes };
  await call.tx.put(accountSettings, global(call.accountId), settingsKey, settings);
}

/** Issuer of the account's identity tokens, below this installation's own address. */
const outboundIssuer = (call: Needs, issuerId: string): string =>
  `${call.env.settings.publicUrl}/outbound-identity/${issuerId}`;

const namespaceOf = (key: string): string => key.slice(0, key.indexOf('/'));

const onNamespaces = (keys: readonly string[]): AccessCheck => {
  const namespaces = [...new Set(keys.map(namespaceOf))];
  const context = namespaces.length === 0 ? {} : { 'iam:AccountPropertyNamespaces': namespaces };
  return { ...onAccount(), context };
};

function ensureProperties(call: Needs<'InvalidInput'>, keys: readonly string[]): void {
  const malformed = keys.find((key) => !/^[^/]+\/[^/]+$/.test(key));
  if (malformed !== undefined) {
    call.fail('InvalidInput', `The property ${malformed} is invalid. It must have the form Namespace/PropertyName.`);
  }
  if (new Set(keys.map(namespaceOf)).size !== 1) {
    call.fail('InvalidInput', 'The properties of exactly one namespace can be put at a time.');
  }
}

export const accountSettingsRows = operationsOf<IamModel>()({
  SetSecurityTokenServicePreferences: {
    access: onAccount,
    async write({ GlobalEndpointTokenVersion }, call) {
      await change(call, { globalTokenVersion: GlobalEndpointTokenVersion === 'v2Token' ? 2 : 1 });
      return {};
    },
  },

  GetAccountProperties: {
    access: async (_, call) => onNamespaces(Object.keys((await settingsOf(call)).properties ?? {})),
    async read(_, call) {
      return { Properties: (await settingsOf(call)).properties ?? {} };
    },
  },

  PutAccountProperties: {
    access: ({ Properties }) => onNamespaces(Object.keys(Properties)),
    async write({ Properties }, call) {
      ensureProperties(call, Object.keys(Properties));
      const properties = { ...(await settingsOf(call)).properties, ...Properties };
      if (Object.keys(properties).length > mostProperties) {
        call.fail('InvalidInput', `An account can have at most ${mostProperties} properties.`);
      }
      await change(call, { properties });
      return {};
    },
  },

  EnableOutboundWebIdentityFederation: {
    access: onAccount,
    async write(_, call) {
      const { outbound } = await settingsOf(call);
      if (outbound?.enabled === true) {
        call.fail('FeatureEnabled', 'Outbound web identity federation is already enabled for this account.');
      }
      const issuerId = outbound?.issuerId ?? newUuid(call.env.random);
      await change(call, { outbound: { issuerId, enabled: true } });
      return { IssuerIdentifier: outboundIssuer(call, issuerId) };
    },
  },

  DisableOutboundWebIdentityFederation: {
    access: onAccount,
    async write(_, call) {
      const { issuerId } = await theOutbound(call);
      await change(call, { outbound: { issuerId, enabled: false } });
      return {};
    },
  },

  GetOutboundWebIdentityFederationInfo: {
    access: onAccount,
    async read(_, call) {
      const { issuerId } = await theOutbound(call);
      return { IssuerIdentifier: outboundIssuer(call, issuerId), JwtVendingEnabled: true };
    },
  },
});

async function theOutbound(call: Needs<'FeatureDisabled'>): Promise<{ readonly issuerId: string }> {
  const { outbound } = await settingsOf(call);
  if (outbound?.enabled === true) return outbound;
  return call.fail('FeatureDisabled', 'Outbound web identity federation is disabled for this account.');
}
