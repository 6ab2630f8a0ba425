import { describe, expect, test } from 'vitest';
import { compare, createContext, decide, compilePolicies, isEmpty, parsePolicy } from '../src/index.ts';
import type { Policy } from '../src/index.ts';
import { parseTemplate } from '../src/template.ts';

function conditioned(operator: string, operand: string): Policy {
  const statement = { Effect: 'Allow', Action: 'ivs:*', Resource: '*', Condition: { [operator]: { k: operand } } };
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statement }));
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return parsed.policy;
}

function allows(policy: Policy, context: Readonly<Record<string, string>>): boolean {
  const principal = { type: 'User', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' } as const;
  const request = {
    principal,
    action: 'ivs:GetChannel',
    resource: '*',
    context: createContext(Object.entries(context)),
  };
  return decide(request, { identity: compilePolicies([{ id: 'p', policy }]) }).decision === 'Allow';
}

describe('references to variables', () => {
  test.each([
    ['never closed', '${'],
    ['with an unfinished default', '${a,'],
    ['with an open default', "${a,'"],
    ['with a default of quotation marks', "${a,''  '"],
    ['not a name', '${}'],
  ])('are found in linear time: %s', (_name, unit) => {
    const start = performance.now();
    parseTemplate(unit.repeat(131_072 / unit.length), { variables: true, globs: true });
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test.each([
    ["${a, 'x'}", 'x'],
    ["${a,'x'}", 'x'],
    ["${a, 'it's'}", "it's"],
    ["${a, ''}", ''],
    ["${a, '}'}", '}'],
    ["${a, 'x' }-${b, 'y'}", 'x-y'],
    ['${}', '${}'],
    ['${a', '${a'],
    ['${a, x}', '${a, x}'],
    ["${a, 'x}", "${a, 'x}"],
    ["${a, 'x ${*}", "${a, 'x *"],
  ])('%s without a value is %s', (operand, value) => {
    expect(allows(conditioned('StringEquals', operand), { k: value })).toBe(true);
  });
});

describe('a variable that is the whole operand of an Arn operator', () => {
  const own = conditioned('ArnLike', '${aws:PrincipalArn}');

  test('compares like the value itself, and only with ARNs', () => {
    expect(compare(own, conditioned('StringEquals', '${aws:PrincipalArn}')).result).not.toBe('not-subset');
    expect(compare(own, conditioned('StringLike', 'arn:*'))).toEqual({ result: 'subset' });
  });

  test('is satisfied by some request', () => {
    expect(isEmpty(own).result).toBe('not-empty');
    expect(compare(own, conditioned('ArnLike', 'arn:aws:iam::*')).result).toBe('not-subset');
  });
});
