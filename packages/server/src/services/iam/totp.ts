/** Time-based one-time codes as MFA devices make them: SHA-1, 30 seconds, six digits (RFC 6238). */
import { timingSafeEqual } from 'node:crypto';
import { generateSync } from 'otplib';
import type { Random } from '../environment.ts';
import { base32 } from './ids.ts';

const stepSeconds = 30;

/** 64 base32 characters, as AWS's seeds are. */
export const newSeed = (random: Random): string => base32(random.bytes(64));

/** The time step at an instant (milliseconds since the epoch). */
export const stepAt = (now: number): number => Math.floor(now / (stepSeconds * 1000));

/** The code that a device with this seed shows during a time step. */
export const codeAt = (seed: string, step: number): string =>
  generateSync({ secret: seed, epoch: step * stepSeconds, period: stepSeconds });

const same = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/**
 * The first step after `after` and within `reach` of `around` whose codes are `codes`, one after the other;
 * `undefined` when there is none. Takes the same time wherever a code matches.
 */
export function matchingStep(
  seed: string,
  codes: readonly string[],
  { around, reach, after }: { readonly around: number; readonly reach: number; readonly after: number },
): number | undefined {
  let found: number | undefined;
  for (let step = around + reach; step >= around - reach; step -= 1) {
    const all = codes.map((code, index) => same(code, codeAt(seed, step + index)));
    if (step > after && all.every(Boolean)) found = step;
  }
  return found;
}
