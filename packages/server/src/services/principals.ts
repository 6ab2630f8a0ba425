/** The policy layers that bind a caller, compiled once per principal and kept until its account changes. */
import { compilePolicies, parsePolicy } from '@stagedoor/policy';
import type { Layers, PolicySet, PolicySource, Principal } from '@stagedoor/policy';
import type { Reader } from '../store/store.ts';
import type { AccountMemo } from './account-memo.ts';
import type { Caller, SessionClaims } from './caller.ts';
import type { Environment } from './environment.ts';
import { managedPolicySource } from './iam/managed-sources.ts';
import { loadPrincipalPolicies } from './iam/principal-policies.ts';

interface PrincipalLayers {
  /** Identity policies and boundary. */
  readonly layers: Layers;
  /** The next instant at which a pending change takes effect (propagation delay). */
  readonly validUntil: number | undefined;
}

export interface PrincipalRoom {
  readonly reader: Reader;
  readonly env: Environment;
  readonly memo: AccountMemo<PrincipalLayers>;
  readonly sessions: SessionPolicies;
}

const none = compilePolicies([]);
/** A session that the root user federated has all of the account, cut by its session policy. */
const fullAccess = parsePolicy('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}');
const everything = compilePolicies(fullAccess.ok ? [{ id: 'root', policy: fullAccess.policy }] : []);
const noLayers: PrincipalLayers = { layers: { identity: none }, validUntil: undefined };

const rootLayers: PrincipalLayers = { layers: { identity: everything }, validUntil: undefined };

/** The caller as the engine knows it. */
export function principalOf(caller: Caller): Principal {
  switch (caller.kind) {
    case 'root':
      return { type: 'Root', arn: caller.arn, accountId: caller.accountId };
    case 'user':
      return { type: 'User', arn: caller.arn, accountId: caller.accountId, uniqueId: caller.principalId };
    case 'assumedRole':
      return {
        type: 'AssumedRole',
        arn: caller.arn,
        accountId: caller.accountId,
        uniqueId: caller.principalId,
        ...(caller.roleArn === undefined ? {} : { roleArn: caller.roleArn }),
        serviceLinkedRole: caller.roleArn?.includes(':role/aws-service-role/') ?? false,
      };
    case 'federatedUser':
      return { type: 'FederatedUser', arn: caller.arn, accountId: caller.accountId };
    case 'anonymous':
      return { type: 'Anonymous' };
  }
}

/** The layers that every decision about this caller starts from. At once where they are known. */
export function layersOf(room: PrincipalRoom, caller: Caller): Layers | Promise<Layers> {
  const own = knownLayers(room, caller);
  return own === undefined || caller.session !== undefined ? gatheredLayers(room, caller, own) : own.layers;
}

async function gatheredLayers(
  room: PrincipalRoom,
  caller: Caller,
  known: PrincipalLayers | undefined,
): Promise<Layers> {
  const load = () => loadLayers(room, caller);
  const own = known ?? (await room.memo.load(caller.accountId, caller.principalId, load)) ?? noLayers;
  const session = await sessionLayer(room, caller.session);
  return session === undefined ? own.layers : { ...own.layers, session };
}

function knownLayers(room: PrincipalRoom, caller: Caller): PrincipalLayers | undefined {
  if (caller.kind === 'root' || caller.kind === 'anonymous') return noLayers;
  if (caller.kind === 'federatedUser' && caller.principalId === caller.accountId) return rootLayers;
  const known = room.memo.get(caller.accountId, caller.principalId);
  if (known?.validUntil === undefined || room.env.clock.now() < known.validUntil) return known;
  room.memo.forget(caller.accountId, caller.principalId);
  return undefined;
}

async function loadLayers({ reader, env }: PrincipalRoom, caller: Caller): Promise<PrincipalLayers> {
  const found = await loadPrincipalPolicies(
    reader,
    {
      accountId: caller.accountId,
      kind: caller.kind === 'assumedRole' ? 'role' : 'user',
      principalId: caller.principalId,
    },
    env.clock.now(),
    env.settings.propagationDelayMs,
  );
  const identity = compilePolicies(found.identity);
  const layers = found.boundary === undefined ? { identity } : { identity, boundary: compilePolicies(found.boundary) };
  return { layers, validUntil: found.validUntil };
}

/** Compiled inline session policies, by text; bounded. */
export class SessionPolicies {
  readonly #limit: number;
  readonly #sources = new Map<string, PolicySource>();

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  /** A text that does not parse (it was checked when the session was made) grants nothing. */
  source(text: string): PolicySource {
    const known = this.#sources.get(text);
    if (known !== undefined) return known;
    const parsed = parsePolicy(text);
    const policy = parsed.ok ? parsed.policy : { version: '2012-10-17' as const, id: undefined, statements: [] };
    const source = { id: 'session:inline', policy };
    if (this.#sources.size >= this.#limit) this.#sources.clear();
    this.#sources.set(text, source);
    return source;
  }
}

/** Inline and managed session policies are one union; `undefined` when the session has none. */
async function sessionLayer(room: PrincipalRoom, session: SessionClaims | undefined): Promise<PolicySet | undefined> {
  if (session === undefined) return undefined;
  const arns = session.policyArns ?? [];
  if (session.inlinePolicy === undefined && arns.length === 0) {
    // Without a session policy a federated user gets nothing from identity policies (spec/policy.md 5.1).
    return session.kind === 'federatedUser' ? none : undefined;
  }
  const managed = await Promise.all(arns.map((arn) => managedPolicySource(room.reader, session.accountId, arn)));
  const inline = session.inlinePolicy === undefined ? [] : [room.sessions.source(session.inlinePolicy)];
  return compilePolicies([...inline, ...managed.filter((source) => source !== undefined)]);
}
