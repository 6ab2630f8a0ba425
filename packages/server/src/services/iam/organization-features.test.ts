import { describe, expect, test } from 'vitest';
import type { OrganizationPlace, Organizations } from '../organizations.ts';
import { account, openIam, otherAccount } from './iam.testkit.ts';

const outsider = '999988887777';
const management: OrganizationPlace = {
  organizationId: 'o-exampleorgid',
  managementAccountId: account,
  allFeatures: true,
  trustsIam: true,
  iamAdministrators: [otherAccount],
};

const organization = (place: Partial<OrganizationPlace> = {}, members = [account, otherAccount]): Organizations => ({
  placeOf: (_, accountId) => Promise.resolve(members.includes(accountId) ? { ...management, ...place } : undefined),
  entityAt: () => Promise.resolve(undefined),
});

const operations = [
  'EnableOrganizationsRootCredentialsManagement',
  'EnableOrganizationsRootSessions',
  'DisableOrganizationsRootCredentialsManagement',
  'DisableOrganizationsRootSessions',
  'ListOrganizationsFeatures',
] as const;

describe.each(operations)('%s', (operation) => {
  test.each([
    ['without an organization', undefined, account, 'OrganizationNotFoundException'],
    ['of an account outside of it', organization(), outsider, 'OrganizationNotFoundException'],
    ['with billing alone', organization({ allFeatures: false }), account, 'OrganizationNotInAllFeaturesModeException'],
    ['without trust in IAM', organization({ trustsIam: false }), account, 'ServiceAccessNotEnabledException'],
    [
      'of a member that administers nothing',
      organization({ iamAdministrators: [] }),
      otherAccount,
      'AccountNotManagementOrDelegatedAdministratorException',
    ],
  ])('%s is refused', async (_, organizations, accountId, code) => {
    const world = await openIam({}, organizations === undefined ? {} : { organizations });
    expect(await world.root(accountId).refusal(operation, {})).toMatch(new RegExp(`^${code}: `));
  });
});

test('features are enabled by the management account and seen and disabled by its administrators too', async () => {
  const world = await openIam({}, { organizations: organization() });
  const [manager, administrator] = [world.root(), world.root(otherAccount)];
  const OrganizationId = 'o-exampleorgid';
  expect(await manager.ask('ListOrganizationsFeatures', {})).toEqual({ OrganizationId, EnabledFeatures: [] });
  expect(await administrator.refusal('EnableOrganizationsRootSessions', {})).toMatch(
    /^CallerIsNotManagementAccountException: /,
  );
  await manager.ask('EnableOrganizationsRootSessions', {});
  const both = { OrganizationId, EnabledFeatures: ['RootCredentialsManagement', 'RootSessions'] };
  expect(await manager.ask('EnableOrganizationsRootCredentialsManagement', {})).toEqual(both);
  expect(await manager.ask('EnableOrganizationsRootSessions', {})).toEqual(both);
  expect(await administrator.ask('ListOrganizationsFeatures', {})).toEqual(both);
  const one = { OrganizationId, EnabledFeatures: ['RootCredentialsManagement'] };
  expect(await administrator.ask('DisableOrganizationsRootSessions', {})).toEqual(one);
  expect(await manager.ask('ListOrganizationsFeatures', {})).toEqual(one);
  const none = { OrganizationId, EnabledFeatures: [] };
  expect(await manager.ask('DisableOrganizationsRootCredentialsManagement', {})).toEqual(none);
});
