import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compilePolicies, createContext, decide, parsePolicy, policySize, validatePolicy } from '../src/index.ts';

const folder = new URL('../../../examples/policies/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

test('S0-17 nine example policies are shipped', () => {
  expect(files).toHaveLength(9);
});

test.each(files)('S0-17 S4-44 %s is accepted unchanged as an identity policy', (name) => {
  const text = readFileSync(new URL(name, folder), 'utf8');
  expect(validatePolicy(text, 'identity')).toMatchObject({ valid: true, findings: [] });
  expect(policySize(text)).toBeLessThan(6144);
});

test('S4-44 the example without Version has the semantics of 2008-10-17', () => {
  const text = readFileSync(new URL('kinesisvideo-create-and-write.json', folder), 'utf8');
  const validation = validatePolicy(text, 'identity');
  expect(validation.valid && validation.policy.version).toBe('2008-10-17');
});

/** What alice may do to a resource by one policy. */
function outcome(document: object, action: string, resource: string): string {
  const parsed = parsePolicy(JSON.stringify(document));
  if (!parsed.ok) return 'unparsable';
  const principal = { type: 'User', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' } as const;
  const identity = compilePolicies([{ id: 'p', policy: parsed.policy }]);
  return decide({ principal, action, resource, context: createContext([]) }, { identity }).decision;
}

function allowing(Action: string, Resource: string): object {
  return { Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource } };
}

test('S0-96 `ivs:*` allows every action of ivs and none of other services', () => {
  const document = allowing('ivs:*', '*');
  for (const action of ['ivs:GetChannel', 'ivs:DeleteChannel', 'ivs:CreateParticipantToken', 'ivs:ListStages']) {
    expect(outcome(document, action, 'arn:aws:ivs:us-east-1:111122223333:channel/a')).toBe('Allow');
  }
  for (const action of ['ivschat:CreateRoom', 'iam:CreateUser', 's3:GetObject', 'kinesisvideo:GetMedia']) {
    expect(outcome(document, action, '*')).toBe('ImplicitDeny');
  }
});

test('S4-25 the misprinted ARN matches no stream, the corrected one does', () => {
  const stream = 'arn:aws:kinesisvideo:us-west-2:111122223333:stream/my-stream/0123456789012';
  const misprint = 'arn:aws:kinesisvideo::*:111122223333:stream/my-stream/0123456789012';
  const corrected = 'arn:aws:kinesisvideo:*:111122223333:stream/my-stream/0123456789012';
  expect(outcome(allowing('kinesisvideo:PutMedia', misprint), 'kinesisvideo:PutMedia', stream)).toBe('ImplicitDeny');
  expect(outcome(allowing('kinesisvideo:PutMedia', corrected), 'kinesisvideo:PutMedia', stream)).toBe('Allow');
});
