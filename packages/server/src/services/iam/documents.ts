/** Policy documents at the door: grammar first, size after (spec/iam.md 4, 7). */
import { policySize, validatePolicy } from '@stagedoor/policy';
import type { Needs } from './needs.ts';
import { quotas, quotaText } from './quotas.ts';

/** Size as quotas count it: white space outside of strings is free. */
export const sizeOf = (text: string): number => policySize(text);

/** Fails with MalformedPolicyDocument and AWS's text when the document may not be stored. */
export function ensureDocument(call: Needs<'MalformedPolicyDocument'>, kind: 'identity' | 'trust', text: string): void {
  const validation = validatePolicy(text, kind);
  if (!validation.valid) call.fail('MalformedPolicyDocument', validation.message);
}

export function ensureManagedSize(call: Needs<'LimitExceeded'>, text: string): void {
  if (sizeOf(text) > quotas.policySize) call.fail('LimitExceeded', quotaText('PolicySize', quotas.policySize));
}

export function ensureTrustSize(call: Needs<'LimitExceeded'>, text: string): void {
  const limit = quotas.assumeRolePolicySize;
  if (sizeOf(text) > limit) call.fail('LimitExceeded', quotaText('ACLSizePerRole', limit));
}
