import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { policyFrom } from '../parse.testkit.ts';
import { equivalent } from '../symbolic/compare.ts';
import { lintPolicy } from './lint.ts';

const glob = fc
  .array(fc.constantFrom('a', 'b', '?', '*'), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''));
const condition = fc.constantFrom(undefined, { Bool: { k: 'true' } }, { Bool: { k: 'true' }, StringLike: { l: 'x*' } });
const match = (element: string, pattern: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.constantFrom(element, element, element, `Not${element}`),
      fc.array(pattern, { minLength: 1, maxLength: 2 }),
    )
    .map((entry) => Object.fromEntries([entry]));
const statement = fc
  .tuple(
    fc.constantFrom('Allow', 'Deny'),
    match(
      'Action',
      glob.map((name) => `v:${name}`),
    ),
    match(
      'Resource',
      fc.oneof(
        fc.constant('*'),
        glob.map((name) => `arn:aws:s3:::${name}`),
      ),
    ),
    condition,
  )
  .map(([Effect, action, resource, Condition]) => ({
    Effect,
    ...action,
    ...resource,
    ...(Condition && { Condition }),
  }));

test('leaving out a redundant or dead statement changes nothing that is allowed', () => {
  let found = 0;
  fc.assert(
    fc.property(fc.array(statement, { minLength: 2, maxLength: 3 }), (statements) => {
      const document = (kept: readonly object[]) => ({ Version: '2012-10-17', Statement: kept });
      const policy = policyFrom(document(statements));
      for (const { code, at } of lintPolicy(policy, { kind: 'identity' })) {
        if (code !== 'redundant-statement' && code !== 'dead-statement') continue;
        found += 1;
        const kept = statements.filter((_, index) => at !== `/Statement/${index}`);
        // Nothing but a Deny that names no action, when no statement is left.
        const rest = kept.length > 0 ? kept : [{ Effect: 'Deny', Action: 'none:none', Resource: '*' }];
        expect(equivalent(policy, policyFrom(document(rest))).result).not.toBe('different');
      }
    }),
    { numRuns: 800 },
  );
  expect(found).toBeGreaterThan(50);
});

test.each([
  ['an action without a colon matches nothing', 'v*', '*', 'v:a', '*'],
  ['nor does one that only ends like the other', '*a', '*', 'v:a', '*'],
  ['a variable is not the text it is written as', 'v:a', 'arn:aws:s3:::*}', 'v:a', 'arn:aws:s3:::${aws:username}'],
  ['an escape is not the text it is written as', 'v:a', 'arn:aws:s3:::x$*', 'v:a', 'arn:aws:s3:::x${*}'],
])(
  'a Deny that does not cover an Allow does not make it dead: %s',
  (_name, ...[Action, Resource, action, resource]) => {
    const policy = policyFrom({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Deny', Action, Resource },
        { Effect: 'Allow', Action: action, Resource: resource },
      ],
    });
    expect(lintPolicy(policy, { kind: 'identity' }).map(({ code }) => code)).not.toContain('dead-statement');
  },
);

test('a wildcard takes in whatever a variable stands for', () => {
  const statement = { Effect: 'Allow', Action: 'v:a', Resource: 'arn:aws:s3:::home/*' };
  const policy = policyFrom({
    Version: '2012-10-17',
    Statement: [statement, { ...statement, Resource: 'arn:aws:s3:::home/${aws:username}/x' }],
  });
  expect(lintPolicy(policy, { kind: 'identity' }).map(({ code }) => code)).toContain('redundant-statement');
});
