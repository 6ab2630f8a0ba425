import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { readSettings } from '../config.ts';
import { clockFor, environmentOf } from '../house.ts';
import { systemRandom } from '../key-ring.ts';
import { mfaDevices as devices } from '../services/iam/credential-records.ts';
import { accessKeys, accounts, anyAccount, global, nameKey, roles, users } from '../services/iam/records.ts';
import type { Environment } from '../services/environment.ts';
import { openSettingsStore } from '../state.ts';
import type { Store } from '../store/store.ts';
import { ImportError } from './at.ts';
import { importFile } from './import.ts';

const directory = mkdtempSync(join(tmpdir(), 'stagedoor-import-'));
afterAll(() => rmSync(directory, { recursive: true }));

let store: Store;
let env: Environment;
beforeEach(async () => {
  const settings = readSettings({ ephemeral: true });
  const state = await openSettingsStore(settings, systemRandom);
  store = state.store;
  env = environmentOf(settings, clockFor(settings), systemRandom, state.sealer, () => 'http://127.0.0.1:4577');
  return () => store.close();
});

const load = (value: unknown): Promise<string[]> => {
  const file = join(directory, 'file.yaml');
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return importFile(store, env, file);
};
const complaint = (value: unknown): Promise<string> =>
  load(value).then(
    () => 'accepted',
    (error: Error) => {
      expect(error).toBeInstanceOf(ImportError);
      return error.message;
    },
  );

