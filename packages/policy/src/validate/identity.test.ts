import { describe, expect, test } from 'vitest';
import { withStatement } from '../parse.testkit.ts';
import { validatePolicy } from './validate.ts';
import { type Row, answer } from './validate.testkit.ts';

const syntax = 'Syntax errors in policy.';
const version = 'Policy document must be version 2012-10-17 or greater.';
const legacy = 'The policy failed legacy parsing';
const uniqueSids = 'Statement IDs (SID) in a single policy must be unique.';
const noActions = 'Policy statement must contain actions.';
const noResources = 'Policy statement must contain resources.';
const vendorWanted = 'Resource vendor must be fully qualified and cannot contain regexes.';
const iamPath =
  'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, ' +
  'instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.';

const on = (Resource: unknown) => withStatement({ Resource });
const doing = (Action: unknown) => withStatement({ Action });
const when = (Condition: unknown) => withStatement({ Condition });
const twice = (first: object, second: object) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'a:b', Resource: '*', ...first },
    { Effect: 'Allow', Action: 'a:b', Resource: '*', ...second },
  ],
});

describe('accepted', () => {
  const accepted: readonly (readonly [name: string, document: unknown])[] = [
    [
      'S4-3 one statement as an object',
      { Version: '2012-10-17', Statement: { Effect: 'Deny', Action: '*', Resource: '*' } },
    ],
    [
      'Version behind Statement',
      '{"Statement":[{"Action":"a:b","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}',
    ],
    ['an Id', withStatement({}, { Id: 'cd3ad3d9-2776-4ef1-a904-4c229d1642ee' })],
    ['S4-14 an unknown vendor', doing('nosuchservice:DoWhatever')],
    ['S4-14 an unknown action of a known vendor', doing('ivs:NoSuchThing')],
    ['spaces in an action', doing('iam: asdf safdsf af ')],
    ['every vendor and every action', doing('*:*')],
    ['a dot in a vendor', doing('a.b-c1:*')],
    ['S0-48 NotAction', withStatement({ Action: undefined, NotAction: 'iam:*' })],
    ['NotResource', withStatement({ Resource: undefined, NotResource: 'arn:aws:s3:::b/*' })],
    ['a short ARN', on('arn:aws:fdsasf')],
    ['an unknown service in an ARN', on('arn:aws:fdsasf:us-east-1:111122223333:thing/1')],
    ['an empty condition', when({})],
    ['an unknown operator with an empty body', when({ a: {} })],
    ['an empty operand list', when({ DateGreaterThan: { a: [] } })],
    ['a key without vendor', when({ StringEquals: { a: 'b' } })],
    ['JSON booleans', when({ Bool: { 'aws:SecureTransport': true }, Null: { 'aws:TokenIssueTime': [false] } })],
    ['a JSON number', when({ NumericLessThan: { 'aws:MultiFactorAuthAge': 3600 } })],
    ['null in a resource list', on(['arn:aws:s3:::b', null])],
    ['an odd date', when({ DateLessThan: { a: ['01T', '-292275054', '292278993', '2013-06-30T24Z'.slice(0, 10)] } })],
    [
      'all quantifiers',
      when({ 'ForAnyValue:StringLikeIfExists': { a: 'b' }, 'ForAllValues:NotIpAddress': { a: '::/0' } }),
    ],
    ['empty Sids that repeat', twice({ Sid: '' }, { Sid: '' })],
    [
      'S4-12 the form of the policy generator',
      twice({ Sid: 'Stmt1335892150622', Action: ['ivs:GetChannel'] }, { Sid: 'Stmt1335892526596', Resource: ['*'] }),
    ],
    ['a China ARN', on('arn:aws-cn:s3:::b')],
    ['an access point', on('arn:aws:s3:us-west-2:123456789012:accesspoint/example')],
    [
      'an IAM entity',
      on('arn:aws:iam::123456789012:role/aws-service-role/ivs.amazonaws.com/AWSServiceRoleForIVSRecordToS3*'),
    ],
    ['an account', on('arn:aws:iam::123456789012:root')],
    ['every IAM resource', on('arn:aws:iam::*:*')],
    ['S0-130 a star as region of IAM', on('arn:aws:iam:*:*:user/${aws:username}')],
    ['a variable with a default', on("arn:aws:s3:::b/${aws:PrincipalTag/team, 'none'}/*")],
    [
      'S4-25 the misprinted ARN, once quoted',
      on('arn:aws:kinesisvideo::*:111122223333:stream/my-stream/0123456789012'),
    ],
    ['S4-44 no Version', { Statement: [{ Effect: 'Allow', Action: ['a:b'], Resource: '*' }] }],
  ];
  test.each(accepted)('%s', (_, document) => {
    expect(answer(document, 'identity')).toBe('valid');
  });

  test('the parsed policy comes with the answer', () => {
    const validation = validatePolicy(JSON.stringify(doing('ivs:GetChannel')), 'identity');
    expect(validation.valid && validation.policy.statements[0]?.action.patterns).toEqual(['ivs:GetChannel']);
  });
});

