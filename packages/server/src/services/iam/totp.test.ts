import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeAt, matchingStep, newSeed, stepAt } from './totp.ts';

/** `12345678901234567890`, the seed of RFC 6238 Appendix B. */
const rfcSeed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const random = { bytes: (size: number) => Buffer.alloc(size, 7) };

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('the code at %d s is that of RFC 6238', (seconds, code) => {
  expect(codeAt(rfcSeed, stepAt(seconds * 1000))).toBe(code);
});

test('a seed has 64 base32 characters', () => {
  expect(newSeed(random)).toMatch(/^[A-Z2-7]{64}$/);
});

describe('matching codes with steps', () => {
  const around = 59_000_000;

  test('two codes in a row are found exactly within reach, and never at or before a used step', () => {
    fc.assert(
      fc.property(fc.integer({ min: -14, max: 14 }), fc.integer({ min: -14, max: 14 }), (offset, used) => {
        const step = around + offset;
        const codes = [codeAt(rfcSeed, step), codeAt(rfcSeed, step + 1)];
        const found = matchingStep(rfcSeed, codes, { around, reach: 10, after: around + used });
        expect(found).toBe(Math.abs(offset) <= 10 && offset > used ? step : undefined);
      }),
      { numRuns: 60 },
    );
  });

  test('codes that are not in a row do not match', () => {
    const codes = [codeAt(rfcSeed, around), codeAt(rfcSeed, around + 2)];
    expect(matchingStep(rfcSeed, codes, { around, reach: 10, after: 0 })).toBeUndefined();
  });

  test.each(['', '12345', '1234567', 'abcdef'])('%j matches nothing', (code) => {
    expect(matchingStep(rfcSeed, [code], { around, reach: 1, after: 0 })).toBeUndefined();
  });
});
