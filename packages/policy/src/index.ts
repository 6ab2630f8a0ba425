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

/** Where a document came from: `id` appears in decisions (an ARN, or `inline:<owner>/<name>`). */
export interface PolicySource {
  readonly id: string;
  readonly policy: import('./statement.ts').Policy;
}

/** Documents of one layer, compiled and indexed; made by `compilePolicies`. */
export interface PolicySet {
  readonly sources: readonly PolicySource[];
}

export { parsePolicy, type ParseResult, type Problem, type ProblemCode } from './parse.ts';
