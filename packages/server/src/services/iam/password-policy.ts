/** The account password policy: replaced as a whole (spec/iam.md 6.8). */
import type { IamModel, PasswordPolicy } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onAccount } from './access.ts';
import { present, state } from './needs.ts';
import type { Needs } from './needs.ts';
import { global, passwordPolicies as collection, passwordPolicyKey } from './records.ts';
import type { PasswordPolicyRecord } from './records.ts';

export const findPasswordPolicy = (call: Needs): Promise<PasswordPolicyRecord | undefined> =>
  state(call).get(collection, global(call.accountId), passwordPolicyKey);

const shown = (policy: PasswordPolicyRecord): PasswordPolicy => ({
  MinimumPasswordLength: policy.minimumLength,
  RequireSymbols: policy.requireSymbols,
  RequireNumbers: policy.requireNumbers,
  RequireUppercaseCharacters: policy.requireUppercase,
  RequireLowercaseCharacters: policy.requireLowercase,
  AllowUsersToChangePassword: policy.allowUsersToChange,
  ExpirePasswords: (policy.maxAgeDays ?? 0) > 0,
  MaxPasswordAge: policy.maxAgeDays,
  PasswordReusePrevention: policy.reusePrevention,
  HardExpiry: policy.hardExpiry,
});

export const passwordPolicy = operationsOf<IamModel>()({
  UpdateAccountPasswordPolicy: {
    access: onAccount,
    async write(input, call) {
      const policy: PasswordPolicyRecord = present({
        minimumLength: input.MinimumPasswordLength ?? 6,
        requireSymbols: input.RequireSymbols ?? false,
        requireNumbers: input.RequireNumbers ?? false,
        requireUppercase: input.RequireUppercaseCharacters ?? false,
        requireLowercase: input.RequireLowercaseCharacters ?? false,
        allowUsersToChange: input.AllowUsersToChangePassword ?? false,
        maxAgeDays: input.MaxPasswordAge,
        reusePrevention: input.PasswordReusePrevention,
        hardExpiry: input.HardExpiry,
      });
      await call.tx.put(collection, global(call.accountId), passwordPolicyKey, policy);
      return {};
    },
  },

  GetAccountPasswordPolicy: {
    access: onAccount,
    async read(_, call) {
      const policy = await findPasswordPolicy(call);
      return policy === undefined
        ? call.fail('NoSuchEntity', `The Password Policy with domain name ${call.accountId} cannot be found.`)
        : { PasswordPolicy: shown(policy) };
    },
  },

  DeleteAccountPasswordPolicy: {
    access: onAccount,
    async write(_, call) {
      const removed = await call.tx.remove(collection, global(call.accountId), passwordPolicyKey);
      return removed ? {} : call.fail('NoSuchEntity', 'The account policy with name PasswordPolicy cannot be found.');
    },
  },
});
