/** Kinesis Video ARNs (spec/kinesisvideo.md 0.2): `arn:<partition>:kinesisvideo:<region>:<account>:<type>/<name>/<creation time>`. */
import type { Scope } from '../../store/store.ts';
import type { Environment } from '../environment.ts';
import type { Named } from './records.ts';

export type KinesisVideoType = 'stream' | 'channel';

/** Where a call acts. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  readonly env: Pick<Environment, 'settings'>;
}

export const scopeOf = (place: Place): Scope => ({ accountId: place.accountId, region: place.region });

const prefixOf = (place: Place, type: KinesisVideoType): string =>
  `arn:${place.env.settings.partition}:kinesisvideo:${place.region}:${place.accountId}:${type}/`;

export const arnOf = (place: Place, type: KinesisVideoType, { name, code }: Pick<Named, 'name' | 'code'>): string =>
  `${prefixOf(place, type)}${name}/${code}`;

/** What a name is authorized on while no creation time is known: to create it, or because there is none. */
export const anyOfName = (place: Place, type: KinesisVideoType, name: string): string =>
  `${prefixOf(place, type)}${name}/*`;

/**
 * Name and creation code in an ARN of this type, account and region; `undefined` for any other ARN, so
 * that no call ever reads a record of another account or region.
 */
export function partsOf(place: Place, type: KinesisVideoType, arn: string): Pick<Named, 'name' | 'code'> | undefined {
  const prefix = prefixOf(place, type);
  if (!arn.startsWith(prefix)) return undefined;
  const [name, code, ...more] = arn.slice(prefix.length).split('/');
  return name === undefined || code === undefined || more.length > 0 ? undefined : { name, code };
}
