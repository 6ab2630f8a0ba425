/** How the rows of one noun find, authorize and miss their records. */
import type { Collection, Reader } from '../../store/store.ts';
import type { AccessCheck } from '../service.ts';
import { requestTags, tagProblem, type Tags } from '../resource-tags.ts';
import { anyOf, idOf, scopeOf, type IvsType, type Place } from './arns.ts';
import * as records from './records.ts';

/** A type of resource and where its records are. */
export interface Kind<T extends records.Resource> {
  readonly type: IvsType;
  readonly collection: Collection<T>;
}

export const channelKind: Kind<records.ChannelRecord> = { type: 'channel', collection: records.channels };
export const streamKeyKind: Kind<records.StreamKeyRecord> = { type: 'stream-key', collection: records.streamKeys };
export const playbackKeyKind: Kind<records.PlaybackKeyRecord> = {
  type: 'playback-key',
  collection: records.playbackKeys,
};
export const restrictionPolicyKind: Kind<records.RestrictionPolicyRecord> = {
  type: 'playback-restriction-policy',
  collection: records.restrictionPolicies,
};

interface Looking extends Place {
  readonly reader: Reader;
}
interface Missing extends Place {
  fail(code: 'ResourceNotFoundException', message: string): never;
}
interface Refusing {
  fail(code: 'ValidationException', message: string): never;
}

/** The record behind an ARN, `undefined` when there is none in the caller's account and region. */
export function lookUp<T extends records.Resource>(
  kind: Kind<T>,
  arn: string,
  place: Place,
  reader: Reader,
): Promise<T | undefined> | undefined {
  const id = idOf(place, kind.type, arn);
  return id === undefined ? undefined : reader.get(kind.collection, scopeOf(place), id);
}

/** As `lookUp`, refusing the call with ResourceNotFoundException. */
export async function need<T extends records.Resource>(
  kind: Kind<T>,
  arn: string,
  call: Missing,
  reader: Reader,
): Promise<T> {
  return (
    (await lookUp(kind, arn, call, reader)) ?? call.fail('ResourceNotFoundException', `Resource: ${arn} not found`)
  );
}

/** The check on one existing resource: its ARN as asked, with its tags when it exists. */
export async function onResource<T extends records.Resource>(
  kind: Kind<T>,
  arn: string,
  call: Looking,
): Promise<AccessCheck> {
  const record = await lookUp(kind, arn, call, call.reader);
  return record === undefined ? { resource: arn } : { resource: arn, resourceTags: record.tags };
}

/** The check on making (with the request's tags) or listing resources of a type. */
export const onType = (type: IvsType, place: Place, tags?: Tags): AccessCheck => ({
  resource: anyOf(place, type),
  ...requestTags(tags),
});

/** The tags of a new resource, refused when a key is reserved. */
export function newTags(tags: Tags | undefined, call: Refusing): Tags {
  const problem = tagProblem(tags ?? {});
  return problem === undefined ? (tags ?? {}) : call.fail('ValidationException', problem);
}
