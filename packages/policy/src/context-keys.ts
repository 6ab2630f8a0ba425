/** Which facts of a request a policy asks for. */
import { operatorRow } from './operators.ts';
import type { ConditionClause, Policy, Statement } from './statement.ts';
import { parseTemplate, variablesIn } from './template.ts';

/** Names of the policy variables in a text, as written, in order; `${*}` and its like are none. */
export function policyVariables(text: string): readonly string[] {
  if (!text.includes('${')) return [];
  return variablesIn(parseTemplate(text, { variables: true, globs: true })).map(({ name }) => name);
}

function ofClause(clause: ConditionClause, variables: boolean): readonly string[] {
  const substitutes = variables && clause.operator !== undefined && operatorRow(clause.operator)?.variables === true;
  return substitutes ? [clause.key, ...clause.values.flatMap(policyVariables)] : [clause.key];
}

function ofStatement({ resource, conditions }: Statement, variables: boolean): readonly string[] {
  const inResources = variables ? (resource?.patterns ?? []).flatMap(policyVariables) : [];
  return [...inResources, ...conditions.flatMap((clause) => ofClause(clause, variables))];
}

/**
 * The condition keys and policy variables of a document, as first written, in order of appearance. Names that differ
 * only in case are one. Documents older than 2012-10-17 have no variables.
 */
export function contextKeys(policy: Policy): readonly string[] {
  const names = policy.statements.flatMap((statement) => ofStatement(statement, policy.version === '2012-10-17'));
  const known = new Map<string, string>();
  for (const name of names) if (!known.has(name.toLowerCase())) known.set(name.toLowerCase(), name);
  return [...known.values()];
}
