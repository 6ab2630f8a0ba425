/** How rows find, authorize and miss a stream or signaling channel, by name or by ARN. */
import type { Collection, Reader } from '../../store/store.ts';
import type { AccessCheck } from '../service.ts';
import { anyOfName, arnOf, partsOf, scopeOf, type KinesisVideoType, type Place } from './arns.ts';
import * as records from './records.ts';

/** A type of resource, where its records are, and what the API calls it. */
export interface Kind<T extends records.Named> {
  readonly type: KinesisVideoType;
  readonly collection: Collection<T>;
  readonly member: 'Stream' | 'Channel';
}

export const streamKind: Kind<records.StreamRecord> = {
  type: 'stream',
  collection: records.streams,
  member: 'Stream',
};
export const channelKind: Kind<records.SignalingChannelRecord> = {
  type: 'channel',
  collection: records.signalingChannels,
  member: 'Channel',
};

/** How a caller designates a resource; when both are given, the ARN counts. */
export interface Designation {
  readonly name?: string | undefined;
  readonly arn?: string | undefined;
}

/** Of an input of stream operations. */
export const streamIn = (input: {
  readonly StreamName?: string | undefined;
  readonly StreamARN?: string | undefined;
}): Designation => ({ name: input.StreamName, arn: input.StreamARN });

interface Refusing extends Place {
  fail(code: 'InvalidArgumentException' | 'ResourceNotFoundException', message: string): never;
}

async function byArn<T extends records.Named>(kind: Kind<T>, arn: string, place: Place, reader: Reader) {
  const parts = partsOf(place, kind.type, arn);
  if (parts === undefined) return undefined;
  const record = await reader.get(kind.collection, scopeOf(place), parts.name);
  // The same name with another creation time is another resource.
  return record?.code === parts.code ? record : undefined;
}

function lookUp<T extends records.Named>(kind: Kind<T>, by: Designation, call: Refusing, reader: Reader) {
  if (by.arn !== undefined) return byArn(kind, by.arn, call, reader);
  if (by.name !== undefined) return reader.get(kind.collection, scopeOf(call), by.name);
  return call.fail('InvalidArgumentException', `Either ${kind.member}Name or ${kind.member}ARN is required`);
}

/** The designated record; refuses the call when neither name nor ARN is given, or nothing is there. */
export async function need<T extends records.Named>(
  kind: Kind<T>,
  by: Designation,
  call: Refusing,
  reader: Reader,
): Promise<T> {
  const record = await lookUp(kind, by, call, reader);
  return record ?? call.fail('ResourceNotFoundException', `The requested ${kind.type} is not found or not active.`);
}

/**
 * The check on a designated resource (spec/kinesisvideo.md 0.3): a name becomes the full ARN first; where
 * nothing has the name, the check is on every creation time and a denial prints the name as it was sent.
 */
export async function onResource<T extends records.Named>(
  kind: Kind<T>,
  by: Designation,
  call: Refusing & { readonly reader: Reader },
): Promise<AccessCheck> {
  const record = await lookUp(kind, by, call, call.reader);
  const { arn, name = '' } = by;
  if (record !== undefined) return { resource: arn ?? arnOf(call, kind.type, record), resourceTags: record.tags };
  return arn === undefined ? { resource: anyOfName(call, kind.type, name), resourceText: name } : { resource: arn };
}
