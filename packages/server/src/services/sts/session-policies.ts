/** Session policies of a request, checked: their text, that the managed ones exist, and their packed size (spec/sts.md 2.2.8, 2.5). */
import { validatePolicy } from '@stagedoor/policy';
import type { Reader } from '../../store/store.ts';
import { managedPolicySource } from '../iam/managed-sources.ts';
import type { CommonError } from '../service.ts';
import { packedPolicySize } from './session.ts';

interface PolicyInput {
  readonly Policy?: string | undefined;
  readonly PolicyArns?: readonly { readonly arn?: string | undefined }[] | undefined;
}

interface Checking {
  readonly reader: Reader;
  fail(code: CommonError | 'MalformedPolicyDocument' | 'PackedPolicyTooLarge', message: string): never;
}

export interface CheckedPolicies {
  readonly policyArns: readonly string[];
  /** Percent of the allotment; `undefined` when neither policy nor tags were passed. */
  readonly packed: number | undefined;
}

/** Characters that the inline policy and the ARNs may have together. */
const maxPolicyText = 2048;

/** Fails as AWS does when a policy is malformed, missing or too large. `accountId`: whose managed policies may be named. */
export async function sessionPolicies(
  input: PolicyInput,
  call: Checking,
  accountId: string,
  tags: Readonly<Record<string, string>>,
): Promise<CheckedPolicies> {
  const policyArns = (input.PolicyArns ?? []).map(({ arn }) => arn ?? '');
  if (input.Policy !== undefined) {
    const verdict = validatePolicy(input.Policy, 'session');
    if (!verdict.valid) call.fail('MalformedPolicyDocument', verdict.message);
  }
  if ((input.Policy ?? '').length + policyArns.join('').length > maxPolicyText) {
    call.fail(
      'ValidationError',
      `1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to ${maxPolicyText}`,
    );
  }
  for (const arn of policyArns) {
    if ((await managedPolicySource(call.reader, accountId, arn)) === undefined) {
      call.fail('ValidationError', `Policy ${arn} does not exist or is not attachable.`);
    }
  }
  const packed = packedPolicySize({ inlinePolicy: input.Policy, policyArns, tags });
  if (packed !== undefined && packed > 100) {
    call.fail(
      'PackedPolicyTooLarge',
      `Packed policy consumes ${packed}% of allotted space, please use smaller policy.`,
    );
  }
  return { policyArns, packed };
}
