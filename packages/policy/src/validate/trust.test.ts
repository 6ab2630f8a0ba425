import { describe, expect, test } from 'vitest';
import { validatePolicy } from './validate.ts';
import { type Row, answer } from './validate.testkit.ts';

function trust(elements: Record<string, unknown> = {}, rest: Record<string, unknown> = {}): object {
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::111122223333:root' },
    Action: 'sts:AssumeRole',
    ...elements,
  };
  const kept = Object.fromEntries(Object.entries(statement).filter(([, value]) => value !== undefined));
  return { Version: '2012-10-17', ...rest, Statement: [kept] };
}

const named = (Principal: unknown) => trust({ Principal });
const doing = (Action: unknown) => trust({ Action });
const onlySts = 'AssumeRole policy may only specify STS AssumeRole actions.';

describe('accepted', () => {
  test.each([
    ['an account', named({ AWS: '111122223333' })],
    ['everybody', named('*')],
    ['everybody who has an account', named({ AWS: '*' })],
    ['a service', named({ Service: ['ivs.amazonaws.com', 'lambda.amazonaws.com'] })],
    ['several kinds', named({ AWS: ['111122223333'], Service: 'ivs.amazonaws.com' })],
    ['the older version', trust({}, { Version: '2008-10-17' })],
    ['no version', { Statement: { Effect: 'Allow', Principal: { AWS: '111122223333' }, Action: 'sts:AssumeRole' } }],
    ['a Deny', trust({ Effect: 'Deny' })],
    [
      'all six actions',
      doing([
        'sts:AssumeRole',
        'sts:AssumeRoleWithSAML',
        'sts:AssumeRoleWithWebIdentity',
        'sts:TagSession',
        'sts:SetSourceIdentity',
        'sts:SetContext',
      ]),
    ],
    ['globs over them', doing(['sts:AssumeRole*', 'sts:*', 'STS:assumerole'])],
    ['a condition', trust({ Condition: { StringEquals: { 'sts:ExternalId': 'x' } } })],
    [
      'Cognito with a condition',
      trust({
        Principal: { Federated: 'cognito-identity.amazonaws.com' },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'x' } },
      }),
    ],
  ])('%s', (_, document) => {
    expect(answer(document, 'trust')).toBe('valid');
  });
});

describe('refused', () => {
  const refused: readonly Row[] = [
    ['S0-44 no JSON', 'x', 'This policy contains invalid Json'],
    ['S0-44 a repeated key', '{"Version":"2012-10-17","Version":"2012-10-17"}', 'This policy contains invalid Json'],
    ['a list', [], 'Syntax error at position (1,1)'],
    ['an unknown element', trust({ Foo: 1 }), 'Unknown field Foo'],
    ['an unknown top element', trust({}, { Foo: 1 }), 'Unknown field Foo'],
    ['another version', trust({}, { Version: '2020-01-01' }), 'The policy must contain a valid version string'],
    ['no statement', { Version: '2012-10-17' }, 'Missing required field Statement'],
    [
      'S4-3 an empty statement list',
      { Version: '2012-10-17', Statement: [] },
      'Could not parse the policy: Statement is empty!',
    ],
    ['no Effect', trust({ Effect: undefined }), 'Missing required field Effect'],
    ['S4-5 Effect in lower case', trust({ Effect: 'allow' }), 'Invalid effect: allow'],
    ['S4-5 another Effect', trust({ Effect: 'Maybe' }), 'Invalid effect: Maybe'],
    ['a Resource', trust({ Resource: '*' }), 'Has prohibited field Resource'],
    [
      'an identity policy',
      { Statement: [{ Effect: 'Allow', Action: 'ivs:*', Resource: '*' }] },
      'Has prohibited field Resource',
    ],
    ['a NotResource', trust({ NotResource: '*' }), 'Has prohibited field NotResource'],
    [
      'Allow with NotPrincipal',
      trust({ Principal: undefined, NotPrincipal: { AWS: '*' } }),
      'Allow with NotPrincipal is not allowed.',
    ],
    [
      'Deny with NotPrincipal',
      trust({ Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: '*' } }),
      'AssumeRole policy must not contain NotPrincipal field.',
    ],
    ['no principal', named(undefined), 'Missing required field Principal'],
    ['an empty principal', named({}), 'Missing required field Principal cannot be empty!'],
    ['an empty list of accounts', named({ AWS: [] }), 'Missing required field Principal cannot be empty!'],
    ['a principal that is text', named('arn:aws:iam::111122223333:root'), 'Principal must be a JSON object.'],
    ['a principal list', named(['*']), 'Principal must be a JSON object.'],
    ['S0-48 no action', doing(undefined), 'Missing required field Action'],
    ['an empty action list', doing([]), 'Missing required field Action'],
    ['an action that is a number', doing(1), 'Syntax error at position (1,118)'],
    ['another action', doing(['sts:AssumeRole', 'sts:GetCallerIdentity']), onlySts],
    ['another vendor', doing('ivs:GetChannel'), onlySts],
    ['every action', doing('*'), onlySts],
    ['too many colons', doing('sts:AssumeRole:x'), onlySts],
    ['NotAction', trust({ Action: undefined, NotAction: 'sts:AssumeRole' }), onlySts],
    ['an unknown operator', trust({ Condition: { Foo: { a: 'b' } } }), 'Syntax error at position (1,148)'],
    ['a Sid with a space', trust({ Sid: 'a b' }), 'The following Statement Ids are invalid: a b'],
    [
      'a group',
      named({ AWS: 'arn:aws:iam::111122223333:group/g' }),
      'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:group/g"',
    ],
    [
      'a wildcard within',
      named({ AWS: ['111122223333', 'arn:aws:iam::111122223333:user/*'] }),
      'Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:user/*"',
    ],
    ['a bare id', named({ AWS: 'AROAEXAMPLE' }), 'Invalid principal in policy: "AWS":"AROAEXAMPLE"'],
    ['a service that is none', named({ Service: 'x' }), 'Invalid principal in policy: "SERVICE":"x"'],
    ['a provider that is none', named({ Federated: 'x' }), 'Invalid principal in policy: "Federated":"x"'],
    ['an unknown type', named({ Foo: 'x' }), 'Invalid principal in policy: "Foo":"x"'],
    [
      'Cognito without condition',
      named({ Federated: 'cognito-identity.amazonaws.com' }),
      'A condition block must be present for the Cognito provider',
    ],
  ];
  test.each(refused)('%s', (_, document, text) => {
    expect(answer(document, 'trust')).toBe(text);
  });

  test('Sids that repeat', () => {
    const statement = { Sid: 'A', Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };
    expect(answer({ Statement: [statement, statement] }, 'trust')).toBe(
      'The Statement Ids in the policy are not unique',
    );
  });

  test('the code is MalformedPolicyDocument and the principal has a place', () => {
    const text = '{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole",\n"Principal":{"AWS":["*","x"]}}}';
    const place = { at: '/Statement/Principal/AWS/1', position: { line: 2, column: 25, offset: 82 } };
    expect(validatePolicy(text, 'trust')).toMatchObject({ code: 'MalformedPolicyDocument', findings: [place] });
  });
});
