/** Who a resource-based policy names, and how directly. */
import type { CallerType, Principal } from './request.ts';
import type { Match, PrincipalPattern } from './statement.ts';

/**
 * How a Principal element names the caller. `direct` (the caller itself, or everyone) needs no other
 * Allow in the same account; `entity` (the role of a session, the user behind a federated session) leaves boundary
 * and session policies in force; `account` delegates to the caller's identity policies.
 */
export const Strength = { none: 0, account: 1, entity: 2, direct: 3 } as const;
export type Strength = (typeof Strength)[keyof typeof Strength];

export interface PrincipalMatcher {
  readonly pattern: PrincipalPattern;
  /** For `AWS` patterns that name an account. */
  readonly account: string | undefined;
  /** For the ARN form of an account. */
  readonly partition: string | undefined;
}

const ROOT = /^arn:([^:]+):iam::(\d{12}):root$/;
const IN_AN_ACCOUNT: ReadonlySet<CallerType> = new Set(['User', 'AssumedRole', 'FederatedUser', 'Root']);

export function compilePrincipal(pattern: PrincipalPattern): PrincipalMatcher {
  if (pattern.type !== 'AWS') return { pattern, account: undefined, partition: undefined };
  if (/^\d{12}$/.test(pattern.value)) return { pattern, account: pattern.value, partition: undefined };
  const root = ROOT.exec(pattern.value);
  return { pattern, account: root?.[2], partition: root?.[1] };
}

/**
 * `"*"` and `{"AWS": "*"}` admit every caller of an account and the anonymous one. Whether they admit services
 * and federated identities is unverified: here the bare form does, the AWS form does not.
 */
function starAdmits(bare: boolean, type: CallerType): boolean {
  return bare || type === 'Anonymous' || IN_AN_ACCOUNT.has(type);
}

function namesAccount(matcher: PrincipalMatcher, caller: Principal): boolean {
  if (matcher.account === undefined || matcher.account !== caller.accountId || !IN_AN_ACCOUNT.has(caller.type))
    return false;
  return matcher.partition === undefined || partitionOf(caller.arn) === matcher.partition;
}

/** The partition of an ARN, or `undefined` for anything else. */
export function partitionOf(arn: string | undefined): string | undefined {
  return arn?.startsWith('arn:') === true ? arn.slice(4, arn.indexOf(':', 4)) : undefined;
}

function strengthOfId(caller: Principal): Strength {
  return caller.type === 'AssumedRole' ? Strength.entity : Strength.direct;
}

/** No wildcards inside names: `user/*` names nobody. */
function awsStrength(matcher: PrincipalMatcher, caller: Principal): Strength {
  const { value } = matcher.pattern;
  if (value === '*') return starAdmits(false, caller.type) ? Strength.direct : Strength.none;
  if (namesAccount(matcher, caller)) return Strength.account;
  if (!IN_AN_ACCOUNT.has(caller.type)) return Strength.none;
  // A caller known by its role alone goes by the role's ARN: naming that names the role, not a session.
  if (value === caller.roleArn || value === caller.federatingUserArn) return Strength.entity;
  if (value === caller.arn) return Strength.direct;
  return value === caller.uniqueId ? strengthOfId(caller) : Strength.none;
}

function isDirect(matched: boolean): Strength {
  return matched ? Strength.direct : Strength.none;
}

/** How one pattern names the caller. */
function strengthOf(matcher: PrincipalMatcher, caller: Principal): Strength {
  const { type, value } = matcher.pattern;
  if (type === 'AWS') return awsStrength(matcher, caller);
  if (type === '*') return isDirect(starAdmits(true, caller.type));
  if (type === 'Service') return isDirect(caller.type === 'Service' && (caller.services ?? []).includes(value));
  return isDirect(type === 'Federated' && caller.type === 'Federated' && value === caller.federatedProvider);
}

/** The most direct of the patterns that name the caller: lists and types are alternatives. */
function strongest(matchers: readonly PrincipalMatcher[], caller: Principal): Strength {
  let best: Strength = Strength.none;
  for (const matcher of matchers) {
    const strength = strengthOf(matcher, caller);
    if (strength > best) best = strength;
  }
  return best;
}

/** The names under which AWS looks a caller up, each a layer of its own. */
function namesOf(caller: Principal): readonly (string | undefined)[] {
  if (caller.type === 'AssumedRole') return [caller.arn, caller.roleArn];
  if (caller.type === 'FederatedUser') return [caller.arn, caller.federatingUserArn];
  return caller.type === 'Root' ? [] : [caller.arn];
}

function lists(matchers: readonly PrincipalMatcher[], name: string | undefined, caller: Principal): boolean {
  if (name === undefined) return true;
  return matchers.some(
    ({ pattern }) => pattern.value === name || (name !== caller.arn ? false : isId(pattern, caller)),
  );
}

function isId(pattern: PrincipalPattern, caller: Principal): boolean {
  return caller.type === 'User' && pattern.value === caller.uniqueId;
}

/**
 * Whether a Deny with NotPrincipal spares the caller. AWS looks at account, role and session one after the
 * other, so each of them has to be listed; a caller with a permissions boundary is never spared.
 */
function isSpared(listed: readonly PrincipalMatcher[], caller: Principal, bounded: boolean): boolean {
  if (!IN_AN_ACCOUNT.has(caller.type)) return strongest(listed, caller) > Strength.none;
  const matchers = listed.filter(({ pattern }) => pattern.type === 'AWS' || pattern.type === '*');
  if (matchers.some(({ pattern }) => pattern.value === '*')) return true;
  if (bounded && caller.type !== 'Root') return false;
  if (!matchers.some((matcher) => namesAccount(matcher, caller))) return false;
  return namesOf(caller).every((name) => lists(matchers, name, caller));
}

/** An Allow with NotPrincipal leaves out whoever is listed under any name; everyone else is named, the anonymous included. */
function isLeftOut(matchers: readonly PrincipalMatcher[], caller: Principal): boolean {
  return strongest(matchers, caller) > Strength.none;
}

export interface CompiledPrincipals {
  readonly mode: Match<PrincipalPattern>['mode'];
  readonly matchers: readonly PrincipalMatcher[];
}

/** How a Principal or NotPrincipal element names the caller; `bounded`: the caller has a permissions boundary. */
export function principalStrength(
  element: CompiledPrincipals,
  caller: Principal,
  deny: boolean,
  bounded: boolean,
): Strength {
  const { mode, matchers } = element;
  if (mode === 'only') return strongest(matchers, caller);
  const exempt = deny ? isSpared(matchers, caller, bounded) : isLeftOut(matchers, caller);
  return exempt ? Strength.none : Strength.direct;
}
