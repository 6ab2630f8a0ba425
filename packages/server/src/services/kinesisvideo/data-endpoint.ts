/** GetDataEndpoint: one address serves every data-plane operation; clients append the path (spec/kinesisvideo.md 0.1). */
import type { KinesisVideoModel } from '../../model/kinesisvideo.ts';
import { baseUrl } from '../public-url.ts';
import { operationsOf } from '../service.ts';
import { need, onResource, streamIn, streamKind } from './resources.ts';

export const dataEndpoint = operationsOf<KinesisVideoModel>()({
  GetDataEndpoint: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async read(input, call) {
      await need(streamKind, streamIn(input), call, call.reader);
      return { DataEndpoint: baseUrl(call.env.settings) };
    },
  },
});
