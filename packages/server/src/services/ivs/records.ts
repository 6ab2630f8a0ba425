/** The IVS records (spec/ivs.md 1 and 2). All are regional and keyed by their id. Times are milliseconds since the epoch. */
import type { Channel, StreamEvent, IngestConfigurations, MultitrackInputConfiguration } from '../../model/ivs.ts';
import type { ChannelLatencyMode, ChannelType, ContainerFormat, TranscodePreset } from '../../model/ivs.ts';
import type { Collection } from '../../store/store.ts';
import type { Tags } from '../resource-tags.ts';

export interface Resource {
  readonly id: string;
  readonly tags: Tags;
}

export interface ChannelRecord extends Resource {
  readonly name: string;
  readonly latencyMode: ChannelLatencyMode;
  readonly type: ChannelType;
  readonly authorized: boolean;
  readonly insecureIngest: boolean;
  /** '' for types without renditions to choose from. */
  readonly preset: TranscodePreset | '';
  readonly containerFormat: ContainerFormat;
  readonly multitrack?: MultitrackInputConfiguration;
  /** ARNs, '' for none. */
  readonly recordingConfigurationArn: string;
  readonly playbackRestrictionPolicyArn: string;
  readonly adConfigurationArn: string;
  readonly createdAt: number;
}

export interface StreamKeyRecord extends Resource {
  readonly channelId: string;
  /** The secret itself; sealed at rest. */
  readonly value: string;
  /** SHA-256 of the secret, by which an encoder's key is found. */
  readonly digest: string;
  readonly createdAt: number;
}

export interface PlaybackKeyRecord extends Resource {
  readonly name: string;
  /** SubjectPublicKeyInfo, PEM. */
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly createdAt: number;
}

export interface RestrictionPolicyRecord extends Resource {
  readonly name: string;
  readonly allowedCountries: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly strictOrigin: boolean;
  readonly createdAt: number;
}

/** One stay on air. Written by the media plane; outlives its channel. */
export interface StreamSessionRecord {
  readonly streamId: string;
  readonly channelId: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** The channel as it was when it went live. */
  readonly channel: Channel;
  readonly ingest?: IngestConfigurations;
  /** Newest first. */
  readonly events: readonly (Omit<StreamEvent, 'eventTime'> & { readonly at: number })[];
  readonly hasErrorEvent: boolean;
}

export const channels: Collection<ChannelRecord> = {
  name: 'ivs.channel',
  indexes: (c) => ({
    name: c.name,
    recording: c.recordingConfigurationArn,
    restriction: c.playbackRestrictionPolicyArn,
    ad: c.adConfigurationArn,
  }),
};
export const streamKeys: Collection<StreamKeyRecord> = {
  name: 'ivs.stream-key',
  sealed: ['value'],
  indexes: (k) => ({ channel: k.channelId, digest: k.digest }),
};
export const playbackKeys: Collection<PlaybackKeyRecord> = {
  name: 'ivs.playback-key',
  indexes: (k) => ({ fingerprint: k.fingerprint }),
};
export const restrictionPolicies: Collection<RestrictionPolicyRecord> = { name: 'ivs.playback-restriction-policy' };
/** Keyed by `sessionKey`. */
export const streamSessions: Collection<StreamSessionRecord> = {
  name: 'ivs.stream-session',
  indexes: (s) => ({ stream: s.streamId }),
};

/** A channel's sessions lie together, newest first. */
export const sessionKey = (session: Pick<StreamSessionRecord, 'channelId' | 'startedAt' | 'streamId'>): string =>
  `${session.channelId}/${String(9_999_999_999_999 - session.startedAt).padStart(13, '0')}/${session.streamId}`;
