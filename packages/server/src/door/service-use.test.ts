import { expect, test } from 'vitest';
import { createLog } from '../log.ts';
import type { Caller } from '../services/caller.ts';
import { usesOf } from '../services/iam/service-use-records.ts';
import { openMemoryStore } from '../store/memory.testkit.ts';
import { ServiceUse } from './service-use.ts';

const noon = 1_769_860_800_000;
const minute = 60_000;
const accountId = '123456789012';
const bob: Caller = {
  kind: 'user',
  accountId,
  arn: `arn:aws:iam::${accountId}:user/bob`,
  userId: 'AIDABOB',
  principalId: 'AIDABOB',
  accessKeyId: 'AKIABOB',
  userName: 'bob',
  tags: {},
};
const log = createLog('error', { write: () => undefined });

test('the last use of each action is kept, by service', async () => {
  const store = await openMemoryStore();
  const uses = new ServiceUse(store, log);
  uses.used(bob, 'ivs:GetChannel', 'us-west-2', noon);
  uses.used(bob, 'ivs:CreateChannel', 'us-west-2', noon + 1);
  uses.used(bob, 'ivs:GetChannel', 'eu-west-1', noon + 2);
  uses.used(bob, 'sts:GetCallerIdentity', 'us-west-2', noon);
  await uses.close();
  const [ivs, sts] = await usesOf(store.reader, 'AIDABOB', noon);
  expect(ivs).toEqual({
    principalId: 'AIDABOB',
    account: accountId,
    service: 'ivs',
    at: noon + 2,
    region: 'eu-west-1',
    actions: {
      GetChannel: { at: noon + 2, region: 'eu-west-1' },
      CreateChannel: { at: noon + 1, region: 'us-west-2' },
    },
  });
  expect(sts).toMatchObject({ service: 'sts', at: noon });
});

test('what several processes note is merged: a later use is never overwritten by an earlier one', async () => {
  const store = await openMemoryStore();
  const [one, two] = [new ServiceUse(store, log), new ServiceUse(store, log)];
  one.used(bob, 'ivs:GetChannel', 'us-west-2', noon + 5 * minute);
  two.used(bob, 'ivs:GetChannel', 'eu-west-1', noon);
  two.used(bob, 'ivs:ListChannels', 'eu-west-1', noon);
  await one.close();
  await two.close();
  const [ivs] = await usesOf(store.reader, 'AIDABOB', noon);
  expect(ivs).toMatchObject({
    at: noon + 5 * minute,
    region: 'us-west-2',
    actions: { GetChannel: { at: noon + 5 * minute }, ListChannels: { at: noon } },
  });
});

test('uses in quick succession are written once a minute', async () => {
  const store = await openMemoryStore();
  const uses = new ServiceUse(store, log);
  uses.used(bob, 'ivs:GetChannel', 'us-west-2', noon);
  uses.used(bob, 'ivs:GetChannel', 'us-west-2', noon + minute - 1);
  await uses.close();
  expect(await usesOf(store.reader, 'AIDABOB', noon)).toMatchObject([{ at: noon }]);
});

test('anonymous callers leave nothing', async () => {
  const store = await openMemoryStore();
  const uses = new ServiceUse(store, log);
  uses.used({ ...bob, kind: 'anonymous', principalId: '' }, 'sts:AssumeRoleWithSAML', 'us-west-2', noon);
  await uses.close();
  expect(await usesOf(store.reader, '', noon)).toEqual([]);
});
