import { describe, expect, test } from 'vitest';
import { withStatement } from '../parse.testkit.ts';
import { validatePolicy } from './validate.ts';
import { type Row, answer } from './validate.testkit.ts';

function bucketPolicy(elements: Record<string, unknown> = {}, rest: Record<string, unknown> = {}): object {
  return withStatement({ Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::rec/*', ...elements }, rest);
}

test.each([
  ['everybody', bucketPolicy()],
  ['a service', bucketPolicy({ Principal: { Service: 'ivs-composite.us-east-1.amazonaws.com' } })],
  ['the older version', bucketPolicy({}, { Version: '2008-10-17', Id: 'Policy1' })],
  [
    'a Deny with NotPrincipal',
    bucketPolicy({ Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: '111122223333' } }),
  ],
  ['both the bucket and what is in it', bucketPolicy({ Resource: ['arn:aws:s3:::rec', 'arn:aws:s3:::rec/a/b*'] })],
  ['every action', bucketPolicy({ Action: ['*', 's3:*', 'S3:Get*'] })],
])('%s is accepted', (_, document) => {
  expect(answer(document, 'resource')).toBe('valid');
  expect(answer(document, 'resource', { bucket: 'rec' })).toBe('valid');
});

describe('refused', () => {
  const incomplete = 'Statement is missing required element';
  const refused: readonly Row[] = [
    ['no JSON', 'x', "Policies must be valid JSON and the first byte must be '{'"],
    ['S0-44 a repeated key', '{"Id":"a","Id":"b"}', 'Invalid policy syntax.'],
    ['a list', [], 'Invalid policy syntax.'],
    ['an unknown element', bucketPolicy({ Foo: 1 }), 'Unknown field Foo'],
    ['another version', bucketPolicy({}, { Version: 'x' }), 'The policy must contain a valid version string'],
    ['S4-3 an empty list', { Statement: [] }, 'Could not parse the policy: Statement is empty!'],
    ['no statement', { Version: '2012-10-17' }, incomplete],
    ['S4-5 Effect in lower case', bucketPolicy({ Effect: 'deny' }), 'Invalid effect: deny'],
    ['no principal', bucketPolicy({ Principal: undefined }), 'Missing required field Principal'],
    ['no effect', bucketPolicy({ Effect: undefined }), incomplete],
    ['S0-48 no action', bucketPolicy({ Action: undefined }), incomplete],
    ['no resource', bucketPolicy({ Resource: undefined }), incomplete],
    [
      'an Allow with NotPrincipal',
      bucketPolicy({ Principal: undefined, NotPrincipal: '*' }),
      'Allow with NotPrincipal is not allowed.',
    ],
    ['S0-48 Action and NotAction', bucketPolicy({ NotAction: 's3:x' }), 'Invalid policy syntax.'],
    ['an unknown operator', bucketPolicy({ Condition: { Foo: { a: 'b' } } }), 'Invalid policy syntax.'],
    [
      'S0-28 a group',
      bucketPolicy({ Principal: { AWS: 'arn:aws:iam::111122223333:group/g' } }),
      'Invalid principal in policy',
    ],
    ['a principal that is text', bucketPolicy({ Principal: 'alice' }), 'Invalid principal in policy'],
    ['an unknown principal type', bucketPolicy({ Principal: { Foo: 'x' } }), 'Invalid principal in policy'],
  ];
  test.each(refused)('%s', (_, document, text) => {
    expect(answer(document, 'resource')).toBe(text);
  });

  test('Sids that repeat', () => {
    const statement = {
      Sid: 'A',
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::rec/*',
    };
    expect(answer({ Statement: [statement, statement] }, 'resource')).toBe(
      'Statement IDs (SID) in a single policy must be unique.',
    );
  });

  test.each([
    ['another bucket', bucketPolicy({ Resource: 'arn:aws:s3:::other/*' }), 'Policy has invalid resource'],
    [
      'a bucket whose name begins alike',
      bucketPolicy({ Resource: 'arn:aws:s3:::record/*' }),
      'Policy has invalid resource',
    ],
    ['everything', bucketPolicy({ Resource: '*' }), 'Policy has invalid resource'],
    ['no ARN', bucketPolicy({ Resource: 'rec' }), 'Policy has invalid resource'],
    ['another service', bucketPolicy({ Action: 'ivs:GetChannel' }), 'Policy has invalid action'],
    ['an action without vendor', bucketPolicy({ Action: 'GetObject' }), 'Policy has invalid action'],
  ])('%s, when the bucket is known', (_, document, text) => {
    expect(answer(document, 'resource', { bucket: 'rec' })).toBe(text);
    expect(answer(document, 'resource')).toBe('valid');
  });

  test('S0-118 the code is MalformedPolicy', () => {
    expect(validatePolicy('x', 'resource')).toMatchObject({ valid: false, code: 'MalformedPolicy' });
  });
});
