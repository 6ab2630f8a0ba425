import type { StsModel } from '../../model/sts.ts';
import { operationsOf } from '../service.ts';

export const callerIdentity = operationsOf<StsModel>()({
  GetCallerIdentity: {
    // Needs no permission, and no Deny takes it away (spec/sts.md 5).
    access: 'none',
    read: (_, { caller }) => ({ UserId: caller.userId, Account: caller.accountId, Arn: caller.arn }),
  },
});
