/**
 * Runs generated scenes through parser, engine and twin for as long as it is given:
 * `npm run fuzz -- --minutes 10 [--seed N]`. A scene on which they differ, or that throws, is printed as a golden case.
 */
import { sample } from 'fast-check';
import { decide, explain, parsePolicy } from '../src/index.ts';
import { sceneOf } from './cases.testkit.ts';
import type { GoldenCase } from './cases.testkit.ts';
import { reference } from './reference.ts';
import { anyScene, conditionScene } from './scenes.testkit.ts';

/** The value after `--name`, as a number. */
function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = Number(process.argv[at + 1]);
  return at < 0 || Number.isNaN(value) ? fallback : value;
}

/** Slower than this for one decision on a scene of a few dozen statements is a hang in the making. */
const SLOW_MS = 250;

function differs(golden: GoldenCase): string | undefined {
  const { request, layers } = sceneOf(golden);
  const before = performance.now();
  const { decision, layer } = decide(request, layers);
  const took = performance.now() - before;
  const twin = reference(request, layers);
  if (decision !== twin.decision || layer !== twin.layer)
    return `engine ${decision} ${layer}, twin ${twin.decision} ${twin.layer}`;
  if (explain(request, layers).decision.decision !== decision) return 'explain differs';
  return took > SLOW_MS ? `took ${took} ms` : undefined;
}

/** A document with one character changed: the parser must answer, whatever it says. */
function torn(golden: GoldenCase, random: number): void {
  const text = JSON.stringify(golden.identityPolicies?.[0] ?? {});
  const at = random % text.length;
  parsePolicy(text.slice(0, at) + String.fromCharCode(random % 256) + text.slice(at + 1));
}

function attempt(golden: GoldenCase, seed: number): string | undefined {
  try {
    torn(golden, Math.abs(seed));
    return differs(golden);
  } catch (error) {
    return String(error);
  }
}

function report(golden: GoldenCase, problem: string): void {
  console.log(JSON.stringify({ ...golden, meta: { status: 'found', problem } }));
}

function main(): number {
  const until = Date.now() + option('minutes', 1) * 60_000;
  let seed = option('seed', Date.now() % 1_000_000);
  let [ran, found] = [0, 0];
  for (console.error(`seed ${seed}`); Date.now() < until; seed += 1) {
    for (const scenes of [anyScene, conditionScene]) {
      for (const golden of sample(scenes, { numRuns: 200, seed })) {
        const problem = attempt(golden, seed + ran);
        ran += 1;
        if (problem === undefined) continue;
        found += 1;
        report(golden, problem);
      }
    }
  }
  console.error(`${ran} scenes, ${found} found`);
  return found === 0 ? 0 : 1;
}

process.exitCode = main();
