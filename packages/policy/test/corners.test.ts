/** Rare ways through the engine, each with what has to come out of it. */
import { describe, expect, test } from 'vitest';
import {
  compare,
  compilePolicies,
  contextKeys,
  createContext,
  createPolicyCache,
  decide,
  explain,
  parsePolicy,
} from '../src/index.ts';
import type { ContextValue, Layers, Policy, Principal } from '../src/index.ts';
import { SliceTable } from '../src/slice-table.ts';
import { account, alice, setOf } from './language.testkit.ts';

const arn = (tail: string) => `arn:aws:ivs:us-west-2:${account}:${tail}`;
const context = (entries: Record<string, ContextValue> = {}) => createContext(Object.entries(entries));

function outcome(layers: Layers, principal: Principal = alice, facts = context(), resource = arn('channel/c')): string {
  return decide({ principal, action: 'ivs:GetChannel', resource, context: facts }, layers).decision;
}

const allowIf = (condition: object) => setOf({ Effect: 'Allow', Action: '*', Resource: '*', Condition: condition });

function policyOf(document: object): Policy {
  const parsed = parsePolicy(JSON.stringify(document));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

describe('an index over patterns that begin with a variable', () => {
  const beginnings = Array.from({ length: 12 }, (_, i) => [
    `arn:aws:ivs:*:*:\${test:V}${i}`,
    `${arn('')}\${test:V}/${i}`,
  ]);
  const identity = setOf({ Effect: 'Allow', Action: '*', Resource: beginnings.flat() });

  test.each([
    ['channel/c7', 'Allow'],
    ['channel/c/11', 'Allow'],
    ['channel/c', 'ImplicitDeny'],
    ['other', 'ImplicitDeny'],
  ])('%s: %s', (tail, expected) => {
    expect(outcome({ identity }, alice, context({ 'test:V': 'channel/c' }), arn(tail))).toBe(expected);
  });
});

test.each([
  ['an address that is too long', { IpAddress: { 'test:K': '::/0' } }, '0'.repeat(50)],
  ['a number that is too long', { NumericGreaterThan: { 'test:K': '1' } }, '9'.repeat(5000)],
  ['an hour that is none', { DateGreaterThan: { 'test:K': '2020-01-01' } }, '2026-01-01T25:00:00Z'],
  ['an offset that is none', { DateGreaterThan: { 'test:K': '2020-01-01' } }, '2026-01-01T00:00:00+24:00'],
])('%s matches nothing', (_, condition, value) => {
  expect(outcome({ identity: allowIf(condition) }, alice, context({ 'test:K': value }))).toBe('ImplicitDeny');
});

test('a hole beside a variable is one character', () => {
  const identity = setOf({ Effect: 'Allow', Action: '*', Resource: arn('channel/?${test:V}') });
  const facts = context({ 'test:V': 'x' });
  expect(outcome({ identity }, alice, facts, arn('channel/ax'))).toBe('Allow');
  expect(outcome({ identity }, alice, facts, arn('channel/x'))).toBe('ImplicitDeny');
  expect(outcome({ identity }, alice, facts, arn('channel/aax'))).toBe('ImplicitDeny');
});

test.each([
  ['*${test:V}', 'channel/x', 'Allow'],
  ['**${test:V}', 'channel/x', 'Allow'],
  ['*${test:V}', 'channel/y', 'ImplicitDeny'],
  ['channel/*${test:V}*', 'channel/axb', 'Allow'],
  ['channel/*${test:V}*', 'channel/ab', 'ImplicitDeny'],
  ['channel/${test:V}*', 'channel/x', 'Allow'],
])('stars beside a variable: %s and %s', (pattern, tail, expected) => {
  const identity = setOf({ Effect: 'Allow', Action: '*', Resource: arn(pattern) });
  expect(outcome({ identity }, alice, context({ 'test:V': 'x' }), arn(tail))).toBe(expected);
});

test.each([
  ['?hannel/c', 'channel/c', 'Allow'],
  ['?hannel/c*', 'channel/cd', 'Allow'],
  ['?', 'c', 'Allow'],
  ['?', '?', 'Allow'],
  ['?', 'cc', 'ImplicitDeny'],
  ['?hannel/c', '?hannel/d', 'ImplicitDeny'],
])('a hole at the beginning of the sixth part: %s and %s', (pattern, tail, expected) => {
  const identity = setOf({ Effect: 'Allow', Action: '*', Resource: arn(pattern) });
  expect(outcome({ identity }, alice, context(), arn(tail))).toBe(expected);
});

test('more context keys than are looked through one by one', () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`test:K${i}`, `v${i}`]));
  expect(outcome({ identity: allowIf({ StringEquals: { 'test:k29': 'v29' } }) }, alice, context(many))).toBe('Allow');
  expect(outcome({ identity: allowIf({ StringEquals: { 'test:k30': 'v29' } }) }, alice, context(many))).toBe(
    'ImplicitDeny',
  );
});

