export type {
  ConditionClause,
  Effect,
  Match,
  Policy,
  PolicyVersion,
  Position,
  PrincipalPattern,
  PrincipalType,
  Quantifier,
  Statement,
} from './statement.ts';
export type { AccessRequest, AnyOf, CallerType, ContextValue, Principal, RequestContext } from './request.ts';
export type { Decision, Layer, Outcome, StatementRef } from './decision.ts';

export { matchesActions } from './action-match.ts';
export { compilePolicies, type PolicySet, type PolicySource } from './policy-set.ts';
export {
  createPolicyCache,
  UnreadablePolicy,
  type PolicyCache,
  type PolicyCacheOptions,
  type PolicyText,
} from './policy-cache.ts';
export type { Layers } from './layers.ts';
export { decide, decideAll, type AccessPair } from './decide.ts';
export { explain, type Explanation, type LayerTrace } from './explain.ts';
export { withFacts, type FactChange } from './facts.ts';
export type { Change, StatementDraft } from './smallest-change.ts';
export type { ClauseTrace, Element, OperandTrace, StatementTrace, VariableTrace } from './trace.ts';
export { createContext } from './context.ts';
export { contextKeys, policyVariables } from './context-keys.ts';
export { denialMessage, type DenialMessageOptions } from './denial-message.ts';
export { parsePolicy, type ParseResult, type Problem, type ProblemCode } from './parse.ts';
export { policySize } from './validate/size.ts';
export { invalidPrincipalText, isPrincipalForm, trustPrincipals, type TrustedEntity } from './validate/principals.ts';
export { validatePolicy, type PolicyKind } from './validate/validate.ts';
export type { Validation, ValidationCode, ValidationOptions } from './validate/validation.ts';
export type { Finding, Severity } from './finding.ts';
export {
  compare,
  equivalent,
  intersects,
  isEmpty,
  type CompareOptions,
  type Comparison,
  type Emptiness,
  type Equivalence,
  type Intersection,
  type Policies,
  type Unknown,
} from './symbolic/compare.ts';
export type { KeyFacts, KeyKnowledge } from './symbolic/world.ts';
export { lintPolicy } from './lint/lint.ts';
export type { LintCatalogue, LintOptions } from './lint/rule.ts';
export { isTrustAction, readDecisionCase, type DecisionCase, type DecisionCaseResult } from './decision-case.ts';
export { callerOfArn, type CallerKind } from './caller-of-arn.ts';
