/** Statements with their patterns and operands compiled: done once per document, shared by everyone it applies to. */
import { compileAction, matchesAction } from './action.ts';
import type { ActionPattern } from './action.ts';
import { compileArn, matchesArn } from './arn.ts';
import type { ArnPattern } from './arn.ts';
import type { Ask } from './ask.ts';
import { clauseHolds, compileClause } from './conditions.ts';
import type { CompiledClause } from './conditions.ts';
import { compilePrincipal, principalStrength, Strength } from './principals.ts';
import type { CompiledPrincipals } from './principals.ts';
import type { Policy, Statement } from './statement.ts';

export interface CompiledStatement {
  /** As parsed; for explanations. */
  readonly source: Statement;
  /** Position in the document, from 0. */
  readonly index: number;
  readonly sid: string | undefined;
  readonly deny: boolean;
  readonly notAction: boolean;
  readonly actions: readonly ActionPattern[];
  readonly notResource: boolean;
  readonly resources: readonly ArnPattern[] | undefined;
  readonly principals: CompiledPrincipals | undefined;
  readonly clauses: readonly CompiledClause[];
  /** Some operator is not known. */
  readonly unknown: boolean;
}

export interface CompiledPolicy {
  readonly statements: readonly CompiledStatement[];
  readonly allows: readonly CompiledStatement[];
  readonly denies: readonly CompiledStatement[];
  /** Some statement has an operator that is not known. */
  readonly unknown: boolean;
}

function principalsOf(statement: Statement): CompiledPrincipals | undefined {
  const { principal } = statement;
  return principal && { mode: principal.mode, matchers: principal.patterns.map(compilePrincipal) };
}

const NO_CLAUSES: readonly CompiledClause[] = [];

/** Where the parsed form of a document can be had: it may have been let go, and is then parsed again. */
export interface Home {
  readonly policy: Policy;
}

/** Keeps no part of the parsed statement but what deciding needs. */
class StatementInUse implements CompiledStatement {
  readonly index: number;
  readonly sid: string | undefined;
  readonly deny: boolean;
  readonly notAction: boolean;
  readonly actions: readonly ActionPattern[];
  readonly notResource: boolean;
  readonly resources: readonly ArnPattern[] | undefined;
  readonly principals: CompiledPrincipals | undefined;
  readonly clauses: readonly CompiledClause[];
  readonly unknown: boolean;
  private readonly home: Home;

  constructor(statement: Statement, variables: boolean, home: Home) {
    const { action, resource, conditions } = statement;
    this.index = statement.index;
    this.sid = statement.sid;
    this.deny = statement.effect === 'Deny';
    this.notAction = action.mode === 'allBut';
    this.actions = action.patterns.map(compileAction);
    this.notResource = resource?.mode === 'allBut';
    this.resources = resource?.patterns.map((pattern) => compileArn(pattern, variables));
    this.principals = principalsOf(statement);
    this.clauses =
      conditions.length === 0
        ? NO_CLAUSES
        : conditions.map((clause, place) => compileClause(clause, variables, this, place));
    this.unknown = this.clauses.some((clause) => clause.form === 'unknown');
    this.home = home;
  }

  get source(): Statement {
    const { statements } = this.home.policy;
    const here = statements[this.index];
    return here?.index === this.index ? here : statements.find(({ index }) => index === this.index)!;
  }
}

const NONE: readonly CompiledStatement[] = [];

/** Nearly every document has one effect only: the lists are shared then. */
function byEffect(statements: readonly CompiledStatement[]): Pick<CompiledPolicy, 'allows' | 'denies'> {
  if (!statements.some(({ deny }) => deny)) return { allows: statements, denies: NONE };
  if (statements.every(({ deny }) => deny)) return { allows: NONE, denies: statements };
  return { allows: statements.filter(({ deny }) => !deny), denies: statements.filter(({ deny }) => deny) };
}

/** Compiles a document for whoever keeps the result. */
export function compileDocument(policy: Policy, home: Home): CompiledPolicy {
  const variables = policy.version === '2012-10-17';
  const statements = policy.statements.map((statement) => new StatementInUse(statement, variables, home));
  const { allows, denies } = byEffect(statements);
  return { statements, allows, denies, unknown: statements.some(({ unknown }) => unknown) };
}

const COMPILED = new WeakMap<Policy, CompiledPolicy>();

/** Compiles a document, or returns what was compiled for the same object before. */
export function compilePolicy(policy: Policy): CompiledPolicy {
  const known = COMPILED.get(policy);
  if (known !== undefined) return known;
  const compiled = compileDocument(policy, { policy });
  COMPILED.set(policy, compiled);
  return compiled;
}

/** Whether the Action or NotAction element covers the action. */
export function actionApplies(statement: CompiledStatement, action: string): boolean {
  for (const pattern of statement.actions) if (matchesAction(pattern, action)) return !statement.notAction;
  return statement.notAction;
}

/** Whether one Resource pattern covers the resource; for a request without one only `*` does. */
export function patternMatches(pattern: ArnPattern, ask: Ask): boolean {
  return pattern.kind === 'every' || matchesArn(pattern, ask, ask.context);
}

/** Whether the Resource or NotResource element, if there is one, covers the resource. */
export function resourceApplies(statement: CompiledStatement, ask: Ask): boolean {
  if (statement.resources === undefined) return true;
  for (const pattern of statement.resources) if (patternMatches(pattern, ask)) return !statement.notResource;
  return statement.notResource;
}

/** Whether one clause lets the statement apply. One with an unknown operator fails an Allow and passes a Deny. */
export function clausePasses(statement: CompiledStatement, clause: CompiledClause, ask: Ask): boolean {
  return clause.form === 'unknown' ? statement.deny : clauseHolds(clause, ask.context);
}

/** Whether every clause of the Condition block does. */
export function conditionsHold(statement: CompiledStatement, ask: Ask): boolean {
  for (const clause of statement.clauses) if (!clausePasses(statement, clause, ask)) return false;
  return true;
}

/**
 * How a layer reads Principal and Resource: `identity` has neither Principal nor a missing Resource; `resource` must name
 * a principal; `open` (control and endpoint policies) may leave it out and then means everyone.
 */
export type Reading = 'identity' | 'resource' | 'open';

/** A statement that lacks an element its layer needs, or has one it forbids, never allows and always denies. */
export function namesCaller(statement: CompiledStatement, ask: Ask, reading: Reading): Strength {
  const misplaced = statement.deny ? Strength.direct : Strength.none;
  if (reading === 'identity') {
    const fits = statement.principals === undefined && statement.resources !== undefined;
    return fits ? Strength.direct : misplaced;
  }
  if (statement.principals !== undefined) {
    return principalStrength(statement.principals, ask.principal, statement.deny, ask.bounded);
  }
  return reading === 'open' ? Strength.direct : misplaced;
}
