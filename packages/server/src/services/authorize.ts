/** May the caller do this? One decision per (action, resource) pair; all must be allowed. */
import { decide, denialMessage } from '@stagedoor/policy';
import type { AccessRequest, Decision, Layers, PolicySet } from '@stagedoor/policy';
import type { Caller } from './caller.ts';
import { principalOf } from './principals.ts';
import { CallContext } from './request-context.ts';
import type { RequestFacts } from './request-context.ts';
import type { AccessCheck } from './service.ts';

export interface Evaluation {
  readonly check: AccessCheck;
  readonly request: AccessRequest;
  readonly decision: Decision;
  /** Ids of the policies that were consulted, by layer. */
  readonly layers: Readonly<Record<string, readonly string[]>>;
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

const idsOf = new WeakMap<PolicySet, readonly string[]>();

/** Version and id of each source of a set; computed once a set. */
function sourceIds(set: PolicySet): readonly string[] {
  const known = idsOf.get(set);
  if (known !== undefined) return known;
  const ids = set.sources.map(({ id, version }) => (version === undefined ? id : `${id}@${version}`));
  idsOf.set(set, ids);
  return ids;
}

function consulted(layers: Layers): Record<string, readonly string[]> {
  const ids: Record<string, readonly string[]> = {};
  for (const name of ['identity', 'boundary', 'session', 'resource', 'trust'] as const) {
    const set = layers[name];
    if (set !== undefined) ids[name] = sourceIds(set);
  }
  return ids;
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
    evaluations.push({ check, request, decision, layers: consulted(bound) });
    if (decision.decision !== 'Allow') return { allowed: false, evaluations };
  }
  return { allowed: checks.length > 0, evaluations };
}

/** AWS's sentence for the pair that refused. */
export function denialSentence({ evaluations }: Verdict): string {
  const last = evaluations.at(-1);
  if (last === undefined) return 'Access denied';
  return denialMessage(
    last.request,
    last.decision,
    last.check.resourceText === undefined ? {} : { resource: last.check.resourceText },
  );
}
