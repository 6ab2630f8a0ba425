/** An explanation for people to read: what decided, then what every statement made of the request. */

import type {
  AccessRequest,
  Change,
  ClauseTrace,
  ContextValue,
  Explanation,
  FactChange,
  LayerTrace,
  StatementTrace,
} from '@stagedoor/policy';

type Ref = StatementTrace['statement'];

function nameOf({ policy, index, sid }: Ref): string {
  return sid === undefined || sid === '' ? `${policy} statement ${index}` : `${policy} statement ${index} (${sid})`;
}

/** A context value as JSON; alternatives under one key are joined by "or". */
export function valueText(value: ContextValue | undefined): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string' || !('anyOf' in value)) return JSON.stringify(value);
  return value.anyOf.map((one) => JSON.stringify(one)).join(' or ');
}

function clauseText({ operator, key, given, operands, holds, unevaluated }: ClauseTrace): string {
  const wanted = operands.map(({ written, resolved }) => {
    if (resolved === undefined) return `${JSON.stringify(written)} (no value)`;
    return resolved === written ? JSON.stringify(written) : `${JSON.stringify(written)} = ${JSON.stringify(resolved)}`;
  });
  const verdict = unevaluated ? 'unknown operator' : holds ? 'holds' : 'does not hold';
  return `${operator} ${key}: ${verdict}; given ${valueText(given)}, compared with [${wanted.join(', ')}]`;
}

function statementLines(trace: StatementTrace): readonly string[] {
  const outcome = trace.applies ? 'applies' : `does not apply: ${trace.failed ?? ''}`;
  const variables = trace.variables.map(({ name, value }) => `      \${${name}} is ${value ?? 'missing'}`);
  const clauses = trace.clauses.map((clause) => `      ${clauseText(clause)}`);
  return [`    ${trace.effect} ${nameOf(trace.statement)} ${outcome}`, ...variables, ...clauses];
}

const controlLayers: ReadonlySet<string> = new Set(['scp', 'rcp']);

function layerLines({ layer, level, outcome, statements }: LayerTrace): readonly string[] {
  const name = controlLayers.has(layer) ? `${layer} level ${level}` : layer;
  return [`  ${name}: ${outcome}`, ...statements.flatMap(statementLines)];
}

function changeText(change: Change): string {
  if (change.kind === 'remove') return `remove ${nameOf(change.statement)} from ${change.layer}`;
  return `add to ${change.layer}: ${JSON.stringify(change.draft)}`;
}

function factText({ key, value }: FactChange): string {
  return value === undefined ? `${key} not given` : `${key} = ${valueText(value)}`;
}

/** Lines without line ends. */
export function explanationLines(id: string, request: AccessRequest, explanation: Explanation): readonly string[] {
  const { decision, message, layers, ignored, change, facts } = explanation;
  const by = decision.statements.map(nameOf).join(', ');
  return [
    `${id}: ${decision.decision} by ${decision.layer}${by === '' ? '' : `: ${by}`}`,
    `  ${request.action} on ${request.resource}`,
    ...(message === undefined ? [] : [`  ${message}`]),
    ...decision.unevaluated.map((ref) => `  not evaluated, for want of a known operator: ${nameOf(ref)}`),
    ...layers.flatMap(layerLines),
    ...ignored.map((layer) => `  ${layer}: does not bind this caller`),
    ...(change ?? []).map((one) => `  to flip the decision: ${changeText(one)}`),
    ...(facts ?? []).map((one) => `  or the same policies would allow it with: ${factText(one)}`),
  ];
}
