import { expect, test } from 'vitest';
import { createLog } from '../log.ts';
import { rootCaller } from '../services/credentials.ts';
import type { Caller } from '../services/caller.ts';
import { roleUses, roleUseScope } from '../services/iam/credential-records.ts';
import { account, noon, openIam, trust } from '../services/iam/iam.testkit.ts';
import { accessKeyUses, keyUseScope } from '../services/iam/records.ts';
import { KeyUse } from './key-use.ts';

const log = createLog('error', { write: () => undefined });
const sessionOf = (principalId: string): Caller => ({
  kind: 'assumedRole',
  accountId: account,
  arn: `arn:aws:sts::${account}:assumed-role/r/s`,
  userId: `${principalId}:s`,
  accessKeyId: 'ASIASESSION123456789',
  principalId,
  tags: {},
  session: { kind: 'assumedRole', accountId: account, principalId, issuedAt: noon, expiresAt: noon + 1, chain: 1 },
});

test('the use of a role by its sessions is noted under the role, and GetRole and the details show it for 400 days', async () => {
  const world = await openIam();
  const root = world.root();
  const input = { RoleName: 'r', AssumeRolePolicyDocument: trust(`arn:aws:iam::${account}:root`) };
  const { RoleId } = (await root.ask('CreateRole', input)).Role;
  const lastUsed = async () => (await root.ask('GetRole', { RoleName: 'r' })).Role.RoleLastUsed;
  expect(await lastUsed()).toEqual({});
  const uses = new KeyUse(world.store, log);
  uses.used(sessionOf(RoleId), 'ivs', 'us-west-2', noon);
  uses.used(sessionOf(RoleId), 'sts', 'us-west-2', noon + 1000);
  uses.used(sessionOf(RoleId), 'ivs', 'eu-west-1', noon + 2000);
  await uses.close();
  const shown = { LastUsedDate: new Date(noon + 2000), Region: 'eu-west-1' };
  expect(await lastUsed()).toEqual(shown);
  const { RoleDetailList } = await root.ask('GetAccountAuthorizationDetails', { Filter: ['Role'] });
  expect(RoleDetailList?.[0]?.RoleLastUsed).toEqual(shown);
  world.now += 401 * 86_400_000;
  expect(await lastUsed()).toEqual({});
});

test('uses are coalesced: within a minute only another region or service is written', async () => {
  const world = await openIam();
  const uses = new KeyUse(world.store, log);
  const root = rootCaller('aws', account, 'AKIAROOT');
  uses.used(sessionOf('AROA1'), 'ivs', 'us-west-2', noon);
  uses.used(sessionOf('AROA1'), 'sts', 'us-west-2', noon + 30_000);
  uses.used(root, 'ivs', 'us-west-2', noon);
  uses.used(root, 'ivs', 'us-west-2', noon + 30_000);
  uses.used(root, 'sts', 'us-west-2', noon + 40_000);
  await uses.close();
  const { reader } = world.store;
  expect(await reader.get(roleUses, roleUseScope, 'AROA1')).toEqual({ roleId: 'AROA1', at: noon, region: 'us-west-2' });
  expect(await reader.get(accessKeyUses, keyUseScope, 'AKIAROOT')).toMatchObject({ at: noon + 40_000, service: 'sts' });
});

test('sessions of users and federated users are noted nowhere', async () => {
  const world = await openIam();
  const uses = new KeyUse(world.store, log);
  const { session } = sessionOf(account);
  uses.used({ ...rootCaller('aws', account, 'ASIA1'), session: session! }, 'ivs', 'us-west-2', noon);
  await uses.close();
  expect(await world.store.reader.count(accessKeyUses, keyUseScope)).toBe(0);
  expect(await world.store.reader.count(roleUses, roleUseScope)).toBe(0);
});
