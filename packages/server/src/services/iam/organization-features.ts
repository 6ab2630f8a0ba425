/** Root access of member accounts, managed for a whole organization (spec/iam.md 6.18). */
import type { FeatureType, IamModel } from '../../model/iam.ts';
import type { Collection } from '../../store/store.ts';
import type { OrganizationPlace } from '../organizations.ts';
import { operationsOf } from '../service.ts';
import type { Row } from '../service.ts';
import { onAccount } from './access.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { anyAccount } from './records.ts';

interface OrganizationFeaturesRecord {
  readonly organizationId: string;
  readonly features: readonly FeatureType[];
}

/** In scope `anyAccount`, keyed by the organization's id: whoever administers it may change it. */
const organizationFeatures: Collection<OrganizationFeaturesRecord> = { name: 'iam.organization-features' };

type Refusals =
  | 'OrganizationNotFoundException'
  | 'OrganizationNotInAllFeaturesModeException'
  | 'ServiceAccessNotEnabledException'
  | 'AccountNotManagementOrDelegatedAdministratorException';

/** The organization that the caller's account administers, or the refusal of an account that administers none. */
async function administered(call: Needs<Refusals>): Promise<OrganizationPlace> {
  const place =
    (await call.env.organizations?.placeOf(state(call), call.accountId)) ??
    call.fail('OrganizationNotFoundException', 'No organization is associated with your account.');
  if (!place.allFeatures) {
    call.fail('OrganizationNotInAllFeaturesModeException', 'Your organization does not have all features enabled.');
  }
  if (!place.trustsIam) {
    call.fail('ServiceAccessNotEnabledException', 'Trusted access is not enabled for IAM in AWS Organizations.');
  }
  if (call.accountId !== place.managementAccountId && !place.iamAdministrators.includes(call.accountId)) {
    const text =
      'Your account is neither the management account nor a delegated administrator for centralized root access.';
    call.fail('AccountNotManagementOrDelegatedAdministratorException', text);
  }
  return place;
}

async function featuresOf(call: Needs, { organizationId }: OrganizationPlace): Promise<readonly FeatureType[]> {
  const record = await state(call).get(organizationFeatures, anyAccount, organizationId);
  return record?.features ?? [];
}

const answer = (organizationId: string, features: readonly FeatureType[]) => ({
  OrganizationId: organizationId,
  EnabledFeatures: features,
});

type Enabling = IamModel['EnableOrganizationsRootSessions'];
type Disabling = IamModel['DisableOrganizationsRootSessions'];

const enables = (feature: FeatureType): Row<Enabling> => ({
  access: onAccount,
  async write(_, call) {
    const place = await administered(call);
    if (call.accountId !== place.managementAccountId) {
      call.fail('CallerIsNotManagementAccountException', 'Only the management account can enable this feature.');
    }
    const features = [...new Set([...(await featuresOf(call, place)), feature])].toSorted();
    const { organizationId } = place;
    await call.tx.put(organizationFeatures, anyAccount, organizationId, { organizationId, features });
    return answer(organizationId, features);
  },
});

const disables = (feature: FeatureType): Row<Disabling> => ({
  access: onAccount,
  async write(_, call) {
    const place = await administered(call);
    const features = (await featuresOf(call, place)).filter((enabled) => enabled !== feature);
    const { organizationId } = place;
    await call.tx.put(organizationFeatures, anyAccount, organizationId, { organizationId, features });
    return answer(organizationId, features);
  },
});

export const organizationFeatureRows = operationsOf<IamModel>()({
  EnableOrganizationsRootCredentialsManagement: enables('RootCredentialsManagement'),
  EnableOrganizationsRootSessions: enables('RootSessions'),
  DisableOrganizationsRootCredentialsManagement: disables('RootCredentialsManagement'),
  DisableOrganizationsRootSessions: disables('RootSessions'),
  ListOrganizationsFeatures: {
    access: onAccount,
    async read(_, call) {
      const place = await administered(call);
      return answer(place.organizationId, await featuresOf(call, place));
    },
  },
});
