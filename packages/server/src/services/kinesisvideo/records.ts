/** The Kinesis Video records (spec/kinesisvideo.md 0.2 and 1): regional, keyed by name. */
import type {
  ChannelType,
  DefaultStorageTier,
  EdgeConfig,
  ImageGenerationConfiguration,
  NotificationConfiguration,
} from '../../model/kinesisvideo.ts';
import type { Collection } from '../../store/store.ts';
import type { Tags } from '../resource-tags.ts';

/** What streams and signaling channels have in common. */
export interface Named {
  readonly name: string;
  /** Last part of the ARN: creation time in milliseconds, 13 digits, kept as text for its leading zeros. */
  readonly code: string;
  /** Changes with every change that asks for the current one. */
  readonly version: string;
  readonly tags: Tags;
}

export interface EdgeRecord {
  readonly config: EdgeConfig;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface StreamRecord extends Named {
  readonly deviceName?: string;
  readonly mediaType?: string;
  readonly kmsKeyId: string;
  readonly retentionHours: number;
  readonly storageTier: DefaultStorageTier;
  readonly imageGeneration?: ImageGenerationConfiguration;
  readonly notification?: NotificationConfiguration;
  readonly edge?: EdgeRecord;
}

export interface SignalingChannelRecord extends Named {
  readonly type: ChannelType;
  readonly messageTtlSeconds: number;
  /** ARN of the stream that its sessions are stored in, while that is enabled. */
  readonly storedIn?: string;
}

/** The greatest creation code that was ever deleted, of streams or of channels. */
export interface LastDeletedRecord {
  readonly code: string;
}

export const streams: Collection<StreamRecord> = {
  name: 'kinesisvideo.stream',
  indexes: (s): Record<string, string> => (s.edge === undefined ? {} : { hub: s.edge.config.HubDeviceArn }),
};
export const signalingChannels: Collection<SignalingChannelRecord> = {
  name: 'kinesisvideo.signaling-channel',
  indexes: (c): Record<string, string> => (c.storedIn === undefined ? {} : { stream: c.storedIn }),
};
/** Keyed by resource type. */
export const lastDeleted: Collection<LastDeletedRecord> = { name: 'kinesisvideo.last-deleted' };
