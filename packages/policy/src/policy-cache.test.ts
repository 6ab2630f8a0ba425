import { describe, expect, test } from 'vitest';
import { createContext, createPolicyCache, decide, explain, UnreadablePolicy } from './index.ts';
import type { PolicyCacheOptions, PolicyText } from './index.ts';

const account = '123456789012';
const alice = { type: 'User', arn: `arn:aws:iam::${account}:user/alice`, accountId: account } as const;

const text = (action: string, effect = 'Allow', resource: string | string[] = '*') =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Sid: 'one', Effect: effect, Action: action, Resource: resource },
  });

const documents = (...texts: string[]): PolicyText[] =>
  texts.map((one, i) => ({ id: `p${i}`, text: one, version: `v${i}` }));

function requestFor(action: string) {
  return {
    principal: alice,
    action,
    resource: `arn:aws:ivs:us-west-2:${account}:channel/c`,
    context: createContext([]),
  };
}

/** Fills a cache with principals `p0`, `p1`, … each with a document of its own. */
function filled(count: number, options: PolicyCacheOptions) {
  const cache = createPolicyCache(options);
  for (let i = 0; i < count; i += 1) cache.put(`p${i}`, '1', documents(text(`ivs:Get${i}`)));
  return cache;
}

describe('a policy cache', () => {
  test('compiles once per version of the sources', () => {
    const cache = createPolicyCache();
    let loads = 0;
    const load = (version: string) => () => {
      loads += 1;
      return documents(text(`ivs:Do${version}`));
    };
    const first = cache.get('alice', '1', load('1'));
    expect(cache.get('alice', '1', load('1'))).toBe(first);
    expect(loads).toBe(1);
    const second = cache.get('alice', '2', load('2'));
    expect(loads).toBe(2);
    expect(decide(requestFor('ivs:Do2'), { identity: second }).decision).toBe('Allow');
    expect(decide(requestFor('ivs:Do1'), { identity: second }).decision).toBe('ImplicitDeny');
    expect(cache.find('alice', '1')).toBeUndefined();
    expect(cache.size).toMatchObject({ principals: 1, documents: 1, statements: 1 });
  });

  test('principals with the same text share its compiled form, and a principal may hold it twice', () => {
    const cache = createPolicyCache();
    const shared = text('ivs:GetChannel');
    for (const name of ['a', 'b', 'c']) cache.put(name, '1', documents(shared, shared));
    expect(cache.size).toMatchObject({ principals: 3, documents: 1, statements: 1 });
    cache.delete('a');
    cache.delete('b');
    cache.delete('nobody');
    expect(cache.size).toMatchObject({ principals: 1, documents: 1, statements: 1 });
    cache.clear();
    expect(cache.size).toEqual({ principals: 0, documents: 0, statements: 0, bytes: 0 });
  });

  test('stays within its bound on bytes, whatever is put in', () => {
    const maxBytes = 50_000;
    const cache = createPolicyCache({ maxBytes });
    for (let i = 0; i < 500; i += 1) {
      cache.put(`p${i}`, '1', documents(text(`ivs:Get${i}`), text('ivs:List*')));
      expect(cache.size.bytes).toBeLessThanOrEqual(maxBytes);
    }
    expect(cache.size.principals).toBeGreaterThan(20);
    expect(cache.find('p499', '1')).toBeDefined();
    expect(cache.find('p0', '1')).toBeUndefined();
  });

  test('stays within its bound on statements', () => {
    expect(filled(100, { maxStatements: 10 }).size).toMatchObject({ principals: 10, documents: 10, statements: 10 });
  });

  test('forgets first what was not asked for', () => {
    const cache = filled(10, { maxStatements: 10 });
    cache.put('new', '1', documents(text('ivs:New')));
    for (const kept of ['p1', 'p5']) expect(cache.find(kept, '1')).toBeDefined();
    for (let i = 0; i < 8; i += 1) cache.put(`late${i}`, '1', documents(text(`ivs:Late${i}`)));
    for (const kept of ['p1', 'p5']) expect(cache.find(kept, '1'), kept).toBeDefined();
    for (const gone of ['p0', 'p2', 'p3']) expect(cache.find(gone, '1'), gone).toBeUndefined();
  });

  test('what indexes take counts, and a set that was evicted stays valid', () => {
    const many = Array.from(
      { length: 200 },
      (_, i) => `arn:aws:ivs:us-west-2:${account}:channel/${i === 0 ? 'c' : `c${i}`}`,
    );
    const cache = createPolicyCache({ maxBytes: 200_000 });
    const set = cache.put('alice', '1', documents(text('ivs:*', 'Allow', many)));
    const before = cache.size.bytes;
    expect(decide(requestFor('ivs:GetChannel'), { identity: set }).decision).toBe('Allow');
    expect(cache.size.bytes).toBeGreaterThan(before + 200 * 100);
    for (let i = 0; i < 1000; i += 1) cache.put(`p${i}`, '1', documents(text(`ivs:Get${i}`)));
    expect(cache.find('alice', '1')).toBeUndefined();
    const { bytes } = cache.size;
    for (let i = 0; i < 600; i += 1) {
      expect(decide(requestFor(`ivs:Do${i}`), { identity: set })).toMatchObject({
        decision: 'Allow',
        statements: [{ policy: 'p0', index: 0, sid: 'one' }],
      });
    }
    expect(cache.size.bytes).toBe(bytes);
  });

  test('explains from the text, which is parsed again', () => {
    const cache = createPolicyCache();
    const condition = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'ivs:Get*',
          Resource: '*',
          Condition: { StringEquals: { 'aws:username': ['alice', 'bob'] } },
        },
      ],
    });
    const identity = cache.put('alice', '1', documents(condition));
    const explanation = explain(requestFor('ivs:GetChannel'), { identity });
    const clause = explanation.layers[0]?.statements[0]?.clauses[0];
    expect(clause).toMatchObject({ operator: 'StringEquals', key: 'aws:username', holds: false });
    expect(clause?.operands.map(({ written }) => written)).toEqual(['alice', 'bob']);
    expect(identity.sources[0]).toMatchObject({ id: 'p0', version: 'v0' });
    expect(identity.sources[0]?.policy.statements[0]?.start).toEqual({ line: 1, column: 38, offset: 37 });
  });

  test('refuses a document that cannot be read, and keeps nothing of the others', () => {
    const cache = createPolicyCache();
    const load = () => [
      { id: 'good', text: text('ivs:*') },
      { id: 'bad', text: '{"Statement":' },
    ];
    expect(() => cache.get('alice', '1', load)).toThrow(UnreadablePolicy);
    expect(() => cache.get('alice', '1', load)).toThrow('the policy bad cannot be read: expected a JSON value');
    expect(cache.size).toEqual({ principals: 0, documents: 0, statements: 0, bytes: 0 });
    expect(cache.find('alice', '1')).toBeUndefined();
  });
});
