import type { Literal, NameAtom } from './atoms.ts';
import type { Budget, Search } from './budget.ts';
import { anyArn } from './arn-patterns.ts';
import { findMember, TextPattern, TextSet } from './text-set.ts';
import type { Membership } from './text-set.ts';
import { glob, literal, oneWithin, runWithin } from './tokens.ts';

/** Allowed whatever the policies say (rule 5.10 of the language), hence no business of theirs. */
const always = ['sts:getcalleridentity', 'sts:getsessiontoken'];

const notAlways: Membership = {
  set: new TextSet(always.map((name) => new TextPattern(name, literal(name)))),
  want: false,
};

/** Every action: a vendor, a colon, a name; in lower case. */
const actions: Membership = {
  set: new TextSet([new TextPattern('every', [oneWithin, runWithin, ...glob(':?*')])]),
  want: true,
};

/** Every ARN. */
const arns: Membership = { set: new TextSet([new TextPattern('every', anyArn)]), want: true };

type NameLiteral = Literal<NameAtom>;

/** What the literals ask for; `undefined` when one of them cannot be had. */
function membershipsOf(literals: readonly NameLiteral[]): Membership[] | undefined {
  if (literals.some(({ atom, want }) => atom.all && !want)) return undefined;
  return literals.flatMap(({ atom, want }) => (atom.all ? [] : [{ set: atom.set, want }]));
}

/** Where some pattern must match, it sees to the form of the name; else `every` does. */
function findName(
  literals: readonly NameLiteral[],
  every: Membership,
  also: readonly Membership[],
  budget: Budget,
): Search<string> {
  const memberships = membershipsOf(literals);
  if (memberships === undefined) return 'none';
  const frame = memberships.some(({ want }) => want) ? [] : [every];
  return findMember([...memberships, ...frame, ...also], budget);
}

/** An action, in lower case, that is covered as the literals say. */
export function findAction(literals: readonly NameLiteral[], budget: Budget, also?: Membership): Search<string> {
  return findName(literals, actions, also === undefined ? [notAlways] : [notAlways, also], budget);
}

/** An ARN that is covered as the literals say. */
export function findArn(
  literals: readonly NameLiteral[],
  budget: Budget,
  also: readonly Membership[] = [],
): Search<string> {
  return findName(literals, arns, also, budget);
}

/** An ARN that is covered as the literals say, or `*`, the resource of a request without one. */
export function findResource(literals: readonly NameLiteral[], budget: Budget): Search<string> {
  const arn = findArn(literals, budget);
  if (typeof arn === 'object') return arn;
  const onlyAll = literals.every(({ atom, want }) => atom.all === want);
  return onlyAll ? { found: '*' } : arn;
}

/** Whether the list covers the name; `undefined` when that hangs on a variable. */
export function covers({ all, set }: NameAtom, name: string): boolean | undefined {
  return all || set.has(name);
}
