/**
 * Holds `compare` against z3 on many generated pairs:
 * `tsx packages/policy/test/symbolic/z3-sample.ts [pairs] [seed]`, 10,000 pairs unless told.
 */
import { agreementWithZ3 } from './z3-agreement.testkit.ts';

const [count = '10000', seed = '1'] = process.argv.slice(2);
const { agreed, undecided, subsets, differing } = await agreementWithZ3(Number(count), Number(seed), 5_000);
console.log(`${agreed} agreed (${subsets} subsets), ${undecided} undecided by z3, ${differing.length} differ`);
for (const pair of differing) console.log(pair);
process.exitCode = differing.length === 0 ? 0 : 1;