describe('refused', () => {
  const refused: readonly Row[] = [
    ['S0-44 no JSON', 'not json', syntax],
    ['S0-44 an empty text', '', syntax],
    ['S0-44 a list', [], syntax],
    ['S0-44 a string', '"policy"', syntax],
    ['S0-44 a repeated key', '{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}', syntax],
    ['an unknown top element', withStatement({}, { Extra: 1 }), syntax],
    ['another version', withStatement({}, { Version: '2012-10-16' }), syntax],
    ['a version that is no string', withStatement({}, { Version: 20121017 }), syntax],
    ['an Id that is no string', withStatement({}, { Id: ['a'] }), syntax],
    ['no statement', { Version: '2012-10-17' }, syntax],
    ['S4-3 an empty statement list', { Version: '2012-10-17', Statement: [] }, syntax],
    ['a statement that is text', { Version: '2012-10-17', Statement: ['a'] }, syntax],
    ['an unknown statement element', withStatement({ Foo: 1 }), syntax],
    ['an element in lower case', withStatement({ resource: '*' }), syntax],
    ['S0-48 both Action and NotAction', withStatement({ NotAction: 'a:b' }), syntax],
    ['both Resource and NotResource', withStatement({ NotResource: '*' }), syntax],
    ['S4-5 no Effect', withStatement({ Effect: undefined }), syntax],
    ['S4-5 another Effect', withStatement({ Effect: 'Permit' }), syntax],
    ['S4-5 an Effect that is a list', withStatement({ Effect: ['Allow'] }), syntax],
    ['an action that is a number', doing(1), syntax],
    ['null in an action list', doing(['a:b', null]), syntax],
    ['a resource that is null', on(null), syntax],
    ['a resource list with a number', on([1]), syntax],
    ['a condition that is a list', when([]), syntax],
    ['a condition that is text', when('x'), syntax],
    ['an operator body that is a list', when({ StringEquals: [] }), syntax],
    ['an operand that is an object', when({ StringEquals: { a: {} } }), syntax],
    ['an unknown operator', when({ StringMatches: { a: 'b' } }), syntax],
    ['an operator in the wrong case', when({ stringEquals: { a: 'b' } }), syntax],
    ['Null with IfExists', when({ NullIfExists: { a: 'true' } }), syntax],
    ['an unknown quantifier', when({ 'ForSomeValues:StringLike': { a: 'b' } }), syntax],
    ['a Sid that is a number', withStatement({ Sid: 1 }), syntax],
    ['the older version', withStatement({}, { Version: '2008-10-17' }), version],
    ['S4-5 Effect in lower case', withStatement({ Effect: 'allow' }), legacy],
    ['S4-5 Effect in mixed case', withStatement({ Effect: 'denY' }), legacy],
    ['a date that is none', when({ DateGreaterThan: { a: 'tomorrow' } }), legacy],
    ['a month that is none', when({ DateEqualsIfExists: { a: '2013-13-01' } }), legacy],
    ['a boolean as date', when({ 'ForAnyValue:DateNotEquals': { a: [true] } }), legacy],
    ['an epoch beyond 64 bits', when({ DateLessThan: { a: '9223372036854775808' } }), legacy],
    ['an ARN with too few parts', on('arn:aws:s3::example_bucket'), legacy],
    ['an ARN without vendor', on('arn:aws::::example_bucket'), legacy],
    ['a Sid used twice', twice({ Sid: 'a' }, { Sid: 'a' }), uniqueSids],
    [
      'a Sid with a space',
      withStatement({ Sid: 'my sid' }),
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
    ],
    ['S0-48 neither Action nor NotAction', withStatement({ Action: undefined }), noActions],
    ['an empty action list', doing([]), noActions],
    ['an empty NotAction list', withStatement({ Action: undefined, NotAction: [] }), noActions],
    ['a resource that is no ARN', on('my-bucket'), 'Resource my-bucket must be in ARN format or "*".'],
    ['an empty resource', on(''), 'Resource  must be in ARN format or "*".'],
    ['two stars', on('**'), 'Resource ** must be in ARN format or "*".'],
    [
      'another partition',
      on('arn:error:s3:::example_bucket'),
      'Partition "error" is not valid for resource "arn:error:s3:::example_bucket".',
    ],
    ['a partition that is a glob', on('arn:*:s3:::b'), 'Partition "*" is not valid for resource "arn:*:s3:::b".'],
    ['missing parts', on('b:cadfsdf'), 'Partition "cadfsdf" is not valid for resource "arn:cadfsdf:*:*:*:*".'],
    ['more than six parts', on('a:b:c:d:e:f:g:h'), 'Partition "b" is not valid for resource "arn:b:c:d:e:f:g:h".'],
    ['no vendor at all', on('arn:aws'), vendorWanted],
    ['a star as vendor', on('arn:aws:*:us-east-1:111122223333:x'), vendorWanted],
    ['a glob as vendor', on('arn:aws:s?:::b'), vendorWanted],
    [
      'a region in an IAM ARN',
      on('arn:aws:iam:us-east-1:111122223333:user/a'),
      'IAM resource arn:aws:iam:us-east-1:111122223333:user/a cannot contain region information.',
    ],
    ['another IAM path', on('arn:aws:iam::111122223333:users/a'), iamPath],
    ['an IAM ARN without path', on('arn:aws:iam'), iamPath],
    [
      'a region in a bucket ARN',
      on('arn:aws:s3:us-east-1::b'),
      'Resource arn:aws:s3:us-east-1::b can not contain region information.',
    ],
    ['the greatest resource first', on(['a', 'c', '*', 'b']), 'Resource c must be in ARN format or "*".'],
    [
      'an action without vendor',
      doing('GetChannel'),
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    ['an empty action', doing(''), 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'],
    ['two colons', doing(['ivs:GetChannel', 's3:s3:Get']), 'Actions/Condition can contain only one colon.'],
    ['a glob in the vendor', doing('iv*:Get*'), 'Vendor iv* is not valid'],
    ['a space in the vendor', withStatement({ Action: undefined, NotAction: 'i vs:Get*' }), 'Vendor i vs is not valid'],
    ['an empty vendor', doing(':Get'), 'Vendor  is not valid'],
    ['no resource', on(undefined), noResources],
    ['an empty resource list', on([]), noResources],
    ['an empty NotResource list', withStatement({ Resource: undefined, NotResource: [] }), noResources],
    ['NotResource of nulls', withStatement({ Resource: undefined, NotResource: [null] }), noResources],
    ['a principal', withStatement({ Principal: '*' }), 'Policy document should not specify a principal.'],
    [
      'a misformed principal',
      withStatement({ NotPrincipal: { A: 1 } }),
      'Policy document should not specify a principal.',
    ],
  ];
  test.each(refused)('%s', (_, document, text) => {
    expect(answer(document, 'identity')).toBe(text);
  });

  test('S0-44 the code is MalformedPolicyDocument and the finding has a place', () => {
    expect(validatePolicy('{\n "Statement": [{"Effect": "Permit",', 'identity')).toEqual({
      valid: false,
      code: 'MalformedPolicyDocument',
      message: syntax,
      findings: [
        {
          code: 'syntax',
          severity: 'error',
          message: syntax,
          at: '/Statement/0',
          position: { line: 2, column: 36, offset: 37 },
        },
      ],
    });
  });

  test('with a partition given, no other is valid', () => {
    const document = on('arn:aws-cn:s3:::b');
    expect(answer(document, 'identity', { partition: 'aws-cn' })).toBe('valid');
    expect(answer(document, 'identity', { partition: 'aws' })).toBe(
      'Partition "aws-cn" is not valid for resource "arn:aws-cn:s3:::b".',
    );
  });
});

describe('the order of the stages', () => {
  /** Each row has the fault of its stage and those of all later ones. */
  const faults: readonly (readonly [element: Record<string, unknown>, rest: Record<string, unknown>, text: string])[] =
    [
      [{ Foo: 1 }, {}, syntax],
      [{}, { Version: '2008-10-17' }, version],
      [{ Effect: 'allow' }, {}, legacy],
      [
        { Sid: 'a b' },
        {},
        'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
      ],
      [{ Resource: 'x' }, {}, 'Resource x must be in ARN format or "*".'],
      [{ Action: 'x' }, {}, 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'],
      [{ Principal: '*' }, {}, 'Policy document should not specify a principal.'],
    ];
  test.each(faults.map((_, index) => index))('stage %i comes before all later ones', (index) => {
    const later = faults.slice(index).toReversed();
    const element = Object.fromEntries(later.flatMap(([one]) => Object.entries(one)));
    const rest = Object.fromEntries(later.flatMap(([, one]) => Object.entries(one)));
    expect(answer(withStatement(element, rest), 'identity')).toBe(faults[index]?.[2]);
  });

  test('actions are missed before resources are looked at, resources are missed last but one', () => {
    expect(answer(withStatement({ Action: [], Resource: 'x' }), 'identity')).toBe(noActions);
    expect(answer(withStatement({ Action: 'x', Resource: [] }), 'identity')).toContain('prefaced by a vendor');
    expect(answer(withStatement({ Principal: '*', Resource: [] }), 'identity')).toBe(noResources);
  });

  test('a syntax error behind many lesser ones still decides', () => {
    const lesser = Array.from({ length: 300 }, () => ({ Effect: 'Allow', Action: [], Resource: '*' }));
    expect(answer({ Version: '2012-10-17', Statement: [...lesser, 1] }, 'identity')).toBe(syntax);
  });
});
