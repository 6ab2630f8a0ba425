import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePolicy } from '../parse.ts';
import { withStatement } from '../parse.testkit.ts';
import { type PolicyKind, validatePolicy } from './validate.ts';

const kinds: readonly PolicyKind[] = ['identity', 'trust', 'session', 'resource'];

const oddValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('*', 'Allow', 'arn:aws:s3:::b', 'sts:AssumeRole', '2012-10-17'),
);
const element = fc.constantFrom(
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
  'X',
);
const oddDocument = fc
  .tuple(fc.dictionary(element, oddValue), fc.dictionary(fc.constantFrom('Version', 'Id', 'Statement', 'X'), oddValue))
  .map(([elements, rest]) => JSON.stringify({ ...withStatement(elements), ...rest }));

test('never throws; what is valid parses; what is refused has a message, a code and a place', () => {
  fc.assert(
    fc.property(fc.oneof(oddDocument, fc.string()), fc.constantFrom(...kinds), (text, kind) => {
      const validation = validatePolicy(text, kind, { bucket: 'b' });
      if (validation.valid) {
        expect(parsePolicy(text)).toEqual({ ok: true, policy: validation.policy });
        return;
      }
      expect(validation.message).not.toBe('');
      expect(validation.findings[0]?.message).toBe(validation.message);
      for (const { position } of validation.findings) expect(position.offset).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 3000 },
  );
});

test('the parser and a stage never disagree: no document is refused in words of our own', () => {
  fc.assert(
    fc.property(oddDocument, fc.constantFrom(...kinds), (text, kind) => {
      const validation = validatePolicy(text, kind);
      expect(validation.findings.map(({ code }) => code)).not.toContain('unparsable');
    }),
    { numRuns: 5000 },
  );
});

test.each(kinds)('a large hostile document takes linear time: %s', (kind) => {
  const text = JSON.stringify({ Statement: Array.from({ length: 8000 }, () => ({ Sid: 'a', x: [] })) });
  const began = performance.now();
  expect(validatePolicy(text, kind).valid).toBe(false);
  expect(performance.now() - began).toBeLessThan(2000);
});
