/** What docs/iam.md has to say. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const text = read('docs/iam.md');

test('S1-4 S0-10 S1-6 it comes first, and names the product page, the User Guide and the section on signing', () => {
  const links = [...text.matchAll(/\]\((https:[^)]+)\)/g)].map(([, link]) => link);
  expect(links).toEqual([
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html',
    'https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction.html',
    'https://aws.amazon.com/iam/',
  ]);
  expect(read('README.md')).toContain('docs/iam.md');
});

test('S1-1 the English version prevails', () => {
  expect(text).toContain('the English one prevails');
});

test('S0-9 nothing is charged', () => {
  expect(text).toContain('no charge, meter or licence on any call of IAM or STS');
});
