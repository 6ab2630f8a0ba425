import { afterEach, describe } from 'vitest';
import type { Store } from './store.ts';
import { changesSuite } from './suite-changes.testkit.ts';
import { decisionsSuite } from './suite-decisions.testkit.ts';
import { anySealer, type DatabaseUnderTest, type Suite } from './suite-fixtures.testkit.ts';
import { recordsSuite } from './suite-records.testkit.ts';
import { sealingSuite } from './suite-sealing.testkit.ts';
import { transactionsSuite } from './suite-transactions.testkit.ts';

/** The acceptance suite: one test for each sentence of the contract in `store.ts`, the same for every engine. */
export function storeSuite(
  name: string,
  create: () => Promise<DatabaseUnderTest>,
  except: { severalProcesses?: string } = {},
): void {
  const opened: Store[] = [];
  const databases: DatabaseUnderTest[] = [];
  const suite: Suite = {
    single: except.severalProcesses !== undefined,
    async database() {
      const database = await create();
      databases.push(database);
      return { ...database, open: async (sealer) => remember(await database.open(sealer)) };
    },
    fresh: async () => (await suite.database()).open(anySealer()),
  };
  const remember = (store: Store): Store => {
    opened.push(store);
    return store;
  };
  const closeAll = async () => {
    for (const store of opened.splice(0)) await store.close();
    for (const database of databases.splice(0)) await database.drop();
  };
  describe(`the store on ${name}`, () => {
    afterEach(closeAll);
    recordsSuite(suite);
    transactionsSuite(suite);
    changesSuite(suite);
    sealingSuite(suite);
    decisionsSuite(suite);
  });
}
