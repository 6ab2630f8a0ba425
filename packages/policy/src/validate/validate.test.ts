import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePolicy } from '../parse.ts';
import { withStatement } from '../parse.testkit.ts';
import { type PolicyKind, validatePolicy } from './validate.ts';
import { type Validator, runValidator } from './validation.ts';

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
    { numRuns: 800 },
  );
});

test('the parser and a stage never disagree: no document is refused in words of our own', () => {
  fc.assert(
    fc.property(oddDocument, fc.constantFrom(...kinds), (text, kind) => {
      const validation = validatePolicy(text, kind);
      expect(validation.findings.map(({ code }) => code)).not.toContain('unparsable');
    }),
    { numRuns: 1200 },
  );
});

const hostile = [
  { Statement: Array.from({ length: 8000 }, () => ({ Sid: 'a', x: [] })) },
  withStatement({ Condition: { Bool: { ['k'.repeat(50_000)]: Array.from({ length: 15_000 }, () => null) } } }),
  withStatement({ Action: Array.from({ length: 25_000 }, () => null) }),
  withStatement({ Resource: Array.from({ length: 40_000 }, () => '') }),
];
const hostilePairs = kinds.flatMap((kind) => hostile.map((document, index) => [kind, index, document] as const));

test.each(hostilePairs)('a large hostile document takes linear time: %s %i', (kind, _, document) => {
  const text = JSON.stringify(document);
  const began = performance.now();
  expect(validatePolicy(text, kind).valid).toBe(false);
  expect(performance.now() - began).toBeLessThan(2000);
});

test('what no stage names is refused nonetheless', () => {
  const validator: Validator = { code: 'MalformedPolicyDocument', notJson: () => '', stages: [] };
  expect(runValidator(validator, '{"Statement":[]}', {})).toMatchObject({
    valid: false,
    message: 'a policy needs at least one statement',
    findings: [{ code: 'unparsable', at: '/Statement' }],
  });
});
