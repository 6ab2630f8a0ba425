import { awsManagedPolicies } from './aws-managed.ts';
import { beforeEach, describe, expect, test } from 'vitest';
import { account, allow, noon, openIam, otherAccount, policy, trust, type Asker, type World } from './iam.testkit.ts';

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
});

describe('the account alias', () => {
  test('one at most, replaced silently, unique over all accounts, free again when dropped', async () => {
    const other = world.root(otherAccount);
    await root.ask('CreateAccountAlias', { AccountAlias: 'first-tv' });
    await root.ask('CreateAccountAlias', { AccountAlias: 'first-tv' });
    expect(await other.refusal('CreateAccountAlias', { AccountAlias: 'first-tv' })).toBe(
      'EntityAlreadyExists: The account alias first-tv already exists.',
    );
    await root.ask('CreateAccountAlias', { AccountAlias: 'second-tv' });
    expect(await root.ask('ListAccountAliases', {})).toEqual({ AccountAliases: ['second-tv'], IsTruncated: false });
    await other.ask('CreateAccountAlias', { AccountAlias: 'first-tv' });
    expect(await root.refusal('DeleteAccountAlias', { AccountAlias: 'first-tv' })).toContain('NoSuchEntity');
    await root.ask('DeleteAccountAlias', { AccountAlias: 'second-tv' });
    expect((await root.ask('ListAccountAliases', {})).AccountAliases).toEqual([]);
    expect((await other.ask('ListAccountAliases', {})).AccountAliases).toEqual(['first-tv']);
  });
});

describe('the account summary', () => {
  test('has the 34 keys of AWS, with what the account has', async () => {
    await root.ask('CreateUser', { UserName: 'bob' });
    await root.ask('CreateAccessKey', {});
    await root.ask('CreatePolicy', { PolicyName: 'p', PolicyDocument: policy(allow('ivs:*')) });
    const PolicyArn = `arn:aws:iam::${account}:policy/p`;
    await root.ask('CreatePolicyVersion', { PolicyArn, PolicyDocument: policy(allow('ivs:*')) });
    const { SummaryMap = {} } = await root.ask('GetAccountSummary', {});
    expect(Object.keys(SummaryMap)).toHaveLength(34);
    expect(SummaryMap).toMatchObject({
      Users: 1,
      Groups: 0,
      Roles: 0,
      Policies: 1,
      PolicyVersionsInUse: 2,
      AccountAccessKeysPresent: 1,
      UsersQuota: 5000,
      AccessKeysPerUserQuota: 2,
      VersionsPerPolicyQuota: 5,
      AssumeRolePolicySizeQuota: 2048,
    });
  });
});

describe('authorization details', () => {
  beforeEach(async () => {
    const PolicyDocument = policy(allow('ivs:*'));
    await root.ask('CreateUser', { UserName: 'amy' });
    await root.ask('CreateUser', { UserName: 'bob' });
    await root.ask('CreateGroup', { GroupName: 'g' });
    await root.ask('AddUserToGroup', { GroupName: 'g', UserName: 'amy' });
    await root.ask('PutUserPolicy', { UserName: 'amy', PolicyName: 'p', PolicyDocument });
    await root.ask('AttachUserPolicy', { UserName: 'amy', PolicyArn: 'arn:aws:iam::aws:policy/IVSFullAccess' });
    await root.ask('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust(`arn:aws:iam::${account}:root`) });
    await root.ask('CreatePolicy', { PolicyName: 'own', PolicyDocument, Description: 'd' });
  });

  test('all four lists, in the shapes of AWS', async () => {
    const all = await root.ask('GetAccountAuthorizationDetails', {});
    expect(all.UserDetailList).toMatchObject([
      {
        UserName: 'amy',
        GroupList: ['g'],
        UserPolicyList: [{ PolicyName: 'p', PolicyDocument: policy(allow('ivs:*')) }],
        AttachedManagedPolicies: [{ PolicyName: 'IVSFullAccess' }],
        Tags: [],
      },
      { UserName: 'bob', GroupList: [], AttachedManagedPolicies: [], Tags: [] },
    ]);
    expect(all.UserDetailList?.[1]?.UserPolicyList).toBeUndefined();
    expect(all.GroupDetailList).toMatchObject([{ GroupName: 'g', GroupPolicyList: [], AttachedManagedPolicies: [] }]);
    expect(all.RoleDetailList).toMatchObject([
      { RoleName: 'r', RolePolicyList: [], InstanceProfileList: [], RoleLastUsed: {}, Tags: [] },
    ]);
    expect(all.RoleDetailList?.[0]).not.toHaveProperty('MaxSessionDuration');
    expect(all.Policies).toHaveLength(1 + awsManagedPolicies().size);
    expect(all.Policies?.[0]).toMatchObject({
      PolicyName: 'own',
      Description: 'd',
      PolicyVersionList: [{ VersionId: 'v1', IsDefaultVersion: true, CreateDate: new Date(noon) }],
    });
  });

  test('filters, and pages that count over all lists', async () => {
    const users = await root.ask('GetAccountAuthorizationDetails', { Filter: ['User'] });
    expect(users).toMatchObject({ GroupDetailList: [], RoleDetailList: [], Policies: [], IsTruncated: false });
    const whole = { users: 2, groups: 1, roles: 1, policies: 1 + awsManagedPolicies().size };
    for (const MaxItems of [1, 2, 3, 5]) {
      const seen = { users: 0, groups: 0, roles: 0, policies: 0 };
      let Marker: string | undefined;
      do {
        const page = await root.ask('GetAccountAuthorizationDetails', { MaxItems, Marker });
        seen.users += page.UserDetailList?.length ?? 0;
        seen.groups += page.GroupDetailList?.length ?? 0;
        seen.roles += page.RoleDetailList?.length ?? 0;
        seen.policies += page.Policies?.length ?? 0;
        Marker = page.Marker;
      } while (Marker !== undefined);
      expect(seen).toEqual(whole);
    }
  });
});
