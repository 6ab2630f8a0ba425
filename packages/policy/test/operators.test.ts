/** Each of the 27 operators, with values that pass, values that fail, and none. */
import { describe, expect, test } from 'vitest';
import { operatorTypes } from '../src/operator-names.ts';
import { decided, holds } from './language.testkit.ts';

type Row = readonly [operand: string, passes: readonly string[], fails: readonly string[]];

/** Of the positive form; what fails here passes the negated form. */
const positive: Readonly<Record<string, readonly Row[]>> = {
  StringEquals: [
    ['a', ['a'], ['A', '', 'aa']],
    ['a*?', ['a*?'], ['abc']],
    ['', [''], ['x']],
  ],
  StringEqualsIgnoreCase: [['Straße', ['STRAßE', 'straße'], ['strase']]],
  StringLike: [
    ['a*c', ['ac', 'abc', 'a/b:c', 'a*c'], ['abcd', 'Abc']],
    ['?b', ['ab', '?b'], ['b', 'aab']],
    ['', [''], ['x']],
    ['*ab*ab*', ['abab', 'xababx', 'abcab'], ['ab', 'aba']],
    ['*a?b', ['a1b', 'aab', 'a1baab'], ['ab', 'a1bc']],
    ['*a?b*', ['a1b', 'xa1by', 'aaab'], ['ab', 'xaby', 'a12b']],
    ['x*a?b*c?', ['xa1bc1', 'xaabaabcc'], ['xa1bc', 'xabc1', 'a1bc1']],
    ['a.c', ['a.c'], ['abc']],
  ],
  NumericEquals: [
    ['5', ['5', '5.0', '+5', '05', '0.5e1'], ['5.1', '-5', 'x', '', '5 ', '0x5']],
    ['9007199254740993', ['9007199254740993'], ['9007199254740992']],
    ['0', ['-0', '0.000', '.0'], ['0.0001']],
    ['1e-2', ['0.01', '.010'], ['0.1']],
    ['x', [], ['x', '0']],
  ],
  NumericLessThan: [['10', ['9', '9.999', '-11', '09'], ['10', '10.0', '11', 'x']]],
  NumericLessThanEquals: [['10.5', ['10.5', '10.50', '-10.6'], ['10.51', '11']]],
  NumericGreaterThan: [['-1.5', ['-1.49', '0', '100000000000000000000000'], ['-1.5', '-1.51', '-2']]],
  NumericGreaterThanEquals: [['10', ['10', '10.0', '100'], ['9.99', '2']]],
  DateEquals: [
    [
      '2024-01-01T00:00:00Z',
      [
        '2024-01-01',
        '2024-01',
        '2024-01-01T01:00:00+01:00',
        '1704067200',
        '2024-01-01t00:00z',
        '2024-01-01T00:00:00.000Z',
      ],
      ['2024-01-01T00:00:01Z', 'x', ''],
    ],
    ['2024-02-29T12:00:00.5Z', ['2024-02-29T12:00:00.500Z', '2024-02-29T07:00:00.5-05'], ['2024-02-29T12:00:00Z']],
    ['1969-12-31T23:59:59.25Z', ['1969-12-31T23:59:59.250+00:00'], ['1970-01-01T00:00:00Z']],
    ['2023-02-29', [], ['2023-02-29', '2023-03-01']],
    ['2024-01-01T24:00:00Z', [], ['2024-01-02']],
    ['2024-13-01', [], ['2025-01-01']],
  ],
  DateLessThan: [
    [
      '2024-06-01T00:00:00Z',
      ['2024-05-31T23:59:59Z', '0', '1969-12-31T23:59:59.5Z'],
      ['2024-06-01', '2024-06-01T00:00:00.1Z'],
    ],
  ],
  DateLessThanEquals: [['2024-06-01T00:00:00Z', ['2024-06-01'], ['2024-06-01T00:00:00.1Z']]],
  DateGreaterThan: [
    [
      '1969-12-31T23:59:59.25Z',
      ['1969-12-31T23:59:59.5Z', '1970-01-01T00:00:00Z'],
      ['1969-12-31T23:59:59.25Z', '1969-12-31T23:59:59Z'],
    ],
  ],
  DateGreaterThanEquals: [['2024-06-01T00:00:00+02:00', ['2024-05-31T22:00:00Z'], ['2024-05-31T21:59:59Z']]],
  Bool: [
    ['true', ['true', 'True', 'TRUE'], ['false', '1', '']],
    ['False', ['false'], ['true']],
    ['yes', [], ['yes', 'true']],
  ],
  BinaryEquals: [
    ['QQ==', ['QQ==', 'QR=='], ['QQ', 'Qg==', 'QQ=', '!']],
    ['', [''], ['QQ==']],
    ['QUJD', ['QUJD'], ['QUJE']],
    ['QQ', [], ['QQ']],
  ],
  IpAddress: [
    [
      '203.0.113.0/24',
      ['203.0.113.0', '203.0.113.255'],
      ['203.0.114.0', '::ffff:203.0.113.7', 'x', '203.0.113', '203.0.113.256', '203.0.113.07'],
    ],
    ['203.0.113.77/24', ['203.0.113.1'], ['203.0.112.255']],
    ['203.0.113.7', ['203.0.113.7'], ['203.0.113.8']],
    ['0.0.0.0/0', ['8.8.8.8'], ['::1']],
    ['10.0.0.0/9', ['10.127.255.255'], ['10.128.0.0']],
    ['2001:db8::/33', ['2001:DB8::1', '2001:db8:7fff::'], ['2001:db8:8000::', '2001:db9::', '32.1.13.184']],
    ['::ffff:1.2.3.4', ['::ffff:102:304', '0:0:0:0:0:ffff:1.2.3.4'], ['1.2.3.4', '::1.2.3.4']],
    ['::1', ['::1', '0::0:1'], ['::', '1::', ':::1', '::1::', '1:2:3:4:5:6:7:8:9']],
    ['1::', ['1::', '1:0::0'], ['1::2::3']],
    ['1.2.3.4/33', [], ['1.2.3.4']],
    ['1.2.3.4/x', [], ['1.2.3.4']],
  ],
  ArnLike: [
    [
      'arn:aws:sns:*:111122223333:t*',
      ['arn:aws:sns:us-east-1:111122223333:topic:sub'],
      ['arn:aws:sns:us-east-1:444455556666:t', 'topic', 'arn:aws:sns'],
    ],
    ['arn:aws:sns:*', ['arn:aws:sns:us-east-1:1:t'], ['arn:aws:sqs:us-east-1:1:t']],
    [
      'arn:aws:s*:us-????-1::x',
      ['arn:aws:sns:us-east-1::x'],
      ['arn:aws:sns:us-east-1:1:x', 'arn:aws:sns:us-east-1:1::x'],
    ],
    ['*', ['arn:aws:a:b:c:d'], ['nothing']],
    ['arn:aws:sns', [], ['arn:aws:sns:::', 'arn:aws:sns']],
  ],
};
const rows = { ...positive, ArnEquals: positive['ArnLike'] ?? [] };
const negations: Readonly<Record<string, string>> = {
  StringEquals: 'StringNotEquals',
  StringEqualsIgnoreCase: 'StringNotEqualsIgnoreCase',
  StringLike: 'StringNotLike',
  NumericEquals: 'NumericNotEquals',
  DateEquals: 'DateNotEquals',
  IpAddress: 'NotIpAddress',
  ArnLike: 'ArnNotLike',
  ArnEquals: 'ArnNotEquals',
};
const table = Object.entries(rows).flatMap(([operator, list]) => list.map((row) => [operator, ...row] as const));

