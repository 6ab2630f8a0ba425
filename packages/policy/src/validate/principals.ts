/** The form of principals in trust and bucket policies. Whether they exist is for the caller to find out. */

import type { Policy } from '../statement.ts';
import type { WrittenPrincipal } from './placed-principals.ts';

/** A user or role that a trust policy names, to be resolved when the policy is saved. */
export interface TrustedEntity {
  readonly type: 'user' | 'role';
  readonly accountId: string;
  /** The ARN as written. */
  readonly value: string;
}

const partition = '(?:aws|aws-cn|aws-us-gov)';
const entity = new RegExp(String.raw`^arn:${partition}:iam::(\d{12}):(user|role)\/[^*?]*[^*?/]$`);

/** The forms of an AWS principal: everybody, an account, and the four kinds of ARN. No wildcards within. */
const awsForms: readonly RegExp[] = [
  /^\*$/,
  /^\d{12}$/,
  new RegExp(String.raw`^arn:${partition}:iam::\d{12}:root$`),
  entity,
  new RegExp(String.raw`^arn:${partition}:sts::\d{12}:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+$`),
  new RegExp(String.raw`^arn:${partition}:sts::\d{12}:federated-user\/[\w+=,.@-]+$`),
];

const domain = /^(?=.{1,255}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;

const federatedForms: readonly RegExp[] = [
  domain,
  new RegExp(String.raw`^arn:${partition}:iam::\d{12}:saml-provider\/[\w.-]+$`),
  new RegExp(String.raw`^arn:${partition}:iam::\d{12}:oidc-provider\/[^*?\s]+$`),
];

const forms: ReadonlyMap<string, readonly RegExp[]> = new Map([
  ['*', [/^\*$/]],
  ['AWS', awsForms],
  ['Service', [/^[a-z0-9][a-z0-9.-]*\.amazonaws\.com(?:\.cn)?$/]],
  ['Federated', federatedForms],
  ['CanonicalUser', [/^[0-9a-f]{64}$/]],
]);

/** How AWS names the type in its message: a service in capitals, the others as written. */
function shownType(type: string): string {
  return type === 'Service' ? 'SERVICE' : type;
}

/** Whether a principal can be stored at all: group ARNs, wildcards within a value and bare ids cannot. */
export function isPrincipalForm({ type, value }: WrittenPrincipal): boolean {
  return forms.get(type)?.some((form) => form.test(value)) ?? false;
}

/** AWS's text for a principal that is misformed, or that the caller found not to exist. */
export function invalidPrincipalText({ type, value }: WrittenPrincipal): string {
  return `Invalid principal in policy: "${shownType(type)}":"${value}"`;
}

/**
 * The users and roles a policy names as principals, each once, in the order of the document. Accounts, root,
 * `*`, sessions, federated users, services and providers are not among them: they need not exist.
 */
export function trustPrincipals(policy: Policy): readonly TrustedEntity[] {
  const named = new Map<string, TrustedEntity>();
  for (const { type, value } of policy.statements.flatMap(({ principal }) => principal?.patterns ?? [])) {
    if (type !== 'AWS' || !entity.test(value)) continue;
    const [, , , , accountId = '', resource = ''] = value.split(':');
    named.set(value, { type: resource.startsWith('user/') ? 'user' : 'role', accountId, value });
  }
  return [...named.values()];
}
