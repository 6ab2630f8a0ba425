/** The decision with everything that led to it. */
import { Ask } from './ask.ts';
import { decideAsked, layersFor } from './decide.ts';
import type { LayerInForce } from './decide.ts';
import type { Decision, Layer } from './decision.ts';
import { denialMessage } from './denial-message.ts';
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
}

function outcomeOf(statements: readonly StatementTrace[]): LayerTrace['outcome'] {
  let outcome: LayerTrace['outcome'] = 'silent';
  for (const { applies, effect } of statements) {
    if (!applies) continue;
    if (effect === 'Deny') return 'denies';
    outcome = 'allows';
  }
  return outcome;
}

const TRACEABLE = new WeakMap<PolicySet, readonly Traceable[]>();

function traceablesOf(set: PolicySet): readonly Traceable[] {
  const known = TRACEABLE.get(set);
  if (known !== undefined) return known;
  const made = compiledSet(set).policies.flatMap(({ statements }, source) =>
    statements.map((statement) =>
      traceable(
        statement,
        refTo(set, { statement, source, strength: Strength.none, ref: undefined, granted: undefined }),
      ),
    ),
  );
  TRACEABLE.set(set, made);
  return made;
}

function traceLayer({ layer, level, set, reading }: LayerInForce, ask: Ask): LayerTrace {
  const statements = traceablesOf(set).map((statement) => traceStatement(statement, ask, reading));
  return { layer, level, outcome: outcomeOf(statements), statements };
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
  return {
    decision,
    message: decision.decision === 'Allow' ? undefined : denialMessage(request, decision),
    layers: inForce.map((one) => traceLayer(one, ask)),
    ignored: given(layers).filter((layer) => !inForce.some((one) => one.layer === layer)),
    change: smallestChange(decision, ask, layers),
  };
}
