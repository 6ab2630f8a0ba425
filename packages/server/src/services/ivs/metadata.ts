/** PutMetadata: a text into the live stream at its current position (spec/ivs.md 1 and 5). */
import type { IvsModel } from '../../model/ivs.ts';
import { operationsOf } from '../service.ts';
import { liveStreams } from './live.ts';
import { quotas } from './quotas.ts';
import { channelKind, need, onResource } from './resources.ts';
import { notBroadcasting } from './streams.ts';

export const metadata = operationsOf<IvsModel>()({
  PutMetadata: {
    access: ({ channelArn }, call) => onResource(channelKind, channelArn, call),
    async read({ channelArn, metadata: text }, call) {
      const size = Buffer.byteLength(text);
      if (size === 0 || size > quotas.metadataBytes) {
        return call.fail(
          'ValidationException',
          `Metadata must be 1 to ${quotas.metadataBytes} bytes of UTF-8, not ${size}`,
        );
      }
      await need(channelKind, channelArn, call, call.reader);
      const outcome = await liveStreams(call.env).putMetadata(channelArn, text);
      if (outcome === 'notLive') return notBroadcasting(call, channelArn);
      if (outcome === 'throttled') return call.fail('ThrottlingException', 'Rate exceeded');
      return {};
    },
  },
});
