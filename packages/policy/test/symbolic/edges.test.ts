import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare, createContext, equivalent, intersects, isEmpty } from '../../src/index.ts';
import { compileGlob, matchesGlob } from '../../src/glob.ts';
import { newBudget } from '../../src/symbolic/budget.ts';
import { arnOperand, arnPattern } from '../../src/symbolic/arn-patterns.ts';
import { findMember, TextPattern, TextSet } from '../../src/symbolic/text-set.ts';
import { glob, literalFolded } from '../../src/symbolic/tokens.ts';
import type { AccessRequest, Policy, Statement } from '../../src/index.ts';
import { clause, permits, policyOf } from './generated.testkit.ts';

const position = { line: 1, column: 1, offset: 0 };

function allow(...conditions: Statement['conditions']): Policy {
  const every = { mode: 'only', patterns: ['*'] } as const;
  const rest = { index: 0, sid: undefined, principal: undefined, start: position, end: position };
  return policyOf([{ ...rest, effect: 'Allow', action: every, resource: every, conditions }]);
}

function allowOn(resource: string): Policy {
  return policyOf(allow().statements.map((each) => ({ ...each, resource: { mode: 'only', patterns: [resource] } })));
}

function requestFor(resource: string, value?: string): AccessRequest {
  const principal = { type: 'User', arn: 'arn:aws:iam::1:user/u', accountId: '1' } as const;
  const context = createContext(value === undefined ? [] : [['k', value]]);
  return { principal, action: 'ivs:GetChannel', resource, resourceAccount: '1', context };
}

const unsettled = { variables: true, settled: new Map<string, string>() };

const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });

function setOf(...written: readonly string[]): TextSet {
  return new TextSet(written.map((each) => new TextPattern(each, glob(each))));
}

