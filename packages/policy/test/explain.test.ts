import { assert, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilePolicies, createContext, decide, explain, parsePolicy } from '../src/index.ts';
import type { Change, Explanation, Layers, PolicySet } from '../src/index.ts';
import { sceneOf, sourceOf } from './cases.testkit.ts';
import { anyScene, conditionScene } from './scenes.testkit.ts';

/** What the traces say, put together without the code that decides. */
function tracedDeny(explanation: Explanation): string | undefined {
  return explanation.layers.find(({ outcome }) => outcome === 'denies')?.layer;
}

describe('explain and decide', () => {
  test.each([anyScene, conditionScene])('agree always', (scenes) => {
    assert(
      property(scenes, (golden) => {
        const { request, layers } = sceneOf(golden);
        const explanation = explain(request, layers);
        expect(explanation.decision).toEqual(decide(request, layers));
        if (explanation.decision.layer === 'always') return;
        const { decision, layer, statements } = explanation.decision;
        expect(tracedDeny(explanation)).toBe(decision === 'ExplicitDeny' ? layer : undefined);
        const traced = explanation.layers.filter((one) => one.layer === layer).flatMap((one) => one.statements);
        for (const statement of statements) {
          const trace = traced.find(
            (one) => one.statement.policy === statement.policy && one.statement.index === statement.index,
          );
          expect(trace).toMatchObject({ applies: true, effect: decision === 'Allow' ? 'Allow' : 'Deny' });
        }
        if (decision === 'ImplicitDeny' && layer !== 'root' && layer !== 'resource' && layer !== 'trust') {
          expect(
            explanation.layers.some((one) => one.layer === layer && one.outcome === 'silent') || traced.length === 0,
          ).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('an explicit deny names every statement that denies, in order and once', () => {
    assert(
      property(anyScene, (golden) => {
        const { request, layers } = sceneOf(golden);
        const { decision, layers: traces } = explain(request, layers);
        if (decision.decision !== 'ExplicitDeny') return;
        const first = traces.find(({ outcome }) => outcome === 'denies');
        const denying = first?.statements.filter(({ applies, effect }) => applies && effect === 'Deny');
        expect(decision.statements).toEqual(denying?.map(({ statement }) => statement));
      }),
      { numRuns: 300 },
    );
  });
});

const fullAccess = compilePolicies([
  sourceOf({ Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }, 'full'),
]);

type Named = 'identity' | 'boundary' | 'session' | 'resource' | 'trust' | 'vpcEndpoint';

function edited(set: PolicySet | undefined, changes: readonly Change[]): PolicySet {
  const gone = changes.flatMap((change) => (change.kind === 'remove' ? [change.statement] : []));
  const kept = (set?.sources ?? []).map(({ id, policy }) => ({
    id,
    policy: {
      ...policy,
      statements: policy.statements.filter((one) => !gone.some((ref) => ref.policy === id && ref.index === one.index)),
    },
  }));
  const drafts = changes.flatMap((change) => (change.kind === 'add' ? [change.draft] : []));
  return compilePolicies([...kept, ...drafts.map((draft, i) => sourceOf({ Statement: [draft] }, `added-${i}`))]);
}

function applied(layers: Layers, changes: readonly Change[]): Layers {
  const next: Record<string, unknown> = { ...layers };
  for (const name of ['identity', 'boundary', 'session', 'resource', 'trust', 'vpcEndpoint'] satisfies Named[]) {
    const mine = changes.filter(({ layer }) => layer === name);
    if (mine.length > 0) next[name] = edited(layers[name], mine);
  }
  for (const [layer, name] of [
    ['scp', 'scps'],
    ['rcp', 'rcps'],
  ] as const) {
    const mine = changes.filter((change) => change.layer === layer);
    const sets = layers[name] ?? [];
    const levels = sets.length === 0 && mine.length > 0 ? [fullAccess] : sets;
    if (levels.length > 0)
      next[name] = levels.map((set, level) =>
        edited(
          set,
          mine.filter((change) => change.level === level),
        ),
      );
  }
  return next;
}

describe('the smallest change', () => {
  test('flips the decision, and no part of it can be left out', () => {
    assert(
      property(anyScene, (golden) => {
        const { request, layers } = sceneOf(golden);
        const { decision, change } = explain(request, layers);
        if (change === undefined) return;
        const flipped = decide(request, applied(layers, change)).decision;
        expect(flipped === 'Allow').toBe(decision.decision !== 'Allow');
        for (const one of change) {
          const less = decide(
            request,
            applied(
              layers,
              change.filter((other) => other !== one),
            ),
          ).decision;
          expect(less === 'Allow').toBe(decision.decision === 'Allow');
        }
      }),
      { numRuns: 300 },
    );
  });

  test('there is none where no policy decides', () => {
    const principal = { type: 'Root', arn: 'arn:aws:iam::111122223333:root', accountId: '111122223333' } as const;
    const asked = { principal, resource: 'arn:aws:iam::111122223333:role/r', context: createContext([]) };
    expect(explain({ ...asked, action: 'sts:AssumeRole' }, {}).change).toBeUndefined();
    expect(explain({ ...asked, action: 'sts:GetCallerIdentity' }, {}).change).toBeUndefined();
  });
});

describe('a trace', () => {
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Sid: 'Other', Effect: 'Allow', Action: 'iam:*', Resource: '*' },
      { Effect: 'Allow', Action: 'ivs:*', Resource: 'arn:aws:ivs:*:*:channel/${aws:username}' },
      {
        Effect: 'Allow',
        Action: 'ivs:*',
        Resource: '*',
        Condition: {
          StringLike: { 'aws:ResourceTag/Owner': ['x', '${aws:username}-*'] },
          Bool: { 'aws:MultiFactorAuthPresent': 'true' },
        },
      },
    ],
  });
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw new Error('does not parse');
  const identity = compilePolicies([{ id: 'p', policy: parsed.policy }]);
  const explanation = explain(
    {
      principal: { type: 'User', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333' },
      action: 'ivs:GetChannel',
      resource: 'arn:aws:ivs:us-east-1:111122223333:channel/abc',
      context: createContext([
        ['aws:username', 'alice'],
        ['aws:ResourceTag/owner', 'alice-1'],
      ]),
    },
    { identity, scps: [] },
  );
  const [other, mine, tagged] = explanation.layers[0]?.statements ?? [];

  test('names the first element that did not apply', () => {
    expect([other?.failed, mine?.failed, tagged?.failed]).toEqual(['action', 'resource', 'condition']);
    expect(other?.statement).toEqual({ policy: 'p', index: 0, sid: 'Other' });
  });

  test('shows what variables stood for', () => {
    expect(mine?.variables).toEqual([{ name: 'aws:username', value: 'alice' }]);
    expect(tagged?.clauses[0]?.operands).toEqual([
      { written: 'x', resolved: 'x', passed: false },
      { written: '${aws:username}-*', resolved: 'alice-*', passed: true },
    ]);
  });

  test('points at the failed clause and the key it missed', () => {
    expect(tagged?.failedClause).toBe(1);
    expect(tagged?.clauses.map(({ holds }) => holds)).toEqual([true, false]);
    expect(tagged?.missingKeys).toEqual(['aws:MultiFactorAuthPresent']);
  });

  test('carries the sentence and the change', () => {
    expect(explanation.message).toBe(
      'User: arn:aws:iam::111122223333:user/alice is not authorized to perform: ivs:GetChannel on resource: arn:aws:ivs:us-east-1:111122223333:channel/abc because no identity-based policy allows the ivs:GetChannel action',
    );
    expect(explanation.change).toEqual([
      {
        kind: 'add',
        layer: 'identity',
        level: 0,
        draft: {
          Effect: 'Allow',
          Action: 'ivs:GetChannel',
          Resource: 'arn:aws:ivs:us-east-1:111122223333:channel/abc',
        },
      },
    ]);
  });
});
