/**
 * One decision as it is recorded: the caller, the facts of the request and each pair that was checked, from which
 * `recordedContext` rebuilds the request context exactly. Written by hand as JSON, since it is done for every request:
 * what stays the same (caller, policies) is turned into text once.
 */
import type { Layers, PolicySet } from '@stagedoor/policy';
import type { Evaluation, Verdict } from '../services/authorize.ts';
import type { Caller } from '../services/caller.ts';
import { CallContext } from '../services/request-context.ts';
import type { RequestFacts } from '../services/request-context.ts';
import type { AccessCheck } from '../services/service.ts';
import type { DecisionRow } from '../store/store.ts';
import type { Operation } from '../wire/models.ts';

/** What the body of a row holds, parsed. */
export interface RecordedDecision {
  readonly operation: string;
  readonly caller: Caller;
  readonly facts: Omit<RequestFacts, 'now'>;
  readonly evaluations: readonly {
    readonly action: string;
    readonly check: AccessCheck;
    readonly resourceAccount: string;
    /** Ids (and versions) of the policies consulted, by layer. */
    readonly policies: Readonly<Record<string, readonly string[]>>;
    readonly decision: DecisionRow['outcome'];
    readonly layer: string;
    readonly statements: readonly { readonly policy: string; readonly index: number; readonly sid?: string }[];
  }[];
}

const callerTexts = new WeakMap<Caller, string>();
const setTexts = new WeakMap<PolicySet, string>();

/** `make` once per object; the text lives as long as the object. */
function textOf<K extends object>(texts: WeakMap<K, string>, of: K, make: (of: K) => string): string {
  const known = texts.get(of);
  if (known !== undefined) return known;
  const text = make(of);
  texts.set(of, text);
  return text;
}

const sourceIds = (set: PolicySet): string =>
  JSON.stringify(set.sources.map(({ id, version }) => (version === undefined ? id : `${id}@${version}`)));

const layerNames = ['identity', 'boundary', 'session', 'resource', 'trust'] as const;

function policiesText(layers: Layers): string {
  let text = '';
  for (const name of layerNames) {
    const set = layers[name];
    if (set !== undefined) text += `${text === '' ? '' : ','}"${name}":${textOf(setTexts, set, sourceIds)}`;
  }
  return `{${text}}`;
}

/** The check without the policy object it carries: that one is named among `policies`. */
function checkText(check: AccessCheck): string {
  return JSON.stringify(check.resourcePolicy === undefined ? check : { ...check, resourcePolicy: undefined });
}

const quote = (text: string): string => JSON.stringify(text);
const optional = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${name}":${quote(value)}`;

/** The facts without the time, which is a column. */
const factsText = ({ secure, sourceIp, userAgent, referer, region }: RequestFacts): string =>
  `{"secure":${secure},"sourceIp":${quote(sourceIp)},"region":${quote(region)}` +
  `${optional('userAgent', userAgent)}${optional('referer', referer)}}`;

function evaluationText({ request, check, decision, layers }: Evaluation): string {
  const unevaluated = decision.unevaluated.length === 0 ? '' : `,"unevaluated":${JSON.stringify(decision.unevaluated)}`;
  return (
    `{"action":${quote(request.action)},"check":${checkText(check)},` +
    `"resourceAccount":"${request.resourceAccount ?? ''}","policies":${policiesText(layers)},` +
    `"decision":"${decision.decision}","layer":"${decision.layer}",` +
    `"statements":${JSON.stringify(decision.statements)}${unevaluated}}`
  );
}

/** The record of a request's decisions; the row's columns are those of the pair that decided (the last one). */
export function decisionRow(
  id: string,
  requestId: string,
  facts: RequestFacts,
  caller: Caller,
  operation: Operation,
  { evaluations }: Verdict,
): DecisionRow {
  const last = evaluations.at(-1)!;
  const pairs = evaluations.length === 1 ? evaluationText(last) : evaluations.map(evaluationText).join(',');
  return {
    id,
    at: facts.now,
    accountId: caller.accountId,
    principal: caller.arn,
    action: last.request.action,
    resource: last.request.resource,
    outcome: last.decision.decision,
    requestId,
    body:
      `{"operation":"${operation.action}","caller":${textOf(callerTexts, caller, JSON.stringify)},` +
      `"facts":${factsText(facts)},"evaluations":[${pairs}]}`,
  };
}

/** The request contexts of a recorded decision, one per pair, as they were when it was made. */
export function recordedContexts(row: Pick<DecisionRow, 'at' | 'body'>): CallContext[] {
  const { facts, caller, evaluations } = JSON.parse(row.body) as RecordedDecision;
  return evaluations.map(
    ({ check, resourceAccount }) => new CallContext({ ...facts, now: row.at }, caller, check, resourceAccount),
  );
}
