/** What policies decide, seen from outside: operations, resources, elements, attaching and detaching, versions. */
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeleteGroupPolicyCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  DetachGroupPolicyCommand,
  DetachRolePolicyCommand,
  DetachUserPolicyCommand,
  GetPolicyVersionCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  SetDefaultPolicyVersionCommand,
} from '@aws-sdk/client-iam';
import {
  BatchGetChannelCommand,
  CreateChannelCommand,
  DeleteChannelCommand,
  GetChannelCommand,
  ImportPlaybackKeyPairCommand,
  ListChannelsCommand,
  ListStreamsCommand,
  UpdateChannelCommand,
} from '@aws-sdk/client-ivs';
import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allow, castOf, deny, document, trusting } from './support/cast.ts';
import type { Cast, Person, Statement } from './support/cast.ts';
import { allowed, refusal } from './support/clients.ts';
import type { Clients } from './support/clients.ts';
import { account, channelArn, ownedChannelArn, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

const folder = new URL('../examples/policies/', import.meta.url);
const example = (name: string) => readFileSync(new URL(`${name}.json`, folder), 'utf8');

let server: TestServer;
let cast: Cast;
/** One user, whose policy each test replaces. */
let user: Person;
/** Another channel, made for this file. */
let spare: string;

const views = ({ ivs }: Clients, arn: string = channelArn) => allowed(ivs.send(new GetChannelCommand({ arn })));
const lists = ({ ivs }: Clients) => allowed(ivs.send(new ListChannelsCommand({})));
const creates = ({ ivs }: Clients) => allowed(ivs.send(new CreateChannelCommand({})));
const holds = (...statements: readonly Statement[]) => cast.grant(user.name, ...statements);

beforeAll(async () => {
  server = await testServer();
  cast = castOf(server);
  user = await cast.user('user', allow('other:*'));
  const { channel } = await cast.root.ivs.send(new CreateChannelCommand({}));
  spare = channel!.arn!;
});
afterAll(() => server.close());

describe('operations and resources', () => {
  test('S0-39 S0-47 one action allows exactly that operation', async () => {
    const operations: Readonly<Record<string, () => Promise<unknown>>> = {
      GetChannel: () => user.ivs.send(new GetChannelCommand({ arn: channelArn })),
      ListChannels: () => user.ivs.send(new ListChannelsCommand({})),
      ListStreams: () => user.ivs.send(new ListStreamsCommand({})),
      UpdateChannel: () => user.ivs.send(new UpdateChannelCommand({ arn: channelArn, name: 'example' })),
      CreateChannel: () => user.ivs.send(new CreateChannelCommand({})),
    };
    for (const granted of Object.keys(operations)) {
      await holds(allow(`ivs:${granted}`));
      for (const [operation, call] of Object.entries(operations))
        expect([granted, operation, await allowed(call())]).toEqual([granted, operation, operation === granted]);
    }
  });

  test('S0-39 BatchGetChannel is not GetChannel', async () => {
    const batch = () => allowed(user.ivs.send(new BatchGetChannelCommand({ arns: [channelArn] })));
    await holds(allow('ivs:GetChannel'));
    expect([await views(user), await batch()]).toEqual([true, false]);
    await holds(allow('ivs:BatchGetChannel'));
    expect([await views(user), await batch()]).toEqual([false, true]);
  });

  test('S0-40 S0-51 S0-90 one ARN allows only that channel: not another id, region or account', async () => {
    await holds(allow('ivs:GetChannel', channelArn));
    expect(await views(user)).toBe(true);
    expect(await views(user, ownedChannelArn)).toBe(false);
    for (const other of [channelArn.replace('us-west-2', 'eu-west-1'), channelArn.replace(account, '111122223333')]) {
      await holds(allow('ivs:GetChannel', other));
      expect([other, await views(user)]).toEqual([other, false]);
    }
  });

  test('S0-40 S0-39 a batch is allowed only when every channel in it is', async () => {
    await holds(allow('ivs:BatchGetChannel', channelArn));
    const batch = (...arns: string[]) => allowed(user.ivs.send(new BatchGetChannelCommand({ arns })));
    expect([await batch(channelArn), await batch(channelArn, ownedChannelArn)]).toEqual([true, false]);
  });

  test('S0-53 S0-54 S0-3 S0-32 S0-89 creating is not on one channel: it needs `*`', async () => {
    for (const [resource, expected] of [
      [channelArn, false],
      [spare, false],
      ['*', true],
    ] as const) {
      await holds(allow(['ivs:CreateChannel', 'ivs:ImportPlaybackKeyPair', 'ivs:ListChannels'], resource));
      const imports = await refusal(user.ivs.send(new ImportPlaybackKeyPairCommand({ publicKeyMaterial: 'x' })));
      expect([resource, await creates(user), imports.name !== 'AccessDeniedException', await lists(user)]).toEqual([
        resource,
        expected,
        expected,
        expected,
      ]);
    }
  });

  test('S0-50 a new channel has an ARN of the documented form', async () => {
    await holds(allow('ivs:CreateChannel'));
    const { channel } = await user.ivs.send(new CreateChannelCommand({ name: 'form' }));
    expect(channel?.arn).toMatch(/^arn:aws:ivs:us-west-2:123456789012:channel\/[A-Za-z0-9]{12}$/);
  });

  test('S0-52 S0-48 Resource and Action may be strings or arrays, to the same effect', async () => {
    for (const resource of [channelArn, [channelArn]]) {
      for (const action of ['ivs:GetChannel', ['ivs:GetChannel']]) {
        await holds(allow(action, resource));
        expect([await views(user), await views(user, ownedChannelArn)]).toEqual([true, false]);
      }
    }
  });

  test('S0-91 S0-33 deleting is allowed or denied by policy like all else', async () => {
    await holds(allow('ivs:CreateChannel'));
    const { channel } = await user.ivs.send(new CreateChannelCommand({}));
    const { arn } = channel!;
    const deletes = () => allowed(user.ivs.send(new DeleteChannelCommand({ arn })));
    expect(await deletes()).toBe(false);
    expect(await views(cast.root, arn)).toBe(true);
    await holds(allow('ivs:DeleteChannel'));
    expect(await deletes()).toBe(true);
    expect((await refusal(cast.root.ivs.send(new GetChannelCommand({ arn })))).name).toBe('ResourceNotFoundException');
  });
});

describe('elements', () => {
  test('S0-45 S0-46 actions, resources and conditions each change the decision; actions in any case, of the prefix ivs', async () => {
    const outcomes: readonly (readonly [Statement, boolean])[] = [
      [allow('ivs:GetChannel'), true],
      [allow('ivs:getchannel'), true],
      [allow('IVS:GETCHANNEL'), true],
      [allow('ivs:Get*'), true],
      [allow('ivs:Get?hannel'), true],
      [allow('ivschat:*'), false],
      [allow('ivs:ListChannels'), false],
      [allow('ivs:GetChannel', ownedChannelArn), false],
      [allow('ivs:GetChannel', '*', { StringEquals: { 'aws:PrincipalAccount': account } }), true],
      [allow('ivs:GetChannel', '*', { StringEquals: { 'aws:PrincipalAccount': '111122223333' } }), false],
      [allow('ivs:GetChannel', '*', { IpAddress: { 'aws:SourceIp': ['127.0.0.1/32', '::1/128'] } }), true],
      [allow('ivs:GetChannel', '*', { NotIpAddress: { 'aws:SourceIp': ['127.0.0.1/32', '::1/128'] } }), false],
      [allow('ivs:GetChannel', '*', { Bool: { 'aws:SecureTransport': 'false' } }), true],
      [allow('ivs:GetChannel', '*', { Null: { 'aws:MultiFactorAuthPresent': 'true' } }), true],
      [allow('ivs:GetChannel', '*', { DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } }), false],
      [allow('ivs:GetChannel', '*', { StringEquals: { 'aws:username': 'user' } }), true],
      [allow('ivs:GetChannel', '*', { StringLike: { 'aws:userid': 'AIDA*' } }), true],
      [allow('ivs:GetChannel', '*', { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${account}:user/*` } }), true],
    ];
    for (const [statement, expected] of outcomes) {
      await holds(statement);
      expect([statement, await views(user)]).toEqual([statement, expected]);
    }
  });

  test('S0-49 NotAction: all but these', async () => {
    const { channel } = await cast.root.ivs.send(new CreateChannelCommand({}));
    const deletes = () => allowed(user.ivs.send(new DeleteChannelCommand({ arn: channel!.arn })));
    await holds({ Effect: 'Allow', NotAction: 'ivs:Delete*', Resource: '*' });
    expect([await views(user), await deletes()]).toEqual([true, false]);
    await holds(allow('*'), { Effect: 'Deny', NotAction: 'ivs:Delete*', Resource: '*' });
    expect([await views(user), await deletes()]).toEqual([false, true]);
  });

  test('S0-44 S0-48 what is no policy is refused as malformed', async () => {
    const wrong = [
      'ivs:GetChannel',
      '[]',
      '{}',
      '{"Version":"2012-10-17","Statement":[]}',
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Resource":"*"}}',
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ivs:*","NotAction":"ivs:*","Resource":"*"}}',
      '{"Version":"2012-10-17","Statement":{"Effect":"allow","Action":"ivs:*","Resource":"*"}}',
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":7,"Resource":"*"}}',
      '{"Version":"2012-10-17","Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ivs:*","Resource":"*"}}',
    ];
    for (const PolicyDocument of wrong) {
      const put = new PutUserPolicyCommand({ UserName: user.name, PolicyName: 'wrong', PolicyDocument });
      const { name, status } = await refusal(cast.root.iam.send(put));
      expect([PolicyDocument, name, status]).toEqual([PolicyDocument, 'MalformedPolicyDocumentException', 400]);
    }
  });

  test('S0-59 S0-51 variables stand for what the caller is', async () => {
    const own = `arn:aws:ivs:*:${account}:channel/\${aws:PrincipalTag/channel, 'VgNkEJgOVX9N'}`;
    await holds(allow('ivs:GetChannel', own));
    expect([await views(user), await views(user, ownedChannelArn)]).toEqual([true, false]);
    await holds(allow('ivs:GetChannel', '*', { StringEquals: { 'aws:userid': '${aws:userid}' } }));
    expect(await views(user)).toBe(true);
    await holds(allow('ivs:GetChannel', '*', { StringEquals: { 'aws:username': '${aws:PrincipalTag/nothing}' } }));
    expect(await views(user)).toBe(false);
  });

  test('S0-6 an explicit deny in any policy wins', async () => {
    await holds(allow('ivs:*'), deny('ivs:GetChannel', channelArn));
    expect((await refusal(user.ivs.send(new GetChannelCommand({ arn: channelArn })))).message).toBe(
      `User: ${user.arn} is not authorized to perform: ivs:GetChannel on resource: ${channelArn} with an explicit deny in an identity-based policy`,
    );
    expect(await views(user, ownedChannelArn)).toBe(true);
  });
});

/** Every way of giving an identity a policy, and of taking it back. */
interface Way {
  readonly give: (document: string) => Promise<unknown>;
  readonly take: () => Promise<unknown>;
}

describe('attaching', () => {
  const PolicyName = 'own';
  let who: Record<'user' | 'member' | 'session', Clients>;
  let ways: Record<string, readonly [keyof typeof who, Way]>;
  const managed = async (name: string, PolicyDocument: string) => {
    const { Policy } = await cast.root.iam.send(new CreatePolicyCommand({ PolicyName: name, PolicyDocument }));
    return Policy!.Arn!;
  };

  beforeAll(async () => {
    const { iam } = cast.root;
    const member = await cast.user('member');
    const [UserName, GroupName, RoleName] = ['attached', 'Attached', 'attached'];
    await iam.send(new CreateGroupCommand({ GroupName }));
    await iam.send(new AddUserToGroupCommand({ GroupName, UserName: member.name }));
    const opener = await cast.user('attach-opener', allow('sts:AssumeRole'));
    const session = await cast.assume(opener, await cast.role(RoleName, trusting(account)));
    who = { user: await cast.user(UserName), member, session };
    const PolicyArn = `arn:aws:iam::${account}:policy/${PolicyName}`;
    const replaced = async (PolicyDocument: string) => {
      await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
    };
    await managed(PolicyName, document(allow('other:*')));
    await replaced(document(allow('ivs:GetChannel', channelArn)));
    ways = {
      'user, inline': [
        'user',
        {
          give: (PolicyDocument) => iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument })),
          take: () => iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName })),
        },
      ],
      'group, inline': [
        'member',
        {
          give: (PolicyDocument) => iam.send(new PutGroupPolicyCommand({ GroupName, PolicyName, PolicyDocument })),
          take: () => iam.send(new DeleteGroupPolicyCommand({ GroupName, PolicyName })),
        },
      ],
      'role, inline': [
        'session',
        {
          give: (PolicyDocument) => iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument })),
          take: () => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })),
        },
      ],
      'user, managed': [
        'user',
        {
          give: () => iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn })),
          take: () => iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn })),
        },
      ],
      'group, managed': [
        'member',
        {
          give: () => iam.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn })),
          take: () => iam.send(new DetachGroupPolicyCommand({ GroupName, PolicyArn })),
        },
      ],
      'role, managed': [
        'session',
        {
          give: () => iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn })),
          take: () => iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn })),
        },
      ],
    };
  });

  test('S0-19 S0-20 S0-41 S0-187 a policy has effect while it is attached: to user, group or role, inline or managed, alike', async () => {
    for (const [name, [holder, way]] of Object.entries(ways)) {
      const decisions = async () => [
        await views(who[holder]),
        await views(who[holder], ownedChannelArn),
        await lists(who[holder]),
      ];
      expect([name, ...(await decisions())]).toEqual([name, false, false, false]);
      await way.give(document(allow('ivs:GetChannel', channelArn)));
      expect([name, ...(await decisions())]).toEqual([name, true, false, false]);
      await way.take();
      expect([name, ...(await decisions())]).toEqual([name, false, false, false]);
    }
  });

  test('S0-12 S0-11 more permissions come later, to the same credentials: by a new version of the policy', async () => {
    const { iam } = cast.root;
    const service = await cast.user('service-user');
    const PolicyArn = await managed('service-user', document(allow('ivs:GetChannel')));
    await iam.send(new AttachUserPolicyCommand({ UserName: service.name, PolicyArn }));
    const updates = () => allowed(service.ivs.send(new UpdateChannelCommand({ arn: spare, name: 'new' })));
    expect([await views(service), await updates()]).toEqual([true, false]);
    const PolicyDocument = document(allow(['ivs:GetChannel', 'ivs:UpdateChannel']));
    const { PolicyVersion } = await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument }));
    expect(await updates()).toBe(false);
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: PolicyVersion!.VersionId! }));
    expect([await views(service), await updates()]).toEqual([true, true]);
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(await updates()).toBe(false);
  });

  test('S0-17 S0-107 S1-2 S4-32 S4-37 S4-44 all nine documents of the source are taken unchanged and given back unchanged', async () => {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    expect(names).toHaveLength(9);
    for (const name of names.map((file) => file.replace('.json', ''))) {
      const PolicyArn = await managed(`example-${name}`, example(name));
      const { PolicyVersion } = await cast.root.iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
      expect(decodeURIComponent(PolicyVersion!.Document!)).toBe(example(name));
    }
  });
});
