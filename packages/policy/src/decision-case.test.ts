import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type CallerKind, callerOfArn } from './caller-of-arn.ts';
import { decide } from './decide.ts';
import { readDecisionCase } from './decision-case.ts';

const lines = readFileSync(new URL('../test/cases/decisions.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');

const allow = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
const deny = { Version: '2012-10-17', Statement: [{ Sid: 'No', Effect: 'Deny', Action: 'ivs:*', Resource: '*' }] };
const request = {
  principal: 'arn:aws:iam::111122223333:user/alice',
  principalType: 'User',
  action: 'ivs:GetChannel',
  resource: 'arn:aws:ivs:us-east-1:111122223333:channel/a',
};

function read(value: unknown) {
  return readDecisionCase(typeof value === 'string' ? value : JSON.stringify(value));
}

function decisionOf(value: unknown) {
  const found = read(value);
  if (!found.ok) return found.message;
  const { decision, layer, statements } = decide(found.case.request, found.case.layers);
  return [decision, layer, ...statements.map(({ policy, index }) => `${policy} ${index}`)].join(' ');
}

test('every golden case is read and decided as expected', () => {
  const wrong = lines.filter((line) => {
    const { expected, meta }: { expected: { decision: string }; meta: { status: string } } = JSON.parse(line);
    const outcome = decisionOf(line).split(' ')[0] ?? '';
    if (meta.status !== 'gate') return !/^(?:Allow|ExplicitDeny|ImplicitDeny)$/.test(outcome);
    return expected.decision === 'Deny' ? !outcome.endsWith('Deny') : outcome !== expected.decision;
  });
  expect(wrong).toEqual([]);
  expect(lines.length).toBeGreaterThan(200);
});

describe('layers', () => {
  test.each([
    ['no policies', {}, 'ImplicitDeny identity'],
    ['groups count as identity policies', { groupPolicies: [allow] }, 'Allow identity /groupPolicies/0 0'],
    ['sources are named by place', { identityPolicies: [allow, deny] }, 'ExplicitDeny identity /identityPolicies/1 0'],
    [
      'one boundary',
      { identityPolicies: [allow], permissionBoundary: deny },
      'ExplicitDeny boundary /permissionBoundary 0',
    ],
    [
      'a list of boundaries',
      { identityPolicies: [allow], permissionBoundary: [allow] },
      'Allow identity /identityPolicies/0 0',
    ],
    [
      'no boundary at all is not an empty one',
      { identityPolicies: [allow], permissionBoundary: null },
      'Allow identity /identityPolicies/0 0',
    ],
    [
      'an empty list of session policies allows nothing',
      { identityPolicies: [allow], sessionPolicy: [] },
      'ImplicitDeny session',
    ],
    [
      'levels of control policies',
      { identityPolicies: [allow], scps: [{ policies: [allow] }, { policies: [] }] },
      'ImplicitDeny scp',
    ],
    [
      'resource control policies',
      { identityPolicies: [allow], rcps: [{ policies: [] }], rcpDefaultFullAccess: false },
      'ImplicitDeny rcp',
    ],
    ['an endpoint', { identityPolicies: [allow], vpcEndpointPolicies: [] }, 'ImplicitDeny vpcEndpoint'],
  ])('%s', (_, policies, outcome) => {
    expect(decisionOf({ id: 'x', ...policies, request })).toBe(outcome);
  });

  test('the policy of a role is its trust policy', () => {
    const resourcePolicy = { Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }] };
    const assume = { ...request, action: 'sts:assumerole', resource: 'arn:aws:iam::111122223333:role/r' };
    expect(decisionOf({ id: 'x', resourcePolicy, request: assume })).toBe('Allow trust /resourcePolicy 0');
  });

  test('an action without resource types is asked for everything', () => {
    const found = read({
      id: 'x',
      request: { ...request, actionHasNoResourceTypes: true, resourceAccount: '111122223333' },
    });
    expect(found.ok && [found.case.request.resource, found.case.request.resourceAccount]).toEqual([
      '*',
      '111122223333',
    ]);
  });

  test('context values keep being single or lists', () => {
    const context = { 'aws:TagKeys': ['a', 1], 'aws:SecureTransport': true, 'aws:username': 'alice' };
    const found = read({ id: 'x', request: { ...request, context } });
    expect(found.ok && [...found.case.request.context.entries()]).toEqual([
      ['aws:TagKeys', ['a', '1']],
      ['aws:SecureTransport', 'true'],
      ['aws:username', 'alice'],
    ]);
  });
});

