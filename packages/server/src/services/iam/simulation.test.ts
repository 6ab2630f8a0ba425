import { beforeEach, describe, expect, test } from 'vitest';
import type { EvaluationResult, IamModel } from '../../model/iam.ts';
import { account, allow, deny, openIam, otherAccount, policy, trust, type Asker } from './iam.testkit.ts';

const channel = (id: string, owner = account): string => `arn:aws:ivs:us-west-2:${owner}:channel/${id}`;
const user = (name: string, owner = account): string => `arn:aws:iam::${owner}:user/${name}`;
const template = 'arn:${Partition}:ivs:${Region}:${Account}:channel/${ResourceId}';

let root: Asker;
beforeEach(async () => {
  root = (await openIam()).root();
  await root.ask('CreateUser', { UserName: 'bob', Tags: [{ Key: 'team', Value: 'tv' }] });
});

type Custom = Partial<IamModel['SimulateCustomPolicy']['input']>;

async function custom(input: Custom): Promise<readonly EvaluationResult[]> {
  const answer = await root.ask('SimulateCustomPolicy', {
    PolicyInputList: [policy(allow('ivs:*'))],
    ActionNames: ['ivs:GetChannel'],
    ...input,
  });
  return answer.EvaluationResults ?? [];
}

const refused = (input: Custom): Promise<string> =>
  root.refusal('SimulateCustomPolicy', {
    PolicyInputList: [policy(allow('ivs:*'))],
    ActionNames: ['ivs:GetChannel'],
    ...input,
  });

const verdictsOf = (results: readonly EvaluationResult[]) => results.map(({ EvalDecision }) => EvalDecision);

describe('the result', () => {
  test('S4-13 allowed by a statement: where it stands, columns counted as AWS counts them', async () => {
    const document =
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2015-08-16T12:00:00Z"}}}}';
    const time = { ContextKeyName: 'aws:CurrentTime', ContextKeyType: 'date' } as const;
    const ask = (when: string) =>
      custom({
        PolicyInputList: [document],
        ActionNames: ['dynamodb:CreateBackup'],
        ContextEntries: [{ ...time, ContextKeyValues: [when] }],
      });
    expect(await ask('2019-04-25T11:00:00Z')).toEqual([
      {
        EvalActionName: 'dynamodb:CreateBackup',
        EvalResourceName: '*',
        EvalDecision: 'allowed',
        MatchedStatements: [
          {
            SourcePolicyId: 'PolicyInputList.1',
            SourcePolicyType: 'IAM Policy',
            StartPosition: { Line: 1, Column: 38 },
            EndPosition: { Line: 1, Column: 167 },
          },
        ],
        MissingContextValues: [],
        OrganizationsDecisionDetail: { AllowedByOrganizations: true },
      },
    ]);
    expect(await ask('2014-04-25T11:00:00Z')).toMatchObject([{ EvalDecision: 'implicitDeny', MatchedStatements: [] }]);
  });

  test('positions of a document of several lines', async () => {
    const document =
      '{\n  "Version": "2012-10-17",\n  "Statement": [\n    {"Effect": "Allow",\n     "Action": "ivs:*", "Resource": "*"\n    }\n  ]\n}';
    const [result] = await custom({ PolicyInputList: [document] });
    expect(result?.MatchedStatements).toMatchObject([
      { StartPosition: { Line: 4, Column: 6 }, EndPosition: { Line: 6, Column: 6 } },
    ]);
  });

  test('S4-13 one result an action; with resources the form of their ARNs, and each of them', async () => {
    const PolicyInputList = [policy(allow('ivs:*', channel('a')), allow('ivs:*', channel('b')), deny('ivs:Stop*'))];
    const ResourceArns = [channel('a'), channel('b'), channel('c')];
    const ActionNames = ['ivs:GetChannel', 'ivs:StopStream'];
    const [get, stop] = await custom({ PolicyInputList, ActionNames, ResourceArns });
    expect(get).toMatchObject({ EvalResourceName: template, EvalDecision: 'implicitDeny', MatchedStatements: [] });
    expect(get?.EvalDecisionDetails).toEqual({});
    expect(
      get?.ResourceSpecificResults?.map((one) => [
        one.EvalResourceName,
        one.EvalResourceDecision,
        one.MatchedStatements?.length,
      ]),
    ).toEqual([
      [channel('a'), 'allowed', 1],
      [channel('b'), 'allowed', 1],
      [channel('c'), 'implicitDeny', 0],
    ]);
    expect(stop).toMatchObject({ EvalDecision: 'explicitDeny', EvalResourceName: template });
    expect(stop?.MatchedStatements).toHaveLength(1);
    const both = await custom({ PolicyInputList, ResourceArns: ResourceArns.slice(0, 2) });
    expect(both).toMatchObject([{ EvalDecision: 'allowed' }]);
    expect(both[0]?.MatchedStatements).toHaveLength(2);
  });

  test('of a service that is not known the form of an ARN is *', async () => {
    const input = { PolicyInputList: [policy(allow('*'))], ActionNames: ['s3:GetObject', 'IVS:getChannel'] };
    const [s3, ivs] = await custom({ ...input, ResourceArns: ['arn:aws:s3:::b/k'] });
    expect([s3?.EvalResourceName, s3?.EvalDecision]).toEqual(['*', 'allowed']);
    expect(ivs?.EvalResourceName).toBe(template);
  });

  test('S4-13 missing keys and variables: of conditions, of operands, of resources, each once', async () => {
    const document = policy(
      allow('ivs:*', channel('${aws:username}')),
      allow('ivs:*', '*', { Condition: { StringEquals: { 'aws:ResourceTag/team': '${aws:PrincipalTag/team}' } } }),
      allow('kinesisvideo:*', '*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
    );
    const [result] = await custom({ PolicyInputList: [document] });
    expect(result?.MissingContextValues).toEqual(['aws:username', 'aws:ResourceTag/team', 'aws:PrincipalTag/team']);
    const [named] = await custom({ PolicyInputList: [document], ResourceArns: [channel('a')] });
    expect(named?.MissingContextValues).toEqual(result?.MissingContextValues);
    expect(named?.ResourceSpecificResults?.[0]?.MissingContextValues).toEqual(named?.MissingContextValues);
    const ContextEntries = [
      { ContextKeyName: 'AWS:resourcetag/TEAM', ContextKeyValues: ['tv'] },
      { ContextKeyName: 'aws:PrincipalTag/team', ContextKeyValues: ['tv'], ContextKeyType: 'string' },
    ];
    expect(await custom({ PolicyInputList: [document], ContextEntries })).toMatchObject([
      { EvalDecision: 'allowed', MissingContextValues: ['aws:username'] },
    ]);
  });

  test('a list is a set of values, also one of one', async () => {
    const set = allow('ivs:*', '*', { Condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'b' } } });
    const ask = async (ContextKeyValues: string[]) =>
      verdictsOf(
        await custom({
          PolicyInputList: [policy(set)],
          ContextEntries: [{ ContextKeyName: 'aws:TagKeys', ContextKeyType: 'stringList', ContextKeyValues }],
        }),
      );
    expect([await ask(['a', 'b']), await ask(['b']), await ask(['a']), await ask([])].flat()).toEqual([
      'allowed',
      'allowed',
      'implicitDeny',
      'implicitDeny',
    ]);
  });
});

