/** The verdict on one action and one resource: explicit denials, then the guardrails, then the grants. */
import { Ask } from './ask.ts';
import type { Reading } from './compile.ts';
import type { Decision, Layer, StatementRef } from './decision.ts';
import type { Layers } from './layers.ts';
import type { PolicySet } from './policy-set.ts';
import { findDenies, findGrant, findUnevaluated, refsTo, refTo } from './search.ts';
import type { Hit } from './search.ts';
import { partitionOf, Strength } from './principals.ts';
import type { AccessRequest } from './request.ts';

const NONE: readonly StatementRef[] = Object.freeze([]);
const ALWAYS = Object.freeze({ decision: 'Allow', layer: 'always', statements: NONE, unevaluated: NONE } as const);
const ROOT = Object.freeze({ decision: 'Allow', layer: 'root', statements: NONE, unevaluated: NONE } as const);

function verdict(decision: Decision['decision'], layer: Layer, statements: readonly StatementRef[]): Decision {
  return { decision, layer, statements, unevaluated: NONE };
}

/** A denial for want of an Allow says nothing but its layer: one object serves them all. */
function silent(layer: Layer): Decision {
  return Object.freeze(verdict('ImplicitDeny', layer, NONE));
}

const SILENT: Readonly<Record<Layer, Decision>> = {
  identity: silent('identity'),
  boundary: silent('boundary'),
  session: silent('session'),
  resource: silent('resource'),
  trust: silent('trust'),
  scp: silent('scp'),
  rcp: silent('rcp'),
  vpcEndpoint: silent('vpcEndpoint'),
  root: silent('root'),
  always: silent('always'),
};

function alwaysAllowed({ action, principal }: Ask): boolean {
  return action.always !== undefined && action.always.has(principal.type);
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
  return found && verdict('ExplicitDeny', layer, refsTo(set, found));
}

