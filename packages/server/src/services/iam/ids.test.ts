import { describe, expect, test } from 'vitest';
import { assert, integer, property } from 'fast-check';
import { randomBytes } from 'node:crypto';
import { accountOfId, newId, newSecret } from './ids.ts';

const random = { bytes: (size: number) => randomBytes(size) };
const account = integer({ min: 0, max: 999_999_999_999 }).map((n) => String(n).padStart(12, '0'));

describe('unique ids', () => {
  test('S0-174 an access key id is AKIA and 16 characters of A-Z2-7 that encode its account', () => {
    assert(
      property(account, (id) => {
        const key = newId('accessKey', id, random);
        expect(key).toMatch(/^AKIA[A-Z2-7]{16}$/);
        expect(accountOfId(key)).toBe(id);
      }),
    );
  });

  test('account 123456789012 begins every id with RZPUZDIK and an even mark', () => {
    for (let i = 0; i < 50; i += 1) expect(newId('accessKey', '123456789012', random)).toMatch(/^AKIARZPUZDIK[A-P]/);
  });

  test('an id that AWS issued tells its account', () => {
    expect(accountOfId('ASIAY34FZKBOKMUTVV7A')).toBe('609629065308');
    expect(accountOfId('AKIAIOSFODNN7EXAMPLE')).not.toBe('123456789012');
    expect(accountOfId('nonsense')).toBeUndefined();
  });

  test('S0-74 role ids are AROA and 21 characters, user ids AIDA', () => {
    expect(newId('role', '123456789012', random)).toMatch(/^AROA[A-Z2-7]{17}$/);
    expect(newId('user', '123456789012', random)).toMatch(/^AIDA[A-Z2-7]{17}$/);
  });

  test('S0-175 a secret access key is 40 characters of the base64 alphabet', () => {
    for (let i = 0; i < 50; i += 1) expect(newSecret(random)).toMatch(/^[A-Za-z0-9+/]{40}$/);
  });
});
