/** What every IAM row asks to be allowed, held against the service authorization reference. */
import { beforeAll, describe, expect, test } from 'vitest';
import { loadAuthorization } from '../../model/authorization.ts';
import type { IamModel } from '../../model/iam.ts';
import type { AccessCheck } from '../service.ts';
import { account, allow, openIam, policy, trust, type Asker, type World } from './iam.testkit.ts';
import { iam } from './index.ts';

const UserName = 'bob';
const GroupName = 'g';
const RoleName = 'r';
const InstanceProfileName = 'i';
const PolicyName = 'p';
const PolicyArn = `arn:aws:iam::${account}:policy/x/p`;
const PermissionsBoundary = 'arn:aws:iam::aws:policy/PowerUserAccess';
const PolicyDocument = policy(allow('ivs:*'));
const AssumeRolePolicyDocument = trust(`arn:aws:iam::${account}:root`);
const Tags = [{ Key: 'Owner', Value: 'x' }];
const TagKeys = ['Owner'];
const VersionId = 'v1';
const NewPath = '/new/';
const PolicySourceArn = `arn:aws:iam::${account}:user/bob`;
const AWSServiceName = 'ivs.amazonaws.com';

type Inputs = { readonly [K in keyof typeof iam & keyof IamModel]: IamModel[K]['input'] };

const SerialNumber = `arn:aws:iam::${account}:mfa/d`;
const codes = { AuthenticationCode1: '123456', AuthenticationCode2: '234567' };
const SSHPublicKeyId = 'APKANOTHING1234567890';
const CertificateId = 'NOTHING1NOTHING2NOTHING3NOTHING4';
const ServerCertificateName = 's';
const TemplateArn = 'arn:aws:iam::aws:role-template/ivs.amazonaws.com/None:1';
const JobId = '01234567-89ab-4cde-8f01-23456789abcd';
const SAMLProviderArn = `arn:aws:iam::${account}:saml-provider/s`;
const SAMLMetadataDocument = 'x'.repeat(1000);
const OpenIDConnectProviderArn = `arn:aws:iam::${account}:oidc-provider/id.example.com`;

