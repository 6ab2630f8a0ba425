/** When each principal last called each service, whether it was allowed or not. Times are milliseconds since the epoch. */
import type { Collection, Reader, Scope } from '../../store/store.ts';
import { keyUseScope } from './records.ts';

export interface Use {
  readonly at: number;
  readonly region: string;
}

export interface ServiceUseRecord extends Use {
  /** AIDA…, AROA… or the account id for the root user. */
  readonly principalId: string;
  readonly account: string;
  /** IAM prefix. */
  readonly service: string;
  /** The last use of each action, by its name. */
  readonly actions: Readonly<Record<string, Use>>;
}

/** As for access keys: noting a use must not drop what is cached of the account. */
export const serviceUseScope: Scope = keyUseScope;
/** In scope `serviceUseScope`, keyed by `<principal id>/<service>`. */
export const serviceUses: Collection<ServiceUseRecord> = {
  name: 'iam.service-use',
  indexes: ({ account }) => ({ account }),
};

/** What is longer ago is not told: 400 days. */
const trackingMs = 400 * 86_400_000;

const recent = (uses: readonly { readonly value: ServiceUseRecord }[], now: number): ServiceUseRecord[] =>
  uses.map(({ value }) => value).filter(({ at }) => now - at <= trackingMs);

/** What a principal used within the tracking period. */
export const usesOf = async (reader: Reader, principalId: string, now: number): Promise<ServiceUseRecord[]> =>
  recent(await reader.list(serviceUses, serviceUseScope, { prefix: `${principalId}/` }), now);

/** What an account's principals used within the tracking period. */
export const usesOfAccount = async (reader: Reader, accountId: string, now: number): Promise<ServiceUseRecord[]> =>
  recent(await reader.find(serviceUses, 'account', accountId, serviceUseScope), now);
