/** Kinesis Video Streams, control plane: all rows. */
import { dataEndpoint } from './data-endpoint.ts';
import { edgeConfigurations } from './edge-configurations.ts';
import { mediaStorage } from './media-storage.ts';
import { resourceTags } from './resource-tags.ts';
import { signalingChannels } from './signaling-channels.ts';
import { streamConfigurations } from './stream-configurations.ts';
import { streamTags } from './stream-tags.ts';
import { streams } from './streams.ts';

export const kinesisvideo = {
  ...streams,
  ...dataEndpoint,
  ...streamTags,
  ...resourceTags,
  ...streamConfigurations,
  ...signalingChannels,
  ...mediaStorage,
  ...edgeConfigurations,
};
