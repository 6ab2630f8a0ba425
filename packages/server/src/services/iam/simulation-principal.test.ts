import { beforeEach, describe, expect, test } from 'vitest';
import type { EvaluationResult } from '../../model/iam.ts';
import { account, allow, deny, openIam, otherAccount, policy, trust, type Asker, type World } from './iam.testkit.ts';

const channel = (id: string): string => `arn:aws:ivs:us-west-2:${account}:channel/${id}`;
const user = (name: string, owner = account): string => `arn:aws:iam::${owner}:user/${name}`;

let world: World;
let root: Asker;
beforeEach(async () => {
  world = await openIam();
  root = world.root();
  await root.ask('CreateUser', { UserName: 'bob', Tags: [{ Key: 'team', Value: 'tv' }] });
});

const put = (PolicyDocument: string, UserName = 'bob', PolicyName = 'own') =>
  root.ask('PutUserPolicy', { UserName, PolicyName, PolicyDocument });

const verdictsOf = (results: readonly EvaluationResult[]) => results.map(({ EvalDecision }) => EvalDecision);

describe('a principal', () => {
  const simulate = async (input: object): Promise<readonly EvaluationResult[]> => {
    const whole = { PolicySourceArn: user('bob'), ActionNames: ['ivs:GetChannel'], ...input };
    return (await root.ask('SimulatePrincipalPolicy', whole)).EvaluationResults ?? [];
  };
  const ids = (results: readonly EvaluationResult[]) =>
    results.flatMap(({ MatchedStatements = [] }) => MatchedStatements.map((one) => one.SourcePolicyId));

  test('S0-93 S4-13 least privilege: one allowed and one denied action of a user, by inline, managed and group policies', async () => {
    await put(policy(allow('ivs:GetChannel')));
    await root.ask('AttachUserPolicy', { UserName: 'bob', PolicyArn: 'arn:aws:iam::aws:policy/IVSReadOnlyAccess' });
    await root.ask('CreateGroup', { GroupName: 'g' });
    await root.ask('AddUserToGroup', { GroupName: 'g', UserName: 'bob' });
    await root.ask('PutGroupPolicy', {
      GroupName: 'g',
      PolicyName: 'p',
      PolicyDocument: policy(allow('ivs:GetChannel')),
    });
    const results = await simulate({ ActionNames: ['ivs:GetChannel', 'ivs:DeleteChannel'] });
    expect(verdictsOf(results)).toEqual(['allowed', 'implicitDeny']);
    expect(new Set(ids(results))).toEqual(new Set(['IVSReadOnlyAccess', 'group_g_p', 'user_bob_own']));
    const group = await simulate({ PolicySourceArn: `arn:aws:iam::${account}:group/g` });
    expect([verdictsOf(group), ids(group)]).toEqual([['allowed'], ['group_g_p']]);
  });

  test('added policies, the own boundary and one that is given instead', async () => {
    await put(policy(allow('ivs:*')));
    const PermissionsBoundary = 'arn:aws:iam::aws:policy/IVSReadOnlyAccess';
    await root.ask('PutUserPermissionsBoundary', { UserName: 'bob', PermissionsBoundary });
    const ActionNames = ['ivs:GetChannel', 'ivs:DeleteChannel'];
    expect(verdictsOf(await simulate({ ActionNames }))).toEqual(['allowed', 'implicitDeny']);
    const other = { ActionNames, PermissionsBoundaryPolicyInputList: [policy(allow('ivs:Delete*'))] };
    expect(verdictsOf(await simulate(other))).toEqual(['implicitDeny', 'allowed']);
    const added = await simulate({ PolicyInputList: [policy(deny('ivs:GetChannel'))] });
    expect([verdictsOf(added), ids(added)]).toEqual([['explicitDeny'], ['PolicyInputList.1']]);
    const without = { ActionNames, PolicyExclusionList: [{ PolicyType: 'permission-boundary' }] };
    const [, unbounded] = await simulate(without);
    expect(unbounded).toMatchObject({ EvalDecision: 'allowed' });
    expect(unbounded).not.toHaveProperty('PermissionsBoundaryDecisionDetail');
  });

  test('is known by its own facts, unless others are given', async () => {
    const tagged = (value: string) => ({ Condition: { StringEquals: { 'aws:PrincipalTag/team': value } } });
    await put(policy(allow('ivs:*', channel('${aws:username}')), allow('s3:*', '*', tagged('tv'))));
    const ResourceArns = [channel('bob')];
    expect(verdictsOf(await simulate({ ResourceArns }))).toEqual(['allowed']);
    expect(verdictsOf(await simulate({ ActionNames: ['s3:PutObject'] }))).toEqual(['allowed']);
    const ContextEntries = [{ ContextKeyName: 'AWS:UserName', ContextKeyValues: ['alice'] }];
    expect(verdictsOf(await simulate({ ResourceArns, ContextEntries }))).toEqual(['implicitDeny']);
    expect(verdictsOf(await simulate({ ResourceArns, CallerArn: user('alice') }))).toEqual(['implicitDeny']);
  });

  test('a role is simulated as a session of it, and needs a caller for the policy of a resource', async () => {
    await root.ask('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: trust(user('bob')) });
    await root.ask('PutRolePolicy', { RoleName: 'r', PolicyName: 'p', PolicyDocument: policy(allow('ivs:*')) });
    const PolicySourceArn = `arn:aws:iam::${account}:role/r`;
    expect(ids(await simulate({ PolicySourceArn }))).toEqual(['role_r_p']);
    const ResourcePolicy = policy({ Effect: 'Deny', Principal: { AWS: PolicySourceArn }, Action: '*', Resource: '*' });
    const whole = { PolicySourceArn, ActionNames: ['ivs:GetChannel'], ResourcePolicy };
    expect(await root.refusal('SimulatePrincipalPolicy', whole)).toContain('CallerArn is required');
    expect(verdictsOf(await simulate({ ...whole, CallerArn: PolicySourceArn }))).toEqual(['explicitDeny']);
  });

  test('must be there, by exactly its ARN', async () => {
    const refusal = (PolicySourceArn: string) =>
      root.refusal('SimulatePrincipalPolicy', { PolicySourceArn, ActionNames: ['ivs:GetChannel'] });
    expect(await refusal(user('nobody'))).toBe('NoSuchEntity: The user with name nobody cannot be found.');
    expect(await refusal(user('x/bob'))).toBe('NoSuchEntity: The user with name bob cannot be found.');
    expect(await refusal(user('bob', otherAccount))).toMatch(/^AccessDenied: /);
    expect(await refusal(`arn:aws:iam::${account}:root`)).toMatch(
      /^InvalidInput: .* not the ARN of a user, group or role\.$/,
    );
  });

  test('can be asked about only with permission on the very principal', async () => {
    await root.ask('CreateUser', { UserName: 'auditor' });
    await put(
      policy(allow(['iam:SimulatePrincipalPolicy', 'iam:GetContextKeysForPrincipalPolicy'], user('bob'))),
      'auditor',
    );
    const auditor = await world.user('auditor');
    const ActionNames = ['ivs:GetChannel'];
    await auditor.ask('SimulatePrincipalPolicy', { PolicySourceArn: user('bob'), ActionNames });
    await auditor.ask('GetContextKeysForPrincipalPolicy', { PolicySourceArn: user('bob') });
    expect(await auditor.refusal('SimulatePrincipalPolicy', { PolicySourceArn: user('auditor'), ActionNames })).toBe(
      `AccessDenied: User: ${user('auditor')} is not authorized to perform: iam:SimulatePrincipalPolicy on resource: user auditor because no identity-based policy allows the iam:SimulatePrincipalPolicy action`,
    );
  });
});
