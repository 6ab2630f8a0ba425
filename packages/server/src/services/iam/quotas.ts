/** Default quotas (spec/iam.md 4, Appendix B): one number each, used by checks and by GetAccountSummary. */
export const quotas = {
  accessKeysPerUser: 2,
  assumeRolePolicySize: 2048,
  attachedPoliciesPerGroup: 10,
  attachedPoliciesPerRole: 10,
  attachedPoliciesPerUser: 10,
  groupPolicySize: 5120,
  groupsPerAccount: 300,
  groupsPerUser: 10,
  instanceProfilesPerAccount: 1000,
  mfaDevicesPerUser: 8,
  policiesPerAccount: 1500,
  policySize: 6144,
  policyVersionsInUse: 10_000,
  rolePolicySize: 10_240,
  rolesPerAccount: 1000,
  serverCertificatesPerAccount: 20,
  serviceCredentialsPerServiceAndUser: 2,
  signingCertificatesPerUser: 2,
  sshPublicKeysPerUser: 5,
  tagsPerEntity: 50,
  userPolicySize: 2048,
  usersPerAccount: 5000,
  versionsPerPolicy: 5,
} as const;

/** The text of LimitExceeded for a counted quota. */
export const quotaText = (name: string, limit: number): string => `Cannot exceed quota for ${name}: ${limit}`;