function deniedByLevel(
  ask: Ask,
  layer: Layer,
  sets: readonly PolicySet[] | undefined,
  reading: Reading,
): Decision | undefined {
  if (sets === undefined) return undefined;
  for (const set of sets) {
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
  if (sets === undefined) return true;
  for (const set of sets) if (findGrant(set, ask, reading) === undefined) return false;
  return true;
}

function guardrail(ask: Ask, layers: Layers): Decision | undefined {
  if (layers.rcpDefaultFullAccess === false && !allLevelsAllow(ask, rcpsFor(ask, layers), 'open')) return SILENT.rcp;
  if (!allLevelsAllow(ask, scpsFor(ask, layers), 'identity')) return SILENT.scp;
  const { vpcEndpoint } = layers;
  if (vpcEndpoint !== undefined && findGrant(vpcEndpoint, ask, 'open') === undefined) return SILENT.vpcEndpoint;
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
function grantedBy(identity: PolicySet, grant: Hit): Decision {
  return Object.freeze(verdict('Allow', 'identity', [refTo(identity, grant)]));
}

function ownSide(ask: Ask, layers: Layers): Decision {
  if (ask.principal.type === 'Root') return ask.action.forbiddenToRoot ? SILENT.root : ROOT;
  const { identity } = layers;
  const grant = identity && findGrant(identity, ask, 'identity');
  if (identity === undefined || grant === undefined) return SILENT.identity;
  if (!lets(ask, layers.boundary)) return SILENT.boundary;
  if (!sessionLets(ask, layers)) return SILENT.session;
  return (grant.granted ??= grantedBy(identity, grant));
}

/**
 * Resources whose policy has to take part even for callers of the same account: roles (the trust policy) and KMS keys.
 */
function needsResourcePolicy(ask: Ask, layers: Layers): boolean {
  return layers.trust !== undefined || (layers.resource !== undefined && ask.action.needsResourcePolicy);
}

function resourceGrant(ask: Ask, layers: Layers): Hit | undefined {
  const set = layers.trust ?? layers.resource;
  return set && findGrant(set, ask, 'resource');
}

function byResource(layers: Layers, grant?: Hit): Decision {
  const layer = layers.trust === undefined ? 'resource' : 'trust';
  const set = layers.trust ?? layers.resource;
  if (grant === undefined || set === undefined) return SILENT[layer];
  return verdict('Allow', layer, [refTo(set, grant)]);
}

/** What limits a grant to the entity behind a session. */
function entityLimit(ask: Ask, layers: Layers): Layer | undefined {
  if (!lets(ask, layers.boundary)) return 'boundary';
  return sessionLets(ask, layers) ? undefined : 'session';
}

function byEntity(ask: Ask, layers: Layers, grant: Hit): Decision {
  const limit = entityLimit(ask, layers);
  return limit === undefined ? byResource(layers, grant) : SILENT[limit];
}

function sameAccount(ask: Ask, layers: Layers): Decision {
  if (ask.principal.type === 'Root' && ask.action.forbiddenToRoot) return SILENT.root;
  const grant = resourceGrant(ask, layers);
  if (grant === undefined) return needsResourcePolicy(ask, layers) ? byResource(layers) : ownSide(ask, layers);
  if (grant.strength === Strength.direct) return byResource(layers, grant);
  return grant.strength === Strength.entity ? byEntity(ask, layers, grant) : ownSide(ask, layers);
}

/** Different partitions never mix. */
function crossesPartitions({ principal, resource }: Ask): boolean {
  const [mine, theirs] = [partitionOf(principal.arn), partitionOf(resource)];
  return mine !== undefined && theirs !== undefined && mine !== theirs;
}

/** Two decisions, and both must allow: the resource's side names the caller, and the caller's own side allows. */
function crossAccount(ask: Ask, layers: Layers): Decision {
  const grant = crossesPartitions(ask) ? undefined : resourceGrant(ask, layers);
  return grant === undefined ? byResource(layers) : ownSide(ask, layers);
}

function accountIn(arn: string | undefined): string | undefined {
  const account = arn?.startsWith('arn:') === true ? arn.split(':', 5)[4] : undefined;
  return account === '' ? undefined : account;
}

/** Accounts of ARNs that stand for no other account: none at all, and that of the policies AWS manages for everyone. */
function isEverybodys(account: string): boolean {
  return account === '' || account === 'aws';
}

/** Whether the account that owns the resource (as stated, else as in the ARN, else the caller's) is the caller's. */
function isOwn(ask: Ask): boolean {
  const { request, principal } = ask;
  const mine = principal.accountId ?? accountIn(principal.arn);
  if (request.resourceAccount !== undefined) return request.resourceAccount === mine;
  const owner = ask.isArn ? ask.part(4) : '';
  return isEverybodys(owner) || mine === undefined || owner === mine;
}

function grants(ask: Ask, layers: Layers): Decision {
  if (ask.principal.type !== 'Root' && !hasIdentity(ask)) return byResource(layers, resourceGrant(ask, layers));
  return isOwn(ask) ? sameAccount(ask, layers) : crossAccount(ask, layers);
}

function judge(ask: Ask, layers: Layers): Decision {
  if (alwaysAllowed(ask)) return ALWAYS;
  return explicitDeny(ask, layers) ?? withoutDenies(ask, layers);
}

/** The decision as it would be if no Deny statement applied. */
export function withoutDenies(ask: Ask, layers: Layers): Decision {
  return guardrail(ask, layers) ?? grants(ask, layers);
}

/** The sets that bear on the caller, in the order in which they are consulted. */
export function layersFor(ask: Ask, layers: Layers): readonly LayerInForce[] {
  const found: LayerInForce[] = [];
  const add = (layer: Layer, set: PolicySet | undefined, reading: Reading, level = 0): void => {
    if (set !== undefined) found.push({ layer, level, set, reading });
  };
  rcpsFor(ask, layers)?.forEach((set, level) => add('rcp', set, 'open', level));
  scpsFor(ask, layers)?.forEach((set, level) => add('scp', set, 'identity', level));
  add('vpcEndpoint', layers.vpcEndpoint, 'open');
  add('trust', layers.trust, 'resource');
  add('resource', layers.resource, 'resource');
  if (!hasIdentity(ask)) return found;
  add('identity', layers.identity, 'identity');
  add('boundary', layers.boundary, 'identity');
  add('session', layers.session, 'identity');
  return found;
}

/** One set in force; `level` counts from the root for control policies, else it is 0. */
export interface LayerInForce {
  readonly layer: Layer;
  readonly level: number;
  readonly set: PolicySet;
  readonly reading: Reading;
}

function withUnevaluated(ask: Ask, layers: Layers, decision: Decision): Decision {
  const unevaluated = layersFor(ask, layers).flatMap(({ set, reading }) => findUnevaluated(set, ask, reading));
  return { ...decision, unevaluated };
}

/** `decide` for a request that was made ready. */
export function decideAsked(ask: Ask, layers: Layers): Decision {
  const decision = judge(ask, layers);
  return ask.sawUnknown ? withUnevaluated(ask, layers, decision) : decision;
}

/**
 * Decides one request. Absent layers are skipped, except where the rules say otherwise: a caller without
 * identity policies is allowed nothing by them, and a federated session without session policy gets nothing from them.
 * Pure: no clock, no input or output, never throws on any policy or request.
 */
export function decide(request: AccessRequest, layers: Layers): Decision {
  return decideAsked(new Ask(request, layers.boundary !== undefined), layers);
}

/** An action on a resource, one of several that a call needs. */
export interface AccessPair {
  readonly action: string;
  readonly resource: string;
}

/**
 * Decides a call that needs several (action, resource) pairs: every one must be allowed. Returns the first denial and
 * the pair it is about; an explicit deny goes before an implicit one. Without a denial, the decision on the last pair.
 * At least one pair is needed.
 */
export function decideAll(
  request: Omit<AccessRequest, 'action' | 'resource'>,
  pairs: readonly [AccessPair, ...AccessPair[]],
  layers: Layers,
): { readonly decision: Decision; readonly pair: AccessPair } {
  const decided = pairs.map((pair) => ({ pair, decision: decide({ ...request, ...pair }, layers) }));
  const denied = decided.filter(({ decision }) => decision.decision !== 'Allow');
  return denied.find(({ decision }) => decision.decision === 'ExplicitDeny') ?? denied[0] ?? decided.at(-1)!;
}
