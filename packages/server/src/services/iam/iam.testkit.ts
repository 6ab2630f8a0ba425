/** Calls IAM rows as the door does (access, decision by the caller's stored policies, handler) on a store in memory. */
import { compilePolicies } from '@stagedoor/policy';
import type { IamModel } from '../../model/iam.ts';
import { KeyRing, systemRandom } from '../../key-ring.ts';
import { openMemoryStore } from '../../store/memory.testkit.ts';
import type { Store } from '../../store/store.ts';
import { authorize, denialSentence } from '../authorize.ts';
import type { Caller } from '../caller.ts';
import { rootCaller, userCaller } from '../credentials.ts';
import type { Environment } from '../environment.ts';
import { AwsError, type AccessCheck, type Call, type OperationTypes, type Row } from '../service.ts';
import { iam } from './index.ts';
import { loadPrincipalPolicies } from './principal-policies.ts';
import { accounts, anyAccount, global, nameKey, users } from './records.ts';

export const account = '123456789012';
export const otherAccount = '111122223333';
/** 2026-01-31T12:00:00Z */
export const noon = 1_769_860_800_000;

type Operation = keyof typeof iam & keyof IamModel;
type Input<K extends Operation> = IamModel[K]['input'];
type Output<K extends Operation> = IamModel[K]['output'];

export interface Asker {
  /** The operation's answer; rejects with `AwsError`. */
  ask<K extends Operation>(operation: K, input: Input<K>): Promise<Output<K>>;
  /** What the operation asks to be allowed. */
  checks<K extends Operation>(operation: K, input: Input<K>): Promise<readonly AccessCheck[]>;
  /** `<code>: <message>` of the refusal. */
  refusal<K extends Operation>(operation: K, input: Input<K>): Promise<string>;
}

export interface World {
  readonly store: Store;
  readonly env: Environment;
  /** Milliseconds since the epoch; tests set it. */
  now: number;
  root(accountId?: string): Asker;
  as(caller: Caller): Asker;
  user(userName: string): Promise<Asker>;
  /** Whether the user's own policies allow the action on the resource now. */
  allows(userName: string, action: string, resource?: string): Promise<boolean>;
}

/** `parts` are what else services may use: other services' narrow interfaces. */
export async function openIam(
  settings: Partial<Environment['settings']> = {},
  parts: Partial<Environment> = {},
): Promise<World> {
  const store = await openMemoryStore();
  for (const accountId of [account, otherAccount]) {
    await store.transact(accountId, (tx) => tx.insert(accounts, anyAccount, accountId, { accountId, createdAt: noon }));
  }
  const world: World = {
    store,
    now: noon,
    env: { ...environment(() => world.now, settings), ...parts },
    root: (accountId = account) => world.as(rootCaller('aws', accountId, 'AKIAROOT')),
    as: (caller) => askerOf(world, caller),
    user: async (userName) => world.as(await callerNamed(world, userName)),
    allows: async (userName, action, resource = '*') => {
      const caller = await callerNamed(world, userName);
      return (await verdict(world, caller, [{ action, resource }], action)).allowed;
    },
  };
  return world;
}

function environment(now: () => number, settings: Partial<Environment['settings']>): Environment {
  return {
    clock: { now },
    random: systemRandom,
    sealer: new KeyRing([systemRandom.bytes(32)]),
    settings: {
      partition: 'aws',
      defaultRegion: 'us-west-2',
      propagationDelayMs: 0,
      publicUrl: 'http://127.0.0.1:4577',
      ...settings,
    },
  };
}

async function callerNamed(world: World, userName: string): Promise<Caller> {
  const user = await world.store.reader.get(users, global(account), nameKey(userName));
  if (user === undefined) throw new Error(`there is no user ${userName}`);
  return userCaller('aws', account, 'AKIATEST', user);
}

async function verdict(world: World, caller: Caller, checks: readonly AccessCheck[], action: string) {
  const name = {
    accountId: caller.accountId,
    kind: caller.kind === 'assumedRole' ? ('role' as const) : ('user' as const),
    principalId: caller.principalId,
  };
  const { propagationDelayMs } = world.env.settings;
  const found = await loadPrincipalPolicies(world.store.reader, name, world.now, propagationDelayMs);
  const layers = {
    identity: compilePolicies(found.identity),
    ...(found.boundary && { boundary: compilePolicies(found.boundary) }),
  };
  const facts = {
    now: world.now,
    secure: true,
    sourceIp: '192.0.2.1',
    userAgent: undefined,
    referer: undefined,
    region: 'us-east-1',
  };
  return authorize(facts, caller, layers, checks, action);
}

function askerOf(world: World, caller: Caller): Asker {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- any row takes the input of its operation
  const rows = iam as unknown as Readonly<Record<string, Row<OperationTypes>>>;
  const callNow = (): Call => ({
    caller,
    accountId: caller.accountId,
    region: 'us-east-1',
    requestId: 'test',
    now: world.now,
    reader: world.store.reader,
    env: world.env,
    fail: (code, message, members) => {
      throw new AwsError(code, message, members);
    },
  });
  const checks = async (operation: string, input: object): Promise<readonly AccessCheck[]> => {
    const row = rows[operation];
    if (row === undefined || row.access === 'none') throw new Error(`no checks of ${operation}`);
    return [await row.access(input, callNow())].flat();
  };
  const ask = async (operation: string, input: object): Promise<object> => {
    const decided = await verdict(world, caller, await checks(operation, input), `iam:${operation}`);
    if (!decided.allowed) throw new AwsError('AccessDenied', denialSentence(decided));
    const row = rows[operation];
    if (row === undefined) throw new Error(`there is no row ${operation}`);
    if ('read' in row) return row.read(input, callNow());
    return world.store.transact(caller.accountId, async (tx) => row.write(input, { ...callNow(), tx }));
  };
  const refusal = (operation: string, input: object): Promise<string> =>
    ask(operation, input).then(notRefused, sentence);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rows answer with their operation's output
  return { ask, checks, refusal } as Asker;
}

const notRefused = (answer: object): never => {
  throw new Error(`not refused: ${JSON.stringify(answer)}`);
};

const sentence = (error: unknown): string => {
  if (error instanceof AwsError) return `${error.code}: ${error.message}`;
  throw error;
};

/** A policy document, as text. */
export const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

export const allow = (action: string | readonly string[], resource: string = '*', more: object = {}): object => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...more,
});

export const deny = (action: string, resource = '*'): object => ({
  Effect: 'Deny',
  Action: action,
  Resource: resource,
});

/** A trust policy for one AWS principal (or several). */
export const trust = (principal: string | readonly string[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: principal }, Action: 'sts:AssumeRole' }],
  });
