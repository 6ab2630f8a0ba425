/** Default quotas (spec/iam.md 4, Appendix B): one number each, used by checks and by GetAccountSummary. */
export const quotas = {
  accessKeysPerUser: 2,
  assumeRolePolicySize: 2048,
  attachedPoliciesPerGroup: 10,
  attachedPoliciesPerRole: 10,
  attachedPoliciesPerUser: 10,
  clientIdsPerOidcProvider: 100,
  /** Open ones that an account has asked for; ours, AWS names none. */
  delegationRequestsPerAccount: 1000,
  groupPolicySize: 5120,
  groupsPerAccount: 300,
  groupsPerUser: 10,
  instanceProfilesPerAccount: 1000,
  keysPerSamlProvider: 10,
  mfaDevicesPerUser: 8,
  oidcProvidersPerAccount: 100,
  policiesPerAccount: 1500,
  policySize: 6144,
  policyVersionsInUse: 10_000,
  privateKeysPerSamlProvider: 2,
  rolePolicySize: 10_240,
  rolesPerAccount: 1000,
  samlProvidersPerAccount: 100,
  serverCertificatesPerAccount: 20,
  serviceCredentialsPerServiceAndUser: 2,
  signingCertificatesPerUser: 2,
  sshPublicKeysPerUser: 5,
  tagsPerEntity: 50,
  thumbprintsPerOidcProvider: 5,
  userPolicySize: 2048,
  usersPerAccount: 5000,
  versionsPerPolicy: 5,
} as const;

/** The text of LimitExceeded for a counted quota. */
export const quotaText = (name: string, limit: number): string => `Cannot exceed quota for ${name}: ${limit}`;
