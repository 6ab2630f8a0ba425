/** Streams as the API shows and takes them. */
import type { StreamInfo } from '../../model/kinesisvideo.ts';
import { arnOf, type Place } from './arns.ts';
import type { StreamRecord } from './records.ts';

/** The time in an ARN's creation code. */
export const createdAt = ({ code }: { readonly code: string }): Date => new Date(Number(code));

/** There is no state but ACTIVE: creating and deleting are done when their calls are answered. */
export const streamInfo = (place: Place, stream: StreamRecord): StreamInfo => ({
  ...(stream.deviceName === undefined ? {} : { DeviceName: stream.deviceName }),
  StreamName: stream.name,
  StreamARN: arnOf(place, 'stream', stream),
  ...(stream.mediaType === undefined ? {} : { MediaType: stream.mediaType }),
  KmsKeyId: stream.kmsKeyId,
  Version: stream.version,
  Status: 'ACTIVE',
  CreationTime: createdAt(stream),
  DataRetentionInHours: stream.retentionHours,
});

/** The key that data is encrypted with when the caller names none; the only one there is. */
export const defaultKey = (place: Place): string =>
  `arn:${place.env.settings.partition}:kms:${place.region}:${place.accountId}:alias/aws/kinesisvideo`;

/** Whether a KmsKeyId names the default key in one of its forms. */
export const isDefaultKey = (place: Place, keyId: string): boolean =>
  keyId === 'aws/kinesisvideo' || keyId === 'alias/aws/kinesisvideo' || keyId === defaultKey(place);
