/** Policy documents that come as input of an operation and are not stored. */
import { parsePolicy } from '@stagedoor/policy';
import type { Policy, PolicySource, Statement } from '@stagedoor/policy';
import type { Needs } from './needs.ts';

type Refuses = Needs<'InvalidInput'>;

/** The document, or InvalidInput that says where it is not one; `what` names it, as `PolicyInputList.1`. */
function parsed(call: Refuses, what: string, text: string): Policy {
  const result = parsePolicy(text);
  if (result.ok) return result.policy;
  const [problem] = result.problems;
  const at = problem === undefined ? '' : ` (line ${problem.position.line}, column ${problem.position.column})`;
  return call.fail(
    'InvalidInput',
    `${what} is not a policy document: ${problem?.message ?? 'it cannot be read'}${at}.`,
  );
}

function ensureEvery(call: Refuses, policy: Policy, holds: (statement: Statement) => boolean, refusal: string): void {
  if (!policy.statements.every(holds)) call.fail('InvalidInput', refusal);
}

/** An identity-based, boundary or control policy: it names no principal and always a resource. */
function identityInput(call: Refuses, id: string, text: string): PolicySource {
  const policy = parsed(call, id, text);
  ensureEvery(call, policy, ({ principal }) => principal === undefined, `${id} must not name a principal.`);
  ensureEvery(call, policy, ({ resource }) => resource !== undefined, `${id} must name resources.`);
  return { id, policy };
}

/** Several of them, as `PolicyInputList.1`, `PolicyInputList.2`, … */
export const identityInputs = (call: Refuses, list: string, texts: readonly string[] = []): readonly PolicySource[] =>
  texts.map((text, index) => identityInput(call, `${list}.${index + 1}`, text));

/** A policy of a resource: every statement names principals. */
export function resourceInput(call: Refuses, text: string): PolicySource {
  const policy = parsed(call, 'ResourcePolicy', text);
  ensureEvery(call, policy, ({ principal }) => principal !== undefined, 'ResourcePolicy must name a principal.');
  return { id: 'ResourcePolicy', policy };
}
