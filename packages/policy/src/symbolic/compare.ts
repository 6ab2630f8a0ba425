import { compilePolicy } from '../compile.ts';
import { decide } from '../decide.ts';
import { compilePolicies } from '../policy-set.ts';
import type { AccessRequest } from '../request.ts';
import type { Policy } from '../statement.ts';
import { isSpent, newBudget } from './budget.ts';
import { Inquiry } from './inquiry.ts';
import type { Part, Question } from './problem.ts';
import type { KeyKnowledge } from './world.ts';

/** One policy, or the identity policies of one principal: their union decides, and an explicit deny wins. */
export type Policies = Policy | readonly Policy[];

/** The question could not be decided; never a guess. */
export interface Unknown {
  readonly result: 'unknown';
  readonly reason: string;
}

export type Comparison =
  | { readonly result: 'subset' }
  | { readonly result: 'not-subset'; readonly witness: AccessRequest }
  | Unknown;

export type Intersection =
  | { readonly result: 'disjoint' }
  | { readonly result: 'intersects'; readonly witness: AccessRequest }
  | Unknown;

export type Emptiness =
  | { readonly result: 'empty' }
  | { readonly result: 'not-empty'; readonly witness: AccessRequest }
  | Unknown;

export type Equivalence =
  | { readonly result: 'equivalent' }
  | { readonly result: 'different'; readonly witness: AccessRequest; readonly allowedBy: 'a' | 'b' }
  | Unknown;

export interface CompareOptions {
  /**
   * What is known of context keys (given in lower case) beforehand. Without it a key may be absent or hold any text; it may hold
   * a list when AWS documents it as multivalued or a policy compares it with a set qualifier.
   */
  readonly keys?: KeyKnowledge;
  /** Steps after which the answer is `unknown`; 600,000 by default, a second or so. */
  readonly limit?: number;
}

/** The statements of some policies, by effect. */
interface Side {
  readonly allows: readonly Part[];
  readonly denies: readonly Part[];
  readonly permits: (request: AccessRequest) => boolean;
}

function sideOf(policies: Policies): Side {
  const list = 'statements' in policies ? [policies] : policies;
  const parts = list.flatMap((policy) => {
    const variables = policy.version === '2012-10-17';
    return compilePolicy(policy).statements.map((statement): Part => ({ statement, variables }));
  });
  const identity = compilePolicies(list.map((policy, i) => ({ id: String(i), policy })));
  return {
    allows: parts.filter(({ statement }) => !statement.deny),
    denies: parts.filter(({ statement }) => statement.deny),
    permits: (request) => decide(request, { identity }).decision === 'Allow',
  };
}

function qualifiedKeys(sides: readonly Side[]): Set<string> {
  const parts = sides.flatMap(({ allows, denies }) => [...allows, ...denies]);
  const clauses = parts.flatMap(({ statement }) => statement.clauses);
  return new Set(clauses.filter(({ form }) => form === 'all' || form === 'any').map(({ key }) => key));
}

type Outcome = { readonly witness: AccessRequest } | Unknown | 'none';

const ranOut = 'The comparison takes more steps than the limit allows.';
const mixed = 'A condition key is compared in different ways that cannot be decided together.';
const variable = 'The answer hangs on policy variables.';

/** Asks all questions until one is answered with a request; `none` when each was shown to have no answer. */
function firstFind(
  sides: readonly Side[],
  questions: Iterable<Question>,
  confirm: (request: AccessRequest) => boolean,
  options: CompareOptions,
): Outcome {
  const budget = newBudget(options.limit);
  const assumptions = { keys: options.keys ?? (() => undefined), qualified: qualifiedKeys(sides) };
  const inquiry = new Inquiry(assumptions, budget, confirm);
  let undecided = false;
  for (const question of questions) {
    const result = inquiry.find(question);
    if (typeof result === 'object') return { witness: result.found };
    undecided ||= result === 'limit';
    if (isSpent(budget)) return { result: 'unknown', reason: ranOut };
  }
  if (!undecided) return 'none';
  if (budget.gaveUp) return { result: 'unknown', reason: ranOut };
  return { result: 'unknown', reason: inquiry.hungOnVariables ? variable : mixed };
}

