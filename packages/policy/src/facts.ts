/** Facts of a request that would turn a denial into an Allow with the policies as they are. */
import { Ask } from './ask.ts';
import { conditionsHold, namesCaller, resourceApplies, actionApplies } from './compile.ts';
import type { CompiledStatement } from './compile.ts';
import { clauseHolds } from './conditions.ts';
import type { CompiledClause } from './conditions.ts';
import { decideAsked, layersFor } from './decide.ts';
import type { LayerInForce } from './decide.ts';
import type { Decision } from './decision.ts';
import type { Layers } from './layers.ts';
import { compiledSet } from './policy-set.ts';
import { Strength } from './principals.ts';
import type { ContextValue, RequestContext } from './request.ts';
import { valuesToTry } from './values-to-try.ts';

/** A context key and the value it would need; without `value` the request must not carry the key. */
export interface FactChange {
  readonly key: string;
  readonly value: ContextValue | undefined;
}

/** The facts of a request with some of them replaced. */
class ChangedContext implements RequestContext {
  private readonly base: RequestContext;
  private readonly changes: ReadonlyMap<string, FactChange>;

  constructor(base: RequestContext, changes: ReadonlyMap<string, FactChange>) {
    this.base = base;
    this.changes = changes;
  }

  get(key: string): ContextValue | undefined {
    const change = this.changes.get(key);
    return change === undefined ? this.base.get(key) : change.value;
  }

  *entries(): Iterable<readonly [string, ContextValue]> {
    for (const [name, value] of this.base.entries()) if (!this.changes.has(name.toLowerCase())) yield [name, value];
    for (const { key, value } of this.changes.values()) if (value !== undefined) yield [key, value];
  }
}

/** The same request with changed facts. */
export function withFacts(context: RequestContext, facts: readonly FactChange[]): RequestContext {
  return new ChangedContext(context, new Map(facts.map((fact) => [fact.key.toLowerCase(), fact])));
}

function holdsWith(clause: CompiledClause, context: RequestContext, fact: FactChange): boolean {
  return clauseHolds(clause, withFacts(context, [fact]));
}

/** A value of one key under which all these clauses hold, or `undefined` when none was found. */
function satisfying(clauses: readonly CompiledClause[], context: RequestContext): FactChange | undefined {
  const { key } = clauses[0]!.source;
  const values = clauses.flatMap((clause) => valuesToTry(clause, context));
  const found = values.find(({ value }) => clauses.every((clause) => holdsWith(clause, context, { key, value })));
  return found === undefined ? undefined : { key, value: found.value };
}

/** What makes a statement apply whose conditions do not hold: one fact for each key that stands in the way. */
function toApply({ clauses }: CompiledStatement, context: RequestContext): FactChange[] | undefined {
  const failing = new Set(clauses.filter((clause) => !clauseHolds(clause, context)).map(({ key }) => key));
  const facts = [...failing].map((key) =>
    satisfying(
      clauses.filter((clause) => clause.key === key),
      context,
    ),
  );
  return facts.every((fact) => fact !== undefined) ? facts : undefined;
}

/** What keeps a Deny statement from applying: the first clause that some value of its key makes false. */
function toSpare({ clauses }: CompiledStatement, context: RequestContext): FactChange[] | undefined {
  for (const clause of clauses) {
    const { key } = clause.source;
    const found = valuesToTry(clause, context).find(({ value }) => !holdsWith(clause, context, { key, value }));
    if (found !== undefined) return [{ key, value: found.value }];
  }
  return undefined;
}

/** Statements that bear on the request, conditions apart. */
function bearing({ set, reading }: LayerInForce, ask: Ask, deny: boolean): CompiledStatement[] {
  return compiledSet(set)
    .policies.flatMap((policy) => (deny ? policy.denies : policy.allows))
    .filter((statement) => !statement.unknown && actionApplies(statement, ask.action.lower))
    .filter((statement) => resourceApplies(statement, ask) && namesCaller(statement, ask, reading) > Strength.none);
}

/** The nearest step towards an Allow: for each statement that could help, the facts it needs; fewest first. */
function steps(decision: Decision, ask: Ask, layers: Layers): FactChange[][] {
  const deny = decision.decision === 'ExplicitDeny';
  const inForce = layersFor(ask, layers).filter(({ layer }) => layer === decision.layer);
  const found = inForce
    .flatMap((one) => bearing(one, ask, deny))
    .filter((statement) => conditionsHold(statement, ask) === deny)
    .map((statement) => (deny ? toSpare(statement, ask.context) : toApply(statement, ask.context)));
  return found.filter((facts) => facts !== undefined).toSorted((a, b) => a.length - b.length);
}

/** Denials that can stand one behind the other: more than this are not followed. */
const DEEPEST = 8;
/** Requests that are tried in one search. */
const MOST_TRIES = 100;

class FactSearch {
  private readonly layers: Layers;
  private tries = 0;

  constructor(layers: Layers) {
    this.layers = layers;
  }

  from(ask: Ask, known: readonly FactChange[]): readonly FactChange[] | undefined {
    const decision = decideAsked(ask, this.layers);
    if (decision.decision === 'Allow') return known;
    if (known.length >= DEEPEST) return undefined;
    for (const facts of steps(decision, ask, this.layers)) {
      const all = [...known, ...facts];
      // A fact that was settled before is not changed back.
      if (new Set(all.map(({ key }) => key.toLowerCase())).size < all.length) continue;
      this.tries += 1;
      if (this.tries > MOST_TRIES) return undefined;
      const found = this.from(new Ask({ ...ask.request, context: withFacts(ask.context, facts) }, ask.bounded), all);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/**
 * Facts under which the request would be allowed, the policies left alone: a key with a value that its conditions ask
 * for, or a key to leave out. Every answer was tried; `undefined` when none was found or the request is allowed.
 */
export function factsToAllow(decision: Decision, ask: Ask, layers: Layers): readonly FactChange[] | undefined {
  return decision.decision === 'Allow' ? undefined : new FactSearch(layers).from(ask, []);
}
