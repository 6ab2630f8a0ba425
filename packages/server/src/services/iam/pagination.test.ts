import { assert, asyncProperty, integer, stringMatching, uniqueArray } from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { openIam, policy, allow, trust, account, type Asker, type World } from './iam.testkit.ts';
import { pageOf } from './pagination.ts';
import type { Needs } from './needs.ts';

let world: World;
let root: Asker;
beforeAll(async () => {
  world = await openIam();
  root = world.root();
});

const callNow = (): Needs => ({
  caller: { kind: 'root', accountId: account, arn: '', userId: '', accessKeyId: '', principalId: '', tags: {} },
  accountId: account,
  now: world.now,
  reader: world.store.reader,
  env: world.env,
  fail: (code, message) => {
    throw new Error(`${code}: ${message}`);
  },
});

test('pages together are the whole list, each item once, in order, whatever the page size', async () => {
  const names = uniqueArray(stringMatching(/^[\w+=,.@-]{1,20}$/), { maxLength: 40 });
  await assert(
    asyncProperty(names, integer({ min: 1, max: 45 }), async (all, MaxItems) => {
      const seen: string[] = [];
      let Marker: string | undefined;
      do {
        const page = pageOf(callNow(), { operation: 'X' }, { MaxItems, Marker }, all, (name) => name);
        expect(page.items.length).toBeLessThanOrEqual(MaxItems);
        seen.push(...page.items);
        Marker = page.more.Marker;
        expect(page.more.IsTruncated).toBe(Marker !== undefined);
      } while (Marker !== undefined);
      expect(seen).toEqual([...all].toSorted());
    }),
  );
});

test('an item that goes between two pages hides no other', async () => {
  const all = ['a', 'b', 'c', 'd'];
  const first = pageOf(callNow(), { operation: 'X' }, { MaxItems: 2 }, all, (name) => name);
  const rest = pageOf(callNow(), { operation: 'X' }, { Marker: first.more.Marker }, ['a', 'c', 'd'], (name) => name);
  expect(rest.items).toEqual(['c', 'd']);
});

test('markers keep to 320 characters with the longest names', async () => {
  const long = (letter: string, length: number): string => letter.repeat(length);
  const markers: (string | undefined)[] = [];
  for (const letter of ['a', 'b']) {
    await root.ask('CreateUser', { UserName: long(letter, 64), Path: `/${long('x', 510)}/` });
    await root.ask('CreateGroup', { GroupName: long(letter, 128) });
    await root.ask('CreateRole', {
      RoleName: long(letter, 64),
      AssumeRolePolicyDocument: trust(`arn:aws:iam::${account}:root`),
    });
    const PolicyDocument = policy(allow('ivs:*'));
    const Path = `/${long('x', 510)}/`;
    const { Policy } = await root.ask('CreatePolicy', { PolicyName: long(letter, 128), Path, PolicyDocument });
    const UserName = long('a', 64);
    await root.ask('AttachUserPolicy', { UserName, PolicyArn: Policy?.Arn ?? '' });
    await root.ask('PutUserPolicy', { UserName, PolicyName: long(letter, 128), PolicyDocument });
    await root.ask('TagUser', { UserName, Tags: [{ Key: long(letter === 'a' ? 'あ' : 'い', 128), Value: '' }] });
    await root.ask('AttachGroupPolicy', { GroupName: long(letter, 128), PolicyArn: Policy?.Arn ?? '' });
  }
  const UserName = long('a', 64);
  const page = { MaxItems: 1 };
  markers.push(
    (await root.ask('ListUsers', page)).Marker,
    (await root.ask('ListGroups', page)).Marker,
    (await root.ask('ListRoles', page)).Marker,
    (await root.ask('ListPolicies', { ...page, Scope: 'Local' })).Marker,
    (await root.ask('ListAttachedUserPolicies', { ...page, UserName })).Marker,
    (await root.ask('ListUserPolicies', { ...page, UserName })).Marker,
    (await root.ask('ListUserTags', { ...page, UserName })).Marker,
    (await root.ask('GetAccountAuthorizationDetails', { ...page, Filter: ['LocalManagedPolicy'] })).Marker,
  );
  for (const marker of markers) expect(marker?.length).toBeLessThanOrEqual(320);
});
