import { expect, test } from 'vitest';
import { agreementWithZ3 } from './z3-agreement.testkit.ts';

const pairs = 60;

test('compare agrees with z3', { timeout: 180_000 }, async () => {
  const { agreed, undecided, differing } = await agreementWithZ3(pairs, Date.UTC(2026, 0), 1_500);
  expect(differing).toEqual([]);
  expect(agreed + undecided).toBe(pairs);
  expect(undecided).toBeLessThan(pairs / 4);
});
