// npm run docs: writes what is generated from tables: docs/settings.md and SUPPORT.md. A test keeps them fresh.
import { readFileSync, writeFileSync } from 'node:fs';
import { settingRows } from '../packages/server/dist/config.js';
import { services } from '../packages/server/dist/services/index.js';
import { loadModels } from '../packages/server/dist/wire/models.js';

const cell = (text) => String(text).replaceAll('|', '\\|');

const settings = () =>
  [
    '# Settings',
    '',
    'A flag wins over the environment, the environment over `stagedoor.yaml` (or the file of `--settings`), that over the default.',
    'Secrets have no flag and do not belong into the file. Generated from `packages/server/src/config.ts`.',
    '',
    '| in stagedoor.yaml | flag | environment | default | |',
    '|---|---|---|---|---|',
    ...settingRows.map(
      (row) =>
        `| ${row.flag ? `\`${row.name}\`` : '–'} | ${row.flag ? `\`${cell(row.flag)}\`` : '–'} | \`${row.env}\` | ${row.default === '' ? '' : `\`${row.default}\``} | ${cell(row.help)} |`,
    ),
    '',
  ].join('\n');

const support = () => {
  const models = loadModels();
  const rows = [...models.services.values()].map((service) => {
    const names = [...service.operations.keys()].filter((name) => services.get(service.name)?.has(name)).sort();
    return { service, names };
  });
  return [
    '# Operations served',
    '',
    'Generated from the service tables. What is not listed answers as AWS answers an unknown operation.',
    '',
    '| service | served | of |',
    '|---|--:|--:|',
    ...rows.map(({ service, names }) => `| ${service.name} | ${names.length} | ${service.operations.size} |`),
    ...rows
      .filter(({ names }) => names.length > 0)
      .flatMap(({ service, names }) => ['', `## ${service.name}`, '', names.join(' · ')]),
    '',
  ].join('\n');
};

const files = { 'docs/settings.md': settings(), 'SUPPORT.md': support() };
const check = process.argv.includes('--check');
for (const [file, text] of Object.entries(files)) {
  const url = new URL(`../${file}`, import.meta.url);
  if (!check) writeFileSync(url, text);
  else if (readFileSync(url, 'utf8') !== text) {
    console.error(`${file} is stale: run npm run docs`);
    process.exitCode = 1;
  }
}
