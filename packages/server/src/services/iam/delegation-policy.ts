/** The permissions of a delegation request: made from a template, checked against the caller's own, and told in words. */
import { compare, parsePolicy, policySize, validatePolicy } from '@stagedoor/policy';
import type { Match, Policy, Statement } from '@stagedoor/policy';
import type { DelegationPermission, PermissionCheckResultType } from '../../model/iam.ts';
import type { DelegationRequestRecord } from './delegation-records.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { parsedDocument } from './parsed-documents.ts';
import { loadPolicy } from './policies.ts';
import { loadPrincipalPolicies } from './principal-policies.ts';
import { filledDocument, Unfilled } from './template-text.ts';

/** Characters of a filled-in policy. */
const mostCharacters = 2048;
/** Steps that a comparison may take: the answer is an approximation in any case. */
const comparisonLimit = 100_000;

function filledIn(call: Needs<'InvalidInput'>, text: string, { Parameters = [] }: DelegationPermission): string {
  const values = new Map(Parameters.map(({ Name = '', Values = [] }) => [Name, Values] as const));
  try {
    return filledDocument(text, values);
  } catch (error) {
    if (!(error instanceof Unfilled)) throw error;
    return call.fail('InvalidInput', `The parameter ${error.parameter} of the policy template has no value.`);
  }
}

/** The policy that is asked for. Templates are managed policies that the requestor's account can use. */
export async function requestedPolicy(call: Needs<'InvalidInput'>, permissions: DelegationPermission): Promise<string> {
  const arn = permissions.PolicyTemplateArn ?? '';
  const template = await loadPolicy(state(call), call.accountId, arn);
  const version = template?.record.versions.find(({ versionId }) => versionId === template.record.defaultVersionId);
  const text = version?.document ?? call.fail('InvalidInput', `The policy template ${arn} cannot be found.`);
  const policy = filledIn(call, text, permissions);
  const validation = validatePolicy(policy, 'identity');
  if (!validation.valid) call.fail('InvalidInput', validation.message);
  if (policySize(policy) > mostCharacters) {
    call.fail('InvalidInput', `The policy of a delegation request can have up to ${mostCharacters} characters.`);
  }
  return policy;
}

const conditional = (policies: readonly Policy[]): boolean =>
  policies.some(({ statements }) => statements.some(({ conditions }) => conditions.length > 0));

function covers(policies: readonly Policy[], asked: Policy): PermissionCheckResultType {
  const { result } = compare(asked, policies, { limit: comparisonLimit });
  if (result === 'subset') return 'ALLOWED';
  return result === 'unknown' || conditional(policies) ? 'UNSURE' : 'DENIED';
}

const worst = (results: readonly PermissionCheckResultType[]): PermissionCheckResultType =>
  results.find((result) => result === 'DENIED') ?? results.find((result) => result === 'UNSURE') ?? 'ALLOWED';

/** Whether the caller's own permissions cover what is asked for. */
export async function permissionCheck(call: Needs, text: string): Promise<PermissionCheckResultType> {
  const { kind, principalId, session } = call.caller;
  if (kind === 'root') return 'ALLOWED';
  // Session policies cut further; what they leave is not followed.
  if (kind === 'federatedUser' || session?.inlinePolicy !== undefined || session?.policyArns !== undefined) {
    return 'UNSURE';
  }
  const name = { accountId: call.accountId, kind: kind === 'assumedRole' ? 'role' : 'user', principalId } as const;
  const delay = call.env.settings.propagationDelayMs;
  const { identity, boundary } = await loadPrincipalPolicies(state(call), name, call.now, delay);
  const asked = parsedDocument(text);
  const layers = [identity, ...(boundary === undefined ? [] : [boundary])];
  return worst(
    layers.map((sources) =>
      covers(
        sources.map(({ policy }) => policy),
        asked,
      ),
    ),
  );
}

/** Boundaries that a policy demands of the roles it lets be created. */
export function demandedBoundaries(text: string): string[] {
  const parsed = parsePolicy(text);
  const clauses = parsed.ok ? parsed.policy.statements.flatMap(({ conditions }) => conditions) : [];
  const demanded = clauses.filter(({ key }) => key.toLowerCase() === 'iam:permissionsboundary');
  return [...new Set(demanded.flatMap(({ values }) => values))];
}

const listed = ({ mode, patterns }: Match<string>): string =>
  `${mode === 'only' ? '' : 'all but '}${patterns.join(', ')}`;

function told({ effect, action, resource, conditions }: Statement): string {
  const on = resource === undefined ? '' : ` on ${listed(resource)}`;
  const when = conditions.map(({ written, key, values }) => `${written} ${key} ${values.join(' or ')}`);
  const only = when.length === 0 ? '' : ` when ${when.join(' and ')}`;
  return `- ${effect === 'Allow' ? 'may do' : 'may never do'} ${listed(action)}${on}${only}`;
}

/** The request in plain English, one line for each statement of its policy. */
export function summaryOf(request: DelegationRequestRecord): string {
  const minutes = Math.ceil(request.sessionDuration / 60);
  const who = `${request.requestorName} (account ${request.requestorId})`;
  const lines = parsedDocument(request.permissionPolicy).statements.map(told);
  return [`${who} asks for access for ${minutes} minutes: ${request.description}`, 'It', ...lines].join('\n');
}
