/** Amazon IVS low-latency: all rows. */
import { channels } from './channels.ts';
import { metadata } from './metadata.ts';
import { playbackKeyPairs } from './playback-key-pairs.ts';
import { playbackRestrictionPolicies } from './playback-restriction-policies.ts';
import { streamKeys } from './stream-keys.ts';
import { streamSessions } from './stream-sessions.ts';
import { streams } from './streams.ts';
import { tags } from './tags.ts';

export const ivs = {
  ...channels,
  ...streamKeys,
  ...streams,
  ...metadata,
  ...streamSessions,
  ...tags,
  ...playbackKeyPairs,
  ...playbackRestrictionPolicies,
};
