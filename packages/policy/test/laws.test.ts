/* oxlint-disable typescript/no-unsafe-type-assertion -- documents of tests are plain JSON */
/** The laws of authorization, over generated scenes. */
import { assert, property } from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../src/index.ts';
import type { Decision } from '../src/index.ts';
import { sceneOf } from './cases.testkit.ts';
import type { GoldenCase } from './cases.testkit.ts';
import { anyScene } from './scenes.testkit.ts';

const numRuns = 150;

function outcome(golden: GoldenCase): Decision {
  const { request, layers } = sceneOf(golden);
  return decide(request, layers);
}

function law(name: string, check: (golden: GoldenCase) => void, scenes: Arbitrary<GoldenCase> = anyScene): void {
  test(name, () => assert(property(scenes, check), { numRuns }));
}

const everything = (Effect: string) => ({ Effect, Action: '*', Resource: '*' });
const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const listed = (documents: unknown): readonly Record<string, unknown>[] =>
  documents === undefined ? [] : ([documents].flat() as Record<string, unknown>[]);

/** The scene with every document, in whatever layer, put through `change`. */
function rewritten(golden: GoldenCase, change: (statements: object[]) => object[]): GoldenCase {
  return JSON.parse(JSON.stringify(golden), (key, value: unknown) =>
    key === 'Statement' && Array.isArray(value) ? change(value as object[]) : value,
  ) as GoldenCase;
}

/** Documents may not be empty: a statement about nothing. */
const nothing = { Effect: 'Deny', Action: 'none:None', Resource: '*' };
const isAllow = (statement: object): boolean => 'Effect' in statement && statement.Effect === 'Allow';

law('S4-8 S0-30 an explicit deny wins over any allow', (golden) => {
  const own = ['User', 'AssumedRole', 'FederatedUser'].includes(golden.request.principalType);
  const before = outcome(golden);
  if (!own || before.layer === 'always') return;
  const denied = { ...golden, identityPolicies: [...listed(golden.identityPolicies), document(everything('Deny'))] };
  expect(outcome(denied).decision).toBe('ExplicitDeny');
});

law('S4-7 without an Allow nothing is allowed but what needs none', (golden) => {
  const { decision, layer } = outcome(
    rewritten(golden, (statements) => [nothing, ...statements.filter((one) => !isAllow(one))]),
  );
  if (decision === 'Allow') expect(['always', 'root']).toContain(layer);
});

law('the order of documents and statements changes nothing', (golden) => {
  const turned = rewritten(golden, (statements) => statements.toReversed());
  const reordered = { ...turned, identityPolicies: listed(turned.identityPolicies).toReversed() };
  const { decision, layer } = outcome(golden);
  expect(outcome(reordered)).toMatchObject({ decision, layer });
});

law('saying a thing twice changes nothing', (golden) => {
  const doubled = rewritten(golden, (statements) => [...statements, ...statements]);
  const { decision, layer } = outcome(golden);
  expect(outcome({ ...doubled, groupPolicies: listed(doubled.identityPolicies) })).toMatchObject({ decision, layer });
});

const withDeny = (golden: GoldenCase): GoldenCase[] => [
  {
    ...golden,
    identityPolicies: [...listed(golden.identityPolicies), document({ ...everything('Deny'), Action: 'ivs:*' })],
  },
];
const withBoundary = (golden: GoldenCase): GoldenCase[] =>
  golden.permissionBoundary === undefined ? [{ ...golden, permissionBoundary: document(everything('Allow')) }] : [];
const withScp = (golden: GoldenCase): GoldenCase[] => [
  { ...golden, scps: [...(golden.scps ?? []), { policies: [document({ ...everything('Allow'), Action: 'ivs:*' })] }] },
];
/** A federated session without session policy has no permissions: passing one is what gives it some. */
const withSession = (golden: GoldenCase): GoldenCase[] =>
  golden.sessionPolicy !== undefined || golden.request.principalType === 'FederatedUser'
    ? []
    : [{ ...golden, sessionPolicy: document(everything('Allow')) }];

test.each([
  ['a Deny', withDeny],
  ['a boundary', withBoundary],
  ['a service control policy', withScp],
  ['a session policy', withSession],
] as const)('S0-30 adding %s never turns a denial into an allow', (_name, add) => {
  assert(
    property(anyScene, (golden) => {
      if (outcome(golden).decision === 'Allow') return;
      for (const more of add(golden)) expect(outcome(more).decision).not.toBe('Allow');
    }),
    { numRuns },
  );
});

law('renaming accounts and people consistently changes nothing', (golden) => {
  const renamed = JSON.stringify(golden)
    .replaceAll('111122223333', '999900001111')
    .replaceAll('444455556666', '888877776666');
  const { decision, layer } = outcome(golden);
  expect(outcome(JSON.parse(renamed) as GoldenCase)).toMatchObject({ decision, layer });
});