describe('S0-100 operators', () => {
  test('the tables name all 27', () => {
    const named = [...Object.keys(rows), ...Object.values(negations), 'Null'];
    expect(named.toSorted()).toEqual([...operatorTypes.keys()].toSorted());
  });

  test.each(table)('%s %j', (operator, operand, passes, fails) => {
    const on = (name: string, value: string): boolean =>
      holds({ [name]: { 'test:Key': operand } }, { 'test:key': value });
    for (const value of passes) expect(on(operator, value), value).toBe(true);
    for (const value of fails) expect(on(operator, value), value).toBe(false);
    const negation = negations[operator];
    if (negation === undefined) return;
    for (const value of passes) expect(on(negation, value), `${negation} ${value}`).toBe(false);
    for (const value of fails) expect(on(negation, value), `${negation} ${value}`).toBe(true);
  });

  const absent = (written: string, given = {}): boolean => holds({ [written]: { 'test:Key': 'true' } }, given);

  test.each(table)('%s %j on a missing or empty key', (operator) => {
    const negation = negations[operator];
    for (const given of [{}, { 'test:Key': [] }]) {
      expect(absent(operator, given)).toBe(false);
      expect(absent(`${operator}IfExists`, given)).toBe(true);
      expect(absent(`ForAllValues:${operator}`, given)).toBe(true);
      expect(absent(`ForAnyValue:${operator}`, given)).toBe(false);
      if (negation !== undefined)
        expect([absent(negation, given), absent(`ForAnyValue:${negation}`, given)]).toEqual([true, false]);
    }
    expect(absent(`ForAnyValue:${operator}IfExists`)).toBe(true);
  });

  test.each([
    ['true', {}, true],
    ['true', { k: 'x' }, false],
    ['false', {}, false],
    ['false', { k: 'x' }, true],
    ['false', { k: '' }, true],
    ['false', { k: [] }, false],
    ['TRUE', {}, true],
    [['true', 'false'], {}, true],
    [['true', 'false'], { k: 'x' }, true],
    ['maybe', {}, false],
    [[], {}, false],
  ])('Null %j of %j is %s', (operand, given, expected) => {
    expect(holds({ Null: { k: operand } }, given)).toBe(expected);
    if (operand === 'true' || operand === 'false')
      expect(holds({ Null: { k: operand === 'true' } }, given)).toBe(expected);
  });
});

