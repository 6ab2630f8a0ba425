import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxProblems, parsePolicy } from './parse.ts';
import { policyFrom, textOf, withStatement } from './parse.testkit.ts';

function problemsOf(document: unknown) {
  const parsed = parsePolicy(textOf(document));
  return parsed.ok ? [] : parsed.problems.map(({ code, at }) => `${code} ${at}`);
}

describe('accepted', () => {
  test('S4-3 Statement is one object or a list', () => {
    const statement = { Effect: 'Allow', Action: 'ivs:*', Resource: '*' };
    const one = policyFrom({ Statement: statement });
    expect(one.statements).toHaveLength(1);
    expect(one.statements[0]).toMatchObject({ index: 0, effect: 'Allow', sid: undefined });
    const three = policyFrom({ Statement: [statement, statement, statement] });
    expect(three.statements.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  test('S4-44 an absent Version is 2008-10-17', () => {
    expect(policyFrom({ Statement: withStatement({}) && { Effect: 'Deny', Action: '*', Resource: '*' } }).version).toBe(
      '2008-10-17',
    );
    expect(policyFrom(withStatement({})).version).toBe('2012-10-17');
    expect(policyFrom(withStatement({}, { Version: '2008-10-17', Id: 'cd3ad3d9' }))).toMatchObject({
      version: '2008-10-17',
      id: 'cd3ad3d9',
    });
  });

  test('S0-31 every element lands in its place', () => {
    const [statement] = policyFrom(
      withStatement({
        Sid: 'One',
        Effect: 'Deny',
        Action: undefined,
        NotAction: ['ivs:Get*', 'ivs:List*'],
        Resource: undefined,
        NotResource: 'arn:aws:ivs:*:*:channel/a',
        Principal: { AWS: ['111122223333', '*'], Service: 'ivs.amazonaws.com', Federated: 'accounts.example.com' },
        Condition: { StringEquals: { 'aws:username': 'alice' } },
      }),
    ).statements;
    expect(statement).toMatchObject({
      sid: 'One',
      effect: 'Deny',
      action: { mode: 'allBut', patterns: ['ivs:Get*', 'ivs:List*'] },
      resource: { mode: 'allBut', patterns: ['arn:aws:ivs:*:*:channel/a'] },
      principal: {
        mode: 'only',
        patterns: [
          { type: 'AWS', value: '111122223333' },
          { type: 'AWS', value: '*' },
          { type: 'Service', value: 'ivs.amazonaws.com' },
          { type: 'Federated', value: 'accounts.example.com' },
        ],
      },
      conditions: [
        {
          written: 'StringEquals',
          operator: 'StringEquals',
          quantifier: undefined,
          ifExists: false,
          key: 'aws:username',
          values: ['alice'],
        },
      ],
    });
  });

  test('S0-31 the bare star and NotPrincipal are principals', () => {
    expect(policyFrom(withStatement({ Principal: '*' })).statements[0]?.principal).toEqual({
      mode: 'only',
      patterns: [{ type: '*', value: '*' }],
    });
    const not = { Effect: 'Deny', NotPrincipal: { AWS: 'arn:aws:iam::111122223333:root' } };
    expect(policyFrom(withStatement(not)).statements[0]?.principal?.mode).toBe('allBut');
    expect(policyFrom(withStatement({})).statements[0]?.principal).toBeUndefined();
  });

  test('a trust policy has no Resource', () => {
    const trust = { Action: 'sts:AssumeRole', Resource: undefined, Principal: { AWS: '111122223333' } };
    expect(policyFrom(withStatement(trust)).statements[0]?.resource).toBeUndefined();
  });

  test('null in a resource list is passed over, alone too', () => {
    const resource = (Resource: unknown) => policyFrom(withStatement({ Resource })).statements[0]?.resource;
    expect(resource([null, 'arn:aws:s3:::b', null])?.patterns).toEqual(['arn:aws:s3:::b']);
    expect(resource([null])).toEqual({ mode: 'only', patterns: [] });
  });

  test('numbers and booleans of a condition keep their text', () => {
    const clauses = policyFrom(
      '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":' +
        '{"Bool":{"a":true},"NumericEquals":{"b":[9007199254740993,1.50,"x"]},"StringEquals":{"c":[]}}}}',
    ).statements[0]?.conditions;
    expect(clauses?.map(({ values }) => values)).toEqual([['true'], ['9007199254740993', '1.50', 'x'], []]);
  });

  const operators: readonly (readonly [string, object])[] = [
    ['StringEquals', { operator: 'StringEquals', quantifier: undefined, ifExists: false }],
    ['stringequalsifexists', { operator: 'StringEquals', quantifier: undefined, ifExists: true }],
    ['FORANYVALUE:arnlike', { operator: 'ArnLike', quantifier: 'ForAnyValue', ifExists: false }],
    ['ForAllValues:IpAddressIfExists', { operator: 'IpAddress', quantifier: 'ForAllValues', ifExists: true }],
    ['ForAnyValue:Null', { operator: 'Null', quantifier: 'ForAnyValue', ifExists: false }],
    ['NullIfExists', { operator: undefined, quantifier: undefined, ifExists: false }],
    ['ForSomeValues:Bool', { operator: undefined }],
    ['StringMatches', { operator: undefined }],
    ['IfExists', { operator: undefined }],
    ['ForAllValues:', { operator: undefined }],
    ['toString', { operator: undefined }],
  ];
  test.each(operators)('the operator %s is taken apart', (written, form) => {
    const [clause] =
      policyFrom(withStatement({ Condition: { [written]: { k: 'v' } } })).statements[0]?.conditions ?? [];
    expect(clause).toMatchObject({ written, key: 'k', values: ['v'], ...form });
  });

  test('an operator with an empty body says nothing', () => {
    expect(policyFrom(withStatement({ Condition: { a: {}, StringEquals: {} } })).statements[0]?.conditions).toEqual([]);
    expect(policyFrom(withStatement({ Condition: {} })).statements[0]?.conditions).toEqual([]);
  });

  test('S4-4 several operators with several keys are one clause each, in order', () => {
    const Condition = { StringLike: { a: '1', b: ['2', '3'] }, Bool: { c: 'true' } };
    const clauses = policyFrom(withStatement({ Condition })).statements[0]?.conditions;
    expect(clauses?.map(({ written, key }) => `${written} ${key}`)).toEqual(['StringLike a', 'StringLike b', 'Bool c']);
  });

  test('S4-14 unknown vendors and odd action names are kept as written', () => {
    const Action = ['nosuch:DoIt', 'iam: asdf safdsf af ', 'foo'];
    expect(policyFrom(withStatement({ Action })).statements[0]?.action.patterns).toEqual(Action);
  });
});

test('statements know their first and last place', () => {
  const text = '{\r\n "Statement": [\n  {"Effect":"Allow","Action":"*"},\n\t{"Effect":"Deny",\n"Action":"*"}]}';
  expect(policyFrom(text).statements.map(({ start, end }) => [start, end])).toEqual([
    [
      { line: 3, column: 3, offset: 21 },
      { line: 3, column: 34, offset: 52 },
    ],
    [
      { line: 4, column: 2, offset: 55 },
      { line: 5, column: 14, offset: 86 },
    ],
  ]);
});

test('a policy is frozen throughout', () => {
  const isFrozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen));
  const Principal = { AWS: ['*'], Service: 'ivs.amazonaws.com' };
  expect(isFrozen(policyFrom(withStatement({ Principal, Condition: { Bool: { a: ['true'], b: true } } })))).toBe(true);
  expect(isFrozen(policyFrom(withStatement({ Principal: '*' })))).toBe(true);
});

describe('refused', () => {
  const bodies: readonly (readonly [string, unknown, string[]])[] = [
    ['a list', [], ['wrong-type ']],
    ['no statement', { Version: '2012-10-17' }, ['missing-element ']],
    ['S4-3 an empty statement list', { Statement: [] }, ['empty-list /Statement']],
    ['a statement that is text', { Statement: 'x' }, ['wrong-type /Statement']],
    ['a list within the list', { Statement: [[]] }, ['wrong-type /Statement/0']],
    ['an unknown version', withStatement({}, { Version: '2012-10-18' }), ['invalid-value /Version']],
    ['a version that is a number', withStatement({}, { Version: 2012 }), ['wrong-type /Version']],
    ['an Id that is a list', withStatement({}, { Id: [] }), ['wrong-type /Id']],
    ['an unknown top element', withStatement({}, { version: '2012-10-17' }), ['unknown-element /version']],
    ['an unknown element', withStatement({ action: 'x' }), ['unknown-element /Statement/0/action']],
    ['S4-5 no Effect', withStatement({ Effect: undefined }), ['missing-element /Statement/0']],
    ['S4-5 another Effect', withStatement({ Effect: 'Permit' }), ['invalid-value /Statement/0/Effect']],
    ['S4-5 Effect in lower case', withStatement({ Effect: 'allow' }), ['wrong-case /Statement/0/Effect']],
    ['an Effect that is a list', withStatement({ Effect: ['Allow'] }), ['wrong-type /Statement/0/Effect']],
    ['S0-48 neither Action nor NotAction', withStatement({ Action: undefined }), ['missing-element /Statement/0']],
    ['S0-48 Action and NotAction', withStatement({ NotAction: 'a:b' }), ['conflicting-elements /Statement/0']],
    ['Resource and NotResource', withStatement({ NotResource: '*' }), ['conflicting-elements /Statement/0']],
    [
      'Principal and NotPrincipal',
      withStatement({ Principal: '*', NotPrincipal: '*' }),
      ['conflicting-elements /Statement/0'],
    ],
    ['an empty Action list', withStatement({ Action: [] }), ['empty-list /Statement/0/Action']],
    ['an empty Resource list', withStatement({ Resource: [] }), ['empty-list /Statement/0/Resource']],
    [
      'NotResource of nulls, which would mean everything',
      withStatement({ Resource: undefined, NotResource: [null] }),
      ['empty-list /Statement/0/NotResource'],
    ],
    ['null as Resource', withStatement({ Resource: null }), ['wrong-type /Statement/0/Resource']],
    ['null in an action list', withStatement({ Action: ['a:b', null] }), ['wrong-type /Statement/0/Action/1']],
    ['an object in an action list', withStatement({ Action: [{}] }), ['wrong-type /Statement/0/Action/0']],
    ['a Sid that is a number', withStatement({ Sid: 1 }), ['wrong-type /Statement/0/Sid']],
    ['a principal that is text', withStatement({ Principal: 'alice' }), ['invalid-value /Statement/0/Principal']],
    ['a principal list', withStatement({ Principal: ['*'] }), ['invalid-value /Statement/0/Principal']],
    ['an empty principal', withStatement({ Principal: {} }), ['empty-list /Statement/0/Principal']],
    ['no principal of a type', withStatement({ Principal: { AWS: [] } }), ['empty-list /Statement/0/Principal/AWS']],
    [
      'an unknown principal type',
      withStatement({ Principal: { Aws: '*' } }),
      ['invalid-value /Statement/0/Principal/Aws'],
    ],
    ['a condition that is a list', withStatement({ Condition: [] }), ['wrong-type /Statement/0/Condition']],
    [
      'an operator body that is text',
      withStatement({ Condition: { Bool: 'x' } }),
      ['wrong-type /Statement/0/Condition/Bool'],
    ],
    [
      'an operand that is an object',
      withStatement({ Condition: { Bool: { 'a/b': {} } } }),
      ['wrong-type /Statement/0/Condition/Bool/a~1b'],
    ],
    [
      'a null operand',
      withStatement({ Condition: { Bool: { a: [null] } } }),
      ['wrong-type /Statement/0/Condition/Bool/a/0'],
    ],
  ];
  test.each(bodies)('S0-31 %s', (_, document, problems) => {
    expect(problemsOf(document)).toEqual(problems);
  });

  test('S0-44 a repeated key is refused, since another reader may keep the other one', () => {
    const text = '{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Effect":"Allow"}]}';
    expect(problemsOf(text)).toEqual(['duplicate-key /Statement/0/Effect']);
  });

  test('S4-25 an unquoted ARN is not JSON', () => {
    const text =
      '{"Statement":[{"Effect":"Allow","Action":"kinesisvideo:PutMedia",\n' +
      '"Resource": arn:aws:kinesisvideo::*:111122223333:stream/my-stream/0123456789012}]}';
    const parsed = parsePolicy(text);
    expect(!parsed.ok && parsed.problems).toEqual([
      {
        code: 'syntax',
        message: 'expected a JSON value, found `a`',
        at: '/Statement/0/Resource',
        position: { line: 2, column: 13, offset: 78 },
      },
    ]);
    const quoted = text.replace(/(arn[^}]*)/, '"$1"');
    expect(policyFrom(quoted).statements[0]?.resource?.patterns).toEqual([
      'arn:aws:kinesisvideo::*:111122223333:stream/my-stream/0123456789012',
    ]);
  });

  test('all problems come at once, up to a limit', () => {
    expect(problemsOf({ Statement: [{ Effect: 'Maybe', Resource: 1 }, 'x'] })).toEqual([
      'invalid-value /Statement/0/Effect',
      'missing-element /Statement/0',
      'wrong-type /Statement/0/Resource',
      'wrong-type /Statement/1',
    ]);
    expect(problemsOf({ Statement: Array.from({ length: 5000 }, () => 0) })).toHaveLength(maxProblems);
  });
});