/** One Allow of `a` applies, no Deny of `a`, and of `b` either no Allow or some Deny. */
function* differences(a: Side, b: Side): Generator<Question> {
  const spare = [...b.allows, ...a.denies];
  for (const allow of a.allows) {
    yield { apply: [allow], spare };
    for (const deny of b.denies) yield { apply: [allow, deny], spare: a.denies };
  }
}

function* agreements(a: Side, b: Side): Generator<Question> {
  const spare = [...a.denies, ...b.denies];
  for (const one of a.allows) for (const other of b.allows) yield { apply: [one, other], spare };
}

function difference(a: Side, b: Side, options: CompareOptions): Outcome {
  const confirm = (request: AccessRequest): boolean => a.permits(request) && !b.permits(request);
  return firstFind([a, b], differences(a, b), confirm, options);
}

/**
 * Decides whether `a` allows nothing that `b` does not, over all requests of a principal that has these identity
 * policies and nothing else: every action, every ARN (and `*`), every context in which keys hold what
 * `options.keys` admits. Actions that no policy can deny (`sts:GetCallerIdentity`) do not count.
 *
 * `not-subset` comes with a request that `decide` allows under `a` and not under `b`; `subset` is a proof.
 *
 * @example
 * const policyOf = (Action: string) => {
 *   const result = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }));
 *   if (!result.ok) throw new Error(result.problems[0]?.message);
 *   return result.policy;
 * };
 * compare(policyOf('ivs:GetChannel'), policyOf('ivs:*')); // { result: 'subset' }
 * compare(policyOf('ivs:*'), policyOf('ivs:Get*')); // { result: 'not-subset', witness: { action: 'ivs:…', resource: …, … } }
 */
export function compare(a: Policies, b: Policies, options: CompareOptions = {}): Comparison {
  const outcome = difference(sideOf(a), sideOf(b), options);
  if (outcome === 'none') return { result: 'subset' };
  return 'witness' in outcome ? { result: 'not-subset', ...outcome } : outcome;
}

/**
 * Decides whether some request is allowed by both, each taken for itself. Requests and options as for `compare`.
 *
 * @example
 * intersects(policyOf('ivs:Get*'), policyOf('ivs:*Channel')); // { result: 'intersects', witness: … }  (policyOf as for compare)
 */
export function intersects(a: Policies, b: Policies, options: CompareOptions = {}): Intersection {
  const [one, other] = [sideOf(a), sideOf(b)];
  const confirm = (request: AccessRequest): boolean => one.permits(request) && other.permits(request);
  const outcome = firstFind([one, other], agreements(one, other), confirm, options);
  if (outcome === 'none') return { result: 'disjoint' };
  return 'witness' in outcome ? { result: 'intersects', ...outcome } : outcome;
}

/**
 * Decides whether the policies allow nothing at all, for instance because each Allow is covered by a Deny. Requests
 * and options as for `compare`.
 *
 * @example
 * isEmpty([]); // { result: 'empty' }
 */
export function isEmpty(a: Policies, options: CompareOptions = {}): Emptiness {
  const side = sideOf(a);
  const questions = side.allows.map((allow): Question => ({ apply: [allow], spare: side.denies }));
  const outcome = firstFind([side], questions, side.permits, options);
  if (outcome === 'none') return { result: 'empty' };
  return 'witness' in outcome ? { result: 'not-empty', ...outcome } : outcome;
}

/**
 * Decides whether `a` and `b` allow the same requests; `allowedBy` says which of the two allows the witness. Requests
 * and options as for `compare`.
 *
 * @example
 * equivalent(policyOf('ivs:*'), [policyOf('ivs:Get*'), policyOf('ivs:*')]); // { result: 'equivalent' }  (policyOf as for compare)
 */
export function equivalent(a: Policies, b: Policies, options: CompareOptions = {}): Equivalence {
  const [one, other] = [sideOf(a), sideOf(b)];
  const more = difference(one, other, options);
  if (more !== 'none' && 'witness' in more) return { result: 'different', allowedBy: 'a', ...more };
  const less = difference(other, one, options);
  if (less !== 'none' && 'witness' in less) return { result: 'different', allowedBy: 'b', ...less };
  if (more !== 'none') return more;
  return less === 'none' ? { result: 'equivalent' } : less;
}