describe('unreadable', () => {
  test.each([
    ['no JSON', '{', undefined, ': expected a key in quotation marks, the document ends'],
    ['a list', [], undefined, ': expected an object'],
    ['no id', { request }, undefined, '/id: expected a string'],
    ['no request', { id: 'x' }, 'x', '/request: expected an object'],
    ['no action', { id: 'x', request: { ...request, action: undefined } }, 'x', '/request/action: expected a string'],
    [
      'another principal type',
      { id: 'x', request: { ...request, principalType: 'Bot' } },
      'x',
      '/request/principalType: expected User, Role, AssumedRole, FederatedUser, Root, Service, Anonymous, Federated',
    ],
    [
      'a context value that is an object',
      { id: 'x', request: { ...request, context: { 'a/b': {} } } },
      'x',
      '/request/context/a~1b: expected a string or a list of strings',
    ],
    [
      'a flag that is text',
      { id: 'x', request, rcpDefaultFullAccess: 'no' },
      'x',
      '/rcpDefaultFullAccess: expected true or false',
    ],
    [
      'a context value that is a list of lists',
      { id: 'x', request: { ...request, context: { 'a/b': ['y', {}] } } },
      'x',
      '/request/context/a~1b/1: expected a string or a list of strings',
    ],
    [
      'a caller without a name',
      { id: 'x', request: { ...request, principal: undefined } },
      'x',
      '/request/principal: expected a string',
    ],
    ['a level that is text', { id: 'x', request, scps: ['all'] }, 'x', '/scps/0: expected { policies: [...] }'],
    ['levels that are none', { id: 'x', request, scps: [allow] }, 'x', '/scps/0: expected { policies: [...] }'],
    ['levels that are no list', { id: 'x', request, rcps: {} }, 'x', '/rcps: expected a list of levels'],
    [
      'a policy that does not parse',
      { id: 'x', request, identityPolicies: [allow, { Statement: [] }] },
      'x',
      '/identityPolicies/1/Statement: a policy needs at least one statement',
    ],
  ])('%s', (_, value, id, message) => {
    expect(read(value)).toEqual({ ok: false, id, message });
  });

  test('S0-44 a repeated key in a policy, which another reader could resolve to the other value', () => {
    const text = `{"id":"x","identityPolicies":[{"Statement":{"Effect":"Deny","Effect":"Allow","Action":"*"}}],"request":{}}`;
    const found = read(text);
    expect(found.ok ? '' : found.message).toContain('`Effect` stands twice');
  });
});

describe('callers', () => {
  const account = '111122223333';
  const rows: readonly (readonly [string, CallerKind, object])[] = [
    [
      'arn:aws:iam::111122223333:user/a',
      'User',
      { type: 'User', arn: 'arn:aws:iam::111122223333:user/a', accountId: account },
    ],
    ['arn:aws:iam::111122223333:root', 'Root', { type: 'Root', accountId: account }],
    [
      'arn:aws:iam::111122223333:role/p/r',
      'Role',
      { type: 'AssumedRole', roleArn: 'arn:aws:iam::111122223333:role/p/r' },
    ],
    [
      'arn:aws-cn:sts::111122223333:assumed-role/r/s',
      'AssumedRole',
      { type: 'AssumedRole', roleArn: 'arn:aws-cn:iam::111122223333:role/r', serviceLinkedRole: false },
    ],
    [
      'arn:aws:iam::111122223333:role/aws-service-role/ivs.amazonaws.com/X',
      'Role',
      { type: 'AssumedRole', serviceLinkedRole: true },
    ],
    [
      'arn:aws:sts::111122223333:federated-user/bob',
      'FederatedUser',
      { type: 'FederatedUser', federatingUserArn: 'arn:aws:iam::111122223333:user/bob' },
    ],
    ['ivs.amazonaws.com', 'Service', { type: 'Service', services: ['ivs.amazonaws.com'] }],
    ['', 'Anonymous', { type: 'Anonymous' }],
    ['accounts.google.com', 'Federated', { type: 'Federated', federatedProvider: 'accounts.google.com' }],
  ];
  test.each(rows)('%s as %s', (arn, kind, principal) => {
    expect(callerOfArn(arn, kind)).toMatchObject(principal);
  });

  test('what is no ARN is still a caller', () => {
    expect(callerOfArn('nobody', 'User')).toEqual({ type: 'User', arn: 'nobody', accountId: '' });
    expect(callerOfArn('a:b', 'AssumedRole').roleArn).toBe('arn:b:iam:::role/');
  });

  test('the path of a role is taken from aws:PrincipalArn when it names the same role', () => {
    const session = 'arn:aws:sts::111122223333:assumed-role/r/s';
    const roleArn = (known: string) => callerOfArn(session, 'AssumedRole', known).roleArn;
    expect(roleArn('arn:aws:iam::111122223333:role/p/q/r')).toBe('arn:aws:iam::111122223333:role/p/q/r');
    const plain = 'arn:aws:iam::111122223333:role/r';
    expect(roleArn('arn:aws:iam::111122223333:role/p/other')).toBe(plain);
    expect(roleArn('arn:aws:iam::444455556666:role/p/r')).toBe(plain);
    expect(roleArn('arn:aws:iam::111122223333:user/p/r')).toBe(plain);
  });
});