/** A valid input of every row; what it names exists and is bounded, unless it is to be created. */
const inputsWith = (AccessKeyId: string, ServiceSpecificCredentialId: string): Inputs => ({
  CreateUser: { UserName: 'new', PermissionsBoundary, Tags },
  GetUser: { UserName },
  ListUsers: {},
  UpdateUser: { UserName, NewPath },
  DeleteUser: { UserName },
  CreateGroup: { GroupName: 'new' },
  GetGroup: { GroupName },
  ListGroups: {},
  UpdateGroup: { GroupName, NewPath },
  DeleteGroup: { GroupName },
  AddUserToGroup: { GroupName, UserName },
  RemoveUserFromGroup: { GroupName, UserName },
  ListGroupsForUser: { UserName },
  CreateAccessKey: { UserName },
  UpdateAccessKey: { UserName, AccessKeyId, Status: 'Inactive' },
  DeleteAccessKey: { UserName, AccessKeyId },
  ListAccessKeys: { UserName },
  GetAccessKeyLastUsed: { AccessKeyId },
  CreatePolicy: { PolicyName: 'new', PolicyDocument, Tags },
  GetPolicy: { PolicyArn },
  ListPolicies: {},
  DeletePolicy: { PolicyArn },
  ListEntitiesForPolicy: { PolicyArn },
  CreatePolicyVersion: { PolicyArn, PolicyDocument },
  GetPolicyVersion: { PolicyArn, VersionId },
  ListPolicyVersions: { PolicyArn },
  DeletePolicyVersion: { PolicyArn, VersionId },
  SetDefaultPolicyVersion: { PolicyArn, VersionId },
  AttachUserPolicy: { UserName, PolicyArn },
  AttachGroupPolicy: { GroupName, PolicyArn },
  AttachRolePolicy: { RoleName, PolicyArn },
  DetachUserPolicy: { UserName, PolicyArn },
  DetachGroupPolicy: { GroupName, PolicyArn },
  DetachRolePolicy: { RoleName, PolicyArn },
  ListAttachedUserPolicies: { UserName },
  ListAttachedGroupPolicies: { GroupName },
  ListAttachedRolePolicies: { RoleName },
  PutUserPolicy: { UserName, PolicyName, PolicyDocument },
  PutGroupPolicy: { GroupName, PolicyName, PolicyDocument },
  PutRolePolicy: { RoleName, PolicyName, PolicyDocument },
  GetUserPolicy: { UserName, PolicyName },
  GetGroupPolicy: { GroupName, PolicyName },
  GetRolePolicy: { RoleName, PolicyName },
  DeleteUserPolicy: { UserName, PolicyName },
  DeleteGroupPolicy: { GroupName, PolicyName },
  DeleteRolePolicy: { RoleName, PolicyName },
  ListUserPolicies: { UserName },
  ListGroupPolicies: { GroupName },
  ListRolePolicies: { RoleName },
  PutUserPermissionsBoundary: { UserName, PermissionsBoundary },
  PutRolePermissionsBoundary: { RoleName, PermissionsBoundary },
  DeleteUserPermissionsBoundary: { UserName },
  DeleteRolePermissionsBoundary: { RoleName },
  CreateRole: { RoleName: 'new', AssumeRolePolicyDocument, PermissionsBoundary, Tags },
  GetRole: { RoleName },
  ListRoles: {},
  UpdateRole: { RoleName },
  UpdateRoleDescription: { RoleName, Description: '' },
  UpdateAssumeRolePolicy: { RoleName, PolicyDocument: AssumeRolePolicyDocument },
  DeleteRole: { RoleName },
  CreateInstanceProfile: { InstanceProfileName: 'new', Tags },
  GetInstanceProfile: { InstanceProfileName },
  ListInstanceProfiles: {},
  ListInstanceProfilesForRole: { RoleName },
  AddRoleToInstanceProfile: { InstanceProfileName, RoleName },
  RemoveRoleFromInstanceProfile: { InstanceProfileName, RoleName },
  DeleteInstanceProfile: { InstanceProfileName },
  TagUser: { UserName, Tags },
  TagRole: { RoleName, Tags },
  TagPolicy: { PolicyArn, Tags },
  TagInstanceProfile: { InstanceProfileName, Tags },
  UntagUser: { UserName, TagKeys },
  UntagRole: { RoleName, TagKeys },
  UntagPolicy: { PolicyArn, TagKeys },
  UntagInstanceProfile: { InstanceProfileName, TagKeys },
  ListUserTags: { UserName },
  ListRoleTags: { RoleName },
  ListPolicyTags: { PolicyArn },
  ListInstanceProfileTags: { InstanceProfileName },
  CreateLoginProfile: { UserName, Password: 'Corr3ct-horse' },
  GetLoginProfile: { UserName },
  UpdateLoginProfile: { UserName },
  DeleteLoginProfile: { UserName },
  ChangePassword: { OldPassword: 'a', NewPassword: 'b' },
  UpdateAccountPasswordPolicy: {},
  GetAccountPasswordPolicy: {},
  DeleteAccountPasswordPolicy: {},
  CreateAccountAlias: { AccountAlias: 'new' },
  ListAccountAliases: {},
  DeleteAccountAlias: { AccountAlias: 'new' },
  GetAccountSummary: {},
  CreateVirtualMFADevice: { VirtualMFADeviceName: 'new', Tags },
  EnableMFADevice: { UserName, SerialNumber, ...codes },
  ResyncMFADevice: { UserName, SerialNumber, ...codes },
  DeactivateMFADevice: { UserName, SerialNumber },
  DeleteVirtualMFADevice: { SerialNumber },
  ListMFADevices: { UserName },
  ListVirtualMFADevices: {},
  GetMFADevice: { UserName, SerialNumber },
  TagMFADevice: { SerialNumber, Tags },
  UntagMFADevice: { SerialNumber, TagKeys },
  ListMFADeviceTags: { SerialNumber },
  UploadSSHPublicKey: { UserName, SSHPublicKeyBody: 'x' },
  GetSSHPublicKey: { UserName, SSHPublicKeyId, Encoding: 'PEM' },
  ListSSHPublicKeys: { UserName },
  UpdateSSHPublicKey: { UserName, SSHPublicKeyId, Status: 'Inactive' },
  DeleteSSHPublicKey: { UserName, SSHPublicKeyId },
  UploadSigningCertificate: { UserName, CertificateBody: 'x' },
  ListSigningCertificates: { UserName },
  UpdateSigningCertificate: { UserName, CertificateId, Status: 'Inactive' },
  DeleteSigningCertificate: { UserName, CertificateId },
  UploadServerCertificate: { ServerCertificateName, CertificateBody: 'x', PrivateKey: 'x', Tags },
  GetServerCertificate: { ServerCertificateName },
  ListServerCertificates: {},
  UpdateServerCertificate: { ServerCertificateName, NewPath },
  DeleteServerCertificate: { ServerCertificateName },
  TagServerCertificate: { ServerCertificateName, Tags },
  UntagServerCertificate: { ServerCertificateName, TagKeys },
  ListServerCertificateTags: { ServerCertificateName },
  GenerateCredentialReport: {},
  GetCredentialReport: {},
  CreateServiceSpecificCredential: { UserName, ServiceName: 'bedrock.amazonaws.com', CredentialAgeDays: 30 },
  ListServiceSpecificCredentials: { UserName },
  UpdateServiceSpecificCredential: { UserName, ServiceSpecificCredentialId, Status: 'Inactive' },
  ResetServiceSpecificCredential: { UserName, ServiceSpecificCredentialId },
  DeleteServiceSpecificCredential: { UserName, ServiceSpecificCredentialId },
  CreateSAMLProvider: { Name: 'new', SAMLMetadataDocument, Tags },
  GetSAMLProvider: { SAMLProviderArn },
  ListSAMLProviders: {},
  UpdateSAMLProvider: { SAMLProviderArn, AssertionEncryptionMode: 'Allowed' },
  DeleteSAMLProvider: { SAMLProviderArn },
  TagSAMLProvider: { SAMLProviderArn, Tags },
  UntagSAMLProvider: { SAMLProviderArn, TagKeys },
  ListSAMLProviderTags: { SAMLProviderArn },
  CreateOpenIDConnectProvider: { Url: 'https://new.example.com', Tags },
  GetOpenIDConnectProvider: { OpenIDConnectProviderArn },
  ListOpenIDConnectProviders: {},
  AddClientIDToOpenIDConnectProvider: { OpenIDConnectProviderArn, ClientID: 'c' },
  RemoveClientIDFromOpenIDConnectProvider: { OpenIDConnectProviderArn, ClientID: 'c' },
  UpdateOpenIDConnectProviderThumbprint: { OpenIDConnectProviderArn, ThumbprintList: [] },
  DeleteOpenIDConnectProvider: { OpenIDConnectProviderArn },
  TagOpenIDConnectProvider: { OpenIDConnectProviderArn, Tags },
  UntagOpenIDConnectProvider: { OpenIDConnectProviderArn, TagKeys },
  ListOpenIDConnectProviderTags: { OpenIDConnectProviderArn },
  SetSecurityTokenServicePreferences: { GlobalEndpointTokenVersion: 'v2Token' },
  GetAccountProperties: {},
  PutAccountProperties: { Properties: { 'Space/name': 'x' } },
  EnableOutboundWebIdentityFederation: {},
  DisableOutboundWebIdentityFederation: {},
  GetOutboundWebIdentityFederationInfo: {},
  EnableOrganizationsRootCredentialsManagement: {},
  EnableOrganizationsRootSessions: {},
  DisableOrganizationsRootCredentialsManagement: {},
  DisableOrganizationsRootSessions: {},
  ListOrganizationsFeatures: {},
  GenerateServiceLastAccessedDetails: { Arn: `arn:aws:iam::${account}:user/bob` },
  GetServiceLastAccessedDetails: { JobId },
  GetServiceLastAccessedDetailsWithEntities: { JobId, ServiceNamespace: 'ivs' },
  ListPoliciesGrantingServiceAccess: { Arn: `arn:aws:iam::${account}:user/bob`, ServiceNamespaces: ['ivs'] },
  GenerateOrganizationsAccessReport: {
    EntityPath: 'o-exampleorgid/r-root',
    OrganizationsPolicyId: 'p-FullAWSAccess',
  },
  GetOrganizationsAccessReport: { JobId },
  GetRoleTemplateVersion: { TemplateArn },
  AcquireRole: { TemplateArn },
  CreateDelegationRequest: {
    Description: 'x',
    Permissions: { PolicyTemplateArn: PolicyArn },
    RequestorWorkflowId: 'workflow',
    NotificationChannel: `arn:aws:sns:us-east-1:${account}:t`,
    SessionDuration: 300,
  },
  GetDelegationRequest: { DelegationRequestId: JobId },
  GetHumanReadableSummary: { EntityArn: `arn:aws:iam::${account}:delegation-request/${JobId}` },
  ListDelegationRequests: { OwnerId: `arn:aws:iam::${account}:user/bob` },
  AssociateDelegationRequest: { DelegationRequestId: JobId },
  UpdateDelegationRequest: { DelegationRequestId: JobId },
  AcceptDelegationRequest: { DelegationRequestId: JobId },
  RejectDelegationRequest: { DelegationRequestId: JobId },
  SendDelegationToken: { DelegationRequestId: JobId },
  GetAccountAuthorizationDetails: {},
  SimulateCustomPolicy: { PolicyInputList: [PolicyDocument], ActionNames: ['ivs:GetChannel'] },
  SimulatePrincipalPolicy: { PolicySourceArn, ActionNames: ['ivs:GetChannel'] },
  GetContextKeysForCustomPolicy: { PolicyInputList: [PolicyDocument] },
  GetContextKeysForPrincipalPolicy: { PolicySourceArn },
  CreateServiceLinkedRole: { AWSServiceName },
  DeleteServiceLinkedRole: { RoleName: 'AWSServiceRoleForIVSRecordToS3' },
  GetServiceLinkedRoleDeletionStatus: {
    DeletionTaskId: `task/aws-service-role/${AWSServiceName}/AWSServiceRoleForIVSRecordToS3/01234567-89ab-4cde-8f01-23456789abcd`,
  },
});