describe('S0-100 sets', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[], boolean])[] = [
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], true],
    ['ForAllValues:StringEquals', ['a'], ['a', 'b'], false],
    ['ForAllValues:StringNotEquals', ['x', 'y'], ['a', 'b'], true],
    ['ForAllValues:StringNotEquals', ['x', 'b'], ['a', 'b'], false],
    ['ForAllValues:StringEquals', ['a'], [''], true],
    ['ForAllValues:StringEquals', ['a'], ['', 'b'], false],
    ['ForAllValues:StringEquals', [], ['a'], false],
    ['ForAnyValue:StringEquals', ['b'], ['a', 'b'], true],
    ['ForAnyValue:StringEquals', ['c'], ['a', 'b'], false],
    ['ForAnyValue:StringEquals', [], ['a'], false],
    ['ForAnyValue:StringNotEquals', ['a'], ['a', 'b'], true],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'b'], false],
    ['ForAnyValue:StringEqualsIfExists', ['a'], [], false],
    ['StringEquals', ['a'], ['a'], true],
    ['StringEquals', ['a'], ['a', 'b'], false],
    ['StringNotEquals', ['a'], ['b'], true],
    ['StringNotEquals', ['a'], ['b', 'c'], false],
    ['StringNotEquals', [], ['b'], true],
  ];
  test.each(cases)('%s %j of %j is %s', (operator, operands, values, expected) => {
    expect(holds({ [operator]: { k: operands } }, { k: values })).toBe(expected);
  });

  test('alternatives under names that differ in case are a set for the qualifiers', () => {
    const both = { k: { anyOf: ['a', 'b'] } };
    expect(holds({ 'ForAllValues:StringEquals': { k: 'a' } }, both)).toBe(false);
    expect(holds({ 'ForAnyValue:StringEquals': { k: 'a' } }, both)).toBe(true);
    expect(holds({ StringNotEquals: { k: 'a' } }, both)).toBe(true);
    expect(holds({ StringEquals: { other: '${k}' } }, { ...both, other: 'a' })).toBe(false);
  });
});

describe('operators the engine does not know', () => {
  const statement = (Effect: string, Condition: object) => ({ Effect, Action: '*', Resource: '*', Condition });
  const strange = { StringResembles: { k: 'v' } };
  const ref = (index: number) => [{ policy: 'inline:alice/test', index, sid: undefined }];

  test('an Allow does not apply, a Deny does, and the decision says so', () => {
    expect(decided(statement('Allow', strange))).toMatchObject({ decision: 'ImplicitDeny', unevaluated: ref(0) });
    const denied = decided([statement('Allow', {}), statement('Deny', strange)]);
    expect(denied).toMatchObject({ decision: 'ExplicitDeny', statements: ref(1), unevaluated: ref(1) });
  });

  test('what the statement says besides still counts', () => {
    const elsewhere = { ...strange, StringEquals: { k: 'v' } };
    expect(decided([statement('Allow', {}), statement('Deny', elsewhere)])).toMatchObject({
      decision: 'Allow',
      unevaluated: [],
    });
  });

  test('Null with IfExists is not an operator', () => {
    expect(decided(statement('Allow', { NullIfExists: { k: 'true' } })).decision).toBe('ImplicitDeny');
  });
});
