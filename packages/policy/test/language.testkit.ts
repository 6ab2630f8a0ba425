/** One question to the engine, in as few words as a table row allows. */
import { compilePolicies, createContext, decide, parsePolicy } from '../src/index.ts';
import type { ContextValue, Decision, Outcome, PolicySet, Principal } from '../src/index.ts';

export const account = '111122223333';
export const channel = `arn:aws:ivs:us-west-2:${account}:channel/VgNkEJgOVX9N`;
export const alice: Principal = {
  type: 'User',
  arn: `arn:aws:iam::${account}:user/alice`,
  accountId: account,
  uniqueId: 'AIDAALICE',
};

export interface Asked {
  readonly action?: string;
  readonly resource?: string;
  readonly context?: Readonly<Record<string, ContextValue>>;
  readonly principal?: Principal;
  readonly version?: string;
}

/** A set of one document. */
export function setOf(statements: object | readonly object[], version = '2012-10-17'): PolicySet {
  const parsed = parsePolicy(JSON.stringify({ Version: version, Statement: statements }));
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return compilePolicies([{ id: 'inline:alice/test', policy: parsed.policy }]);
}

/** Statements as the only identity policy of alice, asked for GetChannel on one channel unless told otherwise. */
export function decided(statements: object | readonly object[], asked: Asked = {}): Decision {
  const { action = 'ivs:GetChannel', resource = channel, context = {}, principal = alice, version } = asked;
  const request = { principal, action, resource, context: createContext(Object.entries(context)) };
  return decide(request, { identity: setOf(statements, version) });
}

export function outcome(statements: object | readonly object[], asked: Asked = {}): Outcome {
  return decided(statements, asked).decision;
}

/** Whether an Allow of everything under this condition allows. */
export function holds(
  Condition: object,
  context: Readonly<Record<string, ContextValue>> = {},
  version?: string,
): boolean {
  const asked = version === undefined ? { context } : { context, version };
  return outcome({ Effect: 'Allow', Action: '*', Resource: '*', Condition }, asked) === 'Allow';
}
