/** AWS's own sentence for a denied request. */
import type { Decision, Layer } from './decision.ts';
import type { AccessRequest } from './request.ts';

interface Wording {
  readonly name: string;
  readonly explicit: string;
}

const WORDING: Readonly<Record<Layer, Wording>> = {
  identity: { name: 'identity-based policy', explicit: 'an identity-based policy' },
  boundary: { name: 'permissions boundary', explicit: 'a permissions boundary' },
  session: { name: 'session policy', explicit: 'a session policy' },
  resource: { name: 'resource-based policy', explicit: 'a resource-based policy' },
  trust: { name: 'role trust policy', explicit: 'the role trust policy' },
  scp: { name: 'service control policy', explicit: 'a service control policy' },
  rcp: { name: 'resource control policy', explicit: 'a resource control policy' },
  vpcEndpoint: { name: 'VPC endpoint policy', explicit: 'a VPC endpoint policy' },
  root: { name: 'identity-based policy', explicit: 'an identity-based policy' },
  always: { name: 'identity-based policy', explicit: 'an identity-based policy' },
};

export interface DenialMessageOptions {
  /** Printed instead of the resource ARN (IAM says `user bob`); the empty string leaves it out. */
  readonly resource?: string;
  /** Appends `: <ARN>` when a managed policy denied explicitly. */
  readonly namePolicy?: boolean;
}

/** A silent service control policy is reported as if it had denied. */
function isExplicit(decision: Decision): boolean {
  return decision.decision === 'ExplicitDeny' || decision.layer === 'scp';
}

function managedPolicy(decision: Decision): string {
  const policy = decision.statements[0]?.policy;
  return policy?.startsWith('arn:') === true ? `: ${policy}` : '';
}

function callerName({ principal }: AccessRequest): string {
  return principal.arn ?? principal.services?.[0] ?? principal.federatedProvider ?? 'anonymous';
}

function reason(request: AccessRequest, decision: Decision, options: DenialMessageOptions): string {
  const words = WORDING[decision.layer];
  if (!isExplicit(decision)) return `because no ${words.name} allows the ${request.action} action`;
  return `with an explicit deny in ${words.explicit}${options.namePolicy === true ? managedPolicy(decision) : ''}`;
}

/**
 * The sentence AWS answers a denied request with (IAM User Guide, troubleshooting access denied messages).
 * `on resource:` is left out when there is no resource. Meaningless for an Allow.
 */
export function denialMessage(request: AccessRequest, decision: Decision, options: DenialMessageOptions = {}): string {
  const resource = options.resource ?? (request.resource === '*' ? '' : request.resource);
  const on = resource === '' ? '' : ` on resource: ${resource}`;
  const what = `User: ${callerName(request)} is not authorized to perform: ${request.action}${on}`;
  return `${what} ${reason(request, decision, options)}`;
}
