/** Calls the rows of a service as the door does: access, then read or write, on a store in memory. */
import { compilePolicies, parsePolicy, type Layers } from '@stagedoor/policy';
import { KeyRing, systemRandom } from '../key-ring.ts';
import { openMemoryStore } from '../store/memory.testkit.ts';
import type { Store, Transaction } from '../store/store.ts';
import { authorize, denialSentence } from './authorize.ts';
import type { Caller } from './caller.ts';
import type { Environment } from './environment.ts';
import { AwsError, type AccessCheck, type Call, type OperationTypes, type Row, type WriteCall } from './service.ts';

export const account = '123456789012';
export const region = 'us-west-2';
/** 2026-01-31T12:00:00Z */
export const noon = 1_769_860_800_000;

type AnyModel = { [K in string]: OperationTypes };

/** Who calls, from where, and under which policy document; without one nothing is authorized. */
interface Asking {
  readonly accountId?: string;
  readonly region?: string;
  readonly userName?: string;
  readonly policy?: object;
  /** How many records each collection pretends to hold, to come to a quota without filling it. */
  readonly count?: number;
  /** IAM prefix of the operations; `ivs` when absent. */
  readonly prefix?: string;
  readonly liveStreams?: NonNullable<Environment['liveStreams']>;
}

export interface Asker<M> {
  /** The operation's answer; rejects with `AwsError`. */
  ask<K extends keyof M & string>(operation: K, input: Input<M, K>): Promise<Output<M, K>>;
  /** What the operation must be allowed. */
  checks<K extends keyof M & string>(operation: K, input: Input<M, K>): Promise<readonly AccessCheck[]>;
  /** `<code>: <message>` of the refusal. */
  refusal<K extends keyof M & string>(operation: K, input: Input<M, K>): Promise<string>;
}
type Input<M, K extends keyof M> = M[K] extends { readonly input: infer I } ? I : never;
type Output<M, K extends keyof M> = M[K] extends { readonly output: infer O } ? O : never;

export interface Room {
  readonly store: Store;
  readonly env: Environment;
  /** Milliseconds since the epoch; tests set it. */
  now: number;
  as<M>(rows: object, asking?: Asking): Asker<M>;
}

function callerOf(accountId: string, userName: string): Caller {
  const arn = `arn:aws:iam::${accountId}:user/${userName}`;
  return {
    kind: 'user',
    accountId,
    arn,
    userId: 'AIDAEXAMPLE',
    accessKeyId: 'AKIAEXAMPLE',
    principalId: 'AIDAEXAMPLE',
    userName,
    tags: {},
  };
}

function layersOf(document: object): Layers {
  const parsed = parsePolicy(JSON.stringify(document));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  return { identity: compilePolicies([{ id: 'test', policy: parsed.policy }]) };
}

export async function openRoom(settings: Partial<Environment['settings']> = {}): Promise<Room> {
  const store = await openMemoryStore();
  const room: Room = {
    store,
    now: noon,
    env: {
      clock: { now: () => room.now },
      random: systemRandom,
      sealer: new KeyRing([systemRandom.bytes(32)]),
      settings: {
        partition: 'aws',
        defaultRegion: region,
        propagationDelayMs: 0,
        publicUrl: 'http://127.0.0.1:4577',
        ...settings,
      },
    },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows of any model
    as: (rows, asking = {}) => askerOf(room, rows as AnyRows, asking),
  };
  return room;
}

type AnyRows = Readonly<Record<string, Row<OperationTypes>>>;

function askerOf<M>(room: Room, rows: AnyRows, asking: Asking): Asker<M> {
  const callNow = (): Call => ({
    caller: callerOf(asking.accountId ?? account, asking.userName ?? 'mateojackson'),
    accountId: asking.accountId ?? account,
    region: asking.region ?? region,
    requestId: 'test',
    now: room.now,
    reader: room.store.reader,
    env: asking.liveStreams === undefined ? room.env : { ...room.env, liveStreams: asking.liveStreams },
    fail: (code, message, members) => {
      throw new AwsError(code, message, members);
    },
  });
  const ask = async (operation: string, input: object): Promise<object> => {
    const row = rows[operation];
    if (row === undefined) throw new Error(`there is no row ${operation}`);
    const call = callNow();
    const checks = await checksOf(row, input, call);
    if (asking.policy !== undefined)
      requireAllowed(checks, call, `${asking.prefix ?? 'ivs'}:${operation}`, asking.policy);
    return perform(room, row, input, call, asking.count);
  };
  const asker: Asker<AnyModel> = {
    ask,
    checks: (operation, input) => checksOf(rows[operation], input, callNow()),
    refusal: (operation, input) => ask(operation, input).then(notRefused, sentence),
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller names the model of its rows
  return asker as unknown as Asker<M>;
}

async function checksOf(
  row: Row<OperationTypes> | undefined,
  input: object,
  call: Call,
): Promise<readonly AccessCheck[]> {
  if (row === undefined || row.access === 'none') return [];
  return [await row.access(input, call)].flat();
}

function requireAllowed(checks: readonly AccessCheck[], call: Call, action: string, document: object): void {
  const facts = {
    now: call.now,
    secure: true,
    sourceIp: '192.0.2.1',
    userAgent: undefined,
    referer: undefined,
    region: call.region,
  };
  const verdict = authorize(facts, call.caller, layersOf(document), checks, action);
  if (!verdict.allowed) throw new AwsError('AccessDeniedException', denialSentence(verdict));
}

function perform(room: Room, row: Row<OperationTypes>, input: object, call: Call, count?: number): Promise<object> {
  if ('read' in row) return Promise.resolve(row.read(input, call));
  return room.store.transact(call.accountId, async (tx) => {
    const within: WriteCall = { ...call, tx: count === undefined ? tx : counting(tx, count) };
    return row.write(input, within);
  });
}

const counting = (tx: Transaction, count: number): Transaction => ({
  get: (...asked) => tx.get(...asked),
  list: (...asked) => tx.list(...asked),
  find: (...asked) => tx.find(...asked),
  count: async () => count,
  insert: (...asked) => tx.insert(...asked),
  put: (...asked) => tx.put(...asked),
  remove: (...asked) => tx.remove(...asked),
});

const notRefused = (answer: object): never => {
  throw new Error(`not refused: ${JSON.stringify(answer)}`);
};
const sentence = (error: unknown): string => {
  if (error instanceof AwsError) return `${error.code}: ${error.message}`;
  throw error;
};
