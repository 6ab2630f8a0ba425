/** Every operation of every service against the AWS SDK for JavaScript: what its clients write we read, and the other way round. */
// oxlint-disable typescript/no-unsafe-type-assertion -- values come from models and clients without static types
import { describe, expect, test } from 'vitest';
import type { Answer } from './answer.ts';
import { parseInput } from './input.ts';
import { loadModels, type Operation, type ServiceModel } from './models.ts';
import { randomStructure, seeded, type Limits } from './random-values.testkit.ts';
import { recognize } from './recognize.ts';
import { faceOf, renderError, renderOutput } from './render.ts';
import { sdkClient, sdkModules, type SdkClient, type SdkModule, type SentRequest } from './sdk.testkit.ts';
import type { Shape } from './shapes.ts';
import { urlEncode } from './xml.ts';

const models = loadModels();
const ROUNDS = 4;
/** Milliseconds; on a busy machine the clients take long to sign. */
const PATIENCE = 120_000;

const limitsOf = (service: ServiceModel): Limits => {
  const query = service.protocol === 'awsQuery';
  return { wholeSeconds: query, noEmptyStructures: query };
};

/** Plain values: no prototypes, buffers as numbers, streams read. */
async function plain(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  const stream = value as { transformToByteArray?: () => Promise<Uint8Array> };
  if (stream.transformToByteArray !== undefined) return [...(await stream.transformToByteArray())];
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, held]) => [key, await plain(held)] as const),
  );
  return new Map(
    entries.filter(([key, held]) => key !== '$metadata' && held !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What a client is expected to hand out for an output of ours: policy documents arrive URL-encoded. */
function asSeen(shape: Shape, value: unknown): unknown {
  if (shape.kind === 'list') return (value as unknown[]).map((item) => asSeen(shape.element, item));
  if (shape.kind !== 'structure') return value;
  const from = value as Record<string, unknown>;
  const set = shape.members.filter((member) => from[member.name] !== undefined);
  return Object.fromEntries(
    set.map((m) => [m.name, m.urlEncoded ? urlEncode(from[m.name] as string) : asSeen(m.shape, from[m.name])]),
  );
}

interface Exchange {
  readonly operation: Operation;
  readonly input: object;
  readonly seen: Record<string, unknown>;
}

type Answerer = (operation: Operation) => Answer;

function read({ line, body }: SentRequest): { operation: Operation; input: object } {
  const match = recognize(models, line, body);
  if (!match.ok) throw new Error(`${line.path} was not recognized: ${match.code} ${match.message}`);
  const parsed = parseInput(match, line, body);
  if (!parsed.ok) throw new Error(`${match.operation.name} was not parsed: ${parsed.error.message}`);
  return { operation: match.operation, input: parsed.input };
}

/** Sends commands through one client; each is answered by the `answer` given with it. */
class Correspondent {
  readonly #module: SdkModule;
  readonly #client: SdkClient;
  #read: { operation: Operation; input: object } | undefined;
  #answer: Answerer | undefined;

  constructor(module: SdkModule) {
    this.#module = module;
    this.#client = sdkClient(module, (sent) => this.#serve(sent));
  }

  #serve(sent: SentRequest): Answer {
    this.#read = read(sent);
    if (this.#answer === undefined) throw new Error('nothing to answer with');
    return this.#answer(this.#read.operation);
  }

  async exchange(name: string, input: object, answer: Answerer): Promise<Exchange> {
    const Command = this.#module[`${name}Command`];
    if (Command === undefined) throw new Error(`the SDK has no ${name}Command`);
    this.#read = undefined;
    this.#answer = answer;
    const seen = await this.#client.send(new Command(input));
    if (this.#read === undefined) throw new Error('nothing was sent');
    return { ...(this.#read as { operation: Operation; input: object }), seen };
  }
}

/** Tag operations of services that share them are told apart by the ARN. */
function aimed(service: ServiceModel, input: Record<string, unknown>): Record<string, unknown> {
  if (typeof input['resourceArn'] !== 'string') return input;
  const type = { ivs: 'channel', 'ivs-realtime': 'stage', ivschat: 'room' }[service.name];
  return type === undefined
    ? input
    : { ...input, resourceArn: `arn:aws:${service.signingName}:us-west-2:123456789012:${type}/VgNkEJgOVX9N` };
}

describe.each(Object.keys(sdkModules))('%s', { timeout: PATIENCE }, (name) => {
  const service = models.services.get(name);
  if (service === undefined) throw new Error(`no model of ${name}`);
  const operations = [...service.operations.values()];
  const limits = limitsOf(service);

  test('inputs that the SDK writes are read as they were meant, and outputs are read as we meant them', async () => {
    const module = (await sdkModules[name]?.()) as SdkModule;
    const sdk = new Correspondent(module);
    for (const [index, operation] of operations.entries()) {
      const chance = seeded(index + 1);
      for (let round = 0; round < ROUNDS; round += 1) {
        const input = aimed(
          service,
          operation.input === undefined ? {} : randomStructure(operation.input, chance, limits),
        );
        const output = operation.output === undefined ? {} : randomStructure(operation.output, chance, limits);
        const found = await sdk.exchange(operation.name, input, (o) => renderOutput(o, output, 'r-1'));
        expect(found.operation, operation.name).toBe(operation);
        expect(await plain(found.input), `input of ${operation.name}`).toEqual(await plain(input));
        const expected = operation.status === 204 ? headersOnly(operation, output) : output;
        const seen = operation.output === undefined ? {} : asSeen(operation.output, expected);
        expect(await plain(found.seen), `output of ${operation.name}`).toEqual(await plain(seen));
      }
    }
  });

  test('every declared error arrives as its own class with its text', async () => {
    const module = (await sdkModules[name]?.()) as SdkModule;
    const sdk = new Correspondent(module);
    for (const operation of operations) {
      const input = aimed(
        service,
        operation.input === undefined ? {} : randomStructure(operation.input, seeded(7), limits),
      );
      for (const error of operation.errors.values()) {
        const text = `refused <${error.code}> & "why"`;
        const sent = sdk.exchange(operation.name, input, (o) =>
          renderError(faceOf(o), { code: error.code, message: text }, 'r-2'),
        );
        const caught = (await sent.catch((e: unknown) => e)) as Error & { $metadata?: { httpStatusCode?: number } };
        expect([caught.name, caught.message], operation.name).toEqual([error.shape.name, text]);
        expect(caught, operation.name).toBeInstanceOf(module[error.shape.name] as unknown as typeof Error);
        expect(caught.$metadata?.httpStatusCode, operation.name).toBe(error.status);
      }
    }
  });
});

function headersOnly(operation: Operation, output: Record<string, unknown>): Record<string, unknown> {
  const members = operation.output?.members.filter((member) => member.location === 'header') ?? [];
  return Object.fromEntries(members.map((member) => [member.name, output[member.name]]));
}
