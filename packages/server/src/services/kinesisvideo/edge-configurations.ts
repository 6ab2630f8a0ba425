/**
 * Edge configurations (spec/kinesisvideo.md 1). They are kept for an edge agent that would fetch them. No
 * agent can connect here, so a configuration is SYNCING for 15 minutes and SYNC_FAILED from then on.
 */
import type { KinesisVideoModel, ListEdgeAgentConfigurationsEdgeConfig } from '../../model/kinesisvideo.ts';
import { following } from '../paging.ts';
import { operationsOf } from '../service.ts';
import { arnOf, scopeOf, type Place } from './arns.ts';
import { pageBy } from './pagination.ts';
import { streams as collection, type EdgeRecord, type StreamRecord } from './records.ts';
import { need, onResource, streamIn, streamKind } from './resources.ts';

const patience = 15 * 60 * 1000;

const failed = { SyncStatus: 'SYNC_FAILED', FailedStatusDetails: 'No edge agent fetched the configuration' } as const;

function edgeShape(
  call: Place & { readonly now: number },
  stream: StreamRecord,
  edge: EdgeRecord,
): ListEdgeAgentConfigurationsEdgeConfig {
  return {
    StreamName: stream.name,
    StreamARN: arnOf(call, 'stream', stream),
    CreationTime: new Date(edge.createdAt),
    LastUpdatedTime: new Date(edge.updatedAt),
    ...(call.now - edge.updatedAt < patience ? { SyncStatus: 'SYNCING' } : failed),
    EdgeConfig: edge.config,
  };
}

const noEdge = (
  call: { fail(code: 'StreamEdgeConfigurationNotFoundException', message: string): never },
  stream: StreamRecord,
): never =>
  call.fail('StreamEdgeConfigurationNotFoundException', `The stream ${stream.name} has no edge configuration`);

export const edgeConfigurations = operationsOf<KinesisVideoModel>()({
  StartEdgeConfigurationUpdate: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async write(input, call) {
      const stream = await need(streamKind, streamIn(input), call, call.tx);
      if (stream.retentionHours === 0) {
        return call.fail('NoDataRetentionException', `The stream ${stream.name} has no data retention`);
      }
      const edge = { config: input.EdgeConfig, createdAt: stream.edge?.createdAt ?? call.now, updatedAt: call.now };
      await call.tx.put(collection, scopeOf(call), stream.name, { ...stream, edge });
      return edgeShape(call, stream, edge);
    },
  },

  DescribeEdgeConfiguration: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async read(input, call) {
      const stream = await need(streamKind, streamIn(input), call, call.reader);
      return stream.edge === undefined ? noEdge(call, stream) : edgeShape(call, stream, stream.edge);
    },
  },

  DeleteEdgeConfiguration: {
    access: (input, call) => onResource(streamKind, streamIn(input), call),
    async write(input, call) {
      const { edge, ...stream } = await need(streamKind, streamIn(input), call, call.tx);
      if (edge === undefined) return noEdge(call, stream);
      await call.tx.put(collection, scopeOf(call), stream.name, stream);
      return {};
    },
  },

  ListEdgeAgentConfigurations: {
    access: () => ({ resource: '*' }),
    async read(input, call) {
      const { HubDeviceArn: hub } = input;
      const listing = { operation: 'ListEdgeAgentConfigurations', size: 10, filter: hub };
      const { items, ...page } = await pageBy(listing, input, call, async (after, limit) =>
        following(await call.reader.find(collection, 'hub', hub, scopeOf(call)), after, limit),
      );
      const shapes = items.flatMap((stream) =>
        stream.edge === undefined ? [] : [edgeShape(call, stream, stream.edge)],
      );
      return { EdgeConfigs: shapes, ...page };
    },
  },
});