describe('boundary and organization', () => {
  test('S4-13 a boundary limits, and the result says whether it allowed', async () => {
    const ask = (boundary: string) => custom({ PermissionsBoundaryPolicyInputList: [boundary] });
    const detail = (AllowedByPermissionsBoundary: boolean) => ({
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary },
    });
    expect(await ask(policy(allow('ivs:Get*')))).toMatchObject([{ EvalDecision: 'allowed', ...detail(true) }]);
    expect(await ask(policy(allow('s3:*')))).toMatchObject([{ EvalDecision: 'implicitDeny', ...detail(false) }]);
    expect(await ask(policy(allow('*'), deny('ivs:Get*')))).toMatchObject([
      { EvalDecision: 'explicitDeny', ...detail(false) },
    ]);
    expect((await custom({}))[0]).not.toHaveProperty('PermissionsBoundaryDecisionDetail');
    expect(await refused({ PermissionsBoundaryPolicyInputList: [policy(allow('*')), policy(allow('*'))] })).toBe(
      'InvalidInput: Only one permissions boundary can be simulated.',
    );
  });

  test('every level of the organization has to allow', async () => {
    const level = (...documents: string[]) => ({ ServiceControlPolicyInputList: documents });
    const ask = (...levels: object[]) =>
      custom({ OrderedOrganizationPolicyInputList: levels, ResourceArns: [channel('a')] });
    const full = policy(allow('*'));
    const detail = (AllowedByOrganizations: boolean) => ({ OrganizationsDecisionDetail: { AllowedByOrganizations } });
    expect(await ask(level(full), level(full, policy(allow('s3:*'))))).toMatchObject([
      { EvalDecision: 'allowed', ...detail(true) },
    ]);
    const [silent] = await ask(level(full), level(policy(allow('s3:*'))), level(full));
    expect(silent).toMatchObject({ EvalDecision: 'implicitDeny', MatchedStatements: [], ...detail(false) });
    expect(silent).not.toHaveProperty('EvalDecisionDetails');
    expect(await ask(level(full, policy(deny('ivs:*'))))).toMatchObject([
      { EvalDecision: 'explicitDeny', MatchedStatements: [], ...detail(false) },
    ]);
    expect(verdictsOf(await ask(level()))).toEqual(['implicitDeny']);
  });
});

