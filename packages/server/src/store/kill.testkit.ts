import type { Collection, Scope, Store } from './store.ts';

/** What the writer that is killed and the test that counts afterwards agree on. */
interface Mark {
  readonly number: number;
  readonly secret: string;
}
const marks: Collection<Mark> = {
  name: 'test.mark',
  sealed: ['secret'],
  indexes: ({ number }) => ({ number: String(number) }),
};
const counters: Collection<{ readonly count: number }> = { name: 'test.counter' };

export const killed = { key: Buffer.alloc(32, 7) };

const scopeOf = (accountId: string): Scope => ({ accountId, region: '' });

export const counterOf = async (store: Store, account: string): Promise<number> =>
  (await store.reader.get(counters, scopeOf(account), 'counter'))?.count ?? 0;

/** One transaction of several records that belong together; answers its number, which rises by one in an account. */
export function writeNext(store: Store, account: string): Promise<number> {
  const scope = scopeOf(account);
  return store.transact(account, async (tx) => {
    const number = ((await tx.get(counters, scope, 'counter'))?.count ?? 0) + 1;
    await tx.insert(marks, scope, `left/${number}`, { number, secret: `left ${number}` });
    await tx.put(counters, scope, 'counter', { count: number });
    await tx.insert(marks, scope, `right/${number}`, { number, secret: `right ${number}` });
    return number;
  });
}

/** What of the account's writes is torn or out of order; empty where all is whole. */
export async function problemsOf(store: Store, account: string): Promise<string[]> {
  const count = await counterOf(store, account);
  const problems: string[] = [];
  const expect = (what: string, found: unknown, expected: unknown) => {
    if (found !== expected) problems.push(`${account}: ${what} is ${String(found)}, not ${String(expected)}`);
  };
  expect('the version', await store.version(account), count);
  for (const side of ['left', 'right']) {
    const found = await store.reader.list(marks, scopeOf(account), { prefix: `${side}/`, limit: 1_000_000 });
    const numbers = new Set(found.map(({ value }) => value.number));
    expect(`the number of ${side} marks`, numbers.size, count);
    expect(`the greatest ${side} mark`, Math.max(0, ...numbers), count);
    expect(
      `a ${side} mark that does not open`,
      found.find(({ value }) => value.secret !== `${side} ${value.number}`),
      undefined,
    );
  }
  const last = await store.reader.find(marks, 'number', String(count), scopeOf(account));
  expect('the index of the last write', last.length, count === 0 ? 0 : 2);
  return problems;
}
