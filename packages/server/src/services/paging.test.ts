import { assert, asyncProperty, integer, string, uniqueArray } from 'fast-check';
import { expect, test } from 'vitest';
import { KeyRing, systemRandom } from '../key-ring.ts';
import { following, openToken, pageOf, sealToken } from './paging.ts';

const env = { sealer: new KeyRing([systemRandom.bytes(32)]) };
const list = { operation: 'x:List', accountId: '123456789012', region: 'us-west-2', filter: 'name=a' };

test('pages joined are the list, for any list and page size', async () => {
  const keys = uniqueArray(string({ unit: 'binary', minLength: 1 }), { maxLength: 40 });
  await assert(
    asyncProperty(keys, integer({ min: 1, max: 10 }), async (unsorted, size) => {
      const sorted = unsorted.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      const records = sorted.map((key) => ({ scope: { accountId: '', region: '' }, key, value: key }));
      const seen: string[] = [];
      let token: string | undefined;
      do {
        const page = await pageOf(
          env,
          { list, token, size },
          async (after, limit) => following(records, after, limit),
          () => {
            throw new Error('refused');
          },
        );
        seen.push(...page.items.map(({ value }) => value));
        token = page.nextToken;
      } while (token !== undefined);
      expect(seen).toEqual(sorted);
    }),
    { numRuns: 40 },
  );
});

test('a token opens for its own list only', () => {
  const token = sealToken(env, list, 'key');
  expect(token).toMatch(/^[A-Za-z0-9+/=]+$/);
  expect(openToken(env, list, token)).toBe('key');
  for (const change of [{ operation: 'y:List' }, { accountId: '1' }, { region: 'eu-west-1' }, { filter: undefined }]) {
    expect(openToken(env, { ...list, ...change }, token)).toBeUndefined();
  }
  expect(openToken(env, list, 'AAAA')).toBeUndefined();
});
