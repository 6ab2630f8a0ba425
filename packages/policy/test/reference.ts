/* oxlint-disable typescript/no-unsafe-type-assertion -- documents of tests are plain JSON */
/**
 * The twin: the evaluation rules once more, written to be read beside the specification. Slow, allocating, no index, and
 * sharing no code with the engine (types only). Tests hold the two equal.
 */
import type { Decision, Layer } from '../src/decision.ts';
import type { Layers } from '../src/layers.ts';
import type { PolicySet } from '../src/policy-set.ts';
import type { AccessRequest, ContextValue, Principal } from '../src/request.ts';
import type { ConditionClause, Match, Policy, PrincipalPattern, Statement } from '../src/statement.ts';
import { operatorTest } from './reference-operators.ts';
import { arnMatches, globMatches, substituted } from './reference-patterns.ts';

export type Verdict = Pick<Decision, 'decision' | 'layer'>;
const allow = (layer: Layer): Verdict => ({ decision: 'Allow', layer });
const explicit = (layer: Layer): Verdict => ({ decision: 'ExplicitDeny', layer });
const implicit = (layer: Layer): Verdict => ({ decision: 'ImplicitDeny', layer });

// --- actions and resources (spec 3.2, 3.3) -------------------------------------------------------------------

function actionMatches(pattern: string, action: string): boolean {
  if (pattern === '*') return true;
  const [pv, pn] = cutOnce(pattern.toLowerCase());
  const [av, an] = cutOnce(action.toLowerCase());
  return pn !== undefined && an !== undefined && globMatches(pv, av) && globMatches(pn, an);
}

