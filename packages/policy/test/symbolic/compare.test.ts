import { describe, expect, test } from 'vitest';
import { compare, equivalent, intersects, isEmpty, parsePolicy } from '../../src/index.ts';
import type { Comparison, ContextValue, Policy } from '../../src/index.ts';
import { permits } from './generated.testkit.ts';

function policy(statements: object | readonly object[], version = '2012-10-17'): Policy {
  const result = parsePolicy(JSON.stringify({ Version: version, Statement: statements }));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

function allow(Action: string | string[], Resource: string | string[] = '*', Condition: object = {}): object {
  return { Effect: 'Allow', Action, Resource, Condition };
}

function deny(Action: string | string[], Resource: string | string[] = '*', Condition: object = {}): object {
  return { Effect: 'Deny', Action, Resource, Condition };
}

const arn = 'arn:aws:ivs:us-east-1:111122223333';
const nothing = policy(deny('*'));

/** The witness of a `not-subset`, and that it is one. */
function witnessed(a: Policy, b: Policy, answer: Comparison = compare(a, b)) {
  if (answer.result !== 'not-subset') throw new Error(`expected a witness, got ${JSON.stringify(answer)}`);
  expect(permits(a)(answer.witness)).toBe(true);
  expect(permits(b)(answer.witness)).toBe(false);
  const context = Object.fromEntries<ContextValue>(answer.witness.context.entries());
  return { action: answer.witness.action, resource: answer.witness.resource, context };
}

const subsets: readonly (readonly [what: string, a: Policy, b: Policy])[] = [
  ['a narrower action', policy(allow('ivs:Get*')), policy(allow('IVS:*'))],
  ['two halves', policy(allow(['ivs:Get*', 'ivs:List*'])), policy([allow('ivs:Get*'), allow('ivs:*i*')])],
  ['a short pattern that ends in a star', policy(allow('*', 'arn:aws:ivs:*')), policy(allow('*', 'arn:aws:*:*:*:*'))],
  [
    'what a Deny takes away',
    policy([allow('*'), deny('*', `${arn}:channel/*`)]),
    policy({ Effect: 'Allow', Action: '*', NotResource: `${arn}:channel/a*` }),
  ],
  ['an operator nobody knows', policy(allow('*', '*', { Nonsense: { a: 'b' } })), nothing],
  [
    'a tighter block',
    policy(allow('*', '*', { IpAddress: { 'aws:SourceIp': '10.1.0.0/16' } })),
    policy(allow('*', '*', { IpAddress: { 'aws:SourceIp': '10.1.2.3/8' } })),
  ],
  [
    'an earlier date',
    policy(allow('*', '*', { DateLessThan: { 'aws:CurrentTime': '2024-01-01' } })),
    policy(allow('*', '*', { DateLessThanEquals: { 'aws:CurrentTime': '1704067200' } })),
  ],
  [
    'numbers beyond what a double holds',
    policy(allow('*', '*', { NumericEquals: { n: '9007199254740993' } })),
    policy(allow('*', '*', { NumericGreaterThan: { n: '9007199254740992' } })),
  ],
  [
    'nothing between neighbours of one scale is missed',
    policy(allow('*', '*', { NumericLessThan: { n: '2' } })),
    policy([
      allow('*', '*', { NumericLessThanEquals: { n: '1' } }),
      allow('*', '*', { NumericGreaterThan: { n: '1' } }),
    ]),
  ],
  [
    'the same variable on both sides',
    policy(allow('*', `${arn}:channel/\${aws:username}/a*`)),
    policy(allow('*', [`${arn}:channel/\${aws:username}/*`, `${arn}:channel/\${aws:UserName}/a*`])),
  ],
  [
    'a variable within a star',
    policy(allow('*', `${arn}:channel/\${aws:username}/*`)),
    policy(allow('*', `${arn}:channel/*`)),
  ],
  ['an escaped star', policy(allow('*', `${arn}:channel/\${*}`)), policy(allow('*', `${arn}:channel/?`))],
  [
    'all of a list, and some of it',
    policy(
      allow('*', '*', {
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] },
        'ForAnyValue:StringLike': { 'aws:TagKeys': '?*' },
      }),
    ),
    policy(allow('*', '*', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a', 'b'] } })),
  ],
];

test.each(subsets)('is a subset: %s', (_, a, b) => {
  expect(compare(a, b)).toEqual({ result: 'subset' });
});

describe('a witness', () => {
  test('names a familiar action, and a resource of its service', () => {
    expect(witnessed(policy(allow('*')), nothing)).toEqual({
      action: 'ivs:GetChannel',
      resource: 'arn:aws:ivs:us-east-1:123456789012:a',
      context: {},
    });
  });

  test('names an action as the policy writes it', () => {
    expect(witnessed(policy(allow('ivs:PutMetadata')), nothing).action).toBe('ivs:PutMetadata');
    expect(witnessed(policy(allow('ivs:PutM*')), nothing).action).toBe('ivs:PutM');
  });

  test('is the request without a resource when only that is left', () => {
    expect(witnessed(policy(allow('ivs:*')), policy(allow('ivs:*', 'arn:*'))).resource).toBe('*');
  });

  test('lacks a key where its absence matters', () => {
    const a = policy([allow('*'), deny('*', '*', { Bool: { 'aws:MultiFactorAuthPresent': 'false' } })]);
    const b = policy(allow('*', '*', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }));
    expect(witnessed(a, b, compare(a, b)).context).not.toHaveProperty('aws:MultiFactorAuthPresent', 'false');
    const safe = policy([allow('*'), deny('*', '*', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } })]);
    expect(compare(policy(allow('*', '*', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })), a).result).toBe(
      'subset',
    );
    expect(witnessed(a, safe).context).toEqual({});
  });

  test('gives a variable the value that is needed', () => {
    const a = policy(allow('*', `${arn}:channel/alice`));
    const b = policy(allow('*', `${arn}:channel/\${aws:username}`));
    expect(witnessed(a, b).context['aws:username']).not.toBe('alice');
    const both = intersects(a, b);
    expect(both.result === 'intersects' && both.witness.context.get('aws:username')).toBe('alice');
  });

  test('holds several values where a set qualifier looks at them', () => {
    const a = policy(allow('*', '*', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'a' } }));
    const b = policy(allow('*', '*', { 'ForAllValues:StringEquals': { 'aws:TagKeys': 'a' } }));
    expect(witnessed(a, b).context['aws:TagKeys']).toEqual(
      expect.arrayContaining(['a', expect.not.stringMatching(/^a$/)]),
    );
  });

  test('is found for dates before the epoch and after the last calendar day', () => {
    const before = (date: string): Policy => policy(allow('*', '*', { DateLessThan: { t: date } }));
    expect(witnessed(before('1969-12-31T12:00:00Z'), before('1969-12-31T11:59:59.75Z')).context['t']).toBeDefined();
    expect(witnessed(before('9999999999999'), before('9999999999998')).context['t']).toBe('9999999999998');
  });
});

