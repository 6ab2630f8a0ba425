/** GetAccountSummary: what the account has and may have (spec/iam.md Appendix B). */
import type { IamModel } from '../../model/iam.ts';
import type { Collection } from '../../store/store.ts';
import { operationsOf } from '../service.ts';
import { onAccount } from './access.ts';
import { mfaDevices, serverCertificates, signingCertificates } from './credential-records.ts';
import type { MfaDeviceRecord } from './credential-records.ts';
import { settingsOf } from './account-settings.ts';
import { state } from './needs.ts';
import type { Needs } from './needs.ts';
import { recordsAfter } from './pagination.ts';
import { oidcProviders, samlProviders } from './provider-records.ts';
import { quotas } from './quotas.ts';
import { accessKeys, anyAccount, global, groups, instanceProfiles, managedPolicies, roles, users } from './records.ts';

const quotaMembers = {
  AccessKeysPerUserQuota: quotas.accessKeysPerUser,
  AssumeRolePolicySizeQuota: quotas.assumeRolePolicySize,
  AttachedPoliciesPerGroupQuota: quotas.attachedPoliciesPerGroup,
  AttachedPoliciesPerRoleQuota: quotas.attachedPoliciesPerRole,
  AttachedPoliciesPerUserQuota: quotas.attachedPoliciesPerUser,
  GroupPolicySizeQuota: quotas.groupPolicySize,
  GroupsPerUserQuota: quotas.groupsPerUser,
  GroupsQuota: quotas.groupsPerAccount,
  InstanceProfilesQuota: quotas.instanceProfilesPerAccount,
  PoliciesQuota: quotas.policiesPerAccount,
  PolicySizeQuota: quotas.policySize,
  PolicyVersionsInUseQuota: quotas.policyVersionsInUse,
  RolePolicySizeQuota: quotas.rolePolicySize,
  RolesQuota: quotas.rolesPerAccount,
  ServerCertificatesQuota: quotas.serverCertificatesPerAccount,
  SigningCertificatesPerUserQuota: quotas.signingCertificatesPerUser,
  UserPolicySizeQuota: quotas.userPolicySize,
  UsersQuota: quotas.usersPerAccount,
  VersionsPerPolicyQuota: quotas.versionsPerPolicy,
};

/** What the account cannot have yet: each becomes a count with the operations that create it. */
const nothingYet = {
  AccountPasswordPresent: 0,
};

const count = <T>(call: Needs, collection: Collection<T>): Promise<number> =>
  state(call).count(collection, global(call.accountId));

/** What the root user has, each 0 or 1. */
async function rootHoldings(call: Needs) {
  const has = async <T>(collection: Collection<T>, scope = global(call.accountId)): Promise<number> =>
    Math.min(1, (await state(call).find(collection, 'owner', call.accountId, scope)).length);
  return {
    AccountAccessKeysPresent: await has(accessKeys, anyAccount),
    AccountMFAEnabled: await has(mfaDevices),
    AccountSigningCertificatesPresent: await has(signingCertificates),
  };
}

async function devicesInUse(call: Needs): Promise<number> {
  let inUse = 0;
  const tally = ({ ownerId }: MfaDeviceRecord): boolean => {
    if (ownerId !== undefined) inUse += 1;
    return false;
  };
  await recordsAfter(call, mfaDevices, undefined, 1000, tally);
  return inUse;
}

async function versionsInUse(call: Needs): Promise<number> {
  let versions = 0;
  const tally = (policy: { readonly versions: readonly unknown[] }): boolean => {
    versions += policy.versions.length;
    return false;
  };
  await recordsAfter(call, managedPolicies, undefined, 1000, tally);
  return versions;
}

export const accountSummary = operationsOf<IamModel>()({
  GetAccountSummary: {
    access: onAccount,
    async read(_, call) {
      const [Users, Groups, Roles, Policies, InstanceProfiles, MFADevices, ServerCertificates] = await Promise.all([
        count(call, users),
        count(call, groups),
        count(call, roles),
        count(call, managedPolicies),
        count(call, instanceProfiles),
        count(call, mfaDevices),
        count(call, serverCertificates),
      ]);
      const SummaryMap = {
        ...quotaMembers,
        ...nothingYet,
        ...(await rootHoldings(call)),
        GlobalEndpointTokenVersion: (await settingsOf(call)).globalTokenVersion ?? 1,
        Groups,
        InstanceProfiles,
        MFADevices,
        MFADevicesInUse: await devicesInUse(call),
        Policies,
        Providers: (await count(call, samlProviders)) + (await count(call, oidcProviders)),
        PolicyVersionsInUse: await versionsInUse(call),
        Roles,
        ServerCertificates,
        Users,
      };
      return { SummaryMap };
    },
  },
});
