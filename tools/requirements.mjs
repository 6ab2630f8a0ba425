// Runs the tests and reports which requirements of docs/requirements.md have a passing test.
// usage: npm run requirements [-- --results FILE]   (FILE: vitest's JSON report of a run that just ended)
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const rows = readFileSync(new URL('../docs/requirements.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => /^\| S\d-\d+ \|/.test(line))
  .map((line) => {
    const [, id, statement, , kind] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return { id, statement, kind };
  });

function freshResults() {
  const file = join(mkdtempSync(join(tmpdir(), 'requirements-')), 'results.json');
  const run = spawnSync('npx', ['vitest', 'run', '--reporter=json', `--outputFile=${file}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (run.status !== 0) console.log('Some tests failed; only passing ones count below.\n');
  return file;
}

const given = process.argv.indexOf('--results');
const report = JSON.parse(readFileSync(given > 0 ? process.argv[given + 1] : freshResults(), 'utf8'));
const tests = report.testResults.flatMap((file) => file.assertionResults);
const idsOf = (test) => new Set(test.fullName.match(/\bS[0-4]-\d+\b/g) ?? []);
const passing = new Map();
const failing = new Set();
for (const test of tests) {
  for (const id of idsOf(test)) {
    if (test.status === 'passed') passing.set(id, (passing.get(id) ?? 0) + 1);
    else if (test.status === 'failed') failing.add(id);
  }
}

const known = new Set(rows.map((row) => row.id));
const shown = rows.filter((row) => passing.has(row.id) && !failing.has(row.id));
const open = rows.filter((row) => !passing.has(row.id) || failing.has(row.id));
console.log(`${shown.length} of ${rows.length} requirements have a passing test.\n`);
for (const row of open)
  console.log(
    `  ${failing.has(row.id) ? 'FAILS' : 'open '}  ${row.id.padEnd(7)} ${row.kind.padEnd(10)} ${row.statement}`,
  );
const strange = [...passing.keys()].filter((id) => !known.has(id));
if (strange.length > 0) console.log(`\nTests name requirements that do not exist: ${strange.join(', ')}`);
process.exit(failing.size > 0 || strange.length > 0 ? 1 : 0);
