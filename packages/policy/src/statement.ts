/** A parsed policy: immutable, positions kept, nothing yet compiled. */

export type Effect = 'Allow' | 'Deny';
export type PolicyVersion = '2012-10-17' | '2008-10-17';

/** Line and column count from 1, in UTF-16 code units; `offset` from 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** `only` for Action, Resource, Principal; `allBut` for NotAction, NotResource, NotPrincipal. */
export interface Match<P> {
  readonly mode: 'only' | 'allBut';
  readonly patterns: readonly P[];
}

export type PrincipalType = 'AWS' | 'Service' | 'Federated' | 'CanonicalUser';

/** `{ type: '*', value: '*' }` stands for the bare `"*"`. */
export interface PrincipalPattern {
  readonly type: PrincipalType | '*';
  readonly value: string;
}

export type Quantifier = 'ForAllValues' | 'ForAnyValue';

/** One operator and one key of a Condition block. */
export interface ConditionClause {
  /** As written, prefixes and suffix included. */
  readonly written: string;
  /** Canonical base operator (`StringEquals`), or `undefined` when it is not one of the 27. */
  readonly operator: string | undefined;
  readonly quantifier: Quantifier | undefined;
  readonly ifExists: boolean;
  /** As written; compared ignoring case. */
  readonly key: string;
  /** Booleans and numbers as their JSON text. */
  readonly values: readonly string[];
}

export interface Statement {
  /** Position in the document's statement list, from 0. */
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: Effect;
  readonly principal: Match<PrincipalPattern> | undefined;
  readonly action: Match<string>;
  /** Absent in trust policies. */
  readonly resource: Match<string> | undefined;
  readonly conditions: readonly ConditionClause[];
  readonly start: Position;
  readonly end: Position;
}

export interface Policy {
  /** Absent means 2008-10-17: no variables. */
  readonly version: PolicyVersion;
  readonly id: string | undefined;
  readonly statements: readonly Statement[];
}
