/** IVS ARNs (spec/ivs.md 0.3): `arn:<partition>:ivs:<region>:<account>:<type>/<id>`. */
import type { Scope } from '../../store/store.ts';
import type { Environment } from '../environment.ts';

/** The types whose resources the low-latency API holds. */
export type IvsType = 'channel' | 'stream-key' | 'playback-key' | 'playback-restriction-policy';

/** Where a call acts. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly env: Pick<Environment, 'settings'>;
}

export const scopeOf = (place: Place): Scope => ({ accountId: place.accountId, region: place.region });

const prefixOf = (place: Place, type: IvsType): string =>
  `arn:${place.env.settings.partition}:ivs:${place.region}:${place.accountId}:${type}/`;

export const arnOf = (place: Place, type: IvsType, id: string): string => prefixOf(place, type) + id;

/** What creating and listing are authorized on: no single resource of the type (spec/ivs.md 0.5 b). */
export const anyOf = (place: Place, type: IvsType): string => `${prefixOf(place, type)}*`;

/**
 * The id in an ARN of this type, account and region; `undefined` for any other ARN, so that no call ever
 * reads a record of another account or region.
 */
export function idOf(place: Place, type: IvsType, arn: string): string | undefined {
  const prefix = prefixOf(place, type);
  return arn.startsWith(prefix) ? arn.slice(prefix.length) : undefined;
}