test('variables are literal text in documents of version 2008-10-17', () => {
  const resource = `${arn}:channel/\${aws:username}`;
  const old = policy(allow('*', resource), '2008-10-17');
  expect(witnessed(old, policy(allow('*', resource))).resource).toBe(resource);
});

test('a Deny with an operator nobody knows applies', () => {
  expect(isEmpty(policy([allow('*'), deny('*', '*', { Nonsense: { a: 'b' } })]))).toEqual({ result: 'empty' });
});

test('a misplaced Principal keeps an Allow from applying and not a Deny', () => {
  const misplaced = { Principal: '*', Action: '*', Resource: '*' };
  expect(isEmpty(policy({ Effect: 'Allow', ...misplaced }))).toEqual({ result: 'empty' });
  expect(isEmpty(policy([allow('*'), { Effect: 'Deny', ...misplaced }]))).toEqual({ result: 'empty' });
});

test('a statement without a resource allows nothing and denies everything', () => {
  expect(isEmpty(policy({ Effect: 'Allow', Action: '*' }))).toEqual({ result: 'empty' });
  expect(
    isEmpty(policy([allow('*'), { Effect: 'Deny', Action: 'ivs:*' }, deny('*', 'arn:*'), deny('*', '*')])),
  ).toEqual({ result: 'empty' });
});

test('actions that no policy can deny do not count', () => {
  expect(isEmpty(policy(allow('sts:GetCallerIdentity')))).toEqual({ result: 'empty' });
});

test('policies are taken together', () => {
  const a = [policy(allow('ivs:*')), policy(deny('ivs:Delete*'))];
  const b = [
    policy(allow('ivs:Get*')),
    policy({ Effect: 'Allow', NotAction: ['ivs:Get*', 'ivs:Delete*'], Resource: '*' }),
  ];
  expect(compare(a, b)).toEqual({ result: 'subset' });
  expect(equivalent(a, b)).toMatchObject({ result: 'different', allowedBy: 'b' });
  expect(equivalent(a, a.toReversed())).toEqual({ result: 'equivalent' });
  expect(intersects(a, policy(allow('ivs:DeleteChannel')))).toEqual({ result: 'disjoint' });
});

describe('what is known of keys', () => {
  const either = policy([allow('*', '*', { Bool: { s: 'true' } }), allow('*', '*', { Bool: { s: 'false' } })]);
  const present = policy(allow('*', '*', { Null: { s: 'false' } }));

  test('a key may be absent unless it is known to be present', () => {
    const all = policy(allow('*'));
    expect(witnessed(all, present).context).toEqual({});
    expect(compare(all, present, { keys: () => ({ presence: 'always' }) })).toEqual({ result: 'subset' });
    expect(compare(either, present)).toEqual({ result: 'subset' });
  });

  test('a key holds one value unless it is known or used as a list', () => {
    const halves = policy([
      allow('*', '*', { StringEquals: { k: 'x' } }),
      allow('*', '*', { StringNotEquals: { k: 'x' } }),
    ]);
    expect(compare(policy(allow('*')), halves)).toEqual({ result: 'subset' });
    const lists = compare(policy(allow('*')), halves, { keys: () => ({ values: 'any' }) });
    expect(witnessed(policy(allow('*')), halves, lists).context['k']).toHaveLength(2);
  });
});