describe('the policy of a resource', () => {
  const naming = (AWS: string, Action = 'ivs:*'): string =>
    policy({ Effect: 'Allow', Principal: { AWS }, Action, Resource: '*' });
  const none = policy(allow('s3:*'));

  test('needs a caller that it can name', async () => {
    const text = 'InvalidInput: CallerArn is required with a ResourcePolicy.';
    expect(await refused({ ResourcePolicy: naming('*') })).toBe(text);
    expect(await refused({ ResourcePolicy: naming('*'), CallerArn: `arn:aws:iam::${account}:group/g` })).toContain(
      'no policy can name a group',
    );
    for (const CallerArn of [`arn:aws:sts::${account}:assumed-role/r/s`, 'bob', `arn:aws:iam::${account}:root`]) {
      expect(await refused({ CallerArn })).toBe(
        `InvalidInput: CallerArn ${CallerArn} is not the ARN of a user, group or role.`,
      );
    }
  });

  test('grants in the same account by itself, in another only beside the own policies', async () => {
    const input = { CallerArn: user('bob'), ResourcePolicy: naming(user('bob')) };
    const own = await custom({ ...input, PolicyInputList: [none], ResourceArns: [channel('a')] });
    expect(own).toMatchObject([{ EvalDecision: 'allowed', EvalDecisionDetails: {} }]);
    expect(own[0]?.MatchedStatements).toMatchObject([
      { SourcePolicyId: 'ResourcePolicy', SourcePolicyType: 'Resource Policy' },
    ]);
    const ResourceArns = [channel('a', otherAccount)];
    const [across] = await custom({ ...input, PolicyInputList: [none], ResourceArns });
    const details = { 'IAM Policy': 'implicitDeny', 'Resource Policy': 'allowed' };
    expect(across).toMatchObject({ EvalDecision: 'implicitDeny', EvalDecisionDetails: details });
    expect(across?.ResourceSpecificResults).toMatchObject([{ EvalDecisionDetails: details }]);
    const [both] = await custom({ ...input, ResourceArns });
    expect(both).toMatchObject({ EvalDecision: 'allowed' });
    expect(both?.MatchedStatements).toHaveLength(2);
    expect(verdictsOf(await custom({ CallerArn: user('bob'), ResourceArns }))).toEqual(['implicitDeny']);
  });

  test('ResourceOwner owns what names no owner', async () => {
    const ask = async (ResourceOwner?: string) =>
      verdictsOf(
        await custom({
          ...(ResourceOwner !== undefined && { ResourceOwner }),
          PolicyInputList: [none],
          ActionNames: ['s3:GetObject'],
          ResourceArns: ['arn:aws:s3:::b/k'],
          CallerArn: user('bob'),
        }),
      );
    expect(await ask()).toEqual(['allowed']);
    expect(await ask(`arn:aws:iam::${account}:root`)).toEqual(['allowed']);
    expect(await ask(`arn:aws:iam::${otherAccount}:root`)).toEqual(['implicitDeny']);
    expect(await ask(otherAccount)).toEqual(['implicitDeny']);
    expect(await refused({ ResourceOwner: 'me' })).toBe('InvalidInput: ResourceOwner me is not the ARN of an account.');
  });

  test('of a role decides as its trust policy does: the own policies alone never suffice', async () => {
    const role = `arn:aws:iam::${account}:role/r`;
    const ask = async (ResourcePolicy: string) =>
      verdictsOf(
        await custom({
          PolicyInputList: [policy(allow('sts:*'))],
          ActionNames: ['sts:AssumeRole'],
          ResourceArns: [role],
          CallerArn: user('bob'),
          ResourcePolicy,
        }),
      );
    expect(await ask(trust(user('alice')))).toEqual(['implicitDeny']);
    expect(await ask(trust(user('bob')))).toEqual(['allowed']);
  });

  test('without a caller every resource is its own', async () => {
    const ResourceArns = [channel('a'), channel('a', otherAccount)];
    expect(verdictsOf(await custom({ ResourceArns }))).toEqual(['allowed']);
  });
});

