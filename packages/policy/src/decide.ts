/** The verdict on one action and one resource: explicit denials, then the guardrails, then the grants. */
import { askOf } from './ask.ts';
import type { Ask } from './ask.ts';
import type { Reading } from './compile.ts';
import type { Decision, Layer, StatementRef } from './decision.ts';
import type { Layers } from './layers.ts';
import { findDenies, findGrant, findUnevaluated } from './policy-set.ts';
import type { Grant, PolicySet } from './policy-set.ts';
import { partitionOf, Strength } from './principals.ts';
import type { AccessRequest, CallerType } from './request.ts';

const NONE: readonly StatementRef[] = [];

function verdict(decision: Decision['decision'], layer: Layer, statements: readonly StatementRef[] = NONE): Decision {
  return { decision, layer, statements, unevaluated: NONE };
}

/** Operations that need no permission and that no policy can deny, by caller. */
const ALWAYS: ReadonlyMap<string, ReadonlySet<CallerType>> = new Map<string, ReadonlySet<CallerType>>([
  ['sts:getcalleridentity', new Set<CallerType>(['User', 'AssumedRole', 'FederatedUser', 'Root'])],
  ['sts:getsessiontoken', new Set<CallerType>(['User', 'Root'])],
]);

function alwaysAllowed(ask: Ask): boolean {
  return ALWAYS.get(ask.action)?.has(ask.principal.type) ?? false;
}

/** The root user may do everything in its account except take a role. */
function rootMayNot(ask: Ask): boolean {
  return ask.action === 'sts:assumerole';
}

/** SCPs bind users, roles and root; not service-linked roles, services or callers without an account. */
function underScps({ principal }: Ask): boolean {
  return (
    principal.type !== 'Service' &&
    principal.type !== 'Anonymous' &&
    principal.type !== 'Federated' &&
    principal.serviceLinkedRole !== true
  );
}

/** RCPs bind every caller but service-linked roles. */
function underRcps({ principal }: Ask): boolean {
  return principal.serviceLinkedRole !== true;
}

function scpsFor(ask: Ask, layers: Layers): readonly PolicySet[] | undefined {
  return layers.scps !== undefined && underScps(ask) ? layers.scps : undefined;
}

function rcpsFor(ask: Ask, layers: Layers): readonly PolicySet[] | undefined {
  return layers.rcps !== undefined && underRcps(ask) ? layers.rcps : undefined;
}

function deniedBy(ask: Ask, layer: Layer, set: PolicySet | undefined, reading: Reading): Decision | undefined {
  const found = set && findDenies(set, ask, reading);
  return found && verdict('ExplicitDeny', layer, found);
}

function deniedByLevel(
  ask: Ask,
  layer: Layer,
  sets: readonly PolicySet[] | undefined,
  reading: Reading,
): Decision | undefined {
  for (const set of sets ?? []) {
    const denied = deniedBy(ask, layer, set, reading);
    if (denied !== undefined) return denied;
  }
  return undefined;
}

/** Callers that have policies of their own. */
function hasIdentity({ principal }: Ask): boolean {
  return principal.type === 'User' || principal.type === 'AssumedRole' || principal.type === 'FederatedUser';
}

function explicitDeny(ask: Ask, layers: Layers): Decision | undefined {
  return (
    deniedByLevel(ask, 'rcp', rcpsFor(ask, layers), 'open') ??
    deniedByLevel(ask, 'scp', scpsFor(ask, layers), 'identity') ??
    deniedBy(ask, 'vpcEndpoint', layers.vpcEndpoint, 'open') ??
    deniedBy(ask, 'trust', layers.trust, 'resource') ??
    deniedBy(ask, 'resource', layers.resource, 'resource') ??
    (hasIdentity(ask) ? deniedByOwn(ask, layers) : undefined)
  );
}

function deniedByOwn(ask: Ask, layers: Layers): Decision | undefined {
  return (
    deniedBy(ask, 'identity', layers.identity, 'identity') ??
    deniedBy(ask, 'boundary', layers.boundary, 'identity') ??
    deniedBy(ask, 'session', layers.session, 'identity')
  );
}

function allLevelsAllow(ask: Ask, sets: readonly PolicySet[] | undefined, reading: Reading): boolean {
  for (const set of sets ?? []) if (findGrant(set, ask, reading) === undefined) return false;
  return true;
}

function guardrail(ask: Ask, layers: Layers): Decision | undefined {
  if (layers.rcpDefaultFullAccess === false && !allLevelsAllow(ask, rcpsFor(ask, layers), 'open'))
    return verdict('ImplicitDeny', 'rcp');
  if (!allLevelsAllow(ask, scpsFor(ask, layers), 'identity')) return verdict('ImplicitDeny', 'scp');
  const { vpcEndpoint } = layers;
  if (vpcEndpoint !== undefined && findGrant(vpcEndpoint, ask, 'open') === undefined)
    return verdict('ImplicitDeny', 'vpcEndpoint');
  return undefined;
}

