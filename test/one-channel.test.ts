/** The document that gives one user one channel, attached to the user it was written for. */
import {
  CreateChannelCommand,
  DeleteChannelCommand,
  GetChannelCommand,
  GetStreamCommand,
  GetStreamKeyCommand,
  ListChannelsCommand,
  ListStreamKeysCommand,
  ListStreamsCommand,
  PutMetadataCommand,
  StopStreamCommand,
  TagResourceCommand,
  UpdateChannelCommand,
} from '@aws-sdk/client-ivs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allow, castOf } from './support/cast.ts';
import type { Cast } from './support/cast.ts';
import { allowed, clientsFor, refusal } from './support/clients.ts';
import type { Clients } from './support/clients.ts';
import { account, channelArn, keys, ownedChannelArn, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

let server: TestServer;
let cast: Cast;
/** The fixture's user, who has the document. */
let mateo: Clients;
/** A channel that the document does not name. */
let spare: string;

beforeAll(async () => {
  server = await testServer();
  cast = castOf(server);
  mateo = clientsFor(server.url, keys.mateojackson);
  const { channel } = await cast.root.ivs.send(new CreateChannelCommand({}));
  spare = channel!.arn!;
});
afterAll(() => server.close());

const name = async (call: Promise<unknown>) => (await refusal(call)).name;

test('S0-146 S0-147 S0-148 lists of all channels and of live streams', async () => {
  const { channels } = await mateo.ivs.send(new ListChannelsCommand({}));
  expect(channels?.map(({ arn }) => arn)).toEqual(expect.arrayContaining([channelArn, ownedChannelArn, spare]));
  expect((await mateo.ivs.send(new ListStreamsCommand({}))).streams).toEqual([]);
});

test('S0-149 S0-150 S0-151 S0-152 S0-153 that channel, and no other', async () => {
  const calls = (arn: string) => [
    () => mateo.ivs.send(new GetChannelCommand({ arn })),
    () => mateo.ivs.send(new GetStreamCommand({ channelArn: arn })),
    () => mateo.ivs.send(new StopStreamCommand({ channelArn: arn })),
    () => mateo.ivs.send(new PutMetadataCommand({ channelArn: arn, metadata: 'x' })),
    () => mateo.ivs.send(new UpdateChannelCommand({ arn, name: 'example' })),
  ];
  for (const call of calls(ownedChannelArn)) expect(await name(call())).toBe('AccessDeniedException');
  const own = calls(channelArn).map((call) =>
    call().then(
      () => 'done',
      (error: unknown) => (error as Error).name,
    ),
  );
  expect(await Promise.all(own)).toEqual([
    'done',
    'ChannelNotBroadcasting',
    'ChannelNotBroadcasting',
    'ChannelNotBroadcasting',
    'done',
  ]);
});

test('S0-156 nothing else', async () => {
  const { streamKeys } = await cast.root.ivs.send(new ListStreamKeysCommand({ channelArn: spare }));
  const [streamKey] = streamKeys ?? [];
  const calls = [
    new DeleteChannelCommand({ arn: channelArn }),
    new CreateChannelCommand({}),
    new TagResourceCommand({ resourceArn: channelArn, tags: { Owner: 'mateojackson' } }),
    new GetStreamKeyCommand({ arn: streamKey!.arn }),
    new ListStreamKeysCommand({ channelArn }),
  ];
  for (const call of calls) expect(await name(mateo.ivs.send(call as GetChannelCommand))).toBe('AccessDeniedException');
});

test('S0-155 the same id in another region is covered too, and is another channel', async () => {
  const elsewhere = clientsFor(server.url, keys.mateojackson, 'eu-west-1');
  const arn = channelArn.replace('us-west-2', 'eu-west-1');
  expect(await name(elsewhere.ivs.send(new GetChannelCommand({ arn })))).toBe('ResourceNotFoundException');
  const foreign = channelArn.replace(account, '111122223333');
  expect(await name(mateo.ivs.send(new GetChannelCommand({ arn: foreign })))).toMatch(/AccessDenied|ResourceNotFound/);
});

test('S0-154 the four calls of the console’s list and detail views suffice', async () => {
  const { ivs } = await cast.user(
    'viewer',
    allow(['ivs:ListChannels', 'ivs:ListStreams', 'ivs:GetChannel', 'ivs:GetStream']),
  );
  expect(await allowed(ivs.send(new ListChannelsCommand({})))).toBe(true);
  expect(await allowed(ivs.send(new GetChannelCommand({ arn: channelArn })))).toBe(true);
  expect(await allowed(ivs.send(new ListStreamsCommand({})))).toBe(true);
  expect(await name(ivs.send(new GetStreamCommand({ channelArn })))).toBe('ChannelNotBroadcasting');
});

test('S0-167 S0-13 S1-3 the error of the document, word for word', async () => {
  const refusedUser = await cast.user('refused');
  const {
    message,
    name: code,
    status,
  } = await refusal(refusedUser.ivs.send(new GetChannelCommand({ arn: channelArn })));
  expect({ code, status }).toEqual({ code: 'AccessDeniedException', status: 403 });
  expect(message.replace('user/refused', 'user/mateojackson')).toMatch(
    /^User: arn:aws:iam::123456789012:user\/mateojackson is not authorized to perform: ivs:GetChannel on resource: arn:aws:ivs:us-west-2:123456789012:channel\/VgNkEJgOVX9N/,
  );
});
