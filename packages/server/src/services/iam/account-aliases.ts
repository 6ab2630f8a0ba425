/** The account's alias: one at most, unique over all accounts (spec/iam.md 6.14). */
import type { IamModel } from '../../model/iam.ts';
import { StoreConflict } from '../../store/store.ts';
import { operationsOf } from '../service.ts';
import { onAccount } from './access.ts';
import { state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { pageOf } from './pagination.ts';
import { accountAliases as collection, accounts, anyAccount } from './records.ts';
import type { AccountRecord } from './records.ts';

async function thisAccount(call: Needs): Promise<AccountRecord> {
  const account = await state(call).get(accounts, anyAccount, call.accountId);
  return account ?? { accountId: call.accountId, createdAt: call.now };
}

const taken = (call: Needs<'EntityAlreadyExists'>, alias: string): never =>
  call.fail('EntityAlreadyExists', `The account alias ${alias} already exists.`);

async function claim(call: Writes<'EntityAlreadyExists'>, alias: string): Promise<void> {
  try {
    await call.tx.insert(collection, anyAccount, alias, { accountId: call.accountId });
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    taken(call, alias);
  }
}

export const accountAliasRows = operationsOf<IamModel>()({
  CreateAccountAlias: {
    access: onAccount,
    async write({ AccountAlias }, call) {
      if (/^\d{12}$/.test(AccountAlias)) {
        call.fail('ValidationError', 'An account alias must not be a 12-digit number.');
      }
      const { alias: current, ...account } = await thisAccount(call);
      if (current === AccountAlias) return {};
      await claim(call, AccountAlias);
      if (current !== undefined) await call.tx.remove(collection, anyAccount, current);
      await call.tx.put(accounts, anyAccount, call.accountId, { ...account, alias: AccountAlias });
      return {};
    },
  },

  ListAccountAliases: {
    access: onAccount,
    async read(input, call) {
      const { alias } = await thisAccount(call);
      const listing = { operation: 'ListAccountAliases' };
      const { items, more } = pageOf(call, listing, input, alias === undefined ? [] : [alias], (text) => text);
      return { AccountAliases: items, ...more };
    },
  },

  DeleteAccountAlias: {
    access: onAccount,
    async write({ AccountAlias }, call) {
      const { alias, ...account } = await thisAccount(call);
      if (alias !== AccountAlias) {
        call.fail('NoSuchEntity', `The Account Alias ${AccountAlias} cannot be found.`);
      }
      await call.tx.remove(collection, anyAccount, AccountAlias);
      await call.tx.put(accounts, anyAccount, call.accountId, account);
      return {};
    },
  },
});
