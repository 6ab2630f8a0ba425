/** Fixtures: Kinesis Video resources with chosen creation codes, put in by `stagedoor import`, past authorization and quotas. */
import type { Transaction } from '../../store/store.ts';
import type { Environment } from '../environment.ts';
import type { Tags } from '../resource-tags.ts';
import { arnOf, scopeOf } from './arns.ts';
import { signalingChannels, streams, type StreamRecord } from './records.ts';
import { defaultKey } from './stream-shapes.ts';
import { creationCode, newVersion } from './versions.ts';

/** Where a fixture goes. */
export interface ImportPlace {
  readonly accountId: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly env: Pick<Environment, 'settings' | 'random'>;
}

interface NamedFixture {
  readonly name: string;
  /** The last part of the ARN, 13 digits such as 0123456789012; now when absent. */
  readonly code?: string | undefined;
  readonly tags?: Tags | undefined;
}

export interface StreamFixture extends NamedFixture {
  readonly mediaType?: string | undefined;
  readonly retentionHours?: number | undefined;
}

export interface SignalingChannelFixture extends NamedFixture {
  readonly messageTtlSeconds?: number | undefined;
}

function checkedCode(code: string): string {
  if (!/^\d{13}$/.test(code)) throw new RangeError(`the creation code ${code} is not 13 digits`);
  return code;
}

/** Each answers the new ARN and throws `StoreConflict` when the name is taken, `RangeError` for a bad code. */
export const importers = {
  async stream(tx: Transaction, place: ImportPlace, fixture: StreamFixture): Promise<string> {
    const { name, code, tags = {}, mediaType, retentionHours = 0 } = fixture;
    const record: StreamRecord = {
      name,
      code: code === undefined ? await creationCode(tx, place, 'stream', place.now) : checkedCode(code),
      version: newVersion(place.env.random),
      tags,
      ...(mediaType === undefined ? {} : { mediaType }),
      kmsKeyId: defaultKey(place),
      retentionHours,
      storageTier: 'HOT',
    };
    await tx.insert(streams, scopeOf(place), name, record);
    return arnOf(place, 'stream', record);
  },

  async signalingChannel(tx: Transaction, place: ImportPlace, fixture: SignalingChannelFixture): Promise<string> {
    const { name, code, tags = {}, messageTtlSeconds = 60 } = fixture;
    const record = {
      name,
      code: code === undefined ? await creationCode(tx, place, 'channel', place.now) : checkedCode(code),
      version: newVersion(place.env.random),
      tags,
      type: 'SINGLE_MASTER' as const,
      messageTtlSeconds,
    };
    await tx.insert(signalingChannels, scopeOf(place), name, record);
    return arnOf(place, 'channel', record);
  },
};
