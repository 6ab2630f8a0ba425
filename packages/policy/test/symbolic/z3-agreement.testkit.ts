import * as fc from 'fast-check';
import { compare } from '../../src/symbolic/compare.ts';
import { pairs, permits } from './generated.testkit.ts';
import { withOracle } from './z3-oracle.testkit.ts';

/** So many that what z3 never frees does not matter. */
const pairsPerOracle = 100;

export interface Agreement {
  readonly agreed: number;
  /** Pairs that z3 did not settle in its time. */
  readonly undecided: number;
  readonly subsets: number;
  /** Pairs on which the two differ, or whose witness does not hold; as JSON. */
  readonly differing: readonly string[];
}

/**
 * Puts `count` generated pairs to `compare` and to z3, each for at most `milliseconds`: z3 has to prove each `subset`,
 * and to agree that each witness of a `not-subset` is allowed by one and not by the other.
 */
export async function agreementWithZ3(count: number, seed: number, milliseconds: number): Promise<Agreement> {
  const singleValued = pairs.filter(({ keys }) => !keys.includes('aws:TagKeys'));
  const tally = { agreed: 0, undecided: 0, subsets: 0, differing: [] as string[] };
  const sample = fc.sample(singleValued, { numRuns: count, seed });
  for (let from = 0; from < count; from += pairsPerOracle) {
    await withOracle(async (oracle) => {
      for (const { a, b } of sample.slice(from, from + pairsPerOracle)) {
        const ours = compare(a, b);
        const theirs = await oracle.compare(a, b, milliseconds, 'witness' in ours ? ours.witness : undefined);
        const holds = ours.result !== 'not-subset' || (permits(a)(ours.witness) && !permits(b)(ours.witness));
        if (theirs === 'unknown') tally.undecided++;
        else if (ours.result === theirs && holds) tally.agreed++;
        else tally.differing.push(JSON.stringify({ ours: ours.result, theirs, a, b }));
        if (theirs === 'subset') tally.subsets++;
      }
    });
  }
  return tally;
}
