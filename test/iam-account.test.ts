/** Identity providers, last access, account settings, delegation and templates, over the wire with the stock SDK. */
import {
  AcquireRoleCommand,
  AssociateDelegationRequestCommand,
  AcceptDelegationRequestCommand,
  CreateDelegationRequestCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateSAMLProviderCommand,
  DisableOutboundWebIdentityFederationCommand,
  EnableOrganizationsRootSessionsCommand,
  EnableOutboundWebIdentityFederationCommand,
  GenerateOrganizationsAccessReportCommand,
  GenerateServiceLastAccessedDetailsCommand,
  GetAccountPropertiesCommand,
  GetDelegationRequestCommand,
  GetHumanReadableSummaryCommand,
  GetOpenIDConnectProviderCommand,
  GetOrganizationsAccessReportCommand,
  GetOutboundWebIdentityFederationInfoCommand,
  GetRoleTemplateVersionCommand,
  GetSAMLProviderCommand,
  GetServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsWithEntitiesCommand,
  ListDelegationRequestsCommand,
  ListOrganizationsFeaturesCommand,
  ListPoliciesGrantingServiceAccessCommand,
  ListSAMLProvidersCommand,
  PutAccountPropertiesCommand,
  PutUserPolicyCommand,
  RejectDelegationRequestCommand,
  SendDelegationTokenCommand,
  SetSecurityTokenServicePreferencesCommand,
  UpdateDelegationRequestCommand,
} from '@aws-sdk/client-iam';
import { CreateChannelCommand } from '@aws-sdk/client-ivs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { metadataOf } from '../packages/server/src/services/iam/saml-providers.testkit.ts';
import { clientsFor, refusal } from './support/clients.ts';
import type { Clients } from './support/clients.ts';
import { account, keys, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

const partner = '111122223333';
let server: TestServer;
let root: Clients;
let other: Clients;
let mateo: Clients;
beforeAll(async () => {
  server = await testServer();
  root = clientsFor(server.url, keys.root);
  other = clientsFor(server.url, keys.otherRoot);
  mateo = clientsFor(server.url, keys.mateojackson);
});
afterAll(() => server.close());

test('S0-194 SAML and OpenID Connect providers are made and read back', async () => {
  const SAMLMetadataDocument = metadataOf();
  const made = await root.iam.send(new CreateSAMLProviderCommand({ Name: 'idp', SAMLMetadataDocument }));
  const { SAMLProviderArn } = made;
  expect(SAMLProviderArn).toBe(`arn:aws:iam::${account}:saml-provider/idp`);
  const saml = await root.iam.send(new GetSAMLProviderCommand({ SAMLProviderArn }));
  expect(saml).toMatchObject({
    SAMLMetadataDocument,
    AssertionEncryptionMode: 'Allowed',
    PrivateKeyList: [],
    Tags: [],
  });
  expect((await root.iam.send(new ListSAMLProvidersCommand({}))).SAMLProviderList).toHaveLength(1);
  const Url = 'https://id.example.com/Live';
  const oidc = await root.iam.send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ['app'] }));
  const { OpenIDConnectProviderArn } = oidc;
  expect(await root.iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))).toMatchObject({
    Url: 'id.example.com/Live',
    ClientIDList: ['app'],
    ThumbprintList: [],
    Tags: [],
  });
  const refused = await refusal(mateo.iam.send(new GetSAMLProviderCommand({ SAMLProviderArn })));
  expect(refused).toMatchObject({ name: 'AccessDenied', status: 403 });
});

test('S0-95 a report tells of the call that was just refused', async () => {
  const UserName = 'mateojackson';
  const Arn = `arn:aws:iam::${account}:user/${UserName}`;
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'ivs:DeleteChannel', Resource: '*' },
  });
  await root.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'one', PolicyDocument }));
  const refused = await refusal(mateo.ivs.send(new CreateChannelCommand({})));
  expect(refused.status).toBe(403);
  const report = async () => {
    const asked = { Arn, Granularity: 'ACTION_LEVEL' } as const;
    const { JobId } = await root.iam.send(new GenerateServiceLastAccessedDetailsCommand(asked));
    return { JobId, ...(await root.iam.send(new GetServiceLastAccessedDetailsCommand({ JobId }))) };
  };
  // Uses are written down once a second.
  const { JobId, ...found } = await vi.waitFor(
    async () => {
      const latest = await report();
      expect(latest.ServicesLastAccessed?.find(({ ServiceNamespace }) => ServiceNamespace === 'ivs')).toMatchObject({
        LastAuthenticatedEntity: Arn,
        LastAuthenticatedRegion: 'us-west-2',
        TotalAuthenticatedEntities: 1,
      });
      return latest;
    },
    { timeout: 5000, interval: 100 },
  );
  expect(found).toMatchObject({ JobStatus: 'COMPLETED', JobType: 'ACTION_LEVEL', IsTruncated: false });
  const asked = { JobId, ServiceNamespace: 'ivs' };
  const { EntityDetailsList } = await root.iam.send(new GetServiceLastAccessedDetailsWithEntitiesCommand(asked));
  expect(EntityDetailsList).toMatchObject([{ EntityInfo: { Arn, Type: 'USER' }, LastAuthenticated: expect.any(Date) }]);
  const granting = await root.iam.send(
    new ListPoliciesGrantingServiceAccessCommand({ Arn, ServiceNamespaces: ['ivs'] }),
  );
  expect(granting.PoliciesGrantingServiceAccess?.[0]?.Policies).toContainEqual({
    PolicyName: 'one',
    PolicyType: 'INLINE',
    EntityType: 'USER',
    EntityName: UserName,
  });
});