describe('never a guess', () => {
  test('says unknown when different kinds of operators on one key hide the answer', () => {
    const mixed = allow('*', '*', { NumericGreaterThan: { n: '5' }, StringLike: { n: '?????????7' } });
    expect(isEmpty(policy(mixed))).toEqual({ result: 'unknown', reason: expect.stringContaining('different ways') });
  });

  test('decides different kinds on one key where one lists its values or one alone is impossible', () => {
    const listed = policy(allow('*', '*', { NumericGreaterThan: { n: '5' }, StringEquals: { n: ['3', '7'] } }));
    expect(isEmpty(listed).result).toBe('not-empty');
    const none = policy(allow('*', '*', { NumericGreaterThan: { n: '5' }, StringEquals: { n: ['3', '4'] } }));
    expect(isEmpty(none)).toEqual({ result: 'empty' });
    const impossible = { NumericGreaterThan: { n: '5' }, NumericLessThan: { n: '5' }, StringLike: { n: '*' } };
    expect(isEmpty(policy(allow('*', '*', impossible)))).toEqual({ result: 'empty' });
  });

  test('says unknown when values for variables are not found', () => {
    const both = `${arn}:channel/\${a}-\${b}-\${c}-\${d}`;
    const answer = isEmpty(
      policy([
        allow('*', both),
        deny('*', '*', { StringNotLike: { a: 'x?????y', b: 'x?????y', c: 'x?z???y' } }),
        deny('*', '*', { StringNotEquals: { d: '${a}${b}${c}' } }),
      ]),
    );
    expect(answer.result === 'not-empty' || ('reason' in answer && answer.reason.includes('variables'))).toBe(true);
  });

  test('says unknown when the limit is reached', () => {
    const answer = compare(policy(allow('*')), policy(allow('ivs:*')), { limit: 0 });
    expect(answer).toEqual({ result: 'unknown', reason: expect.stringContaining('more steps') });
  });

  test('a glob whose automaton is exponential ends in bounds', () => {
    const glob = `*a${'?'.repeat(30)}`;
    const other = `*b${'?'.repeat(31)}`;
    const a = policy([allow('ivs:Get', `${arn}:${glob}`), deny('*', `${arn}:${other}`)]);
    const b = policy(allow('ivs:Get', [`${arn}:*aa${'?'.repeat(29)}`, `${arn}:*ab${'?'.repeat(29)}`]));
    const started = process.cpuUsage().user;
    expect(['not-subset', 'unknown']).toContain(compare(a, b).result);
    expect((process.cpuUsage().user - started) / 1e6).toBeLessThan(20);
  });
});

test('many stars cost little', () => {
  const stars = (letter: string): string => `${arn}:${`${letter}*`.repeat(40)}`;
  const started = process.cpuUsage().user;
  expect(compare(policy(allow('*', stars('a'))), policy(allow('*', `${arn}:a*`))).result).toBe('subset');
  expect(compare(policy(allow('*', `${arn}:a*`)), policy(allow('*', stars('a')))).result).toBe('not-subset');
  expect((process.cpuUsage().user - started) / 1e6).toBeLessThan(2);
});

describe('thirty Allow statements minus ten Deny statements', () => {
  const services = ['ivs', 'kinesisvideo', 's3', 'iam', 'ec2'];
  const allows = Array.from({ length: 30 }, (_, i) => {
    const service = services[i % 5] ?? '';
    const actions = ['Get*', 'List*', `Put${String.fromCharCode(65 + (i % 26))}*`].map((name) => `${service}:${name}`);
    const resources = [
      `arn:aws:${service}:us-east-1:111122223333:thing/${i}*`,
      `arn:aws:${service}:*:111122223333:other${i}/*`,
    ];
    return allow(actions, resources, i % 3 === 0 ? { IpAddress: { 'aws:SourceIp': `10.${i}.0.0/16` } } : {});
  });
  const denies = Array.from({ length: 10 }, (_, i) => {
    const condition = i % 2 === 0 ? {} : { StringNotEquals: { 'aws:PrincipalTag/team': `t${i}` } };
    return deny(`${services[i % 5]}:*`, `arn:aws:*:*:*:thing/*${i}secret*`, condition);
  });
  const whole = policy([...allows, ...denies]);
  const reversed = policy([...denies, ...allows].toReversed());
  const lax = policy([...allows, ...denies.slice(1)]);
  const questions: readonly (readonly [string, Policy, Policy, string])[] = [
    ['itself in another order', whole, reversed, 'subset'],
    ['one Deny less', whole, lax, 'subset'],
    ['one Deny more', lax, whole, 'not-subset'],
    ['everything', whole, policy(allow('*')), 'subset'],
    ['everything, the other way', policy(allow('*')), whole, 'not-subset'],
  ];

  test.each(questions)('is settled in 50 ms: against %s', (_, a, b, result) => {
    const times = Array.from({ length: 8 }, () => {
      const started = process.cpuUsage().user;
      expect(compare(a, b).result).toBe(result);
      return (process.cpuUsage().user - started) / 1000;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });
});
