/* oxlint-disable typescript/no-unsafe-type-assertion -- documents of tests are plain JSON */
/** Golden cases (the form is described in cases/README.md) as requests and layers. */
import { readdirSync, readFileSync } from 'node:fs';
import { createContext } from '../src/context.ts';
import type { Outcome } from '../src/decision.ts';
import type { Layers } from '../src/layers.ts';
import { parsePolicy } from '../src/parse.ts';
import { compilePolicies } from '../src/policy-set.ts';
import type { PolicySource } from '../src/policy-set.ts';
import type { AccessRequest, CallerType, Principal } from '../src/request.ts';

type Json = Record<string, unknown>;
interface Level {
  readonly policies: readonly Json[];
}

export interface GoldenCase {
  readonly id: string;
  readonly name: string;
  readonly identityPolicies?: readonly Json[];
  readonly groupPolicies?: readonly Json[];
  readonly resourcePolicy?: Json;
  readonly permissionBoundary?: Json | readonly Json[];
  readonly sessionPolicy?: Json | readonly Json[];
  readonly scps?: readonly Level[];
  readonly rcps?: readonly Level[];
  readonly rcpDefaultFullAccess?: boolean;
  readonly vpcEndpointPolicies?: readonly Json[];
  readonly request: {
    readonly principal: string;
    readonly principalType: CallerType | 'Role';
    readonly action: string;
    readonly resource: string;
    readonly resourceAccount?: string;
    readonly context: Record<string, string | readonly string[]>;
  };
  readonly expected: { readonly decision: Outcome | 'Deny' };
  readonly meta: { readonly status: string };
}

export interface Scene {
  readonly request: AccessRequest;
  readonly layers: Layers;
}

/** A document as a source; throws when it does not parse. */
export function sourceOf(document: Json, id: string): PolicySource {
  const parsed = parsePolicy(JSON.stringify(document));
  if (!parsed.ok) throw new Error(`${id}: ${parsed.problems[0]?.message ?? ''}`);
  return { id, policy: parsed.policy };
}

function setOf(documents: Json | readonly Json[], id: string): ReturnType<typeof compilePolicies> {
  const list: readonly Json[] = Array.isArray(documents) ? documents : [documents as Json];
  return compilePolicies(list.map((document, i) => sourceOf(document, `${id}-${i}`)));
}

/** Names that the caller's ARN implies: the account, the role of a session, the user behind a federated session. */
export function principalOf(arn: string, type: CallerType | 'Role'): Principal {
  if (type === 'Service') return { type, services: [arn] };
  if (type === 'Anonymous') return { type };
  if (type === 'Federated') return { type, federatedProvider: arn };
  const [, partition, , , accountId, rest] = arn.split(':') as [string, string, string, string, string, string];
  const base = { arn, accountId, serviceLinkedRole: rest.startsWith('role/aws-service-role/') };
  const name = rest.split('/')[1] ?? '';
  if (type === 'Role' || type === 'AssumedRole') {
    const roleArn = rest.startsWith('role/') ? arn : `arn:${partition}:iam::${accountId}:role/${name}`;
    return { ...base, type: 'AssumedRole', roleArn };
  }
  if (type === 'FederatedUser')
    return { ...base, type, federatingUserArn: `arn:${partition}:iam::${accountId}:user/${name}` };
  return { ...base, type };
}

function requestOf({ request }: GoldenCase): AccessRequest {
  return {
    principal: principalOf(request.principal, request.principalType),
    action: request.action,
    resource: request.resource,
    ...(request.resourceAccount === undefined ? {} : { resourceAccount: request.resourceAccount }),
    context: createContext(Object.entries(request.context)),
  };
}

/** A trust evaluation is an AssumeRole action, or one that goes with it, with the trust policy as the resource's. */
function resourceLayerOf(golden: GoldenCase): Layers {
  if (golden.resourcePolicy === undefined) return {};
  const set = setOf(golden.resourcePolicy, 'resource');
  const trusts = /^sts:(AssumeRole|TagSession$|SetSourceIdentity$|SetContext$)/i.test(golden.request.action);
  return trusts ? { trust: set } : { resource: set };
}

function layersOf(golden: GoldenCase): Layers {
  const identity = [...(golden.identityPolicies ?? []), ...(golden.groupPolicies ?? [])];
  const levels = (list: readonly Level[], id: string) => list.map(({ policies }, i) => setOf(policies, `${id}${i}`));
  return {
    ...resourceLayerOf(golden),
    ...(identity.length > 0 && { identity: setOf(identity, 'identity') }),
    ...(golden.permissionBoundary && { boundary: setOf(golden.permissionBoundary, 'boundary') }),
    ...(golden.sessionPolicy && { session: setOf(golden.sessionPolicy, 'session') }),
    ...(golden.scps && { scps: levels(golden.scps, 'scp') }),
    ...(golden.rcps && { rcps: levels(golden.rcps, 'rcp') }),
    ...(golden.rcpDefaultFullAccess !== undefined && { rcpDefaultFullAccess: golden.rcpDefaultFullAccess }),
    ...(golden.vpcEndpointPolicies && { vpcEndpoint: setOf(golden.vpcEndpointPolicies, 'vpce') }),
  };
}

export function sceneOf(golden: GoldenCase): Scene {
  return { request: requestOf(golden), layers: layersOf(golden) };
}

/** Every case of every file in `cases/`. */
export function goldenCases(): readonly GoldenCase[] {
  const folder = new URL('cases/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.jsonl'));
  const lines = files.flatMap((name) => readFileSync(new URL(name, folder), 'utf8').split('\n'));
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as GoldenCase);
}

export function agrees(actual: Outcome, expected: Outcome | 'Deny'): boolean {
  return expected === 'Deny' ? actual !== 'Allow' : actual === expected;
}
