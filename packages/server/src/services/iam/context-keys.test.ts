import { expect, test } from 'vitest';
import { account, allow, openIam, policy } from './iam.testkit.ts';

const keyed = (key: string, resource = '*') =>
  policy(allow('ivs:*', resource, { Condition: { Bool: { [key]: 'true' } } }));

test('S4-13 keys and variables of given policies, each once', async () => {
  const root = (await openIam()).root();
  const PolicyInputList = [
    keyed('aws:SecureTransport', 'arn:aws:ivs:*:*:channel/${aws:username}'),
    keyed('AWS:Username'),
  ];
  expect(await root.ask('GetContextKeysForCustomPolicy', { PolicyInputList })).toEqual({
    ContextKeyNames: ['aws:username', 'aws:SecureTransport'],
  });
  expect(await root.refusal('GetContextKeysForCustomPolicy', { PolicyInputList: ['{}'] })).toMatch(
    /^InvalidInput: PolicyInputList\.1 is not a policy document: /,
  );
});

test('keys of a principal: its own policies, those of its groups and added ones, but not of its boundary', async () => {
  const root = (await openIam()).root();
  const UserName = 'bob';
  await root.ask('CreatePolicy', { PolicyName: 'b', PolicyDocument: keyed('aws:PrincipalIsAWSService') });
  const PermissionsBoundary = `arn:aws:iam::${account}:policy/b`;
  await root.ask('CreateUser', { UserName, PermissionsBoundary });
  await root.ask('PutUserPolicy', { UserName, PolicyName: 'p', PolicyDocument: keyed('aws:SecureTransport') });
  await root.ask('CreateGroup', { GroupName: 'g' });
  await root.ask('AddUserToGroup', { GroupName: 'g', UserName });
  await root.ask('PutGroupPolicy', { GroupName: 'g', PolicyName: 'p', PolicyDocument: keyed('aws:ViaAWSService') });
  const PolicySourceArn = `arn:aws:iam::${account}:user/bob`;
  expect(await root.ask('GetContextKeysForPrincipalPolicy', { PolicySourceArn })).toEqual({
    ContextKeyNames: ['aws:SecureTransport', 'aws:ViaAWSService'],
  });
  const more = { PolicySourceArn, PolicyInputList: [keyed('aws:MultiFactorAuthPresent')] };
  expect((await root.ask('GetContextKeysForPrincipalPolicy', more)).ContextKeyNames).toContain(
    'aws:MultiFactorAuthPresent',
  );
  const gone = { PolicySourceArn: `arn:aws:iam::${account}:user/nobody` };
  expect(await root.refusal('GetContextKeysForPrincipalPolicy', gone)).toBe(
    'NoSuchEntity: The user with name nobody cannot be found.',
  );
});
