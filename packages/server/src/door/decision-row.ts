/** One decision as it is recorded: everything a later replay or explanation needs. */
import type { ContextValue } from '@stagedoor/policy';
import type { Caller } from '../services/caller.ts';
import type { Evaluation, Verdict } from '../services/authorize.ts';
import type { DecisionRow } from '../store/store.ts';
import type { Operation } from '../wire/models.ts';
import type { Arrival } from './arrival.ts';

/** The record of a request's decisions; the row's columns are those of the pair that decided (the last one). */
export function decisionRow(
  id: string,
  arrival: Arrival,
  caller: Caller,
  operation: Operation,
  verdict: Verdict,
): DecisionRow {
  const last = verdict.evaluations.at(-1)!;
  return {
    id,
    at: arrival.at,
    accountId: caller.accountId,
    principal: caller.arn,
    action: last.request.action,
    resource: last.request.resource,
    outcome: last.decision.decision,
    requestId: arrival.requestId,
    body: JSON.stringify({
      operation: operation.action,
      caller: { kind: caller.kind, userId: caller.userId, accessKeyId: caller.accessKeyId },
      evaluations: verdict.evaluations.map(evaluationRecord),
    }),
  };
}

function evaluationRecord({ request, decision, layers }: Evaluation): object {
  return {
    principal: request.principal,
    action: request.action,
    resource: request.resource,
    resourceAccount: request.resourceAccount,
    context: Object.fromEntries(request.context.entries()) as Record<string, ContextValue>,
    policies: layers,
    decision: decision.decision,
    layer: decision.layer,
    statements: decision.statements,
    ...(decision.unevaluated.length === 0 ? {} : { unevaluated: decision.unevaluated }),
  };
}
