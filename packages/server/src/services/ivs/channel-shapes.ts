/** Channels as the API shows them. */
import type { Channel, ChannelSummary } from '../../model/ivs.ts';
import { arnOf, type Place } from './arns.ts';
import type { ChannelRecord } from './records.ts';
import { ingestEndpoint, playbackUrl } from './urls.ts';

/** '' where the type has no presets, which the model's enumeration does not admit. */
const presetOf = (record: ChannelRecord): Pick<ChannelSummary, 'preset'> => ({
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- AWS answers '' too
  preset: record.preset as ChannelSummary['preset'],
});

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
  ...presetOf(record),
  playbackRestrictionPolicyArn: record.playbackRestrictionPolicyArn,
  adConfigurationArn: record.adConfigurationArn,
});

/** A whole channel. There is no `srt` member: SRT ingest does not exist here. */
export const channelShape = (place: Place, record: ChannelRecord): Channel => ({
  ...channelSummary(place, record),
  ingestEndpoint: ingestEndpoint(place.env.settings),
  playbackUrl: playbackUrl(place, record.id),
  containerFormat: record.containerFormat,
  ...(record.multitrack === undefined ? {} : { multitrackInputConfiguration: record.multitrack }),
});
