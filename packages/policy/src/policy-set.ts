/** The documents of one layer, compiled on first use. */
import { actionApplies, compilePolicy, conditionsHold, namesCaller, resourceApplies } from './compile.ts';
import type { CompiledPolicy, CompiledStatement, Reading } from './compile.ts';
import type { Ask } from './ask.ts';
import type { StatementRef } from './decision.ts';
import { Strength } from './principals.ts';
import type { Policy } from './statement.ts';

/** Where a document came from: `id` appears in decisions (an ARN, or `inline:<owner>/<name>`). */
export interface PolicySource {
  readonly id: string;
  readonly policy: Policy;
}

/** Documents of one layer, compiled and indexed; made by `compilePolicies`. */
export interface PolicySet {
  readonly sources: readonly PolicySource[];
}

/** The Allow that names the caller most directly. */
export interface Grant {
  readonly strength: Strength;
  readonly statement: StatementRef;
}

class CompiledSet implements PolicySet {
  readonly sources: readonly PolicySource[];
  private compiled: readonly CompiledPolicy[] | undefined;

  constructor(sources: readonly PolicySource[]) {
    this.sources = sources;
  }

  get policies(): readonly CompiledPolicy[] {
    return (this.compiled ??= this.sources.map(({ policy }) => compilePolicy(policy)));
  }
}

/**
 * Takes the documents of one layer together: their union decides. Documents are compiled on first use and
 * once per `Policy` object, so principals that share documents share the work and the memory.
 */
export function compilePolicies(sources: readonly PolicySource[]): PolicySet {
  return new CompiledSet([...sources]);
}

/** Sets made elsewhere (a plain `{ sources }`) work too. */
const FOREIGN = new WeakMap<PolicySet, CompiledSet>();

function compiledSet(set: PolicySet): CompiledSet {
  if (set instanceof CompiledSet) return set;
  const known = FOREIGN.get(set) ?? new CompiledSet(set.sources);
  FOREIGN.set(set, known);
  return known;
}

function refTo(set: CompiledSet, source: number, statement: CompiledStatement): StatementRef {
  const { index, sid } = statement.source;
  return { policy: (set.sources[source] as PolicySource).id, index, sid };
}

/** How a statement names the caller when all of it applies, else `none`. */
export function applies(statement: CompiledStatement, ask: Ask, reading: Reading): Strength {
  if (!actionApplies(statement, ask.action) || !resourceApplies(statement, ask)) return Strength.none;
  const strength = namesCaller(statement, ask, reading);
  return strength > Strength.none && conditionsHold(statement, ask) ? strength : Strength.none;
}

/** Every Deny statement that applies. */
export function findDenies(set: PolicySet, ask: Ask, reading: Reading): StatementRef[] | undefined {
  const compiled = compiledSet(set);
  let found: StatementRef[] | undefined;
  for (const [source, policy] of compiled.policies.entries()) {
    for (const statement of policy.statements) {
      if (statement.deny && applies(statement, ask, reading)) (found ??= []).push(refTo(compiled, source, statement));
    }
  }
  return found;
}

/** The Allow statement that names the caller most directly; the first found among equals. */
export function findGrant(set: PolicySet, ask: Ask, reading: Reading): Grant | undefined {
  const compiled = compiledSet(set);
  let best: Grant | undefined;
  for (const [source, policy] of compiled.policies.entries()) {
    for (const statement of policy.statements) {
      if (statement.deny) continue;
      const strength = applies(statement, ask, reading);
      if (strength <= (best?.strength ?? Strength.none)) continue;
      best = { strength, statement: refTo(compiled, source, statement) };
      if (strength === Strength.direct) return best;
    }
  }
  return best;
}

/** Statements with an unknown operator that would otherwise apply. */
export function findUnevaluated(set: PolicySet, ask: Ask, reading: Reading): StatementRef[] {
  const compiled = compiledSet(set);
  const found: StatementRef[] = [];
  for (const [source, policy] of compiled.policies.entries()) {
    for (const statement of policy.statements) {
      if (statement.unknown && applies({ ...statement, deny: true }, ask, reading))
        found.push(refTo(compiled, source, statement));
    }
  }
  return found;
}