type Operation = keyof Inputs;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a literal
const operations = Object.keys(inputsWith('', '')) as Operation[];
const reference = loadAuthorization().get('iam')!;
const keysOf = (operation: Operation): readonly string[] => reference.actions.get(operation)?.conditionKeys ?? [];
/** Operations that the reference does not know. */
const unlisted: ReadonlyMap<string, string> = new Map([['UpdateDelegationRequest', 'delegation-request']]);
const typeOf = (arn: string): string => arn.split(':', 6)[5]?.split('/')[0] ?? arn;

let world: World;
let bob: Asker;
let inputs: Inputs;
beforeAll(async () => {
  world = await openIam();
  const root = world.root();
  await root.ask('CreateUser', { UserName, PermissionsBoundary });
  await root.ask('CreateGroup', { GroupName });
  await root.ask('CreateRole', { RoleName, AssumeRolePolicyDocument, PermissionsBoundary });
  await root.ask('CreatePolicy', { PolicyName: 'p', Path: '/x/', PolicyDocument });
  await root.ask('CreateInstanceProfile', { InstanceProfileName });
  await root.ask('CreateServiceLinkedRole', { AWSServiceName });
  const key = (await root.ask('CreateAccessKey', { UserName })).AccessKey.AccessKeyId;
  const ServiceName = 'codecommit.amazonaws.com';
  const made = await root.ask('CreateServiceSpecificCredential', { UserName, ServiceName });
  await root.ask('PutAccountProperties', { Properties: { 'Space/name': 'x' } });
  inputs = inputsWith(key, made.ServiceSpecificCredential?.ServiceSpecificCredentialId ?? '');
  bob = await world.user(UserName);
});