describe('callers of whom little is known', () => {
  const identity = allowIf({});
  const role = { type: 'AssumedRole', arn: `arn:aws:sts::${account}:assumed-role/r/s`, accountId: account } as const;

  test('without an account a caller is taken for one of the account that owns the resource', () => {
    expect(outcome({ identity }, { type: 'User' })).toBe('Allow');
    expect(outcome({ identity }, { type: 'User', arn: 'alice' })).toBe('Allow');
    expect(outcome({ identity }, { type: 'User', arn: 'arn:aws:iam:::user/alice' })).toBe('Allow');
    expect(outcome({ identity }, { type: 'User', arn: 'arn:aws:iam::999999999999:user/alice' })).toBe('ImplicitDeny');
  });

  test('a service without names is nobody', () => {
    const resource = setOf({
      Effect: 'Allow',
      Principal: { Service: 'ivs.amazonaws.com' },
      Action: '*',
      Resource: '*',
    });
    expect(outcome({ resource }, { type: 'Service' })).toBe('ImplicitDeny');
  });

  test('a session whose role is not known is spared by naming account and session', () => {
    const named = [`arn:aws:iam::${account}:root`, role.arn];
    const sparing = (names: string[]) =>
      setOf({ Effect: 'Deny', NotPrincipal: { AWS: names }, Action: '*', Resource: '*' });
    expect(outcome({ identity, resource: sparing(named) }, role)).toBe('Allow');
    expect(outcome({ identity, resource: sparing(named.slice(0, 1)) }, role)).toBe('ExplicitDeny');
  });
});

test('a federated user is spared by naming account, federating user and session', () => {
  const session = {
    type: 'FederatedUser',
    arn: `arn:aws:sts::${account}:federated-user/bob`,
    accountId: account,
    federatingUserArn: `arn:aws:iam::${account}:user/bob`,
  } as const;
  const names = [`arn:aws:iam::${account}:root`, session.arn, session.federatingUserArn];
  const layers = (AWS: string[]): Layers => ({
    identity: allowIf({}),
    session: allowIf({}),
    resource: setOf({ Effect: 'Deny', NotPrincipal: { AWS }, Action: '*', Resource: '*' }),
  });
  expect(outcome(layers(names), session)).toBe('Allow');
  expect(outcome(layers(names.slice(0, 2)), session)).toBe('ExplicitDeny');
});

test('policies that were put together by hand keep their own numbering and their unknown operators', () => {
  const whole = policyOf({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'iam:*', Resource: '*' },
      { Effect: 'Allow', Action: 'ivs:*', Resource: '*', Condition: { Bool: { 'test:K': 'true' } } },
    ],
  });
  const second = whole.statements[1];
  const identity = compilePolicies([{ id: 'p', policy: { ...whole, statements: [second] } }]);
  const request = { principal: alice, action: 'ivs:GetChannel', resource: arn('channel/c'), context: context() };
  const trace = explain(request, { identity }).layers[0]?.statements[0];
  expect(trace).toMatchObject({
    statement: { index: 1 },
    clauses: [{ operator: 'Bool', key: 'test:K', holds: false }],
  });

  const clause = { ...second.conditions[0], written: 'NullIfExists', operator: 'Null', ifExists: true };
  const strange = { ...second, conditions: [clause], action: whole.statements[1].action };
  const decision = decide(request, {
    identity: compilePolicies([{ id: 'p', policy: { ...whole, statements: [strange] } }]),
  });
  expect(decision).toMatchObject({ decision: 'ImplicitDeny', unevaluated: [{ policy: 'p', index: 1 }] });
});

test('a trust policy has condition keys but no resources to look into', () => {
  const trust = policyOf({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: '*',
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'x' } },
    },
  });
  expect(contextKeys(trust)).toEqual(['sts:ExternalId']);
});

test('explanations for more actions than a set remembers', () => {
  const identity = setOf([
    { Effect: 'Allow', Action: 'ivs:Do1*', Resource: '*' },
    { Effect: 'Deny', Action: 'ivs:Do2*', Resource: '*' },
  ]);
  for (let i = 0; i < 2500; i += 1) {
    const action = `ivs:Do${1 + (i % 2)}At${i}`;
    const request = { principal: alice, action, resource: arn('channel/c'), context: context() };
    expect(explain(request, { identity }).layers[0]?.outcome).toBe(i % 2 === 0 ? 'allows' : 'denies');
  }
});

test('facts are not looked for behind more than eight denials', () => {
  const level = (i: number) => allowIf({ Bool: { [`test:K${i}`]: 'true' } });
  const request = { principal: alice, action: 'ivs:GetChannel', resource: arn('channel/c'), context: context() };
  const under = (count: number) =>
    explain(request, { identity: allowIf({}), scps: Array.from({ length: count }, (_, i) => level(i)) }).facts;
  expect(under(8)).toHaveLength(8);
  expect(under(9)).toBeUndefined();
});

