/** PolicyExclusionList: what would be if some of the policies of a principal went away (spec/iam.md 6.16). */
import type { PolicySource } from '@stagedoor/policy';
import type { InlinePolicyIdentifierType, PolicyIdentifier } from '../../model/iam.ts';
import { parseIamArn } from './arns.ts';
import type { Needs } from './needs.ts';
import { policyNameOf } from './policy-source-owner.ts';
import type { PolicyName } from './policy-source-owner.ts';
import type { PrincipalPolicies } from './principal-policies.ts';

type Excludes = (policy: PolicyName) => boolean;
type Refuses = Needs<'InvalidInput'>;

/** A pattern with at most one `*` and any number of `?`; more is refused. */
function namePattern(call: Refuses, pattern: string): (name: string) => boolean {
  if (pattern.split('*').length > 2) call.fail('InvalidInput', `${pattern} has more than one *.`);
  const [head = '', tail] = pattern.split('*');
  const fits = (part: string, text: string): boolean =>
    part.length === text.length && part.split('').every((one, at) => one === '?' || one === text[at]);
  if (tail === undefined) return (name) => fits(head, name);
  return (name) =>
    name.length >= head.length + tail.length &&
    fits(head, name.slice(0, head.length)) &&
    fits(tail, name.slice(name.length - tail.length));
}

function byArn(call: Refuses, arn: string): Excludes {
  const at = arn.lastIndexOf('/') + 1;
  const [place, name] = [arn.slice(0, at), arn.slice(at)];
  // The wildcards are in the name alone: with a plain one in its place the rest must be an ARN.
  if (parseIamArn(`${place}name`)?.type !== 'policy' || /[*?]/.test(place) || !/^[\w+=,.@*?-]+$/.test(name)) {
    call.fail('InvalidInput', `${arn} does not identify managed policies.`);
  }
  const matches = namePattern(call, name);
  return (policy) => policy.kind !== 'inline' && policy.arn === place + policy.name && matches(policy.name);
}

function byInline(call: Refuses, identifier: InlinePolicyIdentifierType): Excludes {
  const { PolicyName: name, AttachmentType: type, AttachmentName } = identifier;
  const matches = namePattern(call, AttachmentName);
  return (policy) => policy.kind === 'inline' && policy.name === name && policy.type === type && matches(policy.owner);
}

function excluderOf(call: Refuses, identifier: PolicyIdentifier): Excludes {
  const { PolicyType: kind, PolicyArn, InlinePolicyIdentifier } = identifier;
  if ([kind, PolicyArn, InlinePolicyIdentifier].filter((member) => member !== undefined).length !== 1) {
    call.fail('InvalidInput', 'Each entry of PolicyExclusionList must have exactly one member.');
  }
  if (PolicyArn !== undefined) return byArn(call, PolicyArn);
  if (InlinePolicyIdentifier !== undefined) return byInline(call, InlinePolicyIdentifier);
  return (policy) => policy.kind === kind;
}

/** What is left of a principal's policies. Control policies (`scp`, `rcp`) are not among them: naming them changes nothing. */
export function withoutExcluded(
  call: Refuses,
  policies: PrincipalPolicies,
  list: readonly PolicyIdentifier[] = [],
): PrincipalPolicies {
  const excluders = list.map((identifier) => excluderOf(call, identifier));
  const stays = (source: PolicySource): boolean => !excluders.some((excludes) => excludes(policyNameOf(source)));
  const unbounded = list.some(({ PolicyType }) => PolicyType === 'permission-boundary');
  const identity = policies.identity.filter(stays);
  return { identity, ...(policies.boundary !== undefined && !unbounded && { boundary: policies.boundary }) };
}
