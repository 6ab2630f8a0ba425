/** Cost and sharing: what the index promises beside the right answers. */
import { describe, expect, test } from 'vitest';
import { actionNamed } from '../src/action-table.ts';
import { compilePolicy } from '../src/compile.ts';
import { compileGlob, matchesGlob } from '../src/glob.ts';
import { compilePolicies, createContext, decide, explain } from '../src/index.ts';
import { SliceTable } from '../src/slice-table.ts';
import { account, alice, setOf } from './language.testkit.ts';

const arn = (tail: string) => `arn:aws:ivs:us-west-2:${account}:${tail}`;

/** Whether alice may, by this set alone. */
function allowed(identity: ReturnType<typeof setOf>, resource: string, action = 'ivs:GetChannel'): boolean {
  return decide({ principal: alice, action, resource, context: createContext([]) }, { identity }).decision === 'Allow';
}

describe('a large set', () => {
  const names = Array.from({ length: 400 }, (_, i) => `n${(i * 7919).toString(36)}`);
  const sets = {
    'exact ARNs': setOf(names.map((name) => ({ Effect: 'Allow', Action: 'ivs:*', Resource: arn(`channel/${name}`) }))),
    'one list of ARNs': setOf({
      Effect: 'Allow',
      Action: 'ivs:*',
      Resource: names.map((name) => arn(`channel/${name}`)),
    }),
    prefixes: setOf(names.map((name) => ({ Effect: 'Allow', Action: 'ivs:*', Resource: arn(`channel/${name}*`) }))),
    'a wildcard in the head': setOf(
      names.map((name) => ({ Effect: 'Allow', Action: 'ivs:*', Resource: `arn:aws:ivs:*:*:channel/${name}` })),
    ),
    'a hole after a prefix': setOf(
      names.map((name) => ({ Effect: 'Allow', Action: 'ivs:*', Resource: arn(`channel/${name.slice(0, -1)}?`) })),
    ),
    variables: setOf(
      names.map((name) => ({ Effect: 'Allow', Action: 'ivs:*', Resource: arn(`channel/${name}\${test:None, ''}`) })),
    ),
    'common endings': setOf(
      names.map((name) => ({ Effect: 'Allow', Action: 'ivs:*', Resource: arn(`channel/${name}/${'0'.repeat(80)}`) })),
    ),
    'many actions': setOf(names.map((name) => ({ Effect: 'Allow', Action: `ivs:${name}`, Resource: '*' }))),
  };

  test.each(Object.entries(sets))('answers right through the index: %s', (kind, identity) => {
    for (const name of names) {
      const resource = arn(`channel/${name}${kind === 'common endings' ? `/${'0'.repeat(80)}` : ''}`);
      const action = kind === 'many actions' ? `IVS:${name.toUpperCase()}` : 'ivs:GetChannel';
      expect(allowed(identity, resource, action), name).toBe(true);
    }
    expect(allowed(identity, arn('channel/zzz'))).toBe(false);
    expect(allowed(identity, '*')).toBe(false);
    expect(allowed(identity, 'no-arn')).toBe(false);
  });

  test('a table over slices looks at a handful of candidates, whatever the size', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => arn(`channel/${i}/0123456789012`));
    const table = new SliceTable(keys.map((key) => ({ key, value: { key } })));
    const chains = keys.map((key) => [table.at(key, 0, key.length) ?? []].flat());
    expect(chains.every((chain, i) => chain.some(({ key }) => key === keys[i]))).toBe(true);
    expect(Math.max(...chains.map((chain) => chain.length))).toBeLessThan(16);
  });
});

describe('hostile input', () => {
  test('globs take time in proportion to pattern times text', () => {
    const pattern = compileGlob(`${'*a'.repeat(200)}*b`);
    const text = 'a'.repeat(20_000);
    const before = performance.now();
    for (let i = 0; i < 10; i += 1) expect(matchesGlob(pattern, text)).toBe(false);
    const holes = compileGlob(`${'*a?'.repeat(100)}*b`);
    expect(matchesGlob(holes, `${text}b`)).toBe(true);
    expect(matchesGlob(compileGlob(`${'*a?'.repeat(100)}*c?*b`), `${text}b`)).toBe(false);
    expect(performance.now() - before).toBeLessThan(2000);
  });

  test('invented action names do not fill the table of names', () => {
    const known = actionNamed('ivs:GetChannel');
    expect(actionNamed('IVS:GETCHANNEL')).toBe(known);
    const ids = new Set(Array.from({ length: 20_000 }, (_, i) => actionNamed(`ivs:Invented${i}`).id));
    expect(ids.size).toBe(20_000);
    expect(actionNamed('IVS:getchannel').lower).toBe('ivs:getchannel');
    expect(actionNamed('x'.repeat(500)).lower).toBe('x'.repeat(500));
    expect(actionNamed('ivs:ÄÖ').lower).toBe('ivs:äö');
    expect(actionNamed('ivs:äÖ').lower).toBe('ivs:äö');
  });

  test('plans for many actions are given up and made again', () => {
    const identity = setOf(
      Array.from({ length: 20 }, (_, i) => ({ Effect: 'Allow', Action: `ivs:Do${i}*`, Resource: '*' })),
    );
    for (let i = 0; i < 1200; i += 1) expect(allowed(identity, arn('channel/x'), `ivs:Do${i % 20}At${i}`)).toBe(true);
  });
});

test('documents are compiled once, however many sets they are in', () => {
  const [source] = setOf({ Effect: 'Allow', Action: 'ivs:*', Resource: '*' }).sources;
  if (source === undefined) throw new Error('no source');
  const [first, second] = [compilePolicies([source]), compilePolicies([source, source])];
  for (const identity of [first, second]) expect(allowed(identity, arn('channel/x'))).toBe(true);
  expect(compilePolicy(source.policy)).toBe(compilePolicy(source.policy));
});

test('a context keeps its keys as written, sets joined and single values as alternatives when only case differs', () => {
  const context = createContext([
    ['aws:TagKeys', ['a']],
    ['AWS:tagkeys', ['b']],
    ['aws:ResourceTag/Owner', 'x'],
    ['aws:ResourceTag/owner', 'y'],
    ['aws:ResourceTag/OWNER', 'z'],
    ['aws:username', 'alice'],
  ]);
  expect([...context.entries()]).toEqual([
    ['aws:TagKeys', ['a', 'b']],
    ['aws:ResourceTag/Owner', { anyOf: ['x', 'y', 'z'] }],
    ['aws:username', 'alice'],
  ]);
});

test('a set that is explained twice is prepared once', () => {
  const identity = setOf({ Effect: 'Deny', Action: 'iam:*', Resource: '*' });
  const request = {
    principal: alice,
    action: 'ivs:GetChannel',
    resource: arn('channel/x'),
    context: createContext([]),
  };
  const [first, second] = [explain(request, { identity }), explain(request, { identity })];
  expect(first).toEqual(second);
  expect(first.layers[0]?.statements[0]).toBe(second.layers[0]?.statements[0]);
});