describe('globs as automata', () => {
  test('match what the evaluator matches', () => {
    const same = fc.property(patterns, texts, (pattern, text) => {
      expect(new TextPattern(pattern, glob(pattern)).matches(text)).toBe(matchesGlob(compileGlob(pattern), text));
    });
    fc.assert(same, { numRuns: 2_000 });
  });

  test('of ARNs match what the evaluator matches', () => {
    const unit = fc.constantFrom('a', ':', ':', '*', '?', '/');
    const schemes = fc.constantFrom('arn:', 'arn:', 'a*:', '*', 'x:', '');
    const written = fc.tuple(schemes, fc.string({ unit, maxLength: 10 })).map((parts) => parts.join(''));
    const tails = fc.string({ unit: fc.constantFrom('a', ':', '/'), maxLength: 8 });
    const same = fc.property(written, tails, (pattern, tail) => {
      const subject = `arn:a::a:${tail}:${tail}`;
      const onResource = permits(allowOn(pattern))(requestFor(subject));
      const onValue = permits(allow(clause('ArnLike', 'k', [pattern])))(requestFor('*', subject));
      expect(arnPattern(pattern, unsettled)?.matches(subject) ?? false).toBe(onResource);
      expect(arnOperand(pattern, unsettled)?.matches(subject) ?? false).toBe(onValue);
    });
    fc.assert(same, { numRuns: 2_000 });
  });

  test('a product finds a text exactly when there is one', () => {
    const short = Array.from({ length: 4 }, (_, length) => length).flatMap((length) => wordsOf(length));
    const holds = fc.property(patterns, patterns, patterns, (a, b, c) => {
      const asked = [
        { set: setOf(a, b), want: true },
        { set: setOf(b, c), want: true },
        { set: setOf(c), want: false },
      ];
      const result = findMember(asked, newBudget());
      const isMember = (text: string): boolean => asked.every(({ set, want }) => set.has(text) === want);
      if (typeof result === 'object') expect(isMember(result.found)).toBe(true);
      else expect([result, short.find(isMember)]).toEqual(['none', undefined]);
    });
    fc.assert(holds, { numRuns: 2_000 });
  });

  test('that ignore case take every spelling, the Kelvin sign among them', () => {
    const kelvin = new TextPattern('k', literalFolded('kß'));
    expect(['kß', 'Kß', '\u212Aß', '\u212A\u1E9E'].map((text) => kelvin.matches(text))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(kelvin.matches('xß')).toBe(false);
    const a = allow(clause('StringEqualsIgnoreCase', 'k', ['k']));
    const b = allow(clause('StringEquals', 'k', ['k', 'K']));
    const answer = compare(a, b);
    expect(answer.result === 'not-subset' && answer.witness.context.get('k')).toBe('\u212A');
  });
});

function wordsOf(length: number): string[] {
  if (length === 0) return [''];
  return wordsOf(length - 1).flatMap((word) => ['a', 'b', 'c'].map((letter) => word + letter));
}

describe('what a key may hold', () => {
  const nothing = allow(clause('StringEquals', 'k', []));

  test('an operator without operands passes nothing', () => {
    expect(isEmpty(nothing)).toEqual({ result: 'empty' });
    expect(equivalent(allow(clause('StringNotEquals', 'k', [])), allow())).toEqual({ result: 'equivalent' });
  });

  test('the empty text is a value, and no value to ForAllValues', () => {
    const all = allow(clause('ForAllValues:StringEquals', 'k', ['x']), clause('Null', 'k', ['false']));
    const any = allow(clause('ForAnyValue:StringEquals', 'k', ['x']));
    const answer = compare(all, any);
    expect(answer.result === 'not-subset' && answer.witness.context.get('k')).toBe('');
    const plain = allow(clause('StringEquals', 'k', ['']));
    expect(intersects(all, plain).result).toBe('intersects');
    expect(compare(plain, allow(clause('StringLike', 'k', ['?*'])))).toMatchObject({ result: 'not-subset' });
  });

  test('a list of empty texts is none to ForAllValues and refused by a plain operator', () => {
    const onlyEmpty = allow(
      clause('ForAllValues:StringEquals', 'k', ['x']),
      clause('ForAnyValue:StringEquals', 'k', ['']),
      clause('Null', 'k', ['false']),
    );
    const single = allow(clause('StringEquals', 'k', ['']));
    const answer = compare(onlyEmpty, single);
    expect(answer.result === 'not-subset' && answer.witness.context.get('k')).toEqual(['', '']);
  });

  test('an empty list is a list without members', () => {
    const noneOfIt = allow(clause('ForAllValues:StringEquals', 'k', []));
    const absentOrEmptyText = allow(clause('Null', 'k', ['true']));
    const answer = compare(noneOfIt, absentOrEmptyText, { keys: () => ({ presence: 'always' }) });
    expect(answer.result).toBe('not-subset');
  });

  test('a list may mix members that different operators ask for', () => {
    const both = allow(
      clause('ForAnyValue:NumericGreaterThan', 'k', ['5']),
      clause('ForAnyValue:StringLike', 'k', ['x*']),
      clause('ForAnyValue:IpAddress', 'k', ['2001:db8:1::/48']),
    );
    const answer = isEmpty(both);
    expect(answer.result).toBe('not-empty');
    expect(answer.result === 'not-empty' && permits(both)(answer.witness)).toBe(true);
  });

  test('a settled presence is kept where the key does not matter', () => {
    const answer = isEmpty(policyOf([...allow().statements, ...allow(clause('Bool', 'k', ['true'])).statements]), {
      keys: () => ({ presence: 'always' }),
    });
    expect(answer.result).toBe('not-empty');
  });
});

describe('values between operands', () => {
  const between = (operators: readonly string[], low: string, high: string): Policy =>
    allow(clause(operators[0] ?? '', 'k', [low]), clause(operators[1] ?? '', 'k', [high]));
  const numbers = ['NumericGreaterThan', 'NumericLessThan'];
  const dates = ['DateGreaterThan', 'DateLessThan'];

  test.each([
    [numbers, '1', '2', '1.5'],
    [numbers, '-2', '-1', '-1.5'],
    [numbers, '-0.5', '0.5', '0'],
    [numbers, '9007199254740992', '9007199254740994', '9007199254740993'],
    [dates, '2024-01-01', '2024-01-01T00:00:00.001Z', '2024-01-01T00:00:00.0005Z'],
    [dates, '1969-12-31', '1970-01-01', '1969-12-31T00:00:01Z'],
    [dates, '9000000000000', '9000000000002', '9000000000001'],
  ] as const)('%s: between %s and %s lies %s', (operators, low, high, value) => {
    const answer = isEmpty(between(operators, low, high));
    expect(answer.result === 'not-empty' && answer.witness.context.get('k')).toBe(value);
  });

  test('there is none between a number and itself', () => {
    expect(isEmpty(between(numbers, '1.0', '1e0'))).toEqual({ result: 'empty' });
  });

  test('a number too long to write down is not guessed', () => {
    expect(isEmpty(allow(clause('NumericGreaterThan', 'k', ['1e900']))).result).toBe('unknown');
  });

  test('blocks are told apart at their edges', () => {
    const inside = allow(
      clause('IpAddress', 'k', ['255.255.255.254/31']),
      clause('NotIpAddress', 'k', ['255.255.255.254']),
    );
    const answer = isEmpty(inside);
    expect(answer.result === 'not-empty' && answer.witness.context.get('k')).toBe('255.255.255.255');
    const halves = allow(clause('IpAddress', 'k', ['0.0.0.0/1', '128.0.0.0/1']));
    expect(equivalent(halves, allow(clause('IpAddress', 'k', ['0.0.0.0/0'])))).toEqual({ result: 'equivalent' });
    expect(isEmpty(allow(clause('IpAddress', 'k', ['nonsense'])))).toEqual({ result: 'empty' });
  });

  test('bytes are equal or not', () => {
    const foo = allow(clause('BinaryEquals', 'k', ['Zm9v']));
    expect(intersects(foo, allow(clause('BinaryEquals', 'k', ['YmFy'])))).toEqual({ result: 'disjoint' });
    expect(compare(foo, allow(clause('BinaryEquals', 'k', ['YmFy', 'Zm9v'])))).toEqual({ result: 'subset' });
  });
});

describe('policy variables', () => {
  test('a default stands in for an absent key', () => {
    const a = allow(
      clause('StringEquals', 'team', ["${aws:username, 'red'}"]),
      clause('Null', 'aws:username', ['true']),
    );
    expect(equivalent(a, a)).toEqual({ result: 'equivalent' });
    const answer = isEmpty(a);
    expect(answer.result === 'not-empty' && answer.witness.context.get('team')).toBe('red');
  });

  test('a key that is always there is not tried without', () => {
    const a = allow(
      clause('StringEquals', 'team', ["${aws:username, 'red'}"]),
      clause('StringEquals', 'team', ['red']),
    );
    const answer = isEmpty(a, { keys: () => ({ presence: 'always' }) });
    expect(answer.result === 'not-empty' && answer.witness.context.get('aws:username')).toBe('red');
  });

  test('stand in every part of an ARN operand, and hold no colon there', () => {
    const operand = (region: string): Policy =>
      allow(clause('ArnLike', 'source', [`arn:aws:ivs:${region}:*:channel/\${aws:username, 'a:b'}`]));
    const a = operand('${aws:RequestedRegion}');
    const wide = allow(clause('ArnLike', 'source', ['arn:aws:ivs:*:*:channel/*']));
    expect(compare(a, wide)).toEqual({ result: 'subset' });
    expect(compare(a, operand('*')).result).toBe('unknown');
    expect(equivalent(a, operand('${aws:requestedRegion}'))).toEqual({ result: 'equivalent' });
    const empty = compare(a, operand('x'));
    expect(empty.result === 'not-subset' && empty.witness.context.get('aws:requestedregion')).not.toBe('x');
    const colon = allow(
      ...a.statements.flatMap(({ conditions }) => conditions),
      clause('StringLike', 'aws:RequestedRegion', ['*:*']),
    );
    expect(isEmpty(colon).result).toBe('unknown');
    const scheme = allow(clause('ArnEquals', 'source', ['${s}:aws:ivs:::x']));
    const found = isEmpty(scheme);
    expect(found.result === 'not-empty' && found.witness.context.get('s')).toBe('arn');
  });

  test('are literal text to operators that know none', () => {
    expect(isEmpty(allow(clause('NumericEquals', 'k', ['${n}'])))).toEqual({ result: 'empty' });
    expect(isEmpty(allow(clause('Bool', 'k', ['${b}'])))).toEqual({ result: 'empty' });
  });
});

test('a text that no common letter can begin is still found', () => {
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789\u00a1', (letter) => `${letter}*`);
  const a = allow(clause('StringNotLike', 'k', ['', ...letters]), clause('Null', 'k', ['false']));
  const answer = isEmpty(a);
  expect(answer.result === 'not-empty' && answer.witness.context.get('k')).toBe('\u00a2');
});

test('equivalent says unknown when either direction is', () => {
  const hidden = allow(clause('NumericGreaterThan', 'k', ['5']), clause('StringLike', 'k', ['?????????7']));
  const none = policyOf([]);
  expect(equivalent(hidden, none).result).toBe('unknown');
  expect(equivalent(none, hidden).result).toBe('unknown');
  expect(intersects(hidden, hidden).result).toBe('unknown');
  expect(equivalent([], none)).toEqual({ result: 'equivalent' });
});
