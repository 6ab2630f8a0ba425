/** Finds the statements of a set that apply to a request: through the index, or one by one when the set is small. */
import type { Ask } from './ask.ts';
import { actionApplies, conditionsHold, namesCaller, patternMatches, resourceApplies } from './compile.ts';
import type { CompiledStatement, Reading } from './compile.ts';
import type { Decision, StatementRef } from './decision.ts';
import { compiledSet } from './policy-set.ts';
import type { CompiledSet, PolicySet } from './policy-set.ts';
import { Strength } from './principals.ts';
import type { Candidate, ResourceIndex } from './resource-index.ts';

/** A statement that applies, and the position of its document in the set. */
export interface Hit {
  readonly statement: CompiledStatement;
  readonly source: number;
  readonly strength: Strength;
  /** How a decision names it, when that was prepared. */
  readonly ref: StatementRef | undefined;
  /** The decision it leads to as a granting identity policy, when that was made before. */
  granted: Decision | undefined;
}

/** How a statement names the caller when its conditions hold too, else `none`. */
function strengthIfHeld(statement: CompiledStatement, ask: Ask, reading: Reading): Strength {
  const strength = namesCaller(statement, ask, reading);
  return strength > Strength.none && conditionsHold(statement, ask) ? strength : Strength.none;
}

/** How a statement names the caller when all of it applies, else `none`. */
function applies(statement: CompiledStatement, ask: Ask, reading: Reading): Strength {
  if (!actionApplies(statement, ask.action.lower) || !resourceApplies(statement, ask)) return Strength.none;
  return strengthIfHeld(statement, ask, reading);
}

/** The same for a candidate, whose action is known to match. */
function candidateApplies(candidate: Candidate, ask: Ask, reading: Reading): Strength {
  const { exact, pattern } = candidate;
  if (exact === undefined) {
    const fits = pattern === undefined ? resourceApplies(candidate.statement, ask) : patternMatches(pattern, ask);
    if (!fits) return Strength.none;
  } else if (exact !== ask.text) return Strength.none;
  if (candidate.bare && reading === 'identity') return Strength.direct;
  return strengthIfHeld(candidate.statement, ask, reading);
}

function hitOn(candidate: Candidate, strength: Strength): Hit {
  if (strength === candidate.strength) return candidate;
  const { statement, source, ref } = candidate;
  return { statement, source, strength, ref, granted: undefined };
}

function better(candidate: Candidate, ask: Ask, reading: Reading, before: Hit | undefined): Hit | undefined {
  const strength = candidateApplies(candidate, ask, reading);
  return strength > (before === undefined ? Strength.none : before.strength) ? hitOn(candidate, strength) : before;
}

/** The more direct of what was found before and what the list holds. */
function bestOf(list: readonly Candidate[], ask: Ask, reading: Reading, before: Hit | undefined): Hit | undefined {
  let best = before;
  for (let i = 0; i < list.length && best?.strength !== Strength.direct; i += 1)
    best = better(list[i]!, ask, reading, best);
  return best;
}

function isList(found: Candidate | readonly Candidate[]): found is readonly Candidate[] {
  return Array.isArray(found);
}

function bestInIndex(index: ResourceIndex | undefined, ask: Ask, reading: Reading): Hit | undefined {
  if (index === undefined) return undefined;
  let best = bestOf(index.list, ask, reading, undefined);
  if (!ask.hasResource) return best;
  for (let place = 0; place < index.places && best?.strength !== Strength.direct; place += 1) {
    const found = index.at(place, ask);
    if (found === undefined) continue;
    best = isList(found) ? bestOf(found, ask, reading, best) : better(found, ask, reading, best);
  }
  return best;
}

function bestOneByOne(set: CompiledSet, ask: Ask, reading: Reading): Hit | undefined {
  let best: Hit | undefined;
  const { policies } = set;
  for (let source = 0; source < policies.length; source += 1) {
    for (const statement of policies[source]!.allows) {
      const strength = applies(statement, ask, reading);
      if (strength <= (best === undefined ? Strength.none : best.strength)) continue;
      best = { statement, source, strength, ref: undefined, granted: undefined };
      if (strength === Strength.direct) return best;
    }
  }
  return best;
}

/** The Allow statement that names the caller most directly: the first found among equals. */
export function findGrant(set: PolicySet, ask: Ask, reading: Reading): Hit | undefined {
  const compiled = compiledSet(set);
  const plan = compiled.planFor(ask.action);
  return plan === undefined ? bestOneByOne(compiled, ask, reading) : bestInIndex(plan.allows, ask, reading);
}

function collect(list: readonly Candidate[], ask: Ask, reading: Reading, into: Hit[] | undefined): Hit[] | undefined {
  let found = into;
  for (const candidate of list) {
    const strength = candidateApplies(candidate, ask, reading);
    if (strength > Strength.none) (found ??= []).push(hitOn(candidate, strength));
  }
  return found;
}

function deniesInIndex(index: ResourceIndex | undefined, ask: Ask, reading: Reading): Hit[] | undefined {
  if (index === undefined) return undefined;
  let denies = collect(index.list, ask, reading, undefined);
  if (!ask.hasResource) return denies;
  for (let place = 0; place < index.places; place += 1) {
    const found = index.at(place, ask);
    if (found !== undefined) denies = collect(isList(found) ? found : [found], ask, reading, denies);
  }
  return denies;
}

function deniesOneByOne(set: CompiledSet, ask: Ask, reading: Reading): Hit[] | undefined {
  let found: Hit[] | undefined;
  const { policies } = set;
  for (let source = 0; source < policies.length; source += 1) {
    for (const statement of policies[source]!.denies) {
      const strength = applies(statement, ask, reading);
      if (strength > Strength.none)
        (found ??= []).push({ statement, source, strength, ref: undefined, granted: undefined });
    }
  }
  return found;
}

/** Every Deny statement that applies; one may occur twice, and in any order. */
export function findDenies(set: PolicySet, ask: Ask, reading: Reading): readonly Hit[] | undefined {
  const compiled = compiledSet(set);
  const plan = compiled.planFor(ask.action);
  if (compiled.unknown) ask.sawUnknown = true;
  return plan === undefined ? deniesOneByOne(compiled, ask, reading) : deniesInIndex(plan.denies, ask, reading);
}

/** How a decision names a statement. */
export function refTo(set: PolicySet, { statement, source, ref }: Hit): StatementRef {
  if (ref !== undefined) return ref;
  const { index, sid } = statement;
  return { policy: set.sources[source]!.id, index, sid };
}

/** References in the order of the documents, each once. */
export function refsTo(set: PolicySet, hits: readonly Hit[]): StatementRef[] {
  if (hits.length === 1) return [refTo(set, hits[0]!)];
  const place = ({ statement, source }: Hit): number => source * 1e6 + statement.index;
  const ordered = [...hits].sort((a, b) => place(a) - place(b));
  return ordered.filter((hit, i) => i === 0 || place(hit) !== place(ordered[i - 1]!)).map((hit) => refTo(set, hit));
}

/** Statements with an unknown operator that would apply if it held. */
export function findUnevaluated(set: PolicySet, ask: Ask, reading: Reading): StatementRef[] {
  const found: Hit[] = [];
  for (const [source, { statements }] of compiledSet(set).policies.entries()) {
    for (const statement of statements) {
      const asDeny = { ...statement, deny: true };
      const strength = statement.unknown ? applies(asDeny, ask, reading) : Strength.none;
      if (strength > Strength.none) found.push({ statement, source, strength, ref: undefined, granted: undefined });
    }
  }
  return refsTo(set, found);
}