const id = '123456789012';
const withAccount = (members: object) => ({ accounts: [{ id, ...members }] });
const trust = (Principal: unknown) => ({ Statement: { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' } });
const key = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

describe('a mistake is refused with its place', () => {
  test.for<[object, string]>([
    [{ acounts: [] }, 'the file has an unknown member: acounts. There are accounts'],
    [{ accounts: {} }, 'accounts must be a list'],
    [{ accounts: [{ id: 123456789012 }] }, 'accounts[0].id must be text: put it in quotes (12 digits)'],
    [{ accounts: [{ id: '1' }] }, 'accounts[0].id must be 12 digits'],
    [withAccount({ usres: [] }), 'accounts[0] has an unknown member: usres.'],
    [withAccount({ users: [{ name: 'a b' }] }), 'accounts[0].users[0].name must be a name of at most 64 characters'],
    [withAccount({ users: [{ name: 'x'.repeat(65) }] }), 'accounts[0].users[0].name must be a name of at most 64'],
    [withAccount({ users: [{ name: 'a', tags: { Owner: 1 } }] }), 'accounts[0].users[0].tags.Owner must be text'],
    [withAccount({ users: [{ name: 'a', tags: { 'aws:x': 'y' } }] }), 'accounts[0].users[0].tags must have keys'],
    [withAccount({ mfaDevices: [{ serial: 'GAHT12345678', seed: 'abc' }] }), 'accounts[0].mfaDevices[0].seed must be'],
    [
      withAccount({ mfaDevices: [{ serial: 'GAHT12345678', seed: 'A'.repeat(27) }] }),
      'accounts[0].mfaDevices[0].seed is not whole base32',
    ],
    [
      withAccount({ mfaDevices: [{ serial: 'GAHT12345678', seed: 'A'.repeat(32), user: 'nobody' }] }),
      'accounts[0].mfaDevices[0].user names a user that the account does not have',
    ],
    [
      withAccount({ mfaDevices: [{ serial: 'arn:aws:iam::111122223333:mfa/x', seed: 'A'.repeat(32) }] }),
      'accounts[0].mfaDevices[0].serial is the ARN of no MFA device of the account',
    ],
    [withAccount({ users: [{ name: 'a', path: 'no' }] }), 'accounts[0].users[0].path must be a path'],
    [withAccount({ users: [{ name: 'a', groups: ['none'] }] }), 'accounts[0].users[0].groups[0] names a group'],
    [
      withAccount({ users: [{ name: 'a', policies: ['none'] }] }),
      'accounts[0].users[0].policies[0] names a policy that the account does not have: none',
    ],
    [
      withAccount({ users: [{ name: 'a', policies: ['arn:aws:iam::aws:policy/AdministratorAcess'] }] }),
      'accounts[0].users[0].policies[0] names a policy that does not exist: arn:aws:iam::aws:policy/AdministratorAcess',
    ],
    [
      withAccount({ users: [{ name: 'a', accessKeys: [{ id: 'short', secret: key.secret }] }] }),
      'accounts[0].users[0].accessKeys[0].id must be an access key id',
    ],
    [
      withAccount({ users: [{ name: 'a', accessKeys: [{ ...key, status: 'On' }] }] }),
      'accounts[0].users[0].accessKeys[0].status must be Active or Inactive',
    ],
    [
      withAccount({ policies: [{ name: 'p', document: {} }] }),
      'accounts[0].policies[0].document is not a valid policy',
    ],
    [withAccount({ roles: [{ name: 'r' }] }), 'accounts[0].roles[0].trust must be a map'],
    [
      withAccount({ roles: [{ name: 'r', trust: trust({ AWS: 'arn:aws:iam::123456789012:user/nobody' }) }] }),
      'accounts[0].roles[0].trust Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:user/nobody"',
    ],
    [
      withAccount({ roles: [{ name: 'r', trust: trust({ AWS: id }), maxSessionDuration: 60 }] }),
      'accounts[0].roles[0].maxSessionDuration must be a number from 3600 to 43200',
    ],
    [withAccount({ ivs: { west: { channels: [] } } }), 'accounts[0].ivs.west must stand under the name of a region'],
    [
      withAccount({ ivs: { 'us-west-2': { chanels: [] } } }),
      'accounts[0].ivs.us-west-2 has an unknown member: chanels',
    ],
    [
      withAccount({ ivs: { 'us-west-2': { channels: [{ id: 'a', authorized: 'yes' }] } } }),
      'accounts[0].ivs.us-west-2.channels[0].authorized must be true or false',
    ],
    [
      withAccount({ kinesisvideo: { 'us-west-2': { streams: [{ name: 's', code: '12' }] } } }),
      'accounts[0].kinesisvideo.us-west-2.streams[0].code must be a creation code of 13 digits',
    ],
  ])('%j: %s', async ([file, text]) => {
    expect((await complaint(file)).slice(0, text.length)).toBe(text);
    expect(await store.reader.count(accounts, anyAccount)).toBe(0);
  });

  test('of a file that is no YAML, without quoting it', async () => {
    const text = await complaint(`accounts:\n  - { id: AKIAIOSFODNN7EXAMPLE, secret: ${key.secret}\n  - x: [`);
    expect(text).toMatch(/file\.yaml: .* at line \d+/);
    expect(text).not.toContain(key.secret);
  });

  test('of a file that does not exist, itself or named by !file', async () => {
    await expect(importFile(store, env, '/nowhere.yaml')).rejects.toThrow('/nowhere.yaml cannot be read: ENOENT');
    const text = await complaint(`accounts: [{ id: "${id}", policies: [{ name: p, document: !file none.json }] }]`);
    expect(text).toContain('none.json cannot be read: ENOENT');
  });
});

describe('an account is loaded whole or not at all', () => {
  test('what exists already refuses the account, and what was loaded before it is told', async () => {
    await load(withAccount({ users: [{ name: 'first', accessKeys: [key] }] }));
    const other = { id: '111111111111' };
    const text = await complaint({ accounts: [other, { id, users: [{ name: 'new' }, { name: 'first' }] }] });
    expect(text).toMatch(
      /^accounts\[1\]: .* exists already; nothing of this account was loaded; loaded before it: 1{12}$/,
    );
    expect(await store.reader.get(users, global(id), nameKey('new'))).toBeUndefined();
    expect(await store.reader.count(accounts, anyAccount)).toBe(2);
  });

  test('another account’s access key id is not taken over', async () => {
    await load(withAccount({ rootAccessKeys: [key] }));
    const text = await complaint({
      accounts: [{ id: '111111111111', rootAccessKeys: [{ ...key, secret: 'x'.repeat(40) }] }],
    });
    expect(text).toContain(`${key.id} exists already`);
    expect((await store.reader.get(accessKeys, anyAccount, key.id))?.accountId).toBe(id);
  });
});

test('roles may trust users that stand earlier in the file', async () => {
  const arn = 'arn:aws:iam::123456789012:user/first';
  await load({
    accounts: [
      { id, users: [{ name: 'first' }] },
      { id: '111111111111', roles: [{ name: 'r', trust: trust({ AWS: arn }) }] },
    ],
  });
  const user = await store.reader.get(users, global(id), nameKey('first'));
  const role = await store.reader.get(roles, global('111111111111'), nameKey('r'));
  expect(role?.trustIds).toEqual({ [arn]: user?.userId });
});

test('MFA devices come with their user, or wait for one', async () => {
  const seed = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  const virtual = `arn:aws:iam::${id}:mfa/ana`;
  const mfaDevices = [
    { serial: virtual, seed, user: 'ana' },
    { serial: 'GAHT12345678', seed },
  ];
  await load(withAccount({ users: [{ name: 'ana' }], mfaDevices }));
  const ana = await store.reader.get(users, global(id), 'ana');
  const stored = await store.reader.list(devices, global(id));
  expect(stored.map(({ value }) => value)).toMatchObject([
    { serialNumber: virtual, virtual: true, ownerId: ana?.userId },
    { serialNumber: 'GAHT12345678', virtual: false },
  ]);
  expect(stored[1]?.value).not.toHaveProperty('ownerId');
});
