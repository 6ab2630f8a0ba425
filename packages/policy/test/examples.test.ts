import { readFileSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { policySize, validatePolicy } from '../src/index.ts';

const folder = new URL('../../../examples/policies/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

test('S0-17 nine example policies are shipped', () => {
  expect(files).toHaveLength(9);
});

test.each(files)('S0-17 S4-44 %s is accepted unchanged as an identity policy', (name) => {
  const text = readFileSync(new URL(name, folder), 'utf8');
  expect(validatePolicy(text, 'identity')).toMatchObject({ valid: true, findings: [] });
  expect(policySize(text)).toBeLessThan(6144);
});

test('S4-44 the example without Version has the semantics of 2008-10-17', () => {
  const text = readFileSync(new URL('kinesisvideo-create-and-write.json', folder), 'utf8');
  const validation = validatePolicy(text, 'identity');
  expect(validation.valid && validation.policy.version).toBe('2008-10-17');
});
