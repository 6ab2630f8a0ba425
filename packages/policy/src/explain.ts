/** The decision with everything that led to it. */
import type { ActionName } from './action-table.ts';
import { Ask } from './ask.ts';
import { actionApplies } from './compile.ts';
import { decideAsked, layersFor } from './decide.ts';
import type { LayerInForce } from './decide.ts';
import type { Decision, Layer } from './decision.ts';
import { denialMessage } from './denial-message.ts';
import { factsToAllow } from './facts.ts';
import type { FactChange } from './facts.ts';
import type { Layers } from './layers.ts';
import { compiledSet } from './policy-set.ts';
import type { PolicySet } from './policy-set.ts';
import type { AccessRequest } from './request.ts';
import { refTo } from './search.ts';
import { smallestChange } from './smallest-change.ts';
import type { Change } from './smallest-change.ts';
import { Strength } from './principals.ts';
import { traceable, traceStatement } from './trace.ts';
import type { StatementTrace, Traceable } from './trace.ts';

export interface LayerTrace {
  readonly layer: Layer;
  /** For control policies: the level, from the root; else 0. */
  readonly level: number;
  readonly outcome: 'denies' | 'allows' | 'silent';
  /** Every statement of the layer, in order. */
  readonly statements: readonly StatementTrace[];
}

export interface Explanation {
  /** What `decide` answers. */
  readonly decision: Decision;
  /** AWS's sentence, for a denial. */
  readonly message: string | undefined;
  /** The layers that bear on this caller, in the order in which they are consulted. */
  readonly layers: readonly LayerTrace[];
  /** Layers that were given but do not bind this caller (control policies on services, for one). */
  readonly ignored: readonly Layer[];
  /** What would flip the decision; `undefined` when no policy could. */
  readonly change: readonly Change[] | undefined;
  /**
   * For a denial: facts under which the same request would be allowed with the policies as they are (MFA that was not
   * used, a tag the resource lacks). Often nearer than `change`. Searched for when first read; `undefined` when none were found.
   */
  readonly facts: readonly FactChange[] | undefined;
}

function outcomeOf(applying: readonly StatementTrace[]): LayerTrace['outcome'] {
  if (applying.length === 0) return 'silent';
  return applying.some(({ effect }) => effect === 'Deny') ? 'denies' : 'allows';
}

/** Actions for which a set remembers what bears on them; beyond, it starts anew. */
const ACTIONS = 1024;

class TraceableSet {
  readonly statements: readonly Traceable[];
  /** The traces of statements for other actions, which are the same for every request. */
  readonly others: readonly StatementTrace[];
  /** Positions of the statements that bear on an action. */
  private readonly bearing = new Map<number, readonly number[]>();

  constructor(set: PolicySet) {
    this.statements = compiledSet(set).policies.flatMap(({ statements }, source) =>
      statements.map((statement) =>
        traceable(
          statement,
          refTo(set, { statement, source, strength: Strength.none, ref: undefined, granted: undefined }),
        ),
      ),
    );
    this.others = this.statements.map(({ fixed }) => fixed.action);
  }

  placesFor(action: ActionName): readonly number[] {
    const known = this.bearing.get(action.id);
    if (known !== undefined) return known;
    if (this.bearing.size >= ACTIONS) this.bearing.clear();
    const places = [...this.statements.keys()].filter((i) => actionApplies(this.statements[i]!.compiled, action.lower));
    this.bearing.set(action.id, places);
    return places;
  }
}

const TRACEABLE = new WeakMap<PolicySet, TraceableSet>();

function traceableSet(set: PolicySet): TraceableSet {
  const known = TRACEABLE.get(set) ?? new TraceableSet(set);
  TRACEABLE.set(set, known);
  return known;
}

function traceLayer({ layer, level, set, reading }: LayerInForce, ask: Ask): LayerTrace {
  const prepared = traceableSet(set);
  const statements = prepared.others.slice();
  const applying: StatementTrace[] = [];
  for (const place of prepared.placesFor(ask.action)) {
    const trace = traceStatement(prepared.statements[place]!, ask, reading);
    statements[place] = trace;
    if (trace.applies) applying.push(trace);
  }
  return { layer, level, outcome: outcomeOf(applying), statements };
}

function given(layers: Layers): Layer[] {
  const single = (['vpcEndpoint', 'trust', 'resource', 'identity', 'boundary', 'session'] as const).filter(
    (layer) => layers[layer] !== undefined,
  );
  return [...(layers.rcps ? ['rcp' as const] : []), ...(layers.scps ? ['scp' as const] : []), ...single];
}

/**
 * Decides like `decide`, by the same code, and shows the work: every statement of every layer with the first
 * element or condition that did not apply, variables put in, keys the request lacks, and what would flip the decision.
 */
export function explain(request: AccessRequest, layers: Layers): Explanation {
  const ask = new Ask(request, layers.boundary !== undefined);
  const decision = decideAsked(ask, layers);
  const inForce = layersFor(ask, layers);
  let facts: { readonly found: readonly FactChange[] | undefined } | undefined;
  return {
    decision,
    message: decision.decision === 'Allow' ? undefined : denialMessage(request, decision),
    layers: inForce.map((one) => traceLayer(one, ask)),
    ignored: given(layers).filter((layer) => !inForce.some((one) => one.layer === layer)),
    change: smallestChange(decision, ask, layers),
    get facts() {
      facts ??= { found: factsToAllow(decision, ask, layers) };
      return facts.found;
    },
  };
}
