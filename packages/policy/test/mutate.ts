/**
 * Changes the evaluator's source, one small change at a time, in a copy, and runs the tests on it: a change that no
 * test notices is printed. `tsx packages/policy/test/mutate.ts [--count 40] [--seed 1] [--file decide.ts]`
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = fileURLToPath(new URL('../', import.meta.url));
const repository = fileURLToPath(new URL('../../../', import.meta.url));

const files = [
  'action.ts',
  'action-table.ts',
  'arn.ts',
  'base64.ts',
  'cidr.ts',
  'compile.ts',
  'conditions.ts',
  'context.ts',
  'cut-arn.ts',
  'decide.ts',
  'decimal.ts',
  'denial-message.ts',
  'glob.ts',
  'instant.ts',
  'operators.ts',
  'principals.ts',
  'resource-index.ts',
  'search.ts',
  'slice-table.ts',
  'template.ts',
];
const tests = ['cases', 'operators', 'requirements', 'layers', 'index', 'twin', 'corners'].map(
  (name) => `test/${name}.test.ts`,
);

/** What is changed into what. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ < /g, ' <= '],
  [/ <= /g, ' < '],
  [/ > /g, ' >= '],
  [/ >= /g, ' > '],
  [/ \+ 1\b/g, ' + 2'],
  [/ - 1\b/g, ' - 2'],
  [/\breturn false;/g, 'return true;'],
  [/\breturn true;/g, 'return false;'],
  [/: true\b/g, ': false'],
  [/: false\b/g, ': true'],
  [/\.some\(/g, '.every('],
  [/\.every\(/g, '.some('],
  [/\?\? /g, '&& '],
  [/\bdeny \? /g, '!deny ? '],
  [/if \((?!typeof)/g, 'if (!'],
];

interface Mutant {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly before: string;
  readonly after: string;
}

const prose = /^\s*(\/\*\*|\*|\/\/|import |export (type|interface)|readonly )/;

function mutantsOf(file: string): Mutant[] {
  const text = readFileSync(join(home, 'src', file), 'utf8');
  const lines = text.split('\n');
  return lines.flatMap((before, at) =>
    prose.test(before)
      ? []
      : rules.flatMap(([pattern, put]) =>
          changes(before, pattern, put).map((after) => ({
            file,
            line: at + 1,
            before: before.trim(),
            after: after.trim(),
            text: lines.with(at, after).join('\n'),
          })),
        ),
  );
}

function changes(line: string, pattern: RegExp, put: string): string[] {
  return [...line.matchAll(pattern)].map(
    ({ index, 0: found }) => line.slice(0, index) + put + line.slice(index + found.length),
  );
}

function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** A repeatable choice: mutants in the order of a hash with the seed. */
function chosen(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  const rank = ({ file, line, after }: Mutant): number =>
    Array.from(`${seed}${file}${line}${after}`).reduce(
      (hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193),
      7,
    ) >>> 0;
  return mutants.toSorted((a, b) => rank(a) - rank(b)).slice(0, count);
}

function survives(copy: string, mutant: Mutant): boolean {
  const path = join(copy, 'src', mutant.file);
  const kept = readFileSync(path, 'utf8');
  writeFileSync(path, mutant.text);
  try {
    const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
    execFileSync(process.execPath, [vitest, 'run', '--bail', '1', ...tests], {
      cwd: copy,
      stdio: 'ignore',
      timeout: 120_000,
    });
    return true;
  } catch {
    return false;
  } finally {
    writeFileSync(path, kept);
  }
}

function copyOfPackage(): string {
  const copy = mkdtempSync(join(tmpdir(), 'policy-mutants-'));
  for (const part of ['src', 'test', 'package.json']) cpSync(join(home, part), join(copy, part), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

function main(): void {
  const pool = files.filter((file) => option('file') === undefined || file === option('file')).flatMap(mutantsOf);
  const mutants = chosen(pool, Number(option('count') ?? 40), Number(option('seed') ?? 1));
  const copy = copyOfPackage();
  let noticed = 0;
  for (const mutant of mutants) {
    if (!survives(copy, mutant)) noticed += 1;
    else console.log(`${mutant.file}:${mutant.line}\n  - ${mutant.before}\n  + ${mutant.after}`);
  }
  rmSync(copy, { recursive: true });
  console.log(`${noticed} of ${mutants.length} noticed (${pool.length} possible)`);
}

main();
