import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, equivalent, intersects, isEmpty } from '../../src/symbolic/compare.ts';
import { allRequests, pairs, permits } from './generated.testkit.ts';
import type { Pair } from './generated.testkit.ts';

/** Holds the answer on one pair against all requests of the small world. */
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

test('compare agrees with the enumeration of a small world', () => {
  fc.assert(fc.property(pairs, agreesWithEnumeration), { numRuns: 2_500 });
});
