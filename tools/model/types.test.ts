import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { serviceNames } from '../../packages/server/src/wire/models.ts';
import { typesOf } from './types.mjs';

const server = new URL('../../packages/server/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, server), 'utf8');

test('every distilled service is served, and the other way round', () => {
  const files = readdirSync(new URL('model/', server)).map((file) => file.replace('.json', ''));
  expect(files.filter((file) => file !== 'authorization' && file !== 'catalogue').sort()).toEqual(
    [...serviceNames].sort(),
  );
});

test.each(serviceNames)('the types of %s are those of its model', (service) => {
  expect(read(`src/model/${service}.ts`)).toBe(typesOf(JSON.parse(read(`model/${service}.json`))));
});
