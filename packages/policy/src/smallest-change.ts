/** The least that would have to change for the decision to be the other one. */
import type { Ask } from './ask.ts';
import { layersFor, withoutDenies } from './decide.ts';
import type { Decision, Layer, StatementRef } from './decision.ts';
import type { Layers } from './layers.ts';
import { compilePolicies } from './policy-set.ts';
import type { PolicySet } from './policy-set.ts';
import type { Principal } from './request.ts';
import { findDenies, findGrant, refsTo } from './search.ts';
import type { Effect, PrincipalPattern, Statement } from './statement.ts';

/** A statement to add, in the words of a policy document. */
export interface StatementDraft {
  readonly Effect: Effect;
  readonly Principal?: '*' | Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Resource?: string;
}

/** `level` counts control policies from the root; elsewhere it is 0. */
export type Change =
  | { readonly kind: 'remove'; readonly layer: Layer; readonly level: number; readonly statement: StatementRef }
  | { readonly kind: 'add'; readonly layer: Layer; readonly level: number; readonly draft: StatementDraft };

const START = { line: 1, column: 1, offset: 0 };
const NAMING: ReadonlySet<Layer> = new Set<Layer>(['resource', 'trust', 'vpcEndpoint', 'rcp']);

function callerPattern(caller: Principal): PrincipalPattern {
  if (caller.arn !== undefined) return { type: 'AWS', value: caller.arn };
  const service = caller.services?.[0];
  if (service !== undefined) return { type: 'Service', value: service };
  if (caller.federatedProvider !== undefined) return { type: 'Federated', value: caller.federatedProvider };
  return { type: '*', value: '*' };
}

/** Resource policies name the caller; endpoint and control policies everyone, as is usual. */
function patternFor(layer: Layer, ask: Ask): PrincipalPattern | undefined {
  if (!NAMING.has(layer)) return undefined;
  return layer === 'resource' || layer === 'trust' ? callerPattern(ask.principal) : { type: '*', value: '*' };
}

function draftFor(effect: Effect, layer: Layer, ask: Ask): StatementDraft {
  const named = patternFor(layer, ask);
  return {
    Effect: effect,
    ...(named && { Principal: named.type === '*' ? '*' : { [named.type]: named.value } }),
    Action: ask.request.action,
    ...(layer !== 'trust' && { Resource: ask.resource }),
  };
}

function statementFor(layer: Layer, ask: Ask): Statement {
  const named = patternFor(layer, ask);
  return {
    index: 0,
    sid: undefined,
    effect: 'Allow',
    principal: named && { mode: 'only', patterns: [named] },
    action: { mode: 'only', patterns: [ask.request.action] },
    resource: layer === 'trust' ? undefined : { mode: 'only', patterns: [ask.resource] },
    conditions: [],
    start: START,
    end: START,
  };
}

function allowing(layer: Layer, ask: Ask): PolicySet {
  const policy = { version: '2008-10-17', id: undefined, statements: [statementFor(layer, ask)] } as const;
  return compilePolicies([{ id: 'added', policy }]);
}

function removals(ask: Ask, layers: Layers): Change[] {
  return layersFor(ask, layers).flatMap(({ layer, level, set, reading }) => {
    const hits = findDenies(set, ask, reading);
    const refs = hits === undefined ? [] : refsTo(set, hits);
    return refs.map((statement): Change => ({ kind: 'remove', layer, level, statement }));
  });
}

/** Layers with an Allow put where the decision found none, and the level it went to. */
function withAllow(layer: Layer, ask: Ask, layers: Layers): { layers: Layers; level: number } | undefined {
  const set = allowing(layer, ask);
  if (layer === 'always' || layer === 'root') return undefined;
  if (layer !== 'scp' && layer !== 'rcp') return { layers: { ...layers, [layer]: set }, level: 0 };
  const name = layer === 'scp' ? 'scps' : 'rcps';
  // A control layer is silent only where it was given.
  const sets = layers[name]!;
  const level = sets.findIndex((one) => findGrant(one, ask, layer === 'scp' ? 'identity' : 'open') === undefined);
  return { layers: { ...layers, [name]: sets.with(level, set) }, level };
}

/** More Allows than layers can ever be missing. */
const MOST = 64;

function additions(ask: Ask, layers: Layers): Change[] | undefined {
  const changes: Change[] = [];
  let tried = layers;
  for (let decision = withoutDenies(ask, tried); decision.decision !== 'Allow'; decision = withoutDenies(ask, tried)) {
    const { layer } = decision;
    const next = withAllow(layer, ask, tried);
    // An Allow that was put in and did not help: nothing will (another partition, the root user and a role).
    const again = changes.some((change) => change.layer === layer && change.level === next?.level);
    if (next === undefined || again || changes.length >= MOST) return undefined;
    changes.push({ kind: 'add', layer, level: next.level, draft: draftFor('Allow', layer, ask) });
    tried = next.layers;
  }
  return changes;
}

function toDeny(decision: Decision, ask: Ask): Change[] | undefined {
  if (decision.layer === 'always') return undefined;
  const layer = decision.layer === 'root' ? 'scp' : decision.layer;
  return [{ kind: 'add', layer, level: 0, draft: draftFor('Deny', layer, ask) }];
}

/**
 * For a denial: every Deny that applies has to go, and every layer that is asked and silent needs an Allow for just this
 * action and resource. For an Allow: one Deny where it was granted. `undefined` when no policy could change the outcome.
 */
export function smallestChange(decision: Decision, ask: Ask, layers: Layers): readonly Change[] | undefined {
  if (decision.decision === 'Allow') return toDeny(decision, ask);
  const added = additions(ask, layers);
  return added && [...removals(ask, layers), ...added];
}