/** Whether a limiting layer lets the request through; one that is not there does not limit. */
function lets(ask: Ask, set: PolicySet | undefined): boolean {
  return set === undefined || findGrant(set, ask, 'identity') !== undefined;
}

/** A GetFederationToken session to which no policy was passed has no permissions of its own. */
function sessionLets(ask: Ask, layers: Layers): boolean {
  if (layers.session === undefined) return ask.principal.type !== 'FederatedUser';
  return lets(ask, layers.session);
}

/** The caller's own side: identity policies, within boundary and session policies. */
function ownSide(ask: Ask, layers: Layers): Decision {
  if (ask.principal.type === 'Root') return verdict(rootMayNot(ask) ? 'ImplicitDeny' : 'Allow', 'root');
  const grant = layers.identity && findGrant(layers.identity, ask, 'identity');
  if (grant === undefined) return verdict('ImplicitDeny', 'identity');
  if (!lets(ask, layers.boundary)) return verdict('ImplicitDeny', 'boundary');
  if (!sessionLets(ask, layers)) return verdict('ImplicitDeny', 'session');
  return verdict('Allow', 'identity', [grant.statement]);
}

/**
 * Resources whose policy has to take part even for callers of the same account: roles (the trust policy) and KMS keys.
 */
function needsResourcePolicy(ask: Ask, layers: Layers): boolean {
  return layers.trust !== undefined || (layers.resource !== undefined && ask.action.startsWith('kms:'));
}

function resourceLayer(layers: Layers): Layer {
  return layers.trust === undefined ? 'resource' : 'trust';
}

function resourceGrant(ask: Ask, layers: Layers): Grant | undefined {
  const set = layers.trust ?? layers.resource;
  return set && findGrant(set, ask, 'resource');
}

function entityLimit(ask: Ask, layers: Layers): Layer | undefined {
  if (!lets(ask, layers.boundary)) return 'boundary';
  return sessionLets(ask, layers) ? undefined : 'session';
}

function sameAccount(ask: Ask, layers: Layers): Decision {
  const grant = resourceGrant(ask, layers);
  const strength = grant?.strength ?? Strength.none;
  const layer = resourceLayer(layers);
  if (ask.principal.type === 'Root' && rootMayNot(ask)) return verdict('ImplicitDeny', 'root');
  if (grant !== undefined && strength === Strength.direct) return verdict('Allow', layer, [grant.statement]);
  if (strength === Strength.none && needsResourcePolicy(ask, layers)) return verdict('ImplicitDeny', layer);
  if (grant === undefined || strength !== Strength.entity) return ownSide(ask, layers);
  const limit = entityLimit(ask, layers);
  return limit === undefined ? verdict('Allow', layer, [grant.statement]) : verdict('ImplicitDeny', limit);
}

/** Different partitions never mix. */
function crossesPartitions({ principal, resource }: Ask): boolean {
  const [mine, theirs] = [partitionOf(principal.arn), partitionOf(resource)];
  return mine !== undefined && theirs !== undefined && mine !== theirs;
}

function crossAccount(ask: Ask, layers: Layers): Decision {
  const grant = crossesPartitions(ask) ? undefined : resourceGrant(ask, layers);
  return grant === undefined ? verdict('ImplicitDeny', resourceLayer(layers)) : ownSide(ask, layers);
}

/** Services, anonymous and federated callers: the policy of the resource is all there is. */
function resourceOnly(ask: Ask, layers: Layers): Decision {
  const grant = resourceGrant(ask, layers);
  if (grant === undefined) return verdict('ImplicitDeny', resourceLayer(layers));
  return verdict('Allow', resourceLayer(layers), [grant.statement]);
}

/** The account that owns the resource: as stated, else as in the ARN, else the caller's. */
function ownerOf({ request }: Ask): string | undefined {
  if (request.resourceAccount !== undefined) return request.resourceAccount;
  const account = request.resource.startsWith('arn:') ? request.resource.split(':', 5)[4] : undefined;
  return account === undefined || account === '' ? request.principal.accountId : account;
}

function grants(ask: Ask, layers: Layers): Decision {
  const { principal } = ask;
  if (principal.type !== 'Root' && !hasIdentity(ask)) return resourceOnly(ask, layers);
  return ownerOf(ask) === principal.accountId ? sameAccount(ask, layers) : crossAccount(ask, layers);
}

function judge(ask: Ask, layers: Layers): Decision {
  if (alwaysAllowed(ask)) return verdict('Allow', 'always');
  return explicitDeny(ask, layers) ?? guardrail(ask, layers) ?? grants(ask, layers);
}

/**
 * Decides one request. Absent layers are skipped, except where the rules say otherwise: a caller without
 * identity policies is allowed nothing by them, and a federated session without session policy gets nothing from them.
 * Pure: no clock, no input or output, never throws on any policy or request.
 */
export function decide(request: AccessRequest, layers: Layers): Decision {
  return judge(askOf(request, layers.boundary !== undefined), layers);
}
