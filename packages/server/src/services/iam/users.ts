/** Users: create, get, list, rename and move, delete (spec/iam.md 6.1). */
import type { IamModel, User } from '../../model/iam.ts';
import { operationsOf } from '../service.ts';
import { onCreate, onList, onOwner, onRename, onTarget, targetOf } from './access.ts';
import { pathOf, rootArn } from './arns.ts';
import { boundaryOf, checkedBoundary } from './boundary.ts';
import { ensureBare } from './bare.ts';
import { findUser, theUser, userArn } from './entities.ts';
import { newId } from './ids.ts';
import { present, state } from './needs.ts';
import type { Needs, Writes } from './needs.ts';
import { pageOfRecords } from './pagination.ts';
import { quotas, quotaText } from './quotas.ts';
import { accounts, anyAccount, global, nameKey, users as collection } from './records.ts';
import type { UserRecord } from './records.ts';
import { checkedTags } from './validate-tags.ts';

/** A user as lists and groups show it. */
export const userSummary = (call: Needs, user: UserRecord): User => ({
  Path: user.path,
  UserName: user.userName,
  UserId: user.userId,
  Arn: userArn(call, user),
  CreateDate: new Date(user.createdAt),
  PasswordLastUsed: user.passwordLastUsed === undefined ? undefined : new Date(user.passwordLastUsed),
});

/** A user as CreateUser and GetUser show it. */
const userDetails = (call: Needs, user: UserRecord): User => ({
  ...userSummary(call, user),
  PermissionsBoundary: boundaryOf(user.permissionsBoundary),
  Tags: user.tags.length === 0 ? undefined : user.tags,
});

/** The root user as GetUser shows it. */
export async function rootUser(call: Needs): Promise<User> {
  const account = await state(call).get(accounts, anyAccount, call.accountId);
  const root = { UserId: call.accountId, Arn: rootArn(call), CreateDate: new Date(account?.createdAt ?? call.now) };
  // AWS gives the root user neither path nor name, though the model requires both.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return root as User;
}

async function ensureFree(call: Needs<'EntityAlreadyExists'>, name: string): Promise<void> {
  if ((await findUser(call, name)) !== undefined) {
    call.fail('EntityAlreadyExists', `User with name ${name} already exists.`);
  }
}

async function ensureRoom(call: Needs<'LimitExceeded'>): Promise<void> {
  const count = await state(call).count(collection, global(call.accountId));
  if (count >= quotas.usersPerAccount) {
    call.fail('LimitExceeded', quotaText('UsersPerAccount', quotas.usersPerAccount));
  }
}

/** Replaces a user's record, under a new key when the name changed. */
async function move(call: Writes, from: UserRecord, to: UserRecord): Promise<void> {
  const scope = global(call.accountId);
  if (nameKey(from.userName) !== nameKey(to.userName)) await call.tx.remove(collection, scope, nameKey(from.userName));
  await call.tx.put(collection, scope, nameKey(to.userName), to);
}

export const users = operationsOf<IamModel>()({
  CreateUser: {
    access: ({ UserName, Path, Tags, PermissionsBoundary }, call) =>
      onCreate(call, {
        type: 'user',
        name: UserName,
        path: Path,
        tags: Tags,
        tagAction: 'iam:TagUser',
        boundary: PermissionsBoundary,
      }),
    async write({ UserName, Path, Tags, PermissionsBoundary }, call) {
      await ensureFree(call, UserName);
      const permissionsBoundary = await checkedBoundary(call, PermissionsBoundary);
      const tags = checkedTags(call, 'folded', Tags);
      await ensureRoom(call);
      const user: UserRecord = present({
        userName: UserName,
        userId: newId('user', call.accountId, call.env.random),
        path: pathOf(call, Path),
        createdAt: call.now,
        tags,
        permissionsBoundary,
      });
      await call.tx.insert(collection, global(call.accountId), nameKey(UserName), user);
      return { User: userDetails(call, user) };
    },
  },

  GetUser: {
    access: ({ UserName }, call) => onTarget(call, UserName),
    async read({ UserName }, call) {
      const target = targetOf(call, UserName);
      if (target.root) return { User: await rootUser(call) };
      return { User: userDetails(call, await theUser(call, target.name)) };
    },
  },

  ListUsers: {
    access: (_, call) => onList(call, 'user'),
    async read(input, call) {
      const { PathPrefix = '/' } = input;
      const listing = { operation: 'ListUsers', filters: [PathPrefix] };
      const page = await pageOfRecords(call, listing, input, collection, (user) => user.path.startsWith(PathPrefix));
      return { Users: page.items.map((user) => userSummary(call, user)), ...page.more };
    },
  },

  UpdateUser: {
    access: ({ UserName, NewUserName, NewPath }, call) =>
      onRename(call, 'user', UserName, { name: NewUserName, path: NewPath }),
    async write({ UserName, NewUserName, NewPath }, call) {
      const user = await theUser(call, UserName);
      const userName = NewUserName ?? user.userName;
      if (nameKey(userName) !== nameKey(user.userName)) await ensureFree(call, userName);
      await move(call, user, { ...user, userName, path: NewPath === undefined ? user.path : pathOf(call, NewPath) });
      return {};
    },
  },

  DeleteUser: {
    access: ({ UserName }, call) => onOwner(call, 'user', UserName),
    async write({ UserName }, call) {
      const user = await theUser(call, UserName);
      await ensureBare(call, 'user', user.userId);
      await call.tx.remove(collection, global(call.accountId), nameKey(user.userName));
      return {};
    },
  },
});
