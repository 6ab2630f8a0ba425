import { randomFillSync } from 'node:crypto';

const alphabet = '0123456789abcdefghijklmnopqrstuv';
const pool = Buffer.alloc(4096);
let used = pool.length;

/**
 * An id of 25 lower-case letters and digits, the form of AWS's authorization ids: nine for the time, so that ids
 * sort by it, and sixteen of chance (80 bits).
 */
export function decisionId(now: number): string {
  if (used + 16 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let id = now.toString(36).padStart(9, '0');
  for (let i = 0; i < 16; i += 1) id += alphabet[pool[used + i]! & 31];
  used += 16;
  return id;
}
