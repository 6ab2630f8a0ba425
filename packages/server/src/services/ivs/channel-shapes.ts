/** Channels as the API shows them. */
import type { Channel, ChannelSummary, TranscodePreset } from '../../model/ivs.ts';
import { arnOf, type Place } from './arns.ts';
import type { ChannelRecord } from './records.ts';
import { ingestEndpoint, playbackUrl } from './urls.ts';

/** '' where the type has no presets, which the model's enumeration does not admit. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- AWS answers '' too
const presetOf = (record: ChannelRecord): TranscodePreset => record.preset as TranscodePreset;

/** A channel in a list. */
export const channelSummary = (place: Place, record: ChannelRecord): ChannelSummary => ({
  arn: arnOf(place, 'channel', record.id),
  name: record.name,
  latencyMode: record.latencyMode,
  authorized: record.authorized,
  recordingConfigurationArn: record.recordingConfigurationArn,
  tags: record.tags,
  insecureIngest: record.insecureIngest,
  type: record.type,
  preset: presetOf(record),
  playbackRestrictionPolicyArn: record.playbackRestrictionPolicyArn,
  adConfigurationArn: record.adConfigurationArn,
});

/**
 * A whole channel. There is no `srt` member: SRT ingest does not exist here. Members are written out
 * because GetChannel is called often and spreading costs several times as much.
 */
export const channelShape = (place: Place, record: ChannelRecord): Channel => ({
  arn: arnOf(place, 'channel', record.id),
  name: record.name,
  latencyMode: record.latencyMode,
  type: record.type,
  recordingConfigurationArn: record.recordingConfigurationArn,
  ingestEndpoint: ingestEndpoint(place.env.settings),
  playbackUrl: playbackUrl(place, record.id),
  authorized: record.authorized,
  tags: record.tags,
  insecureIngest: record.insecureIngest,
  preset: presetOf(record),
  playbackRestrictionPolicyArn: record.playbackRestrictionPolicyArn,
  multitrackInputConfiguration: record.multitrack,
  containerFormat: record.containerFormat,
  adConfigurationArn: record.adConfigurationArn,
});
