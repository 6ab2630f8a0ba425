/** The first story, with the stock SDK: an administrator, a user, the source document's policies. */
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateUserCommand,
} from '@aws-sdk/client-iam';
import { GetChannelCommand, PutMetadataCommand, StopStreamCommand } from '@aws-sdk/client-ivs';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientsFor, refusal } from './support/clients.ts';
import type { Clients } from './support/clients.ts';
import { account, channelArn, keys, ownedChannelArn, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

const policy = (name: string) => readFileSync(new URL(`../examples/policies/${name}.json`, import.meta.url), 'utf8');

describe('the channel story', () => {
  let server: TestServer;
  let admin: Clients;
  let mateo: Clients;

  beforeAll(async () => {
    server = await testServer();
    const { iam } = clientsFor(server.url, keys.root);
    await iam.send(new CreateGroupCommand({ GroupName: 'Admins' }));
    await iam.send(
      new AttachGroupPolicyCommand({ GroupName: 'Admins', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
    );
    await iam.send(new CreateUserCommand({ UserName: 'ana' }));
    await iam.send(new AddUserToGroupCommand({ GroupName: 'Admins', UserName: 'ana' }));
    admin = await withNewKey(iam, 'ana');
    await admin.iam.send(new CreateUserCommand({ UserName: 'mateo' }));
    mateo = await withNewKey(admin.iam, 'mateo');
  });
  afterAll(() => server.close());

  async function withNewKey(iam: Clients['iam'], UserName: string): Promise<Clients> {
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    return clientsFor(server.url, {
      accessKeyId: AccessKey!.AccessKeyId!,
      secretAccessKey: AccessKey!.SecretAccessKey!,
    });
  }

  test('S0-188 S0-4 S0-6 S0-13 S0-167 without a policy the user is refused in the words of the document', async () => {
    expect(await refusal(mateo.ivs.send(new GetChannelCommand({ arn: channelArn })))).toEqual({
      name: 'AccessDeniedException',
      status: 403,
      message: `User: arn:aws:iam::${account}:user/mateo is not authorized to perform: ivs:GetChannel on resource: ${channelArn} because no identity-based policy allows the ivs:GetChannel action`,
    });
  });

  test('S0-11 S0-20 S0-146 S0-149 S0-151 S0-152 S0-169 S0-187 after the policy is attached the channel opens, and only that one', async () => {
    const { Policy } = await admin.iam.send(
      new CreatePolicyCommand({ PolicyName: 'OneChannel', PolicyDocument: policy('ivs-access-channel') }),
    );
    expect((await refusal(mateo.ivs.send(new GetChannelCommand({ arn: channelArn })))).name).toBe(
      'AccessDeniedException',
    );
    await admin.iam.send(new AttachUserPolicyCommand({ UserName: 'mateo', PolicyArn: Policy!.Arn! }));
    const { channel } = await mateo.ivs.send(new GetChannelCommand({ arn: channelArn }));
    expect(channel?.arn).toBe(channelArn);
    expect((await refusal(mateo.ivs.send(new StopStreamCommand({ channelArn })))).name).toBe('ChannelNotBroadcasting');
    expect((await refusal(mateo.ivs.send(new PutMetadataCommand({ channelArn, metadata: 'x' })))).name).toBe(
      'ChannelNotBroadcasting',
    );
    expect((await refusal(mateo.ivs.send(new GetChannelCommand({ arn: ownedChannelArn })))).name).toBe(
      'AccessDeniedException',
    );
  });
});
