/**
 * What IAM asks of organizations. A service that keeps organizations implements this and hands it over in the
 * environment; where there is none, no account belongs to an organization.
 */
import type { Policy } from '@stagedoor/policy';
import type { Reader } from '../store/store.ts';

/** An account's place in its organization. */
export interface OrganizationPlace {
  readonly organizationId: string;
  readonly managementAccountId: string;
  /** Whether policies can be used, not only billing. */
  readonly allFeatures: boolean;
  /** Whether the organization lets IAM act in its accounts (`iam.amazonaws.com` has trusted access). */
  readonly trustsIam: boolean;
  /** Accounts that administer IAM for the management account. */
  readonly iamAdministrators: readonly string[];
}

/** An account below an entity of the organization. */
export interface OrganizationAccount {
  readonly accountId: string;
  /** `o-…/r-…/ou-…/<account id>` */
  readonly path: string;
}

/** What an access report is about: the root, a unit or an account, and what service control policies leave it. */
export interface OrganizationEntity {
  readonly accounts: readonly OrganizationAccount[];
  /** From the root to the entity: an action is left when each level allows it. Empty for the management account. */
  readonly controlPolicies: readonly (readonly Policy[])[];
}

export interface Organizations {
  /** `undefined` when the account belongs to no organization. */
  placeOf(reader: Reader, accountId: string): Promise<OrganizationPlace | undefined>;
  /** The entity at a path; with a policy id, what that one policy leaves. `undefined` when there is no such entity or policy. */
  entityAt(reader: Reader, path: string, policyId: string | undefined): Promise<OrganizationEntity | undefined>;
}
