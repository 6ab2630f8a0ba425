import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const isTest = (file: string) => /\.(test|testkit)\.ts$/.test(file);

const sources = ['packages/policy/src', 'packages/sigv4/src', 'packages/server/src'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !isTest(file))
    .map((file) => join(folder, file)),
);

const text = (file: string) => readFileSync(join(root, file), 'utf8');
const importsOf = (file: string) =>
  [...text(file).matchAll(/(?:from|import)\s+'([^'$]+)'/g)].map(([, name]) =>
    name!.startsWith('.') ? relative(root, resolve(root, file, '..', name!)) : name!,
  );

const server = 'packages/server/src/';
/** Room → what it may import: other rooms, packages and node modules (prefixes). */
const rules: readonly [room: string, may: readonly string[]][] = [
  ['packages/policy/src/', ['packages/policy/src/']],
  ['packages/sigv4/src/', ['packages/sigv4/src/', 'node:crypto']],
  [`${server}model/`, [`${server}model/`, 'node:fs']],
  [`${server}wire/`, [`${server}wire/`, `${server}model/`, 'node:']],
  [
    `${server}store/`,
    [`${server}store/`, `${server}sealing.ts`, `${server}clock.ts`, 'node:', 'kysely', 'better-sqlite3', 'pg'],
  ],
  [
    `${server}services/`,
    [
      `${server}services/`,
      `${server}model/`,
      `${server}store/store.ts`,
      `${server}clock.ts`,
      `${server}sealing.ts`,
      '@stagedoor/policy',
      '@xmldom/xmldom',
      'node:crypto',
      'node:zlib',
      'node:fs',
      'otplib',
      'qrcode',
      'sshpk',
    ],
  ],
];

/** Things that only one place may touch. */
const only: readonly [what: RegExp, where: RegExp][] = [
  [/\bDate\.now\(\)/, /src\/clock\.ts$/],
  [/\bprocess\.env\b/, /src\/config\.ts$/],
  [/from 'node:https?'/, /src\/(door|media)\//],
  [/from '(kysely|better-sqlite3|pg)'/, /src\/store\//],
  [/from 'pino'/, /src\/log\.ts$/],
];

describe('architecture', () => {
  test.each(rules)('%s imports only what it may', (room, may) => {
    const breaches = sources
      .filter((file) => file.startsWith(room))
      .flatMap((file) => importsOf(file).map((name) => [file, name] as const))
      .filter(([, name]) => !may.some((prefix) => name === prefix || name.startsWith(prefix)));
    expect(breaches).toEqual([]);
  });

  test('nothing imports main', () => {
    expect(sources.filter((file) => importsOf(file).includes(`${server}main.ts`))).toEqual([]);
  });

  test.each(only)('%s stands only in %s', (what, where) => {
    expect(sources.filter((file) => what.test(text(file)) && !where.test(file))).toEqual([]);
  });

  test('no hand-written file is longer than 400 lines, none re-exports everything', () => {
    const written = sources.filter((file) => !file.startsWith(`${server}model/`) || file.endsWith('overlay.ts'));
    expect(written.filter((file) => text(file).split('\n').length > 400)).toEqual([]);
    expect(written.filter((file) => /export \* from/.test(text(file)))).toEqual([]);
  });
});