describe('what is not understood is refused', () => {
  test.each([
    [{ ActionNames: ['ivs:Get*'] }, 'ivs:Get* is not the name of an action, such as iam:CreateUser.'],
    [{ ActionNames: ['GetChannel'] }, 'GetChannel is not the name of an action, such as iam:CreateUser.'],
    [
      { PolicyInputList: [policy(allow('*')), '{\n"Version":}'] },
      'PolicyInputList.2 is not a policy document: expected a JSON value, found `}` (line 2, column 11).',
    ],
    [{ PolicyInputList: [trust('*')] }, 'PolicyInputList.1 must not name a principal.'],
    [{ PolicyInputList: [policy({ Effect: 'Allow', Action: '*' })] }, 'PolicyInputList.1 must name resources.'],
    [{ ResourcePolicy: policy(allow('*')), CallerArn: user('bob') }, 'ResourcePolicy must name a principal.'],
    [{ ResourceArns: ['channel'] }, 'channel is not the ARN of a resource.'],
    [{ ResourceHandlingOption: 'EC2-Classic' }, 'EC2-Classic is not a ResourceHandlingOption.'],
    [
      {
        ResourceHandlingOption: 'EC2-VPC-EBS',
        ResourceArns: ['instance/i', 'image/a', 'volume/v'].map((one) => `arn:aws:ec2:us-west-2:${account}:${one}`),
      },
      'EC2-VPC-EBS needs resources of type security-group, network-interface.',
    ],
    [{ ContextEntries: [{ ContextKeyValues: ['x'] }] }, 'ContextEntries.1 must have a ContextKeyName.'],
    [{ ContextEntries: [{ ContextKeyName: 'aws:x' }] }, 'ContextEntries.1 must have a value for aws:x.'],
    [
      { ContextEntries: [{ ContextKeyName: 'aws:x', ContextKeyType: 'numericList', ContextKeyValues: ['1', 'a'] }] },
      'The value a of aws:x is not of type numericList.',
    ],
  ])('%j', async (input, text) => {
    expect(await refused(input as Custom)).toBe(`InvalidInput: ${text}`);
  });

  test('a scenario whose resources are all there is simulated', async () => {
    const types = ['instance/i', 'image/a', 'security-group/g', 'network-interface/n'];
    const ResourceArns = types.map((one) => `arn:aws:ec2:us-west-2:${account}:${one}`);
    const input = { ResourceArns, ResourceHandlingOption: 'EC2-VPC-InstanceStore', ActionNames: ['ec2:RunInstances'] };
    expect(verdictsOf(await custom({ ...input, PolicyInputList: [policy(allow('ec2:*'))] }))).toEqual(['allowed']);
  });
});

describe('pages', () => {
  test('of actions in their order, by a marker that holds for this request alone', async () => {
    const ActionNames = ['ivs:C', 'ivs:A', 'ivs:B', 'ivs:A'];
    const input = { PolicyInputList: [policy(allow('*'))], ActionNames, MaxItems: 2 };
    const first = await root.ask('SimulateCustomPolicy', input);
    expect(first.EvaluationResults?.map((one) => one.EvalActionName)).toEqual(['ivs:C', 'ivs:A']);
    expect(first.IsTruncated).toBe(true);
    const last = await root.ask('SimulateCustomPolicy', { ...input, Marker: first.Marker });
    expect(last.EvaluationResults?.map((one) => one.EvalActionName)).toEqual(['ivs:B']);
    expect([last.IsTruncated, last.Marker]).toEqual([false, undefined]);
    const other = { ...input, PolicyInputList: [policy(deny('*'))], Marker: first.Marker };
    expect(await root.refusal('SimulateCustomPolicy', other)).toBe('ValidationError: Invalid Marker.');
  });

  test('hold fewer results when there is much to look at', async () => {
    const big = policy(...Array.from({ length: 1000 }, (_, i) => allow('ivs:*', channel(`c${i}`))));
    const ResourceArns = Array.from({ length: 200 }, (_, i) => channel(`c${i}`));
    const ActionNames = ['ivs:GetChannel', 'ivs:UpdateChannel', 'ivs:DeleteChannel'];
    const input = { PolicyInputList: [big], ResourceArns, ActionNames };
    let turns = 0;
    const others = setInterval(() => (turns += 1), 0);
    const { EvaluationResults = [], IsTruncated } = await root.ask('SimulateCustomPolicy', input);
    clearInterval(others);
    expect([EvaluationResults.length < 3, IsTruncated]).toEqual([true, true]);
    // Whoever else is waiting has been served in between.
    expect(turns).toBeGreaterThan(5);
    const many = Array.from({ length: 1001 }, (_, i) => channel(`c${i}`));
    expect(await refused({ ResourceArns: many })).toBe(
      'InvalidInput: At most 1000 resources can be simulated at once.',
    );
  });
});
