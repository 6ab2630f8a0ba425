/** A channel's settings: defaults, and the rules between members that the model does not state (spec/ivs.md 1, CreateChannel). */
import type { CreateChannelRequest } from '../../model/ivs.ts';
import type { ChannelRecord } from './records.ts';

/** What a caller may choose, all members decided. */
export type ChannelSettings = Omit<ChannelRecord, 'id' | 'tags' | 'createdAt'>;
/** What CreateChannel and UpdateChannel are given. */
export type ChannelChoices = Omit<CreateChannelRequest, 'tags'>;

export const defaultSettings: ChannelSettings = {
  name: '',
  latencyMode: 'LOW',
  type: 'STANDARD',
  authorized: false,
  insecureIngest: false,
  preset: '',
  containerFormat: 'TS',
  recordingConfigurationArn: '',
  playbackRestrictionPolicyArn: '',
  adConfigurationArn: '',
};

const isAdvanced = (type: ChannelSettings['type']): boolean => type === 'ADVANCED_SD' || type === 'ADVANCED_HD';

function presetOf(type: ChannelSettings['type'], chosen: ChannelChoices['preset'], before: ChannelSettings['preset']) {
  if (!isAdvanced(type)) return '';
  return chosen ?? (before === '' ? 'HIGHER_BANDWIDTH_DELIVERY' : before);
}

/** `before` with what was chosen put over it; members that were not sent stay. */
export function choose(before: ChannelSettings, chosen: ChannelChoices): ChannelSettings {
  const type = chosen.type ?? before.type;
  const multitrack = chosen.multitrackInputConfiguration ?? before.multitrack;
  return {
    name: chosen.name ?? before.name,
    latencyMode: chosen.latencyMode ?? before.latencyMode,
    type,
    authorized: chosen.authorized ?? before.authorized,
    insecureIngest: chosen.insecureIngest ?? before.insecureIngest,
    preset: presetOf(type, chosen.preset, before.preset),
    containerFormat: chosen.containerFormat ?? before.containerFormat,
    ...(multitrack === undefined ? {} : { multitrack }),
    recordingConfigurationArn: chosen.recordingConfigurationArn ?? before.recordingConfigurationArn,
    playbackRestrictionPolicyArn: chosen.playbackRestrictionPolicyArn ?? before.playbackRestrictionPolicyArn,
    adConfigurationArn: chosen.adConfigurationArn ?? before.adConfigurationArn,
  };
}

type Rule = readonly [broken: (settings: ChannelSettings, chosen: ChannelChoices) => boolean, sentence: string];

const multitrackOn = ({ multitrack }: ChannelSettings): boolean => multitrack?.enabled === true;

const rules: readonly Rule[] = [
  [
    (s, chosen) => chosen.preset !== undefined && !isAdvanced(s.type),
    'A preset can be chosen for channels of type ADVANCED_SD and ADVANCED_HD only',
  ],
  [(s) => multitrackOn(s) && s.type !== 'STANDARD', 'Multitrack input needs a channel of type STANDARD'],
  [(s) => multitrackOn(s) && s.multitrack?.policy === undefined, 'Multitrack input needs a policy'],
  [
    (s) => multitrackOn(s) && s.multitrack?.maximumResolution === undefined,
    'Multitrack input needs a maximumResolution',
  ],
  [
    (s) => multitrackOn(s) && s.containerFormat !== 'FRAGMENTED_MP4',
    'Multitrack input needs the containerFormat FRAGMENTED_MP4',
  ],
];

/** The first rule that the settings break, as a sentence, or `undefined`. */
export const settingsProblem = (settings: ChannelSettings, chosen: ChannelChoices): string | undefined =>
  rules.find(([broken]) => broken(settings, chosen))?.[1];
