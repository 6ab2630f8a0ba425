import { type JsonMember, memberOf, pointer } from '../json.ts';
import { type StatementNode, textsOf } from './statements.ts';

/** A principal as written; its type may be one that does not exist. */
export interface WrittenPrincipal {
  readonly type: string;
  readonly value: string;
}

export interface PlacedPrincipal {
  readonly pattern: WrittenPrincipal;
  readonly at: string;
  readonly start: number;
}

/** The principals of a statement with their places. The bare `*` is not among them: it needs no check. */
export function placedPrincipals({ node, at }: StatementNode): readonly PlacedPrincipal[] {
  const value = memberOf(node, 'Principal');
  if (value?.kind !== 'object') return [];
  return value.members.flatMap((member) => principalsOf(member, pointer(pointer(at, 'Principal'), member.key)));
}

function principalsOf({ key, value }: JsonMember, at: string): readonly PlacedPrincipal[] {
  return textsOf(value, at).map(({ text, ...place }) => ({ pattern: { type: key, value: text }, ...place }));
}
