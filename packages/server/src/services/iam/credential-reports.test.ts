import { beforeEach, describe, expect, test } from 'vitest';
import { newCertificate } from './certificates.testkit.ts';
import { account, noon, openIam, otherAccount, type Asker, type World } from './iam.testkit.ts';
import { enabledDevice } from './mfa.testkit.ts';
import { accessKeyUses, global, keyUseScope, users } from './records.ts';

const day = 86_400_000;
let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
});

const header =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,' +
  'access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,' +
  'access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,' +
  'cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated';
const noKey = 'false,N/A,N/A,N/A,N/A';
const noCertificate = 'false,N/A';

/** A fresh report, its lines after the header. */
async function report(): Promise<string[]> {
  world.now += 5 * 3_600_000;
  await root.ask('GenerateCredentialReport', {});
  world.now += 5000;
  const { Content } = await root.ask('GetCredentialReport', {});
  const [first, ...lines] = Buffer.from(Content ?? [])
    .toString('utf8')
    .split('\n');
  expect(first).toBe(header);
  return lines;
}

describe("a report's life", () => {
  const started = { State: 'STARTED', Description: 'No report exists. Starting a new report generation task' };

  test('started, in progress, complete, and used again for four hours', async () => {
    expect(await root.refusal('GetCredentialReport', {})).toBe('ReportNotPresent: ');
    expect(await root.ask('GenerateCredentialReport', {})).toEqual(started);
    expect(await root.ask('GenerateCredentialReport', {})).toEqual({ State: 'INPROGRESS' });
    expect(await root.refusal('GetCredentialReport', {})).toMatch(/^ReportInProgress: /);
    world.now += 5000;
    expect(await root.ask('GenerateCredentialReport', {})).toEqual({ State: 'COMPLETE' });
    const first = await root.ask('GetCredentialReport', {});
    expect(first).toMatchObject({ ReportFormat: 'text/csv', GeneratedTime: new Date(noon) });
    await root.ask('CreateUser', { UserName: 'late' });
    world.now += 3.9 * 3_600_000;
    expect(await root.ask('GenerateCredentialReport', {})).toEqual({ State: 'COMPLETE' });
    expect(await root.ask('GetCredentialReport', {})).toEqual(first);
    world.now += 3_600_000;
    expect(await root.refusal('GetCredentialReport', {})).toMatch(/^ReportExpired: /);
    expect(await root.ask('GenerateCredentialReport', {})).toEqual(started);
    world.now += 5000;
    const { Content } = await root.ask('GetCredentialReport', {});
    expect(Buffer.from(Content ?? []).toString()).toContain('\nlate,');
  });

  test('is of one account', async () => {
    await root.ask('GenerateCredentialReport', {});
    expect(await world.root(otherAccount).refusal('GetCredentialReport', {})).toBe('ReportNotPresent: ');
  });
});

describe('the lines', () => {
  test('of an account and a user that have nothing', async () => {
    await root.ask('CreateUser', { UserName: 'bob', Path: '/tv/' });
    expect(await report()).toEqual([
      `<root_account>,arn:aws:iam::${account}:root,2026-01-31T12:00:00+00:00,not_supported,no_information,not_supported,not_supported,false,${noKey},${noKey},${noCertificate},${noCertificate}`,
      `bob,arn:aws:iam::${account}:user/tv/bob,2026-01-31T12:00:00+00:00,false,N/A,N/A,N/A,false,${noKey},${noKey},${noCertificate},${noCertificate}`,
    ]);
  });

  test('of a user that has all', async () => {
    const UserName = 'bob';
    const { User } = await root.ask('CreateUser', { UserName });
    await root.ask('CreateLoginProfile', { UserName, Password: 'Corr3ct-horse' });
    await root.ask('UpdateAccountPasswordPolicy', { MaxPasswordAge: 90 });
    await enabledDevice(world, root, UserName);
    const first = (await root.ask('CreateAccessKey', { UserName })).AccessKey.AccessKeyId;
    world.now += 1000;
    const second = (await root.ask('CreateAccessKey', { UserName })).AccessKey.AccessKeyId;
    await root.ask('UpdateAccessKey', { UserName, AccessKeyId: second, Status: 'Inactive' });
    const use = { accessKeyId: first, at: noon + day, service: 'ivs', region: 'us-west-2' };
    await world.store.transact(keyUseScope.accountId, (tx) => tx.put(accessKeyUses, keyUseScope, first, use));
    const { cert } = await newCertificate('c', noon - day, {});
    await root.ask('UploadSigningCertificate', { UserName, CertificateBody: cert });
    await world.store.transact(account, async (tx) => {
      const user = await tx.get(users, global(account), UserName);
      await tx.put(users, global(account), UserName, { ...user!, passwordLastUsed: noon + 2 * day });
    });
    expect(User?.UserName).toBe(UserName);
    expect((await report())[1]).toBe(
      [
        `bob,arn:aws:iam::${account}:user/bob,2026-01-31T12:00:00+00:00`,
        'true,2026-02-02T12:00:00+00:00,2026-01-31T12:00:00+00:00,2026-05-01T12:00:00+00:00,true',
        'true,2026-01-31T12:00:00+00:00,2026-02-01T12:00:00+00:00,us-west-2,ivs',
        'false,2026-01-31T12:00:01+00:00,N/A,N/A,N/A',
        'true,2026-01-31T12:00:01+00:00',
        noCertificate,
      ].join(','),
    );
  });

  test('a password that was never used has no information, and no rotation without a policy', async () => {
    await root.ask('CreateUser', { UserName: 'amy' });
    await root.ask('CreateLoginProfile', { UserName: 'amy', Password: 'Corr3ct-horse' });
    expect((await report())[1]).toContain(',true,no_information,2026-01-31T12:00:00+00:00,N/A,false,');
  });

  test('tell of the root user as of others', async () => {
    await root.ask('CreateAccessKey', {});
    await enabledDevice(world, root, 'root', 'root-account-mfa-device');
    expect((await report())[0]).toContain(',not_supported,not_supported,true,true,2026-01-31T12:00:00+00:00,N/A,');
  });

  test('are sorted by name, and names with commas are quoted', async () => {
    for (const UserName of ['zoe', 'Bob', 'amy', 'a,b']) await root.ask('CreateUser', { UserName });
    const names = (await report()).map((line) => line.slice(0, line.search(/,"?arn:/)));
    expect(names).toEqual(['<root_account>', '"a,b"', 'amy', 'Bob', 'zoe']);
  });
});
