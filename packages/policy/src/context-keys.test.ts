import { expect, test } from 'vitest';
import { contextKeys, policyVariables } from './context-keys.ts';
import { parsePolicy } from './parse.ts';

function keysOf(statement: object, version = '2012-10-17'): readonly string[] {
  const parsed = parsePolicy(JSON.stringify({ Version: version, Statement: statement }));
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return contextKeys(parsed.policy);
}

const statement = {
  Effect: 'Allow',
  Action: 's3:*',
  Resource: ['arn:aws:s3:::b/${aws:username}/*', 'arn:aws:s3:::${*}'],
  Condition: {
    StringLike: { 's3:prefix': ["${aws:PrincipalTag/team, 'none'}/*", 'home/${AWS:UserName}'] },
    Bool: { 'aws:SecureTransport': '${aws:userid}' },
    Null: { 'aws:TokenIssueTime': 'true' },
  },
};

test('keys of conditions and variables of resources and operands, each once, as first written', () => {
  expect(keysOf(statement)).toEqual([
    'aws:username',
    's3:prefix',
    'aws:PrincipalTag/team',
    'aws:SecureTransport',
    'aws:TokenIssueTime',
  ]);
});

test('an older document has keys but no variables', () => {
  expect(keysOf(statement, '2008-10-17')).toEqual(['s3:prefix', 'aws:SecureTransport', 'aws:TokenIssueTime']);
});

test('keys of unknown operators count, keys that differ in case are one', () => {
  const Condition = { Sounds: { 'aws:SourceIp': 'x' }, StringEquals: { 'AWS:sourceip': 'y' } };
  expect(keysOf({ Effect: 'Deny', Action: '*', Resource: '*', Condition })).toEqual(['aws:SourceIp']);
});

test('a document without conditions has none', () => {
  expect(keysOf({ Effect: 'Allow', Action: '*', Resource: '*' })).toEqual([]);
  expect(policyVariables('${}${$}${?}')).toEqual([]);
});
