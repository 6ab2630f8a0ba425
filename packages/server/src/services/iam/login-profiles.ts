/** Passwords of users (spec/iam.md 6.8). */
import { compilePolicies } from '@stagedoor/policy';
import type { PolicySet } from '@stagedoor/policy';
import type { IamModel, LoginProfile } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import type { AccessCheck } from '../service.ts';
import { onOwner } from './access.ts';
import { userNameOf } from './credential-owner.ts';
import { theUser } from './entities.ts';
import { state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { parsedDocument } from './parsed-documents.ts';
import { findPasswordPolicy } from './password-policy.ts';
import { hashPassword, isPassword, passwordProblem } from './passwords.ts';
import { global, loginProfiles as collection } from './records.ts';
import type { LoginProfileRecord, UserRecord } from './records.ts';

const maxHistory = 24;

const findProfile = (call: Needs, userId: string): Promise<LoginProfileRecord | undefined> =>
  state(call).get(collection, global(call.accountId), userId);

/** The user's login profile, or NoSuchEntity. */
const theProfile = async (call: Needs<'NoSuchEntity'>, user: UserRecord): Promise<LoginProfileRecord> =>
  (await findProfile(call, user.userId)) ??
  call.fail('NoSuchEntity', `Login Profile for User ${user.userName} cannot be found.`);

const shown = (user: UserRecord, profile: LoginProfileRecord): LoginProfile => ({
  UserName: user.userName,
  CreateDate: new Date(profile.createdAt),
  PasswordResetRequired: profile.resetRequired,
});

async function ensureAcceptable(call: Needs<'PasswordPolicyViolation'>, password: string): Promise<void> {
  const problem = passwordProblem(password, await findPasswordPolicy(call));
  if (problem !== undefined) call.fail('PasswordPolicyViolation', problem);
}

async function ensureNotReused(
  call: Needs<'PasswordPolicyViolation'>,
  profile: LoginProfileRecord,
  password: string,
): Promise<void> {
  const remembered = (await findPasswordPolicy(call))?.reusePrevention ?? 0;
  for (const hash of [profile.hash, ...profile.history].slice(0, remembered)) {
    if (await isPassword(password, hash)) {
      call.fail('PasswordPolicyViolation', 'Password has been used before and cannot be reused');
    }
  }
}

/** The profile with a new password, the old one remembered. */
async function changed(call: Writes, profile: LoginProfileRecord, password: string): Promise<LoginProfileRecord> {
  const history = [profile.hash, ...profile.history].slice(0, maxHistory);
  return { ...profile, hash: await hashPassword(password, call.env.random), history, changedAt: call.now };
}

const save = (call: Writes, profile: LoginProfileRecord): Promise<void> =>
  call.tx.put(collection, global(call.accountId), profile.userId, profile);

/** What the account's AllowUsersToChangePassword gives a user: as if its own entry allowed it. Denies still bind. */
function ownGrant(arn: string): PolicySet {
  const Statement = [{ Effect: 'Allow', Principal: { AWS: arn }, Action: 'iam:ChangePassword', Resource: arn }];
  const document = JSON.stringify({ Version: '2012-10-17', Statement });
  return compilePolicies([{ id: 'account-password-policy', policy: parsedDocument(document) }]);
}

async function onOwnPassword(call: Needs<'InvalidUserType'>): Promise<AccessCheck> {
  const { kind, userName, arn } = call.caller;
  if (kind !== 'user' || userName === undefined) {
    return call.fail('InvalidUserType', 'Only IAM Users can change their own password');
  }
  const check = await onOwner(call, 'user', userName);
  const mayAll = (await findPasswordPolicy(call))?.allowUsersToChange === true;
  return mayAll ? { ...check, resourcePolicy: ownGrant(arn) } : check;
}

export const loginProfiles = operationsOf<IamModel>()({
  CreateLoginProfile: {
    access: ({ UserName }, call) => onOwner(call, 'user', userNameOf(call, UserName)),
    async write({ UserName, Password, PasswordResetRequired = false }, call) {
      if (Password === undefined) {
        const problem = "Value at 'password' failed to satisfy constraint: Member must not be null";
        return call.fail('ValidationError', `1 validation error detected: ${problem}`);
      }
      const user = await theUser(call, userNameOf(call, UserName));
      if ((await findProfile(call, user.userId)) !== undefined) {
        call.fail('EntityAlreadyExists', `Login Profile for user ${user.userName} already exists.`);
      }
      await ensureAcceptable(call, Password);
      const profile: LoginProfileRecord = {
        userId: user.userId,
        createdAt: call.now,
        changedAt: call.now,
        resetRequired: PasswordResetRequired,
        hash: await hashPassword(Password, call.env.random),
        history: [],
      };
      await save(call, profile);
      return { LoginProfile: shown(user, profile) };
    },
  },

  GetLoginProfile: {
    access: ({ UserName }, call) => onOwner(call, 'user', userNameOf(call, UserName)),
    async read({ UserName }, call) {
      const user = await theUser(call, userNameOf(call, UserName));
      return { LoginProfile: shown(user, await theProfile(call, user)) };
    },
  },

  UpdateLoginProfile: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName),
    async write({ UserName, Password, PasswordResetRequired }, call) {
      const user = await theUser(call, UserName);
      const profile = await theProfile(call, user);
      if (Password !== undefined) {
        await ensureAcceptable(call, Password);
        await ensureNotReused(call, profile, Password);
      }
      const updated = Password === undefined ? profile : await changed(call, profile, Password);
      await save(call, { ...updated, resetRequired: PasswordResetRequired ?? profile.resetRequired });
      return {};
    },
  },

  DeleteLoginProfile: {
    access: ({ UserName }, call) => onOwner(call, 'user', userNameOf(call, UserName)),
    async write({ UserName }, call) {
      const user = await theUser(call, userNameOf(call, UserName));
      await theProfile(call, user);
      await call.tx.remove(collection, global(call.accountId), user.userId);
      return {};
    },
  },

  ChangePassword: {
    access: (_, call) => onOwnPassword(call),
    async write({ OldPassword, NewPassword }, call) {
      const user = await theUser(call, call.caller.userName ?? '');
      const profile = await theProfile(call, user);
      if (!(await isPassword(OldPassword, profile.hash))) {
        call.fail('AccessDenied', 'The old password was incorrect.');
      }
      await ensureAcceptable(call, NewPassword);
      await ensureNotReused(call, profile, NewPassword);
      await save(call, { ...(await changed(call, profile, NewPassword)), resetRequired: false });
      return {};
    },
  },
});
