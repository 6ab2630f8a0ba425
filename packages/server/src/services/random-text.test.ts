import { expect, test } from 'vitest';
import { alphanumerics } from './random-text.ts';

test('bytes that would favour some letters are thrown away', () => {
  const given = [Buffer.from([248, 255, 0]), Buffer.from([61, 62]), Buffer.from([123])];
  const sizes: number[] = [];
  const random = {
    bytes(size: number) {
      sizes.push(size);
      return given[sizes.length - 1] ?? Buffer.alloc(size);
    },
  };
  expect(alphanumerics(random, 3)).toBe('A9A');
  expect(sizes).toEqual([3, 2]);
});
