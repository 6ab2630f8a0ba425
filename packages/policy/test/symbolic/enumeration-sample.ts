/**
 * Holds `compare` against the enumeration of a small world on many generated pairs:
 * `tsx packages/policy/test/symbolic/enumeration-sample.ts [pairs] [seed]`, 100,000 pairs unless told.
 */
import * as fc from 'fast-check';
import { compare } from '../../src/symbolic/compare.ts';
import { allRequests, pairs, permits } from './generated.testkit.ts';
import type { Pair } from './generated.testkit.ts';

const [count = '100000', seed = '1'] = process.argv.slice(2);
const tally: Record<string, number> = {};

function isRight({ keys, a, b }: Pair): boolean {
  const [byA, byB] = [permits(a), permits(b)];
  const answer = compare(a, b);
  tally[answer.result] = (tally[answer.result] ?? 0) + 1;
  if (answer.result === 'not-subset') return byA(answer.witness) && !byB(answer.witness);
  return answer.result === 'subset' && !allRequests(keys).some((request) => byA(request) && !byB(request));
}

fc.assert(fc.property(pairs, isRight), { numRuns: Number(count), seed: Number(seed) });
console.log(`${count} pairs, all right: ${JSON.stringify(tally)}`);
