import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { claimed, now } from './requests.testkit.ts';
import { profiles } from './rules.ts';
import type { Rules } from './rules.ts';
import { checkClaims, verifySignature } from './verify.ts';

interface Vector {
  readonly name: string;
  readonly form: 'header' | 'query';
  readonly service: 'service' | 's3';
  readonly method: string;
  readonly target: string;
  readonly rawHeaders: readonly string[];
  readonly body: string;
  readonly canonicalRequest: string;
  readonly stringToSign: string;
}

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const vectors: readonly Vector[] = JSON.parse(readFileSync(new URL('../test/vectors.json', import.meta.url), 'utf8'));

const rulesFor = ({ service }: Vector): Rules => ({
  now,
  service,
  region: 'us-east-1',
  profile: service === 's3' ? profiles.s3 : profiles.standard,
  explain: true,
});

test.each(vectors)('S1-5 botocore and we agree: $name', (vector) => {
  const authorization = claimed(vector);
  const [rules, body] = [rulesFor(vector), Buffer.from(vector.body)];
  expect(authorization.kind).toBe(vector.form);
  expect(checkClaims(authorization, rules)).toBeUndefined();
  expect(verifySignature(authorization, body, { secretAccessKey }, rules).kind).toBe('verified');
});

/** With S3, botocore leaves raw reserved characters in a path as they are; its URLs never hold any. */
const respelled = (vector: Vector): boolean => vector.service === 's3' && vector.name.includes('raw');

test.each(vectors.filter((vector) => !respelled(vector)))('S1-5 the same canonical request: $name', (vector) => {
  const refused = verifySignature(
    claimed(vector),
    Buffer.from(vector.body),
    { secretAccessKey: 'x' },
    rulesFor(vector),
  );
  expect(refused).toMatchObject({
    kind: 'refused',
    reason: 'signature',
    expected: { canonicalRequest: vector.canonicalRequest, stringToSign: vector.stringToSign },
  });
});
