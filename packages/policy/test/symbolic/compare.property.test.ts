import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, equivalent, intersects, isEmpty } from '../../src/symbolic/compare.ts';
import { allRequests, pairs, pairsWithVariables, permits } from './generated.testkit.ts';
import type { Pair } from './generated.testkit.ts';

/** Together 10,000 pairs. */
const runs = { compare: 4_000, intersects: 2_000, isEmpty: 2_000, equivalent: 1_000, variables: 1_000 };

/** Holds an answer to "does a allow what b does not" against all requests of the small world. */
function agreesWithEnumeration({ keys, a, b }: Pair): void {
  const [byA, byB] = [permits(a), permits(b)];
  const answer = compare(a, b);
  if (answer.result === 'not-subset') {
    expect([byA(answer.witness), byB(answer.witness)]).toEqual([true, false]);
    return;
  }
  expect(answer.result).toBe('subset');
  expect(allRequests(keys).find((request) => byA(request) && !byB(request))).toBeUndefined();
}

test(
  'compare agrees with the enumeration of a small world, and its witnesses with decide',
  { timeout: 120_000 },
  () => {
    fc.assert(fc.property(pairs, agreesWithEnumeration), { numRuns: runs.compare });
  },
);

test('intersects agrees with the enumeration of a small world', { timeout: 60_000 }, () => {
  const property = fc.property(pairs, ({ keys, a, b }) => {
    const [byA, byB] = [permits(a), permits(b)];
    const answer = intersects(a, b);
    if (answer.result === 'intersects') expect(byA(answer.witness) && byB(answer.witness)).toBe(true);
    else expect(allRequests(keys).some((request) => byA(request) && byB(request))).toBe(false);
    expect(answer.result).not.toBe('unknown');
  });
  fc.assert(property, { numRuns: runs.intersects });
});

test('isEmpty agrees with the enumeration of a small world', { timeout: 60_000 }, () => {
  const property = fc.property(pairs, ({ keys, a }) => {
    const answer = isEmpty(a);
    if (answer.result === 'not-empty') expect(permits(a)(answer.witness)).toBe(true);
    else expect(allRequests(keys).some(permits(a))).toBe(false);
    expect(answer.result).not.toBe('unknown');
  });
  fc.assert(property, { numRuns: runs.isEmpty });
});

test('equivalent is compare in both directions', { timeout: 60_000 }, () => {
  const property = fc.property(pairs, ({ a, b }) => {
    const answer = equivalent(a, b);
    const both = compare(a, b).result === 'subset' && compare(b, a).result === 'subset';
    expect(answer.result).toBe(both ? 'equivalent' : 'different');
    if (answer.result !== 'different') return;
    const [more, less] = answer.allowedBy === 'a' ? [a, b] : [b, a];
    expect([permits(more)(answer.witness), permits(less)(answer.witness)]).toEqual([true, false]);
  });
  fc.assert(property, { numRuns: runs.equivalent });
});

test('with policy variables every answer but unknown is right, and unknown is rare', { timeout: 60_000 }, () => {
  let unknown = 0;
  const property = fc.property(pairsWithVariables, (pair) => {
    if (compare(pair.a, pair.b).result === 'unknown') unknown++;
    else agreesWithEnumeration(pair);
  });
  fc.assert(property, { numRuns: runs.variables });
  expect(unknown).toBeLessThan(runs.variables / 10);
});