/** Checks of the row's own action; others (tagging, PassRole) have their own rows in the reference. */
const ownChecks = async (operation: Operation): Promise<readonly AccessCheck[]> =>
  (await bob.checks(operation, inputs[operation])).filter(({ action }) => action === undefined);

test('every row has an input here', () => {
  expect(new Set(operations)).toEqual(new Set(Object.keys(iam)));
});

describe('every row', () => {
  test.each(operations)(
    'S0-32 %s is denied to whom nothing is allowed, before anything else is said',
    async (operation) => {
      const refusal = await bob.refusal(operation, inputs[operation]);
      // There is no action of its own for it.
      const asked = operation === 'AcquireRole' ? 'CreateRole' : operation;
      const sentence = `AccessDenied: User: arn:aws:iam::${account}:user/bob is not authorized to perform: iam:${asked} on resource: `;
      expect(refusal.startsWith(sentence)).toBe(true);
      expect(refusal).toContain(`because no identity-based policy allows the iam:${asked} action`);
    },
  );

  test.each(operations)('%s is asked on the resource type of the reference', async (operation) => {
    const types = reference.actions.get(operation)?.resources?.map(({ type }) => type) ?? [
      unlisted.get(operation) ?? '*',
    ];
    for (const { resource } of await ownChecks(operation)) expect(types).toContain(typeOf(resource));
  });

  test.each(operations)('%s has exactly the condition keys of the reference', async (operation) => {
    const given = new Set([
      'iam:PermissionsBoundary',
      'iam:PolicyARN',
      'iam:AWSServiceName',
      'iam:AccountPropertyNamespaces',
      'iam:OrganizationsPolicyId',
      'iam:DelegationDuration',
      'iam:DelegationRequestOwner',
      'iam:NotificationChannel',
      'iam:TemplateArn',
      'iam:ServiceSpecificCredentialAgeDays',
      'iam:ServiceSpecificCredentialServiceName',
    ]);
    const wanted = new Set(keysOf(operation).filter((key) => given.has(key)));
    // The guide's policies for deleting these roles name the key, which the reference has on creation alone.
    if (operation.includes('ServiceLinkedRole')) wanted.add('iam:AWSServiceName');
    const tagged = keysOf(operation).some((key) => key.startsWith('aws:RequestTag'));
    const untags = operation.startsWith('Untag');
    for (const check of await ownChecks(operation)) {
      expect(Object.keys(check.context ?? {}).toSorted()).toEqual([...wanted].toSorted());
      expect(check.requestTags).toEqual(tagged ? { Owner: 'x' } : undefined);
      expect(check.tagKeys).toEqual(untags ? TagKeys : undefined);
    }
  });
});

describe('further actions', () => {
  test.each([
    ['CreateUser', 'iam:TagUser'],
    ['CreateRole', 'iam:TagRole'],
    ['CreatePolicy', 'iam:TagPolicy'],
    ['CreateInstanceProfile', 'iam:TagInstanceProfile'],
    ['CreateVirtualMFADevice', 'iam:TagMFADevice'],
    ['UploadServerCertificate', 'iam:TagServerCertificate'],
    ['CreateSAMLProvider', 'iam:TagSAMLProvider'],
    ['CreateOpenIDConnectProvider', 'iam:TagOpenIDConnectProvider'],
    ['AddRoleToInstanceProfile', 'iam:PassRole'],
  ] as const)('%s asks for %s as well', async (operation, action) => {
    const checks = await bob.checks(operation, inputs[operation]);
    expect(checks.map((check) => check.action)).toEqual([undefined, action]);
  });
});
