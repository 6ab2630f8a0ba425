/** Fixtures: IVS resources with chosen ids, put in by `stagedoor import`, past authorization and quotas. */
import type { Transaction } from '../../store/store.ts';
import type { Environment } from '../environment.ts';
import type { Tags } from '../resource-tags.ts';
import { arnOf, scopeOf } from './arns.ts';
import { choose, defaultSettings, settingsProblem, type ChannelChoices } from './channel-settings.ts';
import { channels, type ChannelRecord } from './records.ts';
import { addStreamKey } from './stream-keys.ts';

/** Where a fixture goes. */
export interface ImportPlace {
  readonly accountId: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly env: Pick<Environment, 'settings' | 'random'>;
}

export interface StreamKeyFixture {
  readonly channelId: string;
  readonly id?: string | undefined;
  /** The secret; one is made when absent. */
  readonly value?: string | undefined;
  readonly tags?: Tags | undefined;
}

export interface ChannelFixture extends ChannelChoices {
  readonly id: string;
  readonly tags?: Tags | undefined;
  /** A key is made when absent. */
  readonly streamKey?: Omit<StreamKeyFixture, 'channelId'> | undefined;
}

/** Each answers the new ARN and throws `StoreConflict` when the id is taken, `RangeError` for settings that AWS refuses. */
export const importers = {
  async channel(tx: Transaction, place: ImportPlace, fixture: ChannelFixture): Promise<string> {
    const { id, tags = {}, streamKey = {}, ...chosen } = fixture;
    const settings = choose(defaultSettings, chosen);
    const problem = settingsProblem(settings, chosen);
    if (problem !== undefined) throw new RangeError(problem);
    const record: ChannelRecord = { id, tags, createdAt: place.now, ...settings };
    await tx.insert(channels, scopeOf(place), id, record);
    await importers.streamKey(tx, place, { ...streamKey, channelId: id });
    return arnOf(place, 'channel', id);
  },

  async streamKey(tx: Transaction, place: ImportPlace, fixture: StreamKeyFixture): Promise<string> {
    const key = await addStreamKey(tx, place, fixture.channelId, fixture.tags ?? {}, fixture);
    return arnOf(place, 'stream-key', key.id);
  },
};