function cutOnce(text: string): [string, string | undefined] {
  const at = text.indexOf(':');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function resourceMatches(pattern: string, request: AccessRequest, variables: boolean): boolean {
  if (pattern === '*') return true;
  return request.resource !== '*' && arnMatches(pattern, request.resource, variables, request.context);
}

function element<P>(match: Match<P>, one: (pattern: P) => boolean): boolean {
  return match.patterns.some(one) === (match.mode === 'only');
}

// --- conditions (spec 3.5, 3.7) ------------------------------------------------------------------------------

function listOf(value: ContextValue): readonly string[] {
  if (typeof value === 'string') return [value];
  return 'anyOf' in value ? value.anyOf : value;
}

function nullHolds(clause: ConditionClause, value: ContextValue | undefined): boolean {
  const absent = value === undefined || (Array.isArray(value) && value.length === 0);
  return clause.values.some((written) => written.toLowerCase() === String(absent));
}

function clauseHolds(
  clause: ConditionClause,
  statement: Statement,
  request: AccessRequest,
  variables: boolean,
): boolean {
  const { operator, quantifier, ifExists } = clause;
  const known = operator !== undefined && !(operator === 'Null' && ifExists);
  if (!known) return statement.effect === 'Deny';
  const value = request.context.get(clause.key.toLowerCase());
  if (operator === 'Null') return nullHolds(clause, value);
  const { negated, test } = operatorTest(operator);
  const passes = (one: string): boolean =>
    clause.values.some((operand) =>
      substituted(operator, operand, variables, request.context).some((text) => test(one, text)),
    ) !== negated;
  if (value === undefined) {
    if (quantifier === 'ForAnyValue') return ifExists;
    return quantifier === 'ForAllValues' || negated || ifExists;
  }
  const values = listOf(value);
  if (quantifier === 'ForAllValues') return values.every((one) => one === '') || values.every(passes);
  if (quantifier === 'ForAnyValue') return values.some(passes);
  if (!Array.isArray(value)) return values.some(passes);
  if (values.length === 0) return negated || ifExists;
  return values.length === 1 && passes(values[0]);
}

// --- principals (spec 4) -------------------------------------------------------------------------------------

type Strength = 0 | 1 | 2 | 3;
const accountTypes = ['User', 'AssumedRole', 'FederatedUser', 'Root'];

function strength(pattern: PrincipalPattern, caller: Principal): Strength {
  const inAccount = accountTypes.includes(caller.type);
  const { type, value } = pattern;
  if (type === '*') return 3;
  if (type === 'Service') return caller.type === 'Service' && caller.services?.includes(value) === true ? 3 : 0;
  if (type === 'Federated') return caller.type === 'Federated' && caller.federatedProvider === value ? 3 : 0;
  if (type === 'CanonicalUser') return 0;
  if (value === '*') return inAccount || caller.type === 'Anonymous' ? 3 : 0;
  if (!inAccount) return 0;
  if (isAccountOf(value, caller)) return 1;
  if (value === caller.roleArn || value === caller.federatingUserArn) return 2;
  if (value === caller.arn) return 3;
  if (value === caller.uniqueId) return caller.type === 'AssumedRole' ? 2 : 3;
  return 0;
}

function isAccountOf(value: string, caller: Principal): boolean {
  const partition = caller.arn?.split(':')[1];
  return value === caller.accountId || value === `arn:${partition ?? ''}:iam::${caller.accountId ?? ''}:root`;
}

function best(patterns: readonly PrincipalPattern[], caller: Principal): Strength {
  return Math.max(0, ...patterns.map((pattern) => strength(pattern, caller))) as Strength;
}

/** Account, then role or user, then session: all of them must be listed for a Deny with NotPrincipal to spare the caller. */
function spared(patterns: readonly PrincipalPattern[], caller: Principal, bounded: boolean): boolean {
  if (!accountTypes.includes(caller.type)) return best(patterns, caller) > 0;
  const values = patterns.filter(({ type }) => type === 'AWS' || type === '*').map(({ value }) => value);
  if (values.includes('*')) return true;
  if (bounded && caller.type !== 'Root') return false;
  if (!values.some((value) => isAccountOf(value, caller))) return false;
  if (caller.type === 'Root') return true;
  const self = values.includes(caller.arn ?? '') || (caller.type === 'User' && values.includes(caller.uniqueId ?? ''));
  const behind = caller.roleArn ?? caller.federatingUserArn;
  return self && (behind === undefined || caller.type === 'User' || values.includes(behind));
}

type Reading = 'identity' | 'resource' | 'open';

function callerStrength(statement: Statement, reading: Reading, caller: Principal, bounded: boolean): Strength {
  const deny = statement.effect === 'Deny';
  const { principal } = statement;
  if (reading === 'identity') return (principal === undefined && statement.resource !== undefined) || deny ? 3 : 0;
  if (principal === undefined) return reading === 'open' || deny ? 3 : 0;
  if (principal.mode === 'only') return best(principal.patterns, caller);
  const out = deny ? spared(principal.patterns, caller, bounded) : best(principal.patterns, caller) > 0;
  return out ? 0 : 3;
}

// --- statements and layers -----------------------------------------------------------------------------------

class Scene {
  readonly request: AccessRequest;
  readonly bounded: boolean;

  constructor(request: AccessRequest, layers: Layers) {
    this.request = request;
    this.bounded = layers.boundary !== undefined;
  }

  private applies(policy: Policy, statement: Statement, reading: Reading): Strength {
    const { request } = this;
    const variables = policy.version === '2012-10-17';
    const fits =
      element(statement.action, (pattern) => actionMatches(pattern, request.action)) &&
      (statement.resource === undefined ||
        element(statement.resource, (pattern) => resourceMatches(pattern, request, variables))) &&
      statement.conditions.every((clause) => clauseHolds(clause, statement, request, variables));
    return fits ? callerStrength(statement, reading, request.principal, this.bounded) : 0;
  }

  /** The strongest statement with this effect. */
  strongest(effect: 'Allow' | 'Deny', set: PolicySet | undefined, reading: Reading): Strength {
    const found = (set?.sources ?? []).flatMap(({ policy }) =>
      policy.statements.filter((one) => one.effect === effect).map((one) => this.applies(policy, one, reading)),
    );
    return Math.max(0, ...found) as Strength;
  }

  allows(set: PolicySet | undefined, reading: Reading): boolean {
    return this.strongest('Allow', set, reading) > 0;
  }

  denies(set: PolicySet | undefined, reading: Reading): boolean {
    return this.strongest('Deny', set, reading) > 0;
  }
}

// --- the algorithm (spec 5) ----------------------------------------------------------------------------------

/** Decides like the engine: outcome and layer. */
export function reference(request: AccessRequest, layers: Layers): Verdict {
  const scene = new Scene(request, layers);
  const caller = request.principal;
  const action = request.action.toLowerCase();
  const own = ['User', 'AssumedRole', 'FederatedUser'].includes(caller.type);
  const root = caller.type === 'Root';

  if (action === 'sts:getcalleridentity' && (own || root)) return allow('always');
  if (action === 'sts:getsessiontoken' && (caller.type === 'User' || root)) return allow('always');

  const linked = caller.serviceLinkedRole === true;
  const rcps = linked ? [] : (layers.rcps ?? []);
  const scps = linked || !(own || root) ? [] : (layers.scps ?? []);

  if (rcps.some((set) => scene.denies(set, 'open'))) return explicit('rcp');
  if (scps.some((set) => scene.denies(set, 'identity'))) return explicit('scp');
  if (scene.denies(layers.vpcEndpoint, 'open')) return explicit('vpcEndpoint');
  if (scene.denies(layers.trust, 'resource')) return explicit('trust');
  if (scene.denies(layers.resource, 'resource')) return explicit('resource');
  for (const layer of own ? (['identity', 'boundary', 'session'] as const) : []) {
    if (scene.denies(layers[layer], 'identity')) return explicit(layer);
  }

  if (layers.rcpDefaultFullAccess === false && !rcps.every((set) => scene.allows(set, 'open'))) return implicit('rcp');
  if (!scps.every((set) => scene.allows(set, 'identity'))) return implicit('scp');
  if (layers.vpcEndpoint && !scene.allows(layers.vpcEndpoint, 'open')) return implicit('vpcEndpoint');

  const resourceLayer = layers.trust ? 'trust' : 'resource';
  const granted = scene.strongest('Allow', layers.trust ?? layers.resource, 'resource');
  if (!own && !root) return granted > 0 ? allow(resourceLayer) : implicit(resourceLayer);

  const boundaryLets = !layers.boundary || scene.allows(layers.boundary, 'identity');
  const sessionLets = layers.session ? scene.allows(layers.session, 'identity') : caller.type !== 'FederatedUser';

  function ownSide(): Verdict {
    if (root) return action === 'sts:assumerole' ? implicit('root') : allow('root');
    if (!scene.allows(layers.identity, 'identity')) return implicit('identity');
    if (!boundaryLets) return implicit('boundary');
    return sessionLets ? allow('identity') : implicit('session');
  }

  const mine = caller.accountId ?? ((caller.arn ?? '').split(':')[4] || undefined);
  const parts = request.resource.split(':');
  const inArn = parts[0] === 'arn' && parts.length > 5 && parts[4] !== 'aws' ? parts[4] : undefined;
  if ((request.resourceAccount ?? (inArn || mine)) === mine) {
    if (root && action === 'sts:assumerole') return implicit('root');
    if (granted === 3) return allow(resourceLayer);
    if (granted === 2 && !boundaryLets) return implicit('boundary');
    if (granted === 2) return sessionLets ? allow(resourceLayer) : implicit('session');
    if (granted === 0 && (layers.trust || (layers.resource && action.startsWith('kms:'))))
      return implicit(resourceLayer);
    return ownSide();
  }
  const partition = caller.arn?.split(':')[1];
  const foreign = partition !== undefined && parts[0] === 'arn' && parts[1] !== partition;
  return granted === 0 || foreign ? implicit(resourceLayer) : ownSide();
}
