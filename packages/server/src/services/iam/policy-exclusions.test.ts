import { beforeEach, describe, expect, test } from 'vitest';
import { account, allow, openIam, policy, type Asker } from './iam.testkit.ts';

const user = (name: string): string => `arn:aws:iam::${account}:user/${name}`;

let root: Asker;
beforeEach(async () => {
  root = (await openIam()).root();
  await root.ask('CreateUser', { UserName: 'bob', Tags: [{ Key: 'team', Value: 'tv' }] });
});

const put = (PolicyDocument: string) =>
  root.ask('PutUserPolicy', { UserName: 'bob', PolicyName: 'own', PolicyDocument });

describe('policies left out', () => {
  const left = async (...PolicyExclusionList: object[]) => {
    const input = { PolicySourceArn: user('bob'), ActionNames: ['ivs:GetChannel'], PolicyExclusionList };
    const { EvaluationResults: [result] = [] } = await root.ask('SimulatePrincipalPolicy', input);
    return result?.MatchedStatements?.map((one) => one.SourcePolicyId).toSorted();
  };
  const mine = `arn:aws:iam::${account}:policy/x/`;

  beforeEach(async () => {
    const document = policy(allow('ivs:*'));
    await put(document);
    await root.ask('CreatePolicy', { PolicyName: 'mine', Path: '/x/', PolicyDocument: document });
    for (const PolicyArn of [`${mine}mine`, 'arn:aws:iam::aws:policy/IVSFullAccess']) {
      await root.ask('AttachUserPolicy', { UserName: 'bob', PolicyArn });
    }
    await root.ask('CreateGroup', { GroupName: 'g' });
    await root.ask('AddUserToGroup', { GroupName: 'g', UserName: 'bob' });
    await root.ask('PutGroupPolicy', { GroupName: 'g', PolicyName: 'own', PolicyDocument: document });
  });

  const inline = (AttachmentType: string, AttachmentName: string, PolicyName = 'own') => ({
    InlinePolicyIdentifier: { PolicyName, AttachmentType, AttachmentName },
  });
  const all = ['IVSFullAccess', 'group_g_own', 'mine', 'user_bob_own'];
  const except = (...gone: string[]) => all.filter((id) => !gone.includes(id));

  test.each([
    [[], all],
    [[{ PolicyType: 'inline' }], except('group_g_own', 'user_bob_own')],
    [[{ PolicyType: 'aws-managed' }], except('IVSFullAccess')],
    [[{ PolicyType: 'user-managed' }], except('mine')],
    [[{ PolicyType: 'scp' }, { PolicyType: 'rcp' }, { PolicyArn: `${mine}other` }], all],
    [[{ PolicyArn: `${mine}mine` }], except('mine')],
    [[{ PolicyArn: `${mine}m?n*` }], except('mine')],
    [[{ PolicyArn: `${mine}m?` }], all],
    [[{ PolicyArn: `arn:aws:iam::${account}:policy/mine` }], all],
    [[{ PolicyArn: 'arn:aws:iam::aws:policy/*' }], except('IVSFullAccess')],
    [[inline('user', 'bob')], except('user_bob_own')],
    [[inline('group', '*')], except('group_g_own')],
    [[inline('group', 'g', 'other')], all],
  ])('%j', async (list, ids) => {
    expect(await left(...list)).toEqual(ids);
  });

  test.each([
    [{ PolicyArn: 'arn:aws:iam::aws:user/IVSFullAccess' }, /does not identify managed policies\.$/],
    [{ PolicyArn: `arn:aws:iam::${account}:policy/*/mine` }, /does not identify managed policies\.$/],
    [{ PolicyArn: `${mine}*i*` }, /has more than one \*\.$/],
    [inline('user', '**'), /has more than one \*\.$/],
    [{}, /exactly one member\.$/],
    [{ PolicyType: 'inline', PolicyArn: `${mine}mine` }, /exactly one member\.$/],
  ])('%j is refused', async (identifier, text) => {
    const input = { PolicySourceArn: user('bob'), ActionNames: ['ivs:A'], PolicyExclusionList: [identifier] };
    expect(await root.refusal('SimulatePrincipalPolicy', input)).toMatch(text);
  });
});
