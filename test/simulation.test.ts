/** The policy simulator over the wire, with the stock SDK, beside the real answers. */
import {
  GetContextKeysForCustomPolicyCommand,
  GetContextKeysForPrincipalPolicyCommand,
  SimulateCustomPolicyCommand,
  SimulatePrincipalPolicyCommand,
  paginateSimulateCustomPolicy,
} from '@aws-sdk/client-iam';
import { GetChannelCommand, StopStreamCommand } from '@aws-sdk/client-ivs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allow, castOf, deny, document } from './support/cast.ts';
import type { Cast, Person } from './support/cast.ts';
import { allowed, refusal } from './support/clients.ts';
import { account, channelArn, ownedChannelArn, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

describe('the policy simulator', () => {
  let server: TestServer;
  let cast: Cast;
  let bob: Person;

  beforeAll(async () => {
    server = await testServer();
    cast = castOf(server);
    bob = await cast.user(
      'bob',
      allow('ivs:GetChannel', channelArn),
      allow('ivs:*', ownedChannelArn),
      deny('ivs:Stop*'),
    );
  });
  afterAll(() => server.close());

  test('S4-13 S0-93 foretells what a user may do, one answer an action and one a resource', async () => {
    const { EvaluationResults } = await cast.root.iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: bob.arn,
        ActionNames: ['ivs:GetChannel', 'ivs:StopStream'],
        ResourceArns: [channelArn, ownedChannelArn],
      }),
    );
    const [get, stop] = EvaluationResults!;
    expect(get).toMatchObject({
      EvalActionName: 'ivs:GetChannel',
      EvalResourceName: 'arn:${Partition}:ivs:${Region}:${Account}:channel/${ResourceId}',
      EvalDecision: 'allowed',
      EvalDecisionDetails: {},
      MissingContextValues: [],
      OrganizationsDecisionDetail: { AllowedByOrganizations: true },
      MatchedStatements: [
        { SourcePolicyId: 'user_bob_own', SourcePolicyType: 'IAM Policy', StartPosition: { Line: 1, Column: 39 } },
        { SourcePolicyId: 'user_bob_own', SourcePolicyType: 'IAM Policy' },
      ],
    });
    expect(stop).toMatchObject({ EvalDecision: 'explicitDeny' });
    expect(get?.ResourceSpecificResults?.map((one) => [one.EvalResourceName, one.EvalResourceDecision])).toEqual([
      [channelArn, 'allowed'],
      [ownedChannelArn, 'allowed'],
    ]);
    expect(await allowed(bob.ivs.send(new GetChannelCommand({ arn: channelArn })))).toBe(true);
    expect(await allowed(bob.ivs.send(new StopStreamCommand({ channelArn: ownedChannelArn })))).toBe(false);
  });

  test('S4-13 takes given policies, boundaries, control policies and facts', async () => {
    const Condition = { Bool: { 'aws:SecureTransport': 'true' } };
    const { EvaluationResults } = await cast.root.iam.send(
      new SimulateCustomPolicyCommand({
        PolicyInputList: [document(allow('kinesisvideo:*', '*', Condition))],
        PermissionsBoundaryPolicyInputList: [document(allow('kinesisvideo:Get*'))],
        OrderedOrganizationPolicyInputList: [{ ServiceControlPolicyInputList: [document(allow('*'))] }],
        ActionNames: ['kinesisvideo:GetMedia', 'kinesisvideo:PutMedia'],
        ContextEntries: [
          { ContextKeyName: 'aws:SecureTransport', ContextKeyType: 'boolean', ContextKeyValues: ['true'] },
        ],
      }),
    );
    expect(EvaluationResults?.map((one) => [one.EvalDecision, one.PermissionsBoundaryDecisionDetail])).toEqual([
      ['allowed', { AllowedByPermissionsBoundary: true }],
      ['implicitDeny', { AllowedByPermissionsBoundary: false }],
    ]);
  });

  test('gives its answers in pages, in the order of the question', async () => {
    const ActionNames = ['ivs:C', 'ivs:A', 'ivs:B'];
    const pages = paginateSimulateCustomPolicy(
      { client: cast.root.iam, pageSize: 2 },
      { PolicyInputList: [document(allow('*'))], ActionNames },
    );
    const seen: (string | undefined)[][] = [];
    for await (const page of pages) seen.push((page.EvaluationResults ?? []).map((one) => one.EvalActionName));
    expect(seen).toEqual([['ivs:C', 'ivs:A'], ['ivs:B']]);
  });

  test('S4-13 tells which facts policies ask for', async () => {
    const keyed = document(allow('ivs:*', `arn:aws:ivs:*:${account}:channel/\${aws:username}`));
    const custom = new GetContextKeysForCustomPolicyCommand({ PolicyInputList: [keyed] });
    expect((await cast.root.iam.send(custom)).ContextKeyNames).toEqual(['aws:username']);
    const principal = new GetContextKeysForPrincipalPolicyCommand({ PolicySourceArn: bob.arn });
    expect((await cast.root.iam.send(principal)).ContextKeyNames).toEqual([]);
  });

  test('is closed to whom nothing is allowed, and refuses what is no policy', async () => {
    const ask = { PolicySourceArn: bob.arn, ActionNames: ['ivs:GetChannel'] };
    expect(await refusal(bob.iam.send(new SimulatePrincipalPolicyCommand(ask)))).toMatchObject({
      name: 'AccessDenied',
    });
    const custom = new SimulateCustomPolicyCommand({ PolicyInputList: ['{'], ActionNames: ['ivs:GetChannel'] });
    expect(await refusal(cast.root.iam.send(custom))).toMatchObject({ name: 'InvalidInputException', status: 400 });
  });
});
