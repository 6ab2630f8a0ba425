import { expect } from 'vitest';
import { parsePolicy } from './parse.ts';
import type { Policy } from './statement.ts';

/** The policy of a document given as a value or as text; fails the test when it does not parse. */
export function policyFrom(document: unknown): Policy {
  const parsed = parsePolicy(textOf(document));
  if (!parsed.ok) expect.fail(JSON.stringify(parsed.problems));
  return parsed.policy;
}

export function textOf(document: unknown): string {
  return typeof document === 'string' ? document : JSON.stringify(document);
}

/** A document of one statement that allows `ivs:GetChannel` on everything, with other elements put in. */
export function withStatement(elements: Record<string, unknown>, rest: Record<string, unknown> = {}): object {
  const statement = { Effect: 'Allow', Action: 'ivs:GetChannel', Resource: '*', ...elements };
  const kept = Object.fromEntries(Object.entries(statement).filter(([, value]) => value !== undefined));
  return { Version: '2012-10-17', ...rest, Statement: [kept] };
}
