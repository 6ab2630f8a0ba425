/** Every decision is recorded, with all that it was made of. */
import { CreateUserCommand } from '@aws-sdk/client-iam';
import {
  BatchGetChannelCommand,
  CreateChannelCommand,
  GetChannelCommand,
  ListChannelsCommand,
} from '@aws-sdk/client-ivs';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordedContexts } from '../packages/server/src/door/decision-row.ts';
import type { RecordedDecision } from '../packages/server/src/door/decision-row.ts';
import type { DecisionQuery, DecisionRow } from '../packages/server/src/store/store.ts';
import { allow, castOf, deny, trusting } from './support/cast.ts';
import type { Cast, Person } from './support/cast.ts';
import { refusal } from './support/clients.ts';
import { signedFetch } from './support/raw.ts';
import type { RawRequest } from './support/raw.ts';
import { account, channelArn, ownedChannelArn, region, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

let server: TestServer;
let cast: Cast;
let user: Person;

beforeAll(async () => {
  server = await testServer();
  cast = castOf(server);
  user = await cast.user('recorded', { Sid: 'View', ...allow('ivs:GetChannel', channelArn) });
});
afterAll(() => server.close());

/** The decisions of a query, newest first, after everything decided so far is written. */
async function recorded(query: DecisionQuery): Promise<DecisionRow[]> {
  await server.house.recorder.flush();
  return server.house.store.decisions.query(query);
}

const bodyOf = (row: DecisionRow | undefined) => JSON.parse(row!.body) as RecordedDecision;

const getChannel = (arn: string): RawRequest => ({
  service: 'ivs',
  path: '/GetChannel',
  headers: { 'content-type': 'application/json', 'user-agent': 'test/1.0', referer: 'https://example.com/' },
  body: JSON.stringify({ arn }),
});

describe('the record', () => {
  test('S0-13 the answer’s x-stagedoor-decision and request id find the decision', async () => {
    for (const [arn, outcome] of [
      [channelArn, 'Allow'],
      [ownedChannelArn, 'ImplicitDeny'],
    ] as const) {
      const { headers } = await signedFetch(server.url, getChannel(arn), user.credentials);
      const [row] = await recorded({ id: headers.get('x-stagedoor-decision')! });
      expect(row).toMatchObject({
        accountId: account,
        principal: user.arn,
        action: 'ivs:GetChannel',
        resource: arn,
        outcome,
        requestId: headers.get('x-amzn-requestid'),
      });
      expect(await recorded({ requestId: row!.requestId })).toEqual([row]);
    }
  });

  test('S0-13 it names the policies consulted and the statement that decided', async () => {
    await signedFetch(server.url, getChannel(channelArn), user.credentials);
    const [evaluation] = bodyOf((await recorded({ principal: user.arn, limit: 1 }))[0]).evaluations;
    expect(evaluation).toMatchObject({ decision: 'Allow', layer: 'identity', statements: [{ index: 0, sid: 'View' }] });
    expect(evaluation?.policies['identity']).toContain(evaluation?.statements[0]?.policy);
    const banned = await cast.user('banned', allow('*'), { Sid: 'Stop', ...deny('ivs:*') });
    await refusal(banned.ivs.send(new ListChannelsCommand({})));
    const [denied] = bodyOf((await recorded({ principal: banned.arn, limit: 1 }))[0]).evaluations;
    expect(denied).toMatchObject({
      decision: 'ExplicitDeny',
      layer: 'identity',
      statements: [{ index: 1, sid: 'Stop' }],
    });
  });

  test('the request context is rebuilt from it, whole', async () => {
    const tagged = await cast.root.ivs.send(new CreateChannelCommand({ tags: { 소유자: '철수', Owner: 'x' } }));
    const role = await cast.role(
      'recorded',
      trusting(account, undefined, ['sts:AssumeRole', 'sts:TagSession']),
      allow('ivs:*'),
    );
    const opener = await cast.user('record-opener', allow(['sts:AssumeRole', 'sts:TagSession']));
    const session = await cast.assume(opener, role, { Tags: [{ Key: 'team', Value: 'red' }] });
    const answer = await signedFetch(server.url, getChannel(tagged.channel!.arn!), session.credentials);
    const [row] = await recorded({ id: answer.headers.get('x-stagedoor-decision')! });
    const [context] = recordedContexts(row!);
    const values = Object.fromEntries(context!.entries());
    expect(values).toMatchObject({
      'aws:CurrentTime': `${new Date(row!.at).toISOString().slice(0, 19)}Z`,
      'aws:EpochTime': String(Math.floor(row!.at / 1000)),
      'aws:PrincipalArn': role,
      'aws:PrincipalAccount': account,
      'aws:PrincipalType': 'AssumedRole',
      'aws:PrincipalTag/team': 'red',
      'aws:userid': session.id,
      'aws:RequestedRegion': region,
      'aws:ResourceAccount': account,
      'aws:ResourceTag/소유자': '철수',
      'aws:ResourceTag/Owner': 'x',
      'aws:SecureTransport': 'false',
      'aws:UserAgent': 'test/1.0',
      'aws:Referer': 'https://example.com/',
      'aws:MultiFactorAuthPresent': 'false',
      'aws:ViaAWSService': 'false',
    });
    expect(values['aws:SourceIp']).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(values).not.toHaveProperty('aws:username');
    expect(context!.get('aws:resourcetag/owner')).toBe('x');
  });

  test('a request on several resources records each pair that was asked, up to the one that refused', async () => {
    await cast.grant(user.name, allow('ivs:BatchGetChannel', channelArn));
    await refusal(user.ivs.send(new BatchGetChannelCommand({ arns: [channelArn, ownedChannelArn] })));
    const [row] = await recorded({ principal: user.arn, limit: 1 });
    expect(row).toMatchObject({ outcome: 'ImplicitDeny', resource: ownedChannelArn });
    expect(bodyOf(row).evaluations.map(({ check, decision }) => [check.resource, decision])).toEqual([
      [channelArn, 'Allow'],
      [ownedChannelArn, 'ImplicitDeny'],
    ]);
  });

  test('writes are recorded once, by the decision inside their transaction; AssumeRole with its trust policy', async () => {
    const before = await recorded({ principal: `arn:aws:iam::${account}:root`, action: 'iam:CreateUser' });
    await cast.root.iam.send(new CreateUserCommand({ UserName: 'written-once' }));
    const after = await recorded({ principal: `arn:aws:iam::${account}:root`, action: 'iam:CreateUser' });
    expect(after.length).toBe(before.length + 1);
    const role = await cast.role('trust-record', trusting(account));
    const opener = await cast.user('trust-opener', allow('sts:AssumeRole', role));
    await opener.sts.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'recorded' }));
    const [evaluation] = bodyOf((await recorded({ principal: opener.arn, limit: 1 }))[0]).evaluations;
    expect(evaluation?.policies).toMatchObject({ trust: ['trust:role/trust-record'] });
    expect(evaluation?.decision).toBe('Allow');
  });

  test('what is refused before a decision, or needs none, leaves no record', async () => {
    const wrong = { ...user.credentials, secretAccessKey: 'wrong' };
    const refused = await signedFetch(server.url, getChannel(channelArn), wrong);
    const malformed = await signedFetch(server.url, { ...getChannel(channelArn), body: '{}' }, user.credentials);
    for (const { headers } of [refused, malformed]) {
      expect(headers.get('x-stagedoor-decision')).toBeNull();
      expect(await recorded({ requestId: headers.get('x-amzn-requestid')! })).toEqual([]);
    }
    await user.sts.send(new GetCallerIdentityCommand({}));
    expect(await recorded({ action: 'sts:GetCallerIdentity' })).toEqual([]);
  });

  test('a decision is recorded although the operation then fails', async () => {
    await cast.grant(user.name, allow('ivs:GetChannel'));
    const missing = channelArn.replace('VgNkEJgOVX9N', 'zzzzzzzzzzzz');
    const { name } = await refusal(user.ivs.send(new GetChannelCommand({ arn: missing })));
    expect(name).toBe('ResourceNotFoundException');
    expect((await recorded({ principal: user.arn, limit: 1 }))[0]).toMatchObject({
      resource: missing,
      outcome: 'Allow',
    });
  });
});
