import type { CompiledClause } from '../conditions.ts';
import type { Predicate } from './predicate.ts';
import type { TextSet } from './text-set.ts';

/** What a request is made of, as far as policies look at it: the action, the resource, and each context key. */
export type Dimension = 'action' | 'resource' | `key ${string}`;

/** An Action or a Resource list. `all`: the list holds `"*"`. */
export interface NameAtom {
  readonly id: number;
  readonly dimension: 'action' | 'resource';
  readonly all: boolean;
  readonly set: TextSet;
}

/** An operator with its operands, on one context key (in lower case). */
export interface ClauseAtom {
  readonly id: number;
  readonly dimension: `key ${string}`;
  readonly key: string;
  readonly clause: CompiledClause;
  readonly predicate: Predicate;
}

export type Atom = NameAtom | ClauseAtom;

/** An atom that must hold (`want`) or must not. */
export interface Literal<A extends Atom = Atom> {
  readonly atom: A;
  readonly want: boolean;
}

export function negated({ atom, want }: Literal): Literal {
  return { atom, want: !want };
}

export function isClause(literal: Literal): literal is Literal<ClauseAtom> {
  return 'key' in literal.atom;
}

export function isName(literal: Literal): literal is Literal<NameAtom> {
  return !isClause(literal);
}

/** A number for each literal, equal exactly when the literals are. */
export function literalId({ atom, want }: Literal): number {
  return atom.id * 2 + (want ? 1 : 0);
}
