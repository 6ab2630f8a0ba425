/** AWS Identity and Access Management: one row per operation, collected from one file per noun. */
import { accountAliasRows } from './account-aliases.ts';
import { accountSettingsRows } from './account-settings.ts';
import { accountSummary } from './account-summary.ts';
import { accessKeys } from './access-keys.ts';
import { attachments } from './attachments.ts';
import { authorizationDetails } from './authorization-details.ts';
import { boundaries } from './boundaries.ts';
import { contextKeys } from './context-keys.ts';
import { credentialReportRows } from './credential-reports.ts';
import { delegationRequests } from './delegation-requests.ts';
import { groups } from './groups.ts';
import { inlinePolicies } from './inline-policies.ts';
import { instanceProfiles } from './instance-profiles.ts';
import { lastAccessed } from './last-accessed.ts';
import { loginProfiles } from './login-profiles.ts';
import { managedPolicies } from './managed-policies.ts';
import { memberships } from './memberships.ts';
import { mfaEnrolment } from './mfa-enrolment.ts';
import { mfaListing } from './mfa-listing.ts';
import { oidcProviders } from './oidc-providers.ts';
import { organizationAccessReports } from './organization-access-reports.ts';
import { organizationFeatureRows } from './organization-features.ts';
import { passwordPolicy } from './password-policy.ts';
import { policyVersions } from './policy-versions.ts';
import { roleTemplates } from './role-templates.ts';
import { roles } from './roles.ts';
import { samlProviders } from './saml-providers.ts';
import { serverCertificates } from './server-certificates.ts';
import { serviceCredentials } from './service-credentials.ts';
import { serviceLinkedRoles } from './service-linked-roles.ts';
import { signingCertificates } from './signing-certificates.ts';
import { sshPublicKeys } from './ssh-public-keys.ts';
import { simulation } from './simulation.ts';
import { tags } from './tags.ts';
import { users } from './users.ts';

export const iam = {
  ...users,
  ...groups,
  ...memberships,
  ...accessKeys,
  ...managedPolicies,
  ...policyVersions,
  ...attachments,
  ...inlinePolicies,
  ...boundaries,
  ...roles,
  ...serviceLinkedRoles,
  ...simulation,
  ...contextKeys,
  ...instanceProfiles,
  ...tags,
  ...loginProfiles,
  ...passwordPolicy,
  ...mfaEnrolment,
  ...mfaListing,
  ...sshPublicKeys,
  ...signingCertificates,
  ...serverCertificates,
  ...serviceCredentials,
  ...credentialReportRows,
  ...samlProviders,
  ...oidcProviders,
  ...accountSettingsRows,
  ...organizationFeatureRows,
  ...lastAccessed,
  ...organizationAccessReports,
  ...roleTemplates,
  ...delegationRequests,
  ...accountAliasRows,
  ...accountSummary,
  ...authorizationDetails,
};
