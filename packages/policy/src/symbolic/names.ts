import type { Literal, NameAtom } from './atoms.ts';
import type { Budget, Search } from './budget.ts';
import { GlobSet } from './glob-set.ts';
import { anyArn } from './patterns.ts';
import type { Demand } from './product.ts';
import { findMember } from './text-set.ts';
import { glob, literal, oneWithin, runWithin } from './tokens.ts';

/** Allowed whatever the policies say (rule 5.10 of the language), hence no business of theirs. */
const always = new GlobSet([literal('sts:getcalleridentity'), literal('sts:getsessiontoken')]);

/** Every action: a vendor, a colon, a name; in lower case. */
const actions: readonly Demand[] = [
  { set: new GlobSet([[oneWithin, runWithin, ...glob(':?*')]]), want: true },
  { set: always, want: false },
];

const arns: readonly Demand[] = [{ set: new GlobSet([anyArn]), want: true }];

type NameLiteral = Literal<NameAtom>;

function findName(literals: readonly NameLiteral[], frame: readonly Demand[], budget: Budget): Search<string> {
  if (literals.some(({ atom, want }) => atom.all && !want)) return 'none';
  const telling = literals.filter(({ atom }) => !atom.all);
  return findMember(
    telling.map(({ atom, want }) => ({ set: atom.set, want })),
    frame,
    budget,
  );
}

/** An action, in lower case, that is covered as the literals say. */
export function findAction(
  literals: readonly NameLiteral[],
  budget: Budget,
  also: readonly Demand[] = [],
): Search<string> {
  return findName(literals, [...actions, ...also], budget);
}

/** An ARN that is covered as the literals say, or `*`, the resource of a request without one. */
export function findResource(literals: readonly NameLiteral[], budget: Budget): Search<string> {
  const arn = findArn(literals, budget);
  if (typeof arn === 'object') return arn;
  const onlyAll = literals.every(({ atom, want }) => atom.all === want);
  return onlyAll ? { found: '*' } : arn;
}

export function findArn(
  literals: readonly NameLiteral[],
  budget: Budget,
  also: readonly Demand[] = [],
): Search<string> {
  return findName(literals, [...arns, ...also], budget);
}
