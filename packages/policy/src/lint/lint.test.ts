import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../parse.ts';
import { policyFrom, textOf, withStatement } from '../parse.testkit.ts';
import { lintPolicy, lintRules, maxFindings } from './lint.ts';
import type { LintCatalogue, LintOptions } from './rule.ts';

const catalogue: LintCatalogue = {
  actions: new Map([
    ['ivs', ['GetChannel', 'ListChannels']],
    ['iam', ['PassRole', 'GetUser']],
  ]),
  keys: ['aws:RequestTag/${TagKey}', 'ivs:Thing', 's3:prefix'],
};

function codes(document: unknown, options: Partial<LintOptions> = {}): string[] {
  return lintPolicy(textOf(document), { kind: 'identity', ...options }).map(({ code }) => code);
}

const doing = (Action: unknown, Resource: unknown = 'arn:aws:ivs:*:*:channel/*') => withStatement({ Action, Resource });
const when = (Condition: unknown, more: object = {}) => withStatement({ Condition, ...more });
const denying = { Effect: 'Deny' };
const statements = (...Statement: object[]) => ({
  Version: '2012-10-17',
  Statement: Statement.map((one) => ({ Effect: 'Allow', Action: 'ivs:GetChannel', Resource: '*', ...one })),
});

/** For each rule documents that it finds fault with, and near misses in which it finds none. */
const cases: Readonly<Record<string, { readonly faulty: readonly unknown[]; readonly sound: readonly unknown[] }>> = {
  'old-version': {
    faulty: [
      withStatement({}, { Version: '2008-10-17' }),
      { Statement: { Effect: 'Deny', Action: '*', Resource: '*' } },
    ],
    sound: [withStatement({})],
  },
  'variable-in-2008': {
    faulty: [
      withStatement({ Resource: 'arn:aws:ivs:*:*:channel/${aws:username}' }, { Version: '2008-10-17' }),
      withStatement({ Condition: { StringLike: { 'aws:username': '${x}' } } }, { Version: '2008-10-17' }),
    ],
    sound: [
      withStatement({ Resource: 'arn:aws:ivs:*:*:channel/${aws:username}' }),
      withStatement({ Resource: 'arn:aws:ivs:*:*:channel/$x' }, { Version: '2008-10-17' }),
    ],
  },
  'variable-not-replaced': {
    faulty: [doing('ivs:${x}'), when({ NumericEquals: { 'aws:MultiFactorAuthAge': '${x}' } })],
    sound: [when({ StringEquals: { 'aws:username': '${aws:PrincipalTag/x}' } })],
  },
  'unclosed-variable': {
    faulty: [
      doing('ivs:GetChannel', 'arn:aws:ivs:*:*:channel/${aws:username'),
      when({ ArnLike: { 'aws:SourceArn': 'arn:${ }' } }),
    ],
    sound: [doing('ivs:GetChannel', 'arn:aws:ivs:*:*:channel/${aws:username}/${$}')],
  },
  'unmatchable-resource': {
    faulty: [
      doing('kinesisvideo:PutMedia', 'arn:aws:kinesisvideo::*:111122223333:stream/my-stream/0123456789012'),
      doing('ivs:GetChannel', 'arn:aws:fdsasf'),
    ],
    sound: [doing('s3:GetObject', 'arn:aws:s3:::b/*'), doing('ivs:GetChannel', 'arn:aws:ivs:us-west-2:*:channel/a')],
  },
  'empty-resources': {
    faulty: [withStatement({ Resource: [null] })],
    sound: [withStatement({ Resource: [null, '*'] })],
  },
  'duplicate-value': {
    faulty: [
      doing(['ivs:GetChannel', 'IVS:getchannel']),
      withStatement({ Resource: ['*', '*'] }),
      when({ StringEquals: { 'aws:username': ['a', 'b', 'a'] } }),
    ],
    sound: [
      withStatement({ Resource: ['arn:aws:s3:::a', 'arn:aws:s3:::A'] }),
      when({ StringEquals: { 'aws:username': 'a', 'aws:userid': 'a' } }),
    ],
  },
  'full-access': {
    faulty: [doing('*'), doing('*:*')],
    sound: [doing('ivs:Get*'), withStatement({ ...denying, Action: '*' })],
  },
  'service-wildcard': {
    faulty: [doing('ivs:*'), doing(['ivs:GetChannel', 'ivschat:**'])],
    sound: [doing('ivs:Get*'), doing('*'), withStatement({ ...denying, Action: 'ivs:*' })],
  },
  'sensitive-wildcard': {
    faulty: [doing('iam:Attach*'), doing('iam:P*'), doing('ivs:Get*'), doing('sts:Assume*')],
    sound: [doing('iam:AttachRolePolicy'), doing('ivs:List*'), withStatement({ ...denying, Action: 'iam:Put*' })],
  },
  'pass-role-any': {
    faulty: [doing('iam:PassRole', '*'), doing('iam:Pass*', 'arn:aws:iam::111122223333:role/*'), doing('iam:*', '*')],
    sound: [
      doing('iam:PassRole', 'arn:aws:iam::111122223333:role/ivs'),
      withStatement({
        Action: 'iam:PassRole',
        Condition: { StringEquals: { 'iam:PassedToService': 'ivs.amazonaws.com' } },
      }),
      doing('iam:GetRole', '*'),
    ],
  },
  'not-action-allow': {
    faulty: [withStatement({ Action: undefined, NotAction: 'iam:*' })],
    sound: [withStatement({ ...denying, Action: undefined, NotAction: 'iam:*' })],
  },
  'not-resource-allow': {
    faulty: [withStatement({ Resource: undefined, NotResource: 'arn:aws:s3:::b' })],
    sound: [withStatement({ ...denying, Resource: undefined, NotResource: 'arn:aws:s3:::b' })],
  },
  'unknown-operator': { faulty: [when({ StringMatches: { a: 'b' } })], sound: [when({ stringequals: { a: 'b' } })] },
  'missing-qualifier': {
    faulty: [when({ StringEquals: { 'aws:TagKeys': 'a' } }), when({ StringLikeIfExists: { 'AWS:tagkeys': 'a' } })],
    sound: [when({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'a' } }), when({ Null: { 'aws:TagKeys': 'true' } })],
  },
  'needless-qualifier': {
    faulty: [
      when({ 'ForAnyValue:StringEquals': { 'aws:username': 'a' } }),
      when({ 'ForAnyValue:StringLike': { 'aws:RequestTag/x': 'a' } }),
    ],
    sound: [
      when({ 'ForAnyValue:StringEquals': { 'aws:CalledVia': 'a' } }),
      when({ 'ForAnyValue:StringEquals': { 'x:y': 'a' } }),
    ],
  },
  'null-with-qualifier': {
    faulty: [when({ 'ForAllValues:Null': { 'aws:TagKeys': 'true' } })],
    sound: [when({ Null: { 'aws:TagKeys': 'true' } })],
  },
  'for-all-values-allow': {
    faulty: [when({ 'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' } })],
    sound: [
      when({ 'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' }, Null: { 'aws:tagkeys': 'false' } }),
      when({ 'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' } }, denying),
    ],
  },
  'mfa-trap': {
    faulty: [
      when({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } }, denying),
      when({ Bool: { 'aws:multifactorauthpresent': false } }),
    ],
    sound: [
      when({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }, denying),
      when({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
    ],
  },
  'mfa-if-exists': {
    faulty: [when({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } })],
    sound: [when({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'true' } }, denying)],
  },
  'type-mismatch': {
    faulty: [
      when({ StringEquals: { 'aws:SourceIp': '10.0.0.1' } }),
      when({ NumericLessThan: { 'aws:CurrentTime': '1' } }),
    ],
    sound: [
      when({ IpAddress: { 'aws:SourceIp': '10.0.0.1' } }),
      when({ StringLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/a' } }),
      when({ NumericEquals: { 'aws:ResourceTag/level': '3' } }),
      when({ Null: { 'aws:SourceIp': 'true' } }),
    ],
  },
  'invalid-operand': {
    faulty: [
      when({ NumericEquals: { 'aws:MultiFactorAuthAge': 'old' } }),
      when({ DateLessThan: { 'aws:CurrentTime': '2013-13-01' } }),
      when({ Bool: { 'aws:SecureTransport': 'yes' } }),
      when({ IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } }),
      when({ ArnLike: { 'aws:SourceArn': 'channel' } }),
      when({ BinaryEquals: { k: 'a' } }),
      when({ Null: { k: 'maybe' } }),
    ],
    sound: [
      when({ NumericEquals: { 'aws:MultiFactorAuthAge': 3600 } }),
      when({ DateLessThan: { 'aws:CurrentTime': '2013-12-01T00:00:00Z' } }),
      when({ Bool: { 'aws:SecureTransport': 'True' } }),
      when({ IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '2001:db8::/32'] } }),
      when({ ArnLike: { 'aws:SourceArn': ['arn:aws:ivs:*:*:channel/*', '*'] } }),
      when({ BinaryEquals: { k: 'YWI=' } }),
    ],
  },
  'host-bits': {
    faulty: [
      when({ IpAddress: { 'aws:SourceIp': '10.0.0.1/24' } }),
      when({ NotIpAddress: { 'aws:SourceIp': '2001:db8::1/32' } }),
    ],
    sound: [
      when({ IpAddress: { 'aws:SourceIp': ['10.0.0.0/24', '10.0.0.1', '10.0.0.1/32', '2001:db8::/33', '0.0.0.0/0'] } }),
    ],
  },
  'empty-operands': { faulty: [when({ StringEquals: { 'aws:username': [] } })], sound: [when({ StringEquals: {} })] },
  'redundant-statement': {
    faulty: [
      statements({}, {}),
      statements({ Action: 'ivs:*' }, { Action: ['ivs:GetChannel', 'IVS:listchannels'] }),
      statements({ Resource: 'arn:aws:s3:::b/a' }, { Resource: 'arn:aws:s3:::b/*' }),
      statements({}, { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
      statements({ Effect: 'Deny', Action: '*' }, { Effect: 'Deny' }),
    ],
    sound: [
      statements({ Action: 'ivs:a?b?' }, { Action: 'ivs:a*bc' }),
      statements({ Resource: 'arn:aws:s3:::a?b?' }, { Resource: 'arn:aws:s3:::a*bc' }),
      statements({ Resource: 'arn:aws:ivs:*:1:channel/a' }, { Resource: 'arn:aws:ivs:x:2:channel/a' }),
      statements(
        { Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
        { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ),
      statements({ Action: 'ivs:Get*' }, { Action: 'ivs:*', Resource: 'arn:aws:s3:::b' }),
      statements({ Resource: 'arn:aws:s3:::${aws:username}*' }, { Resource: 'arn:aws:s3:::bob' }),
      statements({ Action: '*', Condition: { Foo: { a: 'b' } } }, {}),
    ],
  },
  'dead-statement': {
    faulty: [
      statements({}, { Effect: 'Deny', Action: 'ivs:*' }),
      statements({ Effect: 'Deny', Action: '*' }, { Resource: 'arn:aws:s3:::b', Condition: { Bool: { a: 'true' } } }),
      statements(
        { Effect: 'Deny', Action: '*', Condition: { Bool: { a: 'true' } } },
        { Condition: { Bool: { a: 'true' }, StringLike: { b: 'c' } } },
      ),
    ],
    sound: [
      statements({}, { Effect: 'Deny', Action: 'ivs:List*' }),
      statements({}, { Effect: 'Deny', Action: '*', Condition: { Bool: { a: 'true' } } }),
      statements({}, { Effect: 'Deny', Action: '*', Resource: 'arn:aws:ivs:*:*:channel/*' }),
    ],
  },
};

describe.each(Object.entries(cases))('%s', (code, { faulty, sound }) => {
  test.each(faulty.map((one) => [textOf(one)]))('is found in %s', (text) => {
    expect(parsePolicy(text).ok).toBe(true);
    expect(codes(text)).toContain(code);
  });

  test.each(sound.map((one) => [textOf(one)]))('is not found in %s', (text) => {
    expect(parsePolicy(text).ok).toBe(true);
    expect(codes(text)).not.toContain(code);
  });
});

describe('S0-96 S0-97 service-wide wildcards', () => {
  test('S0-97 `ivs:*` is advised against, with a place and a suggestion', () => {
    const text =
      '{"Version":"2012-10-17",\n"Statement":{"Effect":"Allow","Action":["ivs:ListChannels","ivs:*"],"Resource":"*"}}';
    expect(lintPolicy(text, { kind: 'identity' })).toEqual([
      {
        code: 'service-wildcard',
        severity: 'warning',
        message: '`ivs:*` allows every action of the service, those added later too',
        at: '/Statement/Action/1',
        position: { line: 2, column: 60, offset: 84 },
        suggestion: 'name the actions the application needs; keep service-wide wildcards for administrators',
      },
    ]);
  });

  test('S0-96 for administrators it is no finding', () => {
    expect(codes(doing('ivs:*'), { administration: true })).toEqual([]);
    expect(codes(doing('*', '*'), { administration: true })).toEqual([]);
  });

  test('S0-95 S0-97 a policy that names its actions has no finding', () => {
    expect(codes(doing(['ivs:GetChannel', 'ivs:ListChannels']))).toEqual([]);
  });
});

describe('principals', () => {
  const trust = (Principal: unknown, more: object = {}) =>
    withStatement({ Action: 'sts:AssumeRole', Resource: undefined, Principal, ...more });

  test.each([[trust('*')], [trust({ AWS: ['111122223333', '*'] })]])('everybody is advised against: %j', (document) => {
    expect(codes(document, { kind: 'trust' })).toContain('wildcard-principal');
  });

  test.each([
    [trust({ AWS: '111122223333' })],
    [trust('*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } })],
    [trust('*', denying)],
  ])('%j is fine', (document) => {
    expect(codes(document, { kind: 'trust' })).toEqual([]);
  });

  test('NotPrincipal with Allow is advised against', () => {
    const document = withStatement({ NotPrincipal: { AWS: '111122223333' } });
    expect(codes(document, { kind: 'resource' })).toContain('not-principal-allow');
  });

  test('a bare star makes a narrower principal redundant, a service it does not', () => {
    const pair = (Principal: unknown) => statements({ Principal: '*' }, { Principal });
    expect(codes(pair({ AWS: '111122223333' }), { kind: 'resource' })).toContain('redundant-statement');
    expect(codes(pair({ Service: 'ivs.amazonaws.com' }), { kind: 'resource' })).not.toContain('redundant-statement');
  });
});

describe('with a catalogue', () => {
  test.each(['ivs:GetChanel', 'nosuch:Get', 'ivs:Frob*'])('the action %s is unknown', (action) => {
    expect(codes(doing(action), { catalogue })).toContain('unknown-action');
    expect(codes(doing(action))).not.toContain('unknown-action');
  });

  test.each(['ivs:getchannel', 'IVS:Get*', '*', '*:*', 'ivs:*'])('the action %s is known', (action) => {
    expect(codes(doing(action), { catalogue })).not.toContain('unknown-action');
  });

  test.each(['aws:usrname', 'ivs:Thingy', 'noVendor'])('the key %s is unknown', (key) => {
    expect(codes(when({ StringEquals: { [key]: 'a' } }), { catalogue })).toContain('unknown-key');
  });

  test.each(['aws:UserName', 'aws:RequestTag/Owner', 'IVS:thing', 'accounts.google.com:aud', 'saml:aud'])(
    'the key %s is known',
    (key) => {
      expect(codes(when({ StringEquals: { [key]: 'a' } }), { catalogue })).not.toContain('unknown-key');
    },
  );
});

describe('places', () => {
  test('nulls before a resource do not shift its place', () => {
    const text =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"a:b","Resource":[null,"arn:aws:x"]}]}';
    const [finding] = lintPolicy(text, { kind: 'identity' });
    expect(finding).toMatchObject({ code: 'unmatchable-resource', at: '/Statement/0/Resource/1' });
    expect(text.slice(finding?.position.offset)).toMatch(/^"arn:aws:x"/);
  });

  test('an absent Version is reported at the document', () => {
    const [finding] = lintPolicy('{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"}]}', {
      kind: 'identity',
    });
    expect(finding).toMatchObject({ code: 'old-version', at: '', position: { line: 1, column: 1 } });
  });

  test('from a parsed policy findings have the place of their statement', () => {
    const policy = policyFrom(
      '{"Version":"2012-10-17",\n"Statement":[\n{"Effect":"Allow","Action":"ivs:*","Resource":"*"}]}',
    );
    expect(lintPolicy(policy, { kind: 'identity' })).toMatchObject([
      { code: 'service-wildcard', at: '/Statement/0/Action/0', position: { line: 3, column: 1 } },
    ]);
  });

  test('an old version is reported at the start, also of a parsed policy', () => {
    const policy = policyFrom('\n{"Statement":[{"Effect":"Allow","Action":"a:b","Resource":"*"}]}');
    expect(lintPolicy(policy, { kind: 'identity' })).toMatchObject([
      { code: 'old-version', at: '/Version', position: { line: 1, column: 1 } },
    ]);
  });

  test('statements are named by their Sid, or by their place', () => {
    const message = (Sid: unknown) => lintPolicy(textOf(statements({ Sid }, {})), { kind: 'identity' })[0]?.message;
    expect(message('One')).toBe('`One` already says all that this statement says');
    expect(message('')).toBe('statement 0 already says all that this statement says');
    expect(message(undefined)).toBe('statement 0 already says all that this statement says');
  });

  test('a long operand is shortened in the message', () => {
    const [finding] = lintPolicy(textOf(when({ NumericEquals: { 'x:y': 'a'.repeat(100) } })), { kind: 'identity' });
    expect(finding?.message).toContain(`\`${'a'.repeat(60)}…\``);
  });

  test('a text that does not parse yields its problems', () => {
    expect(lintPolicy('{', { kind: 'identity' })).toMatchObject([{ code: 'syntax', severity: 'error' }]);
    expect(codes({ Statement: [] })).toEqual(['empty-list']);
  });
});

test('every rule has a case of its own', () => {
  const elsewhere = ['wildcard-principal', 'not-principal-allow', 'unknown-action', 'unknown-key'];
  expect([...Object.keys(cases), ...elsewhere].toSorted()).toEqual(lintRules.map(({ code }) => code).toSorted());
});

describe('hostile documents', () => {
  const many = <T>(count: number, one: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => one(index));
  const Version = '2012-10-17';
  const allow = { Effect: 'Allow', Action: 'a:b', Resource: '*' };
  test.each([
    ['many equal statements', { Version, Statement: many(2500, () => allow) }],
    [
      'many different statements',
      { Version, Statement: many(1500, (index) => ({ ...allow, Action: `a:b${index}*c*` })) },
    ],
    [
      'question marks',
      { Version, Statement: ['?a'.repeat(30_000), 'ba'.repeat(30_000)].map((Action) => ({ ...allow, Action })) },
    ],
    [
      'many conditions',
      statements(
        ...many(2, () => ({
          Condition: { StringLike: Object.fromEntries(many(4000, (index) => [`k${index}`, '1'])) },
        })),
      ),
    ],
    ['openings without end', withStatement({ Resource: `${'${'.repeat(60_000)}}` })],
    ['a long key with many values', when({ StringEquals: { ['k'.repeat(40_000)]: many(15_000, () => '') } })],
    ['many actions', doing(many(12_000, (index) => `ivs:a${index}`))],
  ])('%s take bounded time', (_, document) => {
    const began = performance.now();
    const found = lintPolicy(textOf(document), { kind: 'identity', catalogue });
    expect(found.length).toBeLessThanOrEqual(maxFindings);
    expect(performance.now() - began).toBeLessThan(3000);
  });

  test('never throws, and findings have a place in the text', () => {
    const odd = fc.dictionary(
      fc.constantFrom('Effect', 'Action', 'Resource', 'Condition', 'Principal', 'Sid'),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(fc.oneof(odd, fc.constant({ Condition: { Bool: { a: [] } } })), fc.string(), (elements, glob) => {
        for (const text of [
          textOf(withStatement(elements)),
          textOf(doing(glob, glob)),
          textOf(when({ [glob]: { [glob]: glob } })),
        ]) {
          for (const { position } of lintPolicy(text, { kind: 'resource' })) {
            expect(position.offset).toBeLessThanOrEqual(text.length);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });
});
