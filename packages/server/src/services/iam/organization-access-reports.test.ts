import { parsePolicy } from '@stagedoor/policy';
import type { Policy } from '@stagedoor/policy';
import { expect, test } from 'vitest';
import type { Organizations } from '../organizations.ts';
import { account, allow, deny, noon, openIam, otherAccount, policy } from './iam.testkit.ts';
import { serviceUses, serviceUseScope } from './service-use-records.ts';

const organizationId = 'o-exampleorgid';
const EntityPath = `${organizationId}/r-root`;
const parsed = (...statements: readonly object[]): Policy => {
  const result = parsePolicy(policy(...statements));
  if (!result.ok) throw new Error('not a policy');
  return result.policy;
};

const organizations: Organizations = {
  placeOf: (_, accountId) =>
    Promise.resolve(
      accountId === account || accountId === otherAccount
        ? { organizationId, managementAccountId: account, allFeatures: true, trustsIam: true, iamAdministrators: [] }
        : undefined,
    ),
  entityAt: (_, path, policyId) =>
    Promise.resolve(
      path === EntityPath && policyId !== 'p-nothing1'
        ? {
            accounts: [{ accountId: otherAccount, path: `${EntityPath}/${otherAccount}` }],
            controlPolicies: [[parsed(allow('*'))], [parsed(allow(['ivs:*', 'sts:*', 's3:*']), deny('s3:*'))]],
          }
        : undefined,
    ),
};

async function reportOf(
  parts: Partial<{ organizations: Organizations }>,
  accountId: string,
  path: string,
  id?: string,
) {
  const root = (await openIam({}, parts)).root(accountId);
  const input = { EntityPath: path, OrganizationsPolicyId: id };
  const { JobId } = await root.ask('GenerateOrganizationsAccessReport', input);
  return root.ask('GetOrganizationsAccessReport', { JobId: JobId! });
}

test.each([
  ['there is no organization', {}, account, EntityPath, 'OrganizationNotFoundException'],
  ['the account does not manage it', { organizations }, otherAccount, EntityPath, 'AccessDenied'],
  ['the path is of another', { organizations }, account, 'o-anotherorgid/r-root', 'AccessDenied'],
  ['the path leads nowhere', { organizations }, account, `${EntityPath}/ou-none`, 'NoSuchEntity'],
])('a report fails when %s', async (_, parts, accountId, path, Code) => {
  const report = await reportOf(parts, accountId, path);
  expect(report).toMatchObject({ JobStatus: 'FAILED', JobCreationDate: new Date(noon), ErrorDetails: { Code } });
  expect(report).not.toHaveProperty('AccessDetails');
});

test('a report on a policy that is not there fails', async () => {
  expect(await reportOf({ organizations }, account, EntityPath, 'p-nothing1')).toMatchObject({ JobStatus: 'FAILED' });
});

test('a report lists what every level of control policies leaves, sorted as asked, in pages', async () => {
  const world = await openIam({}, { organizations });
  const note = (principalId: string, service: string, at: number, owner: string) =>
    world.store.transact(serviceUseScope.accountId, (tx) =>
      tx.put(serviceUses, serviceUseScope, `${principalId}/${service}`, {
        principalId,
        account: owner,
        service,
        at,
        region: 'us-west-2',
        actions: {},
      }),
    );
  await note('AIDAONE', 'sts', noon - 2, otherAccount);
  await note('AIDATWO', 'sts', noon - 1, otherAccount);
  await note('AIDAELSE', 'ivs', noon, account);
  const root = world.root();
  const { JobId = '' } = await root.ask('GenerateOrganizationsAccessReport', { EntityPath });
  const ivs = {
    ServiceName: 'Amazon Interactive Video Service',
    ServiceNamespace: 'ivs',
    TotalAuthenticatedEntities: 0,
  };
  const sts = {
    ServiceName: 'AWS Security Token Service',
    ServiceNamespace: 'sts',
    TotalAuthenticatedEntities: 1,
    Region: 'us-west-2',
    EntityPath: `${EntityPath}/${otherAccount}`,
    LastAuthenticatedTime: new Date(noon - 1),
  };
  expect(await root.ask('GetOrganizationsAccessReport', { JobId })).toEqual({
    JobStatus: 'COMPLETED',
    JobCreationDate: new Date(noon),
    JobCompletionDate: new Date(noon),
    NumberOfServicesAccessible: 2,
    NumberOfServicesNotAccessed: 1,
    AccessDetails: [ivs, sts],
    IsTruncated: false,
  });
  const latest = { JobId, SortKey: 'LAST_AUTHENTICATED_TIME_DESCENDING', MaxItems: 1 } as const;
  const first = await root.ask('GetOrganizationsAccessReport', latest);
  expect(first).toMatchObject({ AccessDetails: [sts], IsTruncated: true });
  const Marker = first.Marker!;
  expect((await root.ask('GetOrganizationsAccessReport', { ...latest, Marker })).AccessDetails).toEqual([ivs]);
  const mixed = { JobId, SortKey: 'SERVICE_NAMESPACE_DESCENDING', Marker } as const;
  expect(await root.refusal('GetOrganizationsAccessReport', mixed)).toBe('ValidationError: Invalid Marker.');
  const descending = await root.ask('GetOrganizationsAccessReport', { ...mixed, Marker: undefined });
  expect(descending.AccessDetails).toEqual([sts, ivs]);
  const ascending = { JobId, SortKey: 'LAST_AUTHENTICATED_TIME_ASCENDING' } as const;
  expect((await root.ask('GetOrganizationsAccessReport', ascending)).AccessDetails).toEqual([ivs, sts]);
});
