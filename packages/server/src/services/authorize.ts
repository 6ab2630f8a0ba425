/** May the caller do this? One decision per (action, resource) pair; all must be allowed. */
import { decide, denialMessage } from '@stagedoor/policy';
import type { AccessRequest, Decision, Layers } from '@stagedoor/policy';
import type { Caller } from './caller.ts';
import { principalOf } from './principals.ts';
import { CallContext } from './request-context.ts';
import type { RequestFacts } from './request-context.ts';
import type { AccessCheck } from './service.ts';

export interface Evaluation {
  readonly check: AccessCheck;
  readonly request: AccessRequest;
  readonly decision: Decision;
  /** The policies that were consulted, by layer. */
  readonly layers: Layers;
}

export interface Verdict {
  readonly allowed: boolean;
  /** In the order they were asked; the last one is the one that refused when `allowed` is false. */
  readonly evaluations: readonly Evaluation[];
}

/** Account in an ARN; '' where it has none. */
function accountOf(arn: string): string {
  const parts = arn.split(':', 5);
  return parts[4] ?? '';
}

function requestOf(facts: RequestFacts, caller: Caller, check: AccessCheck, defaultAction: string): AccessRequest {
  const named = check.resourceAccount ?? accountOf(check.resource);
  const resourceAccount = named === '' || named === '*' ? caller.accountId : named;
  return {
    principal: principalOf(caller),
    action: check.action ?? defaultAction,
    resource: check.resource,
    resourceAccount,
    context: new CallContext(facts, caller, check, resourceAccount),
  };
}

function layersFor(check: AccessCheck, layers: Layers): Layers {
  if (check.resourcePolicy === undefined) return layers;
  return check.trust === true
    ? { ...layers, trust: check.resourcePolicy }
    : { ...layers, resource: check.resourcePolicy };
}

/** Decides the pairs in order and stops at the first that is refused. */
export function authorize(
  facts: RequestFacts,
  caller: Caller,
  layers: Layers,
  checks: readonly AccessCheck[],
  defaultAction: string,
): Verdict {
  const evaluations: Evaluation[] = [];
  for (const check of checks) {
    const request = requestOf(facts, caller, check, defaultAction);
    const bound = layersFor(check, layers);
    const decision = decide(request, bound);
    evaluations.push({ check, request, decision, layers: bound });
    if (decision.decision !== 'Allow') return { allowed: false, evaluations };
  }
  return { allowed: checks.length > 0, evaluations };
}

/** Whether the caller asks for a role of another account. */
const asksAbroad = ({ check, request }: Evaluation): boolean =>
  check.trust === true && request.resourceAccount !== request.principal.accountId;

/** AWS's sentence for the pair that refused. */
export function denialSentence({ evaluations }: Verdict): string {
  const last = evaluations.at(-1);
  if (last === undefined) return 'Access denied';
  // Which policy was missing would tell strangers whether the role exists (spec/sts.md 2.2.1).
  if (asksAbroad(last)) {
    const { principal, action, resource } = last.request;
    return `User: ${principal.arn ?? 'anonymous'} is not authorized to perform: ${action} on resource: ${resource}`;
  }
  return denialMessage(
    last.request,
    last.decision,
    last.check.resourceText === undefined ? {} : { resource: last.check.resourceText },
  );
}
