/** Managed policies as the engine takes them: the document of the version in force. */
import type { PolicySource } from '@stagedoor/policy';
import type { Reader } from '../../store/store.ts';
import { parsedDocument } from './parsed-documents.ts';
import { loadPolicy } from './policies.ts';
import type { ManagedPolicy } from './policies.ts';
import { effectiveDefault } from './policy-versions.ts';

/** When, and how long changes take to be felt; both in milliseconds. */
export interface Moment {
  readonly now: number;
  readonly delayMs: number;
}

const atOnce: Moment = { now: 0, delayMs: 0 };

export function sourceOf({ arn, record }: ManagedPolicy, { now, delayMs }: Moment = atOnce): PolicySource {
  const version = effectiveDefault(record, now, delayMs);
  const found = record.versions.find(({ versionId }) => versionId === version);
  if (found === undefined) throw new Error(`${arn} has no version ${version}`);
  return { id: arn, version, policy: parsedDocument(found.document) };
}

/** The default version of a managed policy that the account may use; `undefined` when there is none. */
export async function managedPolicySource(
  reader: Reader,
  accountId: string,
  arn: string,
): Promise<PolicySource | undefined> {
  const policy = await loadPolicy(reader, accountId, arn);
  return policy === undefined ? undefined : sourceOf(policy);
}
