/** The documents of one layer, compiled on first use and indexed by action, then by resource. */
import { actionApplies, compilePolicy } from './compile.ts';
import type { CompiledPolicy, CompiledStatement } from './compile.ts';
import type { ActionName } from './action-table.ts';
import { Candidate, ResourceIndex } from './resource-index.ts';
import type { Policy } from './statement.ts';

/** Where a document came from: `id` appears in decisions (an ARN, or `inline:<owner>/<name>`). */
export interface PolicySource {
  readonly id: string;
  /** Which version of the document this is, where it has versions. For records only. */
  readonly version?: string;
  readonly policy: Policy;
}

/** A source that brings its compiled form. */
export interface CompiledSource extends PolicySource {
  readonly compiled: CompiledPolicy;
}

function compiledForm(source: PolicySource | CompiledSource): CompiledPolicy {
  return 'compiled' in source ? source.compiled : compilePolicy(source.policy);
}

/** Documents of one layer, compiled and indexed; made by `compilePolicies`. */
export interface PolicySet {
  readonly sources: readonly PolicySource[];
}

/** What a set holds for one action. */
export interface Plan {
  readonly denies: ResourceIndex | undefined;
  readonly allows: ResourceIndex | undefined;
}

/** A set of at most this many patterns is tried one by one: an index would cost more than it saves. */
const SMALL = 8;
/** Actions for which a set keeps a plan; beyond, it starts anew. */
const PLANS = 512;

function weightOf(policies: readonly CompiledPolicy[]): number {
  let weight = 0;
  for (const { statements } of policies) {
    for (const { resources } of statements) weight += Math.max(1, resources?.length ?? 1);
  }
  return weight;
}

/** Told how many bytes an index took, or gave up (negative). */
type Charge = (bytes: number) => void;

export class CompiledSet implements PolicySet {
  readonly sources: readonly PolicySource[];
  private compiled: readonly CompiledPolicy[] | undefined;
  private index: PlanIndex | undefined;
  private readonly charge: Charge | undefined;
  unknown = false;

  constructor(sources: readonly PolicySource[], charge?: Charge) {
    this.sources = sources;
    this.charge = charge;
  }

  /** The documents, compiled. */
  get policies(): readonly CompiledPolicy[] {
    return this.compiled ?? this.compile();
  }

  /** What bears on an action; `undefined` for a set so small that its statements are tried one by one. */
  planFor(action: ActionName): Plan | undefined {
    if (this.compiled === undefined) this.compile();
    return this.index?.planFor(action);
  }

  private compile(): readonly CompiledPolicy[] {
    const policies = this.sources.map(compiledForm);
    this.compiled = policies;
    this.unknown = policies.some((policy) => policy.unknown);
    if (weightOf(policies) > SMALL) this.index = new PlanIndex(this.sources, policies, this.charge);
    return policies;
  }
}

interface Indexed {
  readonly statement: CompiledStatement;
  readonly candidates: readonly Candidate[];
}

function indexed(statement: CompiledStatement, source: number, policy: string): Indexed {
  const { index, sid, resources, notResource } = statement;
  const ref = { policy, index, sid };
  const patterns = resources === undefined || notResource ? [undefined] : resources;
  return { statement, candidates: patterns.map((pattern) => new Candidate(statement, source, ref, pattern)) };
}

/** Bytes of a candidate, of its place in a plan, and of a plan. */
const COST = { candidate: 200, place: 60, plan: 600 } as const;

class PlanIndex {
  private readonly statements: readonly Indexed[];
  private readonly plans = new Map<number, Plan>();
  /** Plans by the statements they hold: actions with the same statements share one. */
  private readonly shared = new Map<string, Plan>();
  private readonly charge: Charge | undefined;
  private charged = 0;
  private lastId = -1;
  private lastPlan: Plan | undefined;

  constructor(sources: readonly PolicySource[], policies: readonly CompiledPolicy[], charge: Charge | undefined) {
    this.statements = policies.flatMap(({ statements }, source) =>
      statements.map((statement) => indexed(statement, source, sources[source]!.id)),
    );
    this.charge = charge;
    charge?.(COST.candidate * this.statements.reduce((sum, { candidates }) => sum + candidates.length, 0));
  }

  planFor(action: ActionName): Plan {
    if (this.lastId === action.id && this.lastPlan !== undefined) return this.lastPlan;
    const plan = this.plans.get(action.id) ?? this.remember(action);
    this.lastId = action.id;
    this.lastPlan = plan;
    return plan;
  }

  private remember(action: ActionName): Plan {
    if (this.plans.size >= PLANS) this.forget();
    const candidates = this.statements
      .filter(({ statement }) => actionApplies(statement, action.lower))
      .flatMap((one) => one.candidates);
    const signature = signatureOf(candidates);
    const plan = this.shared.get(signature) ?? this.make(candidates);
    this.plans.set(action.id, plan);
    this.shared.set(signature, plan);
    return plan;
  }

  private make(candidates: readonly Candidate[]): Plan {
    const bytes = COST.plan + COST.place * candidates.length;
    this.charged += bytes;
    this.charge?.(bytes);
    return makePlan(candidates);
  }

  private forget(): void {
    this.plans.clear();
    this.shared.clear();
    this.charge?.(-this.charged);
    this.charged = 0;
  }
}

function signatureOf(candidates: readonly Candidate[]): string {
  let signature = '';
  let last: Candidate | undefined;
  for (const candidate of candidates) {
    if (candidate.statement !== last?.statement || candidate.source !== last.source) {
      signature += `${candidate.source}.${candidate.statement.index} `;
    }
    last = candidate;
  }
  return signature;
}

function indexOf(candidates: readonly Candidate[]): ResourceIndex | undefined {
  return candidates.length === 0 ? undefined : new ResourceIndex(candidates);
}

function makePlan(candidates: readonly Candidate[]): Plan {
  return {
    denies: indexOf(candidates.filter(({ statement }) => statement.deny)),
    allows: indexOf(candidates.filter(({ statement }) => !statement.deny)),
  };
}

/**
 * Takes the documents of one layer together: their union decides. Documents are compiled on first use and
 * once per `Policy` object, so principals that share documents share the work and the memory.
 */
export function compilePolicies(sources: readonly PolicySource[]): PolicySet {
  return new CompiledSet([...sources]);
}

/** Sets that `compilePolicies` did not make (a plain `{ sources }`). */
const FOREIGN = new WeakMap<PolicySet, CompiledSet>();

/** The compiled form of a set. */
export function compiledSet(set: PolicySet): CompiledSet {
  if (set instanceof CompiledSet) return set;
  const known = FOREIGN.get(set) ?? new CompiledSet(set.sources);
  FOREIGN.set(set, known);
  return known;
}
