/** What a lint rule is, and the walks that rules are made of. */

import type { Severity } from '../finding.ts';
import type { ConditionClause, Policy, Statement } from '../statement.ts';
import type { PolicyKind } from '../validate/validate.ts';

/** Actions and condition keys that exist. The package knows none: whoever has such data hands it in. */
export interface LintCatalogue {
  /** Vendor in lower case → the names of its actions. Actions of other vendors are reported as unknown too. */
  readonly actions: ReadonlyMap<string, readonly string[]>;
  /** Condition keys with their vendor; `aws:RequestTag/${TagKey}` stands for every key that begins like it. */
  readonly keys: readonly string[];
}

export interface LintOptions {
  readonly kind: PolicyKind;
  readonly catalogue?: LintCatalogue;
  /** The policy is meant for administrators: service-wide wildcards are then no finding. */
  readonly administration?: boolean;
}

export interface LintContext extends LintOptions {
  readonly policy: Policy;
}

/** The way to a place, from the document down, as if Statement and its elements were always lists. */
export type Path = readonly (string | number)[];

export interface Advice {
  readonly path: Path;
  readonly message: string;
  readonly suggestion: string;
}

export interface LintRule {
  readonly code: string;
  readonly severity: Severity;
  /** Kinds of policies the rule is for; all when absent. */
  readonly kinds?: readonly PolicyKind[];
  readonly check: (context: LintContext) => Iterable<Advice>;
}

/** One text of a statement with its place. */
export interface Placed {
  readonly statement: Statement;
  readonly text: string;
  readonly path: Path;
}

export function statementPath(statement: Statement): Path {
  return ['Statement', statement.index];
}

/** The patterns of Action or Resource; with `mode` only of that form. */
export function patternsOf(statement: Statement, element: 'Action' | 'Resource'): readonly Placed[] {
  const match = element === 'Action' ? statement.action : statement.resource;
  if (match === undefined) return [];
  const name = match.mode === 'only' ? element : `Not${element}`;
  return match.patterns.map((text, index) => ({ statement, text, path: [...statementPath(statement), name, index] }));
}

/** Actions that statements allow by naming them. */
export function allowedActions({ policy }: LintContext): readonly Placed[] {
  return policy.statements
    .filter(({ effect, action }) => effect === 'Allow' && action.mode === 'only')
    .flatMap((statement) => patternsOf(statement, 'Action'));
}

export interface PlacedClause {
  readonly statement: Statement;
  readonly clause: ConditionClause;
  /** The key in lower case. */
  readonly key: string;
  readonly path: Path;
}

export function clausesOf({ policy }: LintContext): readonly PlacedClause[] {
  return policy.statements.flatMap((statement) =>
    statement.conditions.map((clause) => ({
      statement,
      clause,
      key: clause.key.toLowerCase(),
      path: [...statementPath(statement), 'Condition', clause.written, clause.key],
    })),
  );
}

/** A value of a condition with its clause. */
export interface PlacedOperand extends Placed {
  readonly placed: PlacedClause;
}

export function operandsOf(placed: PlacedClause): readonly PlacedOperand[] {
  const { statement, path, clause } = placed;
  return clause.values.map((text, index) => ({ statement, text, path: [...path, index], placed }));
}

/** The values of all clauses that fulfil a condition. */
export function valuesOf(context: LintContext, wanted: (clause: PlacedClause) => boolean): readonly PlacedOperand[] {
  return clausesOf(context).filter(wanted).flatMap(operandsOf);
}
