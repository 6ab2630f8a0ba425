import { beforeEach, describe, expect, test } from 'vitest';
import {
  account,
  allow,
  deny,
  noon,
  openIam,
  otherAccount,
  policy,
  trust,
  type Asker,
  type World,
} from './iam.testkit.ts';
import { serviceUses, serviceUseScope } from './service-use-records.ts';

const hour = 3_600_000;
const day = 24 * hour;
const arnOf = (rest: string): string => `arn:aws:iam::${account}:${rest}`;

let world: World;
let root: Asker;
const ids = new Map<string, string>();
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  for (const UserName of ['ann', 'bob', 'eve']) {
    const { User } = await root.ask('CreateUser', { UserName });
    ids.set(UserName, User!.UserId);
  }
});

/** What the door notes of an attempt. */
async function use(who: string, action: string, at: number, region = 'us-west-2'): Promise<void> {
  const principalId = ids.get(who)!;
  const [service = '', name = ''] = action.split(':', 2);
  await world.store.transact(serviceUseScope.accountId, async (tx) => {
    const before = await tx.get(serviceUses, serviceUseScope, `${principalId}/${service}`);
    const actions = { ...before?.actions, [name]: { at, region } };
    const record = { principalId, account, service, at, region, actions };
    await tx.put(serviceUses, serviceUseScope, `${principalId}/${service}`, record);
  });
}