describe('hostile texts', () => {
  const mutated = fc
    .tuple(
      fc.constantFrom(
        textOf(withStatement({ Condition: { Bool: { a: true } }, Principal: { AWS: ['*'] } })),
        textOf(withStatement({ NotAction: 'x:y', Sid: 'S', Action: undefined })),
      ),
      fc.nat(200),
      fc.nat(12),
      fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('{', '[', ']', '}', '"', ',', 'null', '1', '{"a":')),
    )
    .map(([text, at, length, put]) => text.slice(0, at) + put + text.slice(at + length));

  test('never throws, and what it refuses has a place in the text', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string(), fc.json()), (text) => {
        const parsed = parsePolicy(text);
        if (parsed.ok) return;
        expect(parsed.problems.length).toBeGreaterThan(0);
        for (const { position } of parsed.problems) expect(position.offset).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 1500 },
    );
  });

  const size = 130_000;
  const hostile: readonly (readonly [string, string])[] = [
    ['open brackets', '['.repeat(size)],
    ['open braces', '{"a":'.repeat(size / 5)],
    ['one long string', `"${'\\u0041'.repeat(size / 6 - 1)}"`],
    ['escapes', `"${'\\\\'.repeat(size / 2 - 2)}"`],
    ['distinct keys', `{${Array.from({ length: 11_000 }, (_, index) => `"k${index}":0`).join()}}`],
    ['lines', `{${'\n'.repeat(size)}}`],
    [
      'bad statements on lines of their own',
      `{"Statement":[${Array.from({ length: 40_000 }, () => '0').join(',\n')}]}`,
    ],
    ['digits', '1'.repeat(size)],
    ['white space', ' '.repeat(size)],
    ['bad operands', textOf(withStatement({ Condition: { Bool: { a: Array.from({ length: 20_000 }, () => null) } } }))],
  ];
  test.each(hostile)('%s take linear time', (_, text) => {
    const began = performance.now();
    parsePolicy(text);
    // Quadratic work on a text of this length would take many seconds.
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
