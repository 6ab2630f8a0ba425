/** A policy with one action allows exactly that operation: every operation of the video services against every other. */
import * as ivsSdk from '@aws-sdk/client-ivs';
import * as kinesisSdk from '@aws-sdk/client-kinesis-video';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { services } from '../packages/server/src/services/index.ts';
import { loadModels } from '../packages/server/src/wire/models.ts';
import type { Operation } from '../packages/server/src/wire/models.ts';
import { allow, castOf, deny, trusting } from './support/cast.ts';
import type { Cast, Person } from './support/cast.ts';
import { permitted } from './support/clients.ts';
import type { Clients } from './support/clients.ts';
import { minimalInput, servedOperations } from './support/minimal-input.ts';
import { account, region, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

type AnyClient = { send(command: unknown): Promise<unknown> };
type Commands = Readonly<Record<string, new (input: object) => unknown>>;

/** Creating and listing within a named resource: AWS asks them on the type of what is made or listed. */
const onNewResource = new Set(['ivs:CreateStreamKey', 'ivs:ListStreamKeys']);

/** What else is asked: the stream keys that go with their channel. */
const alsoAsked: Readonly<Record<string, string>> = {
  'ivs:DeleteChannel': `arn:aws:ivs:${region}:${account}:stream-key/*`,
};

/** The ARNs of this service in an input. */
const arnsIn = (service: string, input: object): string[] =>
  Object.values(input)
    .flat()
    .filter((value): value is string => typeof value === 'string' && value.startsWith(`arn:aws:${service}:`));

const models = loadModels();
const asked = [
  { name: 'ivs', sdk: ivsSdk, client: 'ivs' },
  { name: 'kinesisvideo', sdk: kinesisSdk, client: 'kinesisVideo' },
] as const;

let server: TestServer;
let cast: Cast;
let user: Person;
let session: Person;

beforeAll(async () => {
  server = await testServer();
  cast = castOf(server);
  user = await cast.user('one', allow('other:*'));
  const opener = await cast.user('one-opener', allow('sts:AssumeRole'));
  session = await cast.assume(opener, await cast.role('all', trusting(account), allow(['ivs:*', 'kinesisvideo:*'])));
});
afterAll(() => server.close());

describe.each(asked)('$name', ({ name, sdk, client }) => {
  const operations = servedOperations(models.services.get(name)!, services.get(name));

  const asks = (who: Clients, operation: Operation): Promise<boolean> => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- commands are found by name
    const Command = (sdk as unknown as Commands)[`${operation.name}Command`]!;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each row names the client of its SDK
    return permitted((who[client] as unknown as AnyClient).send(new Command(minimalInput(operation))));
  };
  const permittedTo = async (who: Clients): Promise<string[]> => {
    const found: string[] = [];
    for (const operation of operations) if (await asks(who, operation)) found.push(operation.action);
    return found;
  };

  test.each(operations.map(({ action }) => action))('S0-39 S0-47 S4-1 %s', async (action) => {
    await cast.grant(user.name, allow(action));
    expect(await permittedTo(user)).toEqual([action]);
  });

  const named = operations
    .map((operation) => [operation.action, operation, arnsIn(name, minimalInput(operation))] as const)
    .filter(([, , arns]) => arns.length > 0);

  test.each(named)('S0-40 S4-2 %s is asked on the resource that the call names', async (action, operation, arns) => {
    const also = alsoAsked[action] === undefined ? [] : [alsoAsked[action]];
    await cast.grant(user.name, allow(action, [...arns, ...also]));
    const own = await asks(user, operation);
    await cast.grant(user.name, allow(action, [...arns.map((arn) => `${arn}0`), ...also]));
    const other = await asks(user, operation);
    expect({ own, other }).toEqual({ own: !onNewResource.has(action), other: false });
  });

  test('S0-96 S4-21 S4-47 all of them by the wildcard, to a role as to a user, and all but the denied', async () => {
    const all = operations.map(({ action }) => action);
    expect(await permittedTo(session)).toEqual(all);
    await cast.grant(user.name, allow(`${name}:*`));
    expect(await permittedTo(user)).toEqual(all);
    await cast.grant(user.name, allow('*'), deny(`${name}:List*`));
    expect(await permittedTo(user)).toEqual(all.filter((action) => !action.startsWith(`${name}:List`)));
  });
});