const put = (UserName: string, ...statements: readonly object[]) =>
  root.ask('PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: policy(...statements) });

async function report(Arn: string, more: { readonly Granularity?: 'ACTION_LEVEL' } = {}) {
  const { JobId } = await root.ask('GenerateServiceLastAccessedDetails', { Arn, ...more });
  return root.ask('GetServiceLastAccessedDetails', { JobId: JobId!, MaxItems: 1000 });
}

const services = async (Arn: string): Promise<readonly string[]> =>
  (await report(Arn)).ServicesLastAccessed.map(({ ServiceNamespace }) => ServiceNamespace);

describe('services that an entity could reach', () => {
  test.each([
    ['nothing', [], []],
    ['one action', [allow('ivs:GetChannel')], ['ivs']],
    ['any case', [allow('IVS:getchannel')], ['ivs']],
    ['a wildcard in the action', [allow('kinesisvideo:Desc*Stream')], ['kinesisvideo']],
    ['an action that does not exist', [allow('ivs:Nothing')], []],
    [
      'resources and conditions are no matter',
      [allow('ivs:*', 'arn:aws:ivs:*:*:channel/x', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
      ['ivs'],
    ],
    ['a Deny of all of it', [allow(['ivs:*', 'sts:*']), deny('ivs:*')], ['sts']],
    ['a Deny of some of it', [allow('ivs:*'), deny('ivs:Get*')], ['ivs']],
    ['a Deny on some resources', [allow('ivs:*'), deny('ivs:*', 'arn:aws:ivs:us-west-2:*:*')], ['ivs']],
  ])('%s', async (_, statements, expected) => {
    if (statements.length > 0) await put('bob', ...statements);
    expect(await services(arnOf('user/bob'))).toEqual(expected);
  });

  test('everything is every service that there is, sorted', async () => {
    await put('bob', allow('*'));
    const all = await services(arnOf('user/bob'));
    expect(all.length).toBeGreaterThan(300);
    expect(all).toEqual(all.toSorted());
    expect(all).toEqual(expect.arrayContaining(['iam', 'ivs', 'kinesisvideo', 's3', 'sts']));
  });

  test('the boundary does not matter, the groups do', async () => {
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/IVSReadOnlyAccess';
    await put('bob', allow('sts:*'));
    await root.ask('PutUserPermissionsBoundary', { UserName: 'bob', PermissionsBoundary });
    await root.ask('CreateGroup', { GroupName: 'g' });
    await root.ask('AddUserToGroup', { GroupName: 'g', UserName: 'bob' });
    const PolicyDocument = policy(allow('ivs:*'));
    await root.ask('PutGroupPolicy', { GroupName: 'g', PolicyName: 'p', PolicyDocument });
    expect(await services(arnOf('user/bob'))).toEqual(['ivs', 'sts']);
    expect(await services(arnOf('group/g'))).toEqual(['ivs']);
  });
});

describe('a report', () => {
  test('S0-95 tells what a user used, when and where, and what it never used', async () => {
    await put('bob', allow(['ivs:*', 'sts:*']));
    await use('bob', 'ivs:GetChannel', noon - hour, 'eu-west-1');
    await use('bob', 's3:GetObject', noon - hour);
    expect(await report(arnOf('user/bob'))).toEqual({
      JobStatus: 'COMPLETED',
      JobType: 'SERVICE_LEVEL',
      JobCreationDate: new Date(noon),
      JobCompletionDate: new Date(noon),
      IsTruncated: false,
      ServicesLastAccessed: [
        {
          ServiceName: 'Amazon Interactive Video Service',
          ServiceNamespace: 'ivs',
          LastAuthenticated: new Date(noon - hour),
          LastAuthenticatedEntity: arnOf('user/bob'),
          LastAuthenticatedRegion: 'eu-west-1',
          TotalAuthenticatedEntities: 1,
        },
        { ServiceName: 'AWS Security Token Service', ServiceNamespace: 'sts', TotalAuthenticatedEntities: 0 },
      ],
    });
  });

  test('forgets after 400 days', async () => {
    await put('bob', allow('ivs:*'));
    await use('bob', 'ivs:GetChannel', noon - 401 * day);
    const { ServicesLastAccessed } = await report(arnOf('user/bob'));
    expect(ServicesLastAccessed).toMatchObject([{ ServiceNamespace: 'ivs', TotalAuthenticatedEntities: 0 }]);
    expect(ServicesLastAccessed[0]).not.toHaveProperty('LastAuthenticated');
  });

  test('tells actions when asked to', async () => {
    await put('bob', allow('ivs:*'));
    await use('bob', 'ivs:GetChannel', noon - hour);
    await use('bob', 'ivs:CreateChannel', noon);
    const { JobType, ServicesLastAccessed } = await report(arnOf('user/bob'), { Granularity: 'ACTION_LEVEL' });
    expect(JobType).toBe('ACTION_LEVEL');
    const seen = { LastAccessedEntity: arnOf('user/bob'), LastAccessedRegion: 'us-west-2' };
    expect(ServicesLastAccessed[0]?.TrackedActionsLastAccessed).toEqual([
      { ActionName: 'CreateChannel', LastAccessedTime: new Date(noon), ...seen },
      { ActionName: 'GetChannel', LastAccessedTime: new Date(noon - hour), ...seen },
    ]);
  });

  test('of a policy tells of all who have it, by themselves or by a group', async () => {
    const { Policy } = await root.ask('CreatePolicy', { PolicyName: 'p', PolicyDocument: policy(allow('ivs:*')) });
    const PolicyArn = Policy!.Arn!;
    await root.ask('CreateGroup', { GroupName: 'g' });
    await root.ask('AddUserToGroup', { GroupName: 'g', UserName: 'ann' });
    await root.ask('AddUserToGroup', { GroupName: 'g', UserName: 'bob' });
    await root.ask('AttachGroupPolicy', { GroupName: 'g', PolicyArn });
    await root.ask('AttachUserPolicy', { UserName: 'bob', PolicyArn });
    const AssumeRolePolicyDocument = trust(arnOf('root'));
    const { Role } = await root.ask('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument });
    ids.set('r', Role.RoleId);
    await root.ask('AttachRolePolicy', { RoleName: 'r', PolicyArn });
    await use('ann', 'ivs:GetChannel', noon - 2 * hour);
    await use('r', 'ivs:GetChannel', noon - hour);
    await use('eve', 'ivs:GetChannel', noon);

    const { JobId } = await root.ask('GenerateServiceLastAccessedDetails', { Arn: PolicyArn });
    const { ServicesLastAccessed } = await root.ask('GetServiceLastAccessedDetails', { JobId: JobId! });
    expect(ServicesLastAccessed).toMatchObject([
      { ServiceNamespace: 'ivs', TotalAuthenticatedEntities: 2, LastAuthenticatedEntity: arnOf('role/r') },
    ]);
    const asked = { JobId: JobId!, ServiceNamespace: 'ivs' };
    const { EntityDetailsList, ...rest } = await root.ask('GetServiceLastAccessedDetailsWithEntities', asked);
    expect(rest).toMatchObject({ JobStatus: 'COMPLETED', IsTruncated: false });
    expect(EntityDetailsList.map(({ EntityInfo, LastAuthenticated }) => [EntityInfo.Name, LastAuthenticated])).toEqual([
      ['r', new Date(noon - hour)],
      ['ann', new Date(noon - 2 * hour)],
      ['bob', undefined],
    ]);
    expect(EntityDetailsList[0]?.EntityInfo).toEqual({
      Arn: arnOf('role/r'),
      Name: 'r',
      Type: 'ROLE',
      Id: Role.RoleId,
      Path: '/',
    });
    const first = await root.ask('GetServiceLastAccessedDetailsWithEntities', { ...asked, MaxItems: 2 });
    expect(first.EntityDetailsList).toEqual(EntityDetailsList.slice(0, 2));
    const Marker = first.Marker!;
    const second = await root.ask('GetServiceLastAccessedDetailsWithEntities', { ...asked, Marker });
    expect(second.EntityDetailsList).toEqual(EntityDetailsList.slice(2));
    const unknown = { JobId: JobId!, ServiceNamespace: 'nothing' };
    expect(await root.refusal('GetServiceLastAccessedDetailsWithEntities', unknown)).toMatch(/^InvalidInput: /);
  });

  test('comes in pages', async () => {
    await put('bob', allow('*'));
    const { JobId } = await root.ask('GenerateServiceLastAccessedDetails', { Arn: arnOf('user/bob') });
    const all = (await root.ask('GetServiceLastAccessedDetails', { JobId: JobId!, MaxItems: 1000 }))
      .ServicesLastAccessed;
    const seen: unknown[] = [];
    for (let Marker: string | undefined; ;) {
      const page = await root.ask('GetServiceLastAccessedDetails', { JobId: JobId!, Marker });
      seen.push(...page.ServicesLastAccessed);
      Marker = page.Marker;
      if (Marker === undefined) break;
    }
    expect(seen).toEqual(all);
  });

  test('is read by whoever asked for it, for a week', async () => {
    await put('bob', allow('iam:*'));
    const bob = await world.user('bob');
    const { JobId = '' } = await bob.ask('GenerateServiceLastAccessedDetails', { Arn: arnOf('user/eve') });
    const missing = `NoSuchEntity: Job with id ${JobId} cannot be found.`;
    expect(await root.refusal('GetServiceLastAccessedDetails', { JobId })).toBe(missing);
    expect(await root.refusal('GetOrganizationsAccessReport', { JobId })).toBe(missing);
    expect(await world.root(otherAccount).refusal('GetServiceLastAccessedDetails', { JobId })).toBe(missing);
    world.now += 7 * day;
    expect((await bob.ask('GetServiceLastAccessedDetails', { JobId })).JobStatus).toBe('COMPLETED');
    world.now += 1;
    expect(await bob.refusal('GetServiceLastAccessedDetails', { JobId })).toBe(missing);
  });

  test('is made only of what exists', async () => {
    const refusal = (Arn: string) => root.refusal('GenerateServiceLastAccessedDetails', { Arn });
    expect(await refusal(arnOf('user/nobody'))).toBe('NoSuchEntity: The user with name nobody cannot be found.');
    expect(await refusal(arnOf('policy/none'))).toMatch(/^NoSuchEntity: Policy /);
    expect(await refusal(arnOf('instance-profile/none'))).toMatch(/^InvalidInput: /);
  });
});

describe('policies that grant a service', () => {
  test('are those of the user and of its groups, one entry for each service asked for', async () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/IVSReadOnlyAccess';
    await put('bob', allow('ivs:GetChannel'), allow('sts:*'));
    await root.ask('CreateGroup', { GroupName: 'g' });
    await root.ask('AddUserToGroup', { GroupName: 'g', UserName: 'bob' });
    const PolicyDocument = policy(allow('ivs:*'));
    await root.ask('PutGroupPolicy', { GroupName: 'g', PolicyName: 'q', PolicyDocument });
    await root.ask('AttachGroupPolicy', { GroupName: 'g', PolicyArn });
    const asked = { Arn: arnOf('user/bob'), ServiceNamespaces: ['sts', 'ivs', 's3', 'ivs'] };
    const own = { PolicyName: 'p', PolicyType: 'INLINE', EntityType: 'USER', EntityName: 'bob' };
    const { PoliciesGrantingServiceAccess: entries } = await root.ask('ListPoliciesGrantingServiceAccess', asked);
    const policiesFor = (service: string) =>
      entries.find(({ ServiceNamespace }) => ServiceNamespace === service)?.Policies;
    expect(entries).toHaveLength(3);
    expect(policiesFor('s3')).toEqual([]);
    expect(policiesFor('sts')).toEqual([own]);
    expect(policiesFor('ivs')).toEqual([
      own,
      { PolicyName: 'q', PolicyType: 'INLINE', EntityType: 'GROUP', EntityName: 'g' },
      { PolicyName: 'IVSReadOnlyAccess', PolicyType: 'MANAGED', PolicyArn },
    ]);
    const ofGroup = { Arn: arnOf('group/g'), ServiceNamespaces: ['sts'] };
    expect((await root.ask('ListPoliciesGrantingServiceAccess', ofGroup)).PoliciesGrantingServiceAccess).toEqual([
      { ServiceNamespace: 'sts', Policies: [] },
    ]);
  });
});
