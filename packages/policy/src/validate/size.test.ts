import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { policySize } from './size.ts';

test.each([
  ['', 0],
  ['{}', 2],
  [' {\n\t"a" :\r\n "b c" } ', 11],
  ['"a \\" b"', 8],
  ['"\\\\" ', 4],
  ['"unclosed \\', 11],
] as const)('%j counts %i', (text, size) => {
  expect(policySize(text)).toBe(size);
});

test('layout does not count', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(policySize(JSON.stringify(value, undefined, '\t '))).toBe(JSON.stringify(value).length);
    }),
  );
});
