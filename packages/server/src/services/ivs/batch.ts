/** Batch reads: what is there, and an error for each ARN that is not. */
import type { BatchError } from '../../model/ivs.ts';
import type { Reader } from '../../store/store.ts';
import type { Place } from './arns.ts';
import type { Resource } from './records.ts';
import { lookUp, type Kind } from './resources.ts';

export interface Batch<T> {
  readonly found: readonly T[];
  readonly errors: readonly BatchError[];
}

const notFound = (arn: string): BatchError => ({
  arn,
  code: 'ResourceNotFoundException',
  message: `Resource: ${arn} not found`,
});

/** Each ARN is answered once, in the order asked. */
export async function batchGet<T extends Resource>(
  kind: Kind<T>,
  arns: readonly string[],
  call: Place & { readonly reader: Reader },
): Promise<Batch<T>> {
  const found: T[] = [];
  const errors: BatchError[] = [];
  for (const arn of new Set(arns)) {
    const record = await lookUp(kind, arn, call, call.reader);
    if (record === undefined) errors.push(notFound(arn));
    else found.push(record);
  }
  return { found, errors };
}
