/** Everything is denied until a policy allows it: every operation that is served, asked by people without a policy. */
import * as iamSdk from '@aws-sdk/client-iam';
import * as ivsSdk from '@aws-sdk/client-ivs';
import * as kinesisSdk from '@aws-sdk/client-kinesis-video';
import * as stsSdk from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { services } from '../packages/server/src/services/index.ts';
import { loadModels } from '../packages/server/src/wire/models.ts';
import type { Operation } from '../packages/server/src/wire/models.ts';
import { allow, castOf, trusting } from './support/cast.ts';
import type { Person } from './support/cast.ts';
import { refusal } from './support/clients.ts';
import type { Clients } from './support/clients.ts';
import { minimalInput, servedOperations } from './support/minimal-input.ts';
import { send } from './support/raw.ts';
import { account, channelArn, testServer } from './support/server.ts';
import type { TestServer } from './support/server.ts';

type AnyClient = { send(command: unknown): Promise<unknown> };
type Commands = Readonly<Record<string, new (input: object) => unknown>>;

/** One row per service: its SDK, its client, and the codes of its protocol. */
const asked = [
  {
    name: 'ivs',
    sdk: ivsSdk,
    client: 'ivs',
    denied: 'AccessDeniedException',
    unsigned: 'MissingAuthenticationTokenException',
  },
  {
    name: 'kinesisvideo',
    sdk: kinesisSdk,
    client: 'kinesisVideo',
    denied: 'AccessDeniedException',
    unsigned: 'MissingAuthenticationTokenException',
  },
  { name: 'iam', sdk: iamSdk, client: 'iam', denied: 'AccessDenied', unsigned: 'MissingAuthenticationToken' },
  { name: 'sts', sdk: stsSdk, client: 'sts', denied: 'AccessDenied', unsigned: 'MissingAuthenticationToken' },
] as const satisfies readonly { client: keyof Clients; [more: string]: unknown }[];

/** Needs no permission by AWS's rules: who one is, and a session of oneself. */
const needNothing = new Set(['sts:GetCallerIdentity', 'sts:GetSessionToken']);

/** What sessions are refused before permissions are asked, since no permission would help. */
const notForSessions: Readonly<Record<string, string>> = { 'iam:ChangePassword': 'InvalidUserTypeException' };

const models = loadModels();
const operationsOf = (name: string): Operation[] => servedOperations(models.services.get(name)!, services.get(name));

let server: TestServer;
let user: Person;
let session: Person;

beforeAll(async () => {
  server = await testServer();
  const cast = castOf(server);
  user = await cast.user('nobody');
  const opener = await cast.user('opener', allow('sts:AssumeRole'));
  session = await cast.assume(opener, await cast.role('powerless', trusting(account)));
});
afterAll(() => server.close());

/** How the operation was refused, with every member of the smallest input filled in. */
async function refused(person: Clients, row: (typeof asked)[number], operation: Operation) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- commands are found by name
  const Command = (row.sdk as unknown as Commands)[`${operation.name}Command`]!;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each row names the client of its SDK
  const client = person[row.client] as unknown as AnyClient;
  return refusal(client.send(new Command(minimalInput(operation))));
}

/** Operations that ask for the action of what they do, not for one of their own name. */
const askedAs: Readonly<Record<string, string>> = { 'iam:AcquireRole': 'iam:CreateRole' };

describe.each(asked)('$name', (row) => {
  const operations = operationsOf(row.name);
  const controlled = operations.filter(({ action }) => !needNothing.has(action));

  test.each(controlled.map((operation) => [operation.action, operation] as const))(
    'S0-3 S0-4 S0-6 S0-13 S0-18 S0-21 S0-32 S0-33 S4-6 a user without a policy is refused %s by name',
    async (named, operation) => {
      const action = askedAs[named] ?? named;
      const { name, status, message } = await refused(user, row, operation);
      expect({ name, status }).toEqual({ name: row.denied, status: 403 });
      expect(message).toMatch(
        new RegExp(
          `^User: ${user.arn} is not authorized to perform:? ${action}( on resource: \\S.*?)?( because no (identity-based|role trust) policy allows the ${action} action)?$`,
        ),
      );
    },
  );

  test.each(controlled.map((operation) => [operation.action, operation] as const))(
    'S0-34 a session of a role without a policy is refused %s by name',
    async (named, operation) => {
      const action = askedAs[named] ?? named;
      const { name, status, message } = await refused(session, row, operation);
      const own = notForSessions[action];
      expect({ name, status }).toEqual({ name: own ?? row.denied, status: own === undefined ? 403 : 400 });
      if (own === undefined && action !== 'sts:GetFederationToken')
        expect(message).toMatch(new RegExp(`^User: ${session.arn} is not authorized to perform:? ${action}`));
    },
  );

  test('S0-5 S0-83 every operation wants a signature', async () => {
    for (const operation of operations.filter(({ unsigned }) => !unsigned)) {
      const answer = await unsigned(operation);
      expect([operation.action, answer.code, answer.status]).toEqual([operation.action, row.unsigned, 403]);
    }
  });
});

/** The bare request of an operation, unsigned. The host name says which service is meant. */
function unsigned({ service, name, method, uri }: Operation) {
  const path = uri.replaceAll(/\{\w+\+?\}/g, 'x');
  const query = service.protocol === 'awsQuery' ? `?Action=${name}&Version=${service.apiVersion}` : '';
  return send(
    `${server.url}${path}${query}`,
    {
      service: service.name,
      method: method === 'POST' && query !== '' ? 'GET' : method,
      ...(method === 'POST' && query === '' ? { body: '{}' } : {}),
    },
    {},
  );
}

test('S0-83 no operation of the video services is unsigned in the tables', () => {
  const unsignedOnes = ['ivs', 'kinesisvideo'].flatMap(operationsOf).filter((operation) => operation.unsigned);
  expect(unsignedOnes.map(({ action }) => action)).toEqual([]);
});

test('S0-6 S0-13 the refusal does not tell whether the resource exists', async () => {
  const text = async (arn: string) => {
    const { message } = await refusal(user.ivs.send(new ivsSdk.GetChannelCommand({ arn })));
    return message.replace(arn, '');
  };
  expect(await text(channelArn)).toBe(await text(channelArn.replace('VgNkEJgOVX9N', 'zzzzzzzzzzzz')));
});
