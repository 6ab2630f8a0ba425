import { describe, expect, test } from 'vitest';
import { AccountMemo } from './account-memo.ts';

function memoWith(limit = 10) {
  let announce: (accountId: string) => void = () => undefined;
  const memo = new AccountMemo<number>({ onChange: (listener) => ((announce = listener), () => undefined) }, limit);
  return { memo, changed: (accountId: string) => announce(accountId) };
}

describe('AccountMemo', () => {
  test('keeps a value until its account changes, and others beyond that', async () => {
    const { memo, changed } = memoWith();
    await memo.load('a', 'k', async () => 1);
    await memo.load('b', 'k', async () => 2);
    changed('a');
    expect([memo.get('a', 'k'), memo.get('b', 'k')]).toEqual([undefined, 2]);
  });

  test('a load that a change overtook is answered and not kept', async () => {
    const { memo, changed } = memoWith();
    const value = await memo.load('a', 'k', async () => {
      changed('a');
      return 1;
    });
    expect([value, memo.get('a', 'k')]).toEqual([1, undefined]);
  });

  test('a change of every account empties it', async () => {
    const { memo, changed } = memoWith();
    await memo.load('a', 'k', async () => 1);
    changed('');
    expect(memo.get('a', 'k')).toBeUndefined();
  });

  test('holds at most so many values, and none that is undefined', async () => {
    const { memo } = memoWith(2);
    for (const key of ['1', '2', '3']) await memo.load('a', key, async () => Number(key));
    await memo.load('a', 'missing', async () => undefined);
    expect(['1', '2', '3', 'missing'].map((key) => memo.get('a', key))).toEqual([undefined, 2, 3, undefined]);
  });
});