test('a cache takes resource policies too', () => {
  const cache = createPolicyCache();
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: [alice.arn, 'arn:aws:iam::999999999999:root'] },
      Action: '*',
      Resource: '*',
    },
  });
  const resource = cache.put(arn('channel/c'), '1', [{ id: 'p', text }]);
  expect(outcome({ resource })).toBe('Allow');
  const trust = text.replace(',"Resource":"*"', '');
  expect(cache.put('role', '1', [{ id: 't', text: trust }]).sources[0]?.policy.statements[0]?.resource).toBeUndefined();
  const before = cache.size.bytes;
  cache.put('other', '1', [{ id: 'p', text: text.replace(',"arn:aws:iam::999999999999:root"', '') }]);
  expect(cache.size.bytes - before).toBeLessThan(before);
});

describe('a table over slices', () => {
  test.each([
    ['differ only far from their end', (i: number) => `${String(i).padStart(4, '0')}${'x'.repeat(300)}`, 40],
    ['are all one', () => 'same', 6],
    ['differ in length alone', (i: number) => 'x'.repeat(i), 200],
  ])('finds keys that %s', (_, keyOf, count) => {
    const keys = Array.from({ length: count }, (_each, i) => keyOf(i));
    const table = new SliceTable(keys.map((key, i) => ({ key, value: { key, i } })));
    for (const [i, key] of keys.entries()) {
      const found = [table.at(`<${key}>`, 1, 1 + key.length) ?? []].flat();
      expect(found.some((one) => one.i === i)).toBe(true);
    }
  });
});

describe('comparison of unusual policies', () => {
  const one = (statement: object) =>
    policyOf({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'ivs:*', Resource: '*', ...statement } });
  const when = (condition: object) => one({ Condition: condition });

  test.each<[string, Policy, Policy, string]>([
    [
      'numbers without digits before the point',
      when({ NumericEquals: { 'test:N': '0' } }),
      when({ NumericLessThan: { 'test:N': '0.5' } }),
      'subset',
    ],
    [
      'a wildcard for the scheme',
      one({ Resource: 'arn:aws:ivs:*:*:channel/?' }),
      one({ Resource: '*:aws:ivs:*:*:channel/*' }),
      'subset',
    ],
    ['a scheme that is none', one({ Resource: '?x:aws:ivs:*:*:channel/*' }), one({ Action: 'iam:*' }), 'subset'],
    [
      'a hole in the head',
      one({ Resource: 'arn:aws:ivs:us-?ast-1:*:channel/a' }),
      one({ Resource: 'arn:aws:ivs:us-*:*:channel/*' }),
      'subset',
    ],
    [
      'empty texts in a set',
      when({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['', 'a'] } }),
      when({ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } }),
      'not-subset',
    ],
    ['an empty action name', one({ Action: 'ivs:' }), one({ Action: 'iam:*' }), 'subset'],
    ['no vendor', one({ Action: ':x' }), one({ Action: 'iam:*' }), 'subset'],
    [
      'a wider set',
      when({ 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['a', 'b'] } }),
      when({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['c'] } }),
      'not-subset',
    ],
  ])('%s', (_, a, b, expected) => {
    const answer = compare(a, b);
    expect(answer.result).toBe(expected);
    if (answer.result !== 'not-subset') return;
    const allows = (policy: Policy) =>
      decide(answer.witness, { identity: compilePolicies([{ id: 'p', policy }]) }).decision;
    expect([allows(a) === 'Allow', allows(b) === 'Allow']).toEqual([true, false]);
  });

  test('a statement without resources allows nothing as an identity policy', () => {
    const trust = policyOf({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' },
    });
    expect(compare(trust, one({ Action: 'iam:*' })).result).toBe('subset');
  });
});

describe('comparison under a tight limit', () => {
  const wide = policyOf({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['ivs:Get*', 'ivs:*Channel', 's3:Get?bject'],
        Resource: ['arn:aws:ivs:*:*:channel/*a*b', arn('stage/*'), '*'],
        Condition: { StringLike: { 'test:A': ['x*', '*y'] }, NumericLessThan: { 'test:N': '5' } },
      },
      {
        Effect: 'Deny',
        NotAction: 'ivs:Get*',
        NotResource: arn('channel/*'),
        Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } },
      },
    ],
  });
  const narrow = policyOf({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'ivs:GetChannel',
        Resource: 'arn:aws:ivs:*:*:channel/*ab',
        Condition: {
          StringLike: { 'test:A': 'xy' },
          NumericLessThan: { 'test:N': '4' },
          'ForAnyValue:StringLike': { 'aws:TagKeys': ['c*', '*d'] },
        },
      },
      { Effect: 'Deny', Action: '*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ],
  });

  test('the answer is the right one or unknown', () => {
    const answers = (a: Policy, b: Policy) => {
      const full = compare(a, b).result;
      for (const limit of [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000]) {
        expect([full, 'unknown']).toContain(compare(a, b, { limit }).result);
      }
      return full;
    };
    expect(answers(narrow, wide)).not.toBe('unknown');
    expect(answers(wide, narrow)).toBe('not-subset');
  });
});
