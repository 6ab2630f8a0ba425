/**
 * Writes until it is killed; run by `kill.test.ts` as a process of its own. Says `ready`, waits for a line that tells
 * which database, and then says `<account> <number>` for each write that the store has acknowledged.
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { KeyRing } from '../key-ring.ts';
import { openStore } from './index.ts';
import { counterOf, killed, writeNext } from './kill.testkit.ts';
import type { Store } from './store.ts';

async function writeForEver(store: Store, account: string): Promise<never> {
  for (;;) {
    const number = await writeNext(store, account);
    // Synchronous: what was acknowledged is in the pipe before the next write begins.
    writeSync(1, `${account} ${number}\n`);
  }
}

writeSync(1, 'ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const { database, accounts } = JSON.parse(line) as { database: string; accounts: string[] };
  const store = await openStore({ database, sealer: new KeyRing([killed.key]) });
  await Promise.all(accounts.map((account) => counterOf(store, account)));
  await Promise.all(accounts.map((account) => writeForEver(store, account)));
}
