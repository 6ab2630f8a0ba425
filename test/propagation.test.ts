/** With a propagation delay, what changes is felt later, as on AWS: until then requests are refused. */
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { ListChannelsCommand } from '@aws-sdk/client-ivs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allow, castOf, document, trusting } from './support/cast.ts';
import type { Cast, Person } from './support/cast.ts';
import { allowed, clientsFor, refusal } from './support/clients.ts';
import type { Clients } from './support/clients.ts';
import { account, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

const delay = 2000;
const lists = ({ ivs }: Clients) => allowed(ivs.send(new ListChannelsCommand({})));

let server: TestServer;
let cast: Cast;
let now = Math.floor(Date.now() / 1000) * 1000;

const pass = (ms: number) => {
  now += ms;
  server.clock.set(now);
};

beforeAll(async () => {
  server = await testServer({ propagationDelay: delay });
  server.clock.set(now);
  cast = castOf(server);
});
afterAll(() => server.close());

/** A user whose key is already honoured. */
async function settled(name: string): Promise<Person> {
  const user = await cast.user(name);
  pass(3000);
  return user;
}

const listing = document(allow('ivs:ListChannels'));

/** Every way in which a user comes to a permission. */
const ways: Readonly<Record<string, (UserName: string) => Promise<unknown>>> = {
  'an inline policy': (UserName) => cast.grant(UserName, allow('ivs:ListChannels')),
  'a managed policy': async (UserName) => {
    const { iam } = cast.root;
    const made = await iam.send(new CreatePolicyCommand({ PolicyName: `p-${UserName}`, PolicyDocument: listing }));
    pass(3000);
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: made.Policy!.Arn! }));
  },
  'a new default version': async (UserName) => {
    const { iam } = cast.root;
    const PolicyDocument = document(allow('other:*'));
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: `v-${UserName}`, PolicyDocument }));
    const PolicyArn = Policy!.Arn!;
    await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
    pass(3000);
    await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: listing, SetAsDefault: true }));
  },
  'membership in a group': async (UserName) => {
    const { iam } = cast.root;
    const GroupName = `g-${UserName}`;
    await iam.send(new CreateGroupCommand({ GroupName }));
    const PolicyArn = 'arn:aws:iam::aws:policy/IVSReadOnlyAccess';
    await iam.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn }));
    pass(3000);
    await iam.send(new AddUserToGroupCommand({ GroupName, UserName }));
  },
};

describe('permissions', () => {
  test.each(Object.keys(ways))('S0-22 %s is felt after the delay, and not before', async (way) => {
    const user = await settled(`way-${Object.keys(ways).indexOf(way)}`);
    expect(await lists(user)).toBe(false);
    await ways[way]!(user.name);
    expect(await refusal(user.ivs.send(new ListChannelsCommand({})))).toMatchObject({
      name: 'AccessDeniedException',
      status: 403,
    });
    pass(delay - 1);
    expect(await lists(user)).toBe(false);
    pass(1);
    expect(await lists(user)).toBe(true);
  });

  test('S0-22 what is taken away stays away', async () => {
    const user = await settled('loses');
    await cast.grant(user.name, allow('ivs:ListChannels'));
    const PolicyArn = 'arn:aws:iam::aws:policy/IVSReadOnlyAccess';
    await cast.root.iam.send(new AttachUserPolicyCommand({ UserName: user.name, PolicyArn }));
    pass(3000);
    expect(await lists(user)).toBe(true);
    await cast.root.iam.send(new DetachUserPolicyCommand({ UserName: user.name, PolicyArn }));
    await cast.root.iam.send(new DeleteUserPolicyCommand({ UserName: user.name, PolicyName: 'own' }));
    pass(3000);
    expect(await lists(user)).toBe(false);
  });
});

describe('credentials and roles', () => {
  test('S0-22 a new access key is unknown until then', async () => {
    const { name: UserName } = await settled('second-key');
    await cast.grant(UserName, allow('ivs:ListChannels'));
    pass(3000);
    const { AccessKey } = await cast.root.iam.send(new CreateAccessKeyCommand({ UserName }));
    const { ivs } = clientsFor(server.url, {
      accessKeyId: AccessKey!.AccessKeyId!,
      secretAccessKey: AccessKey!.SecretAccessKey!,
    });
    const early = ivs.send(new ListChannelsCommand({}));
    expect(await refusal(early)).toMatchObject({ name: 'UnrecognizedClientException', status: 403 });
    pass(3000);
    expect(await allowed(ivs.send(new ListChannelsCommand({})))).toBe(true);
  });

  test('S0-22 a new role cannot be assumed until then, nor told from one that is missing', async () => {
    const user = await settled('waits');
    await cast.grant(user.name, allow('sts:AssumeRole'));
    pass(3000);
    const role = await cast.role('new-role', trusting(account), allow('ivs:ListChannels'));
    const early = await refusal(cast.assume(user, role));
    const missing = await refusal(cast.assume(user, `${role}-missing`));
    expect(early.name).toBe('AccessDenied');
    expect(missing.message.replace('-missing', '')).toBe(early.message);
    pass(3000);
    expect(await lists(await cast.assume(user, role))).toBe(true);
  });

  test('S0-22 S0-7 the root user’s key is honoured at once', async () => {
    expect(await lists(cast.root)).toBe(true);
  });
});