test('settings of the account are kept', async () => {
  await root.iam.send(new SetSecurityTokenServicePreferencesCommand({ GlobalEndpointTokenVersion: 'v2Token' }));
  const Properties = { 'Live/region': 'us-west-2', 'Live/contact': 'a & b' };
  await root.iam.send(new PutAccountPropertiesCommand({ Properties }));
  expect((await root.iam.send(new GetAccountPropertiesCommand({}))).Properties).toEqual(Properties);
  const on = await root.iam.send(new EnableOutboundWebIdentityFederationCommand({}));
  expect(on.IssuerIdentifier).toContain(server.url);
  const info = await root.iam.send(new GetOutboundWebIdentityFederationInfoCommand({}));
  expect(info).toMatchObject({ IssuerIdentifier: on.IssuerIdentifier, JwtVendingEnabled: true });
  const again = await refusal(root.iam.send(new EnableOutboundWebIdentityFederationCommand({})));
  expect(again).toMatchObject({ name: 'FeatureEnabledException', status: 409 });
  await root.iam.send(new DisableOutboundWebIdentityFederationCommand({}));
  const off = await refusal(root.iam.send(new GetOutboundWebIdentityFederationInfoCommand({})));
  expect(off).toMatchObject({ name: 'FeatureDisabledException', status: 404 });
});

test('an account of no organization is told so', async () => {
  for (const command of [new EnableOrganizationsRootSessionsCommand({}), new ListOrganizationsFeaturesCommand({})]) {
    const told = await refusal(root.iam.send(command));
    expect(told).toMatchObject({ name: 'OrganizationNotFoundException', status: 400 });
  }
  const EntityPath = 'o-exampleorgid/r-root';
  const { JobId } = await root.iam.send(new GenerateOrganizationsAccessReportCommand({ EntityPath }));
  const report = await root.iam.send(new GetOrganizationsAccessReportCommand({ JobId }));
  expect(report).toMatchObject({ JobStatus: 'FAILED', ErrorDetails: { Code: 'OrganizationNotFoundException' } });
});

test('access is asked for, looked at, forwarded, accepted and taken back', async () => {
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'ivs:GetChannel', Resource: 'arn:aws:ivs:us-west-2:*:channel/@{channel}' },
  });
  const { Policy } = await other.iam.send(new CreatePolicyCommand({ PolicyName: 'look', PolicyDocument }));
  const created = await other.iam.send(
    new CreateDelegationRequestCommand({
      OwnerAccountId: account,
      Description: 'Looks at a channel',
      Permissions: {
        PolicyTemplateArn: Policy?.Arn,
        Parameters: [{ Name: 'channel', Values: ['live'], Type: 'string' }],
      },
      RequestorWorkflowId: 'workflow-1',
      NotificationChannel: `arn:aws:sns:us-west-2:${partner}:tokens`,
      SessionDuration: 900,
    }),
  );
  const { DelegationRequestId = '' } = created;
  await root.iam.send(new AssociateDelegationRequestCommand({ DelegationRequestId }));
  await root.iam.send(new UpdateDelegationRequestCommand({ DelegationRequestId, Notes: 'please' }));
  const listed = await root.iam.send(new ListDelegationRequestsCommand({}));
  expect(listed).toMatchObject({
    DelegationRequests: [{ DelegationRequestId, State: 'PENDING_APPROVAL' }],
    isTruncated: false,
  });
  const got = await root.iam.send(
    new GetDelegationRequestCommand({ DelegationRequestId, DelegationPermissionCheck: true }),
  );
  expect(got).toMatchObject({ PermissionCheckStatus: 'COMPLETE', PermissionCheckResult: 'ALLOWED' });
  expect(got.DelegationRequest).toMatchObject({ RequestorId: partner, OwnerId: `arn:aws:iam::${account}:root` });
  expect(got.DelegationRequest?.PermissionPolicy).toContain('channel/live');
  const EntityArn = `arn:aws:iam::${account}:delegation-request/${DelegationRequestId}`;
  const summary = await root.iam.send(new GetHumanReadableSummaryCommand({ EntityArn }));
  expect(summary.SummaryContent).toContain('may do ivs:GetChannel on arn:aws:ivs:us-west-2:*:channel/live');
  await root.iam.send(new AcceptDelegationRequestCommand({ DelegationRequestId }));
  const unsent = await refusal(root.iam.send(new SendDelegationTokenCommand({ DelegationRequestId })));
  expect(unsent).toMatchObject({ name: 'InvalidAction', status: 400 });
  await root.iam.send(new RejectDelegationRequestCommand({ DelegationRequestId, Notes: 'later' }));
  const after = await root.iam.send(new GetDelegationRequestCommand({ DelegationRequestId }));
  expect(after.DelegationRequest).toMatchObject({ State: 'REJECTED', RejectionReason: 'later' });
});

test('a role template that is not there is not found', async () => {
  const TemplateArn = 'arn:aws:iam::aws:role-template/ivs.amazonaws.com/None:1';
  const ReplacementValues = { name: { Values: ['a', 'b'] } };
  for (const command of [
    new GetRoleTemplateVersionCommand({ TemplateArn }),
    new AcquireRoleCommand({ TemplateArn, ReplacementValues }),
  ]) {
    const missing = await refusal(root.iam.send(command as GetRoleTemplateVersionCommand));
    expect(missing).toMatchObject({ name: 'NoSuchEntityException', status: 404 });
  }
});
