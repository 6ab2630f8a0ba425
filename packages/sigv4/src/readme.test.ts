import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const examples = [...readFileSync(`${folder}README.md`, 'utf8').matchAll(/```js\n([^]*?)```/g)].map(
  ([, code = '']) => code,
);

const run = (code: string): string =>
  execFileSync(
    process.execPath,
    ['--import', 'tsx', '--conditions=@stagedoor/source', '--input-type=module', '--eval', code],
    { cwd: folder, encoding: 'utf8' },
  ).trim();

test.each([
  ['hello mateojackson\n403'],
  ['hello complete NhCmhg=='],
  [
    'https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256' +
      '&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20150830T123600Z' +
      '&X-Amz-Expires=60&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=SIGNATURE',
  ],
])('the examples of the README print what it says: %s', (printed) => {
  const at = printed.startsWith('hello m') ? 0 : printed.startsWith('hello c') ? 1 : 2;
  expect(run(examples[at] ?? '').replace(/Signature=[0-9a-f]{64}$/, 'Signature=SIGNATURE')).toBe(printed);
});
