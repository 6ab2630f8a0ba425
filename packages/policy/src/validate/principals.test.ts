import { expect, test } from 'vitest';
import { policyFrom, withStatement } from '../parse.testkit.ts';
import { invalidPrincipalText, isPrincipalForm, trustPrincipals } from './principals.ts';

test.each([
  ['AWS', '*'],
  ['AWS', '111122223333'],
  ['AWS', 'arn:aws:iam::111122223333:root'],
  ['AWS', 'arn:aws:iam::111122223333:user/alice'],
  ['AWS', 'arn:aws:iam::111122223333:user/team/a+b=c,d.e@f-g'],
  ['AWS', 'arn:aws-cn:iam::111122223333:role/path/Name'],
  ['AWS', 'arn:aws:sts::111122223333:assumed-role/Role/session'],
  ['AWS', 'arn:aws:sts::111122223333:federated-user/bob'],
  ['Service', 'ivs.amazonaws.com'],
  ['Service', 'ivs-composite.us-east-1.amazonaws.com'],
  ['Federated', 'accounts.google.com'],
  ['Federated', 'arn:aws:iam::111122223333:saml-provider/Okta'],
  ['Federated', 'arn:aws:iam::111122223333:oidc-provider/token.example.com/path'],
  ['CanonicalUser', 'a'.repeat(64)],
])('%s %s can be stored', (type, value) => {
  expect(isPrincipalForm({ type, value })).toBe(true);
});

test.each([
  ['AWS', ''],
  ['AWS', 'alice'],
  ['AWS', '11112222333'],
  ['AWS', 'AIDAEXAMPLE1234567890'],
  ['AWS', 'arn:aws:iam::111122223333:user/*'],
  ['AWS', 'arn:aws:iam::111122223333:role/a?c'],
  ['AWS', 'arn:aws:iam::*:root'],
  ['AWS', 'arn:aws:iam::111122223333:user/'],
  ['AWS', 'arn:aws:iam::111122223333:*'],
  ['AWS', 'arn:aws:sts::111122223333:assumed-role/Role/*'],
  ['AWS', 'arn:aws:sts::111122223333:assumed-role/Role'],
  ['AWS', 'arn:other:iam::111122223333:root'],
  ['Service', '*'],
  ['Service', 'ivs'],
  ['Service', 'ivs.example.com'],
  ['Federated', '*'],
  ['Federated', 'localhost'],
  ['Federated', 'arn:aws:iam::111122223333:user/alice'],
  ['CanonicalUser', 'abc'],
  ['Nobody', 'x'],
  ['toString', 'x'],
])('%s %s cannot', (type, value) => {
  expect(isPrincipalForm({ type, value })).toBe(false);
});

test('S0-28 a group is no principal', () => {
  expect(isPrincipalForm({ type: 'AWS', value: 'arn:aws:iam::111122223333:group/admins' })).toBe(false);
});

test('the text names type and value, a service in capitals', () => {
  expect(invalidPrincipalText({ type: 'AWS', value: 'arn:x' })).toBe('Invalid principal in policy: "AWS":"arn:x"');
  expect(invalidPrincipalText({ type: 'Service', value: 'x' })).toBe('Invalid principal in policy: "SERVICE":"x"');
  expect(invalidPrincipalText({ type: 'Federated', value: 'x' })).toBe('Invalid principal in policy: "Federated":"x"');
});

test('only users and roles are to be resolved, each once', () => {
  const role = 'arn:aws:iam::111122223333:role/path/R';
  const user = 'arn:aws:iam::444455556666:user/u';
  const AWS = [
    '*',
    '111122223333',
    'arn:aws:iam::111122223333:root',
    role,
    user,
    role,
    'arn:aws:sts::111122223333:assumed-role/R/s',
    'arn:aws:sts::111122223333:federated-user/f',
  ];
  const policy = policyFrom(withStatement({ Principal: { AWS, Service: 'ivs.amazonaws.com' } }));
  expect(trustPrincipals(policy)).toEqual([
    { type: 'role', accountId: '111122223333', value: role },
    { type: 'user', accountId: '444455556666', value: user },
  ]);
  expect(trustPrincipals(policyFrom(withStatement({ Principal: '*' })))).toEqual([]);
});
