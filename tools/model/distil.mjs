// `npm run model`: regenerates packages/server/model/*.json and packages/server/src/model/<service>.ts.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { distilAuthorization, distilCatalogue } from './authorization.mjs';
import { dataFolder, distilService } from './botocore.mjs';
import { typesOf } from './types.mjs';

const local = (path) => new URL(path, import.meta.url);
const readJson = (path) => JSON.parse(readFileSync(local(path), 'utf8'));
const DATA = '../../packages/server/model/';
const TYPES = '../../packages/server/src/model/';

/** JSON with one line per entry of every second-level object, so that diffs show what changed. */
function lines(value) {
  const entries = Object.entries(value).map(([key, part]) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part))
      return `${JSON.stringify(key)}: ${JSON.stringify(part)}`;
    const rows = Object.entries(part).map(([k, v]) => `  ${JSON.stringify(k)}: ${JSON.stringify(v)}`);
    return `${JSON.stringify(key)}: {\n${rows.join(',\n')}\n}`;
  });
  return `{\n${entries.join(',\n')}\n}\n`;
}

mkdirSync(local(DATA), { recursive: true });
mkdirSync(local(TYPES), { recursive: true });
const folder = dataFolder();
const newer = readJson('newer.json');
for (const [service, row] of Object.entries(readJson('services.json'))) {
  const model = distilService(folder, service, row, newer[service]);
  writeFileSync(local(`${DATA}${service}.json`), lines(model));
  writeFileSync(local(`${TYPES}${service}.ts`), typesOf(model));
}
writeFileSync(
  local(`${DATA}authorization.json`),
  lines(await distilAuthorization(['iam', 'sts', 'ivs', 'ivschat', 'kinesisvideo'])),
);
writeFileSync(local(`${DATA}catalogue.json`), lines(await distilCatalogue()));
