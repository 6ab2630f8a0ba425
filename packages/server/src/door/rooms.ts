/** A request's whole life, in order. docs/request.md is the map of this file. */
import { AwsError } from '../services/service.ts';
import type { AccessCheck, Call, OperationTypes, Row, WriteCall } from '../services/service.ts';
import type { AccountMemo } from '../services/account-memo.ts';
import { authorize, denialSentence } from '../services/authorize.ts';
import type { Verdict } from '../services/authorize.ts';
import type { Caller } from '../services/caller.ts';
import type { Credential, CredentialRoom } from '../services/credentials.ts';
import type { Environment } from '../services/environment.ts';
import { layersOf } from '../services/principals.ts';
import type { PrincipalRoom } from '../services/principals.ts';
import type { RequestFacts } from '../services/request-context.ts';
import { StoreUnavailable } from '../store/store.ts';
import type { Reader, Store } from '../store/store.ts';
import type { Log } from '../log.ts';
import { parseInput } from '../wire/input.ts';
import type { Models, Operation } from '../wire/models.ts';
import type { WireError } from '../wire/answer.ts';
import { notServed, recognize } from '../wire/recognize.ts';
import type { Face, Recognized, RequestLine } from '../wire/recognize.ts';
import { faceOf, renderError, renderOutput } from '../wire/render.ts';
import { validateInput, validationError } from '../wire/validate.ts';
import type { Arrival, Departure } from './arrival.ts';
import { authenticate, readClaim, refusalAnswer } from './authenticate.ts';
import type { Claim } from './authenticate.ts';
import { decisionId } from './decision-id.ts';
import type { DecisionRecorder } from './decision-recorder.ts';
import { decisionRow } from './decision-row.ts';
import type { Metrics } from './metrics.ts';

export interface House {
  readonly models: Models;
  readonly services: ReadonlyMap<string, ReadonlyMap<string, Row<OperationTypes>>>;
  readonly store: Store;
  /** Committed state, served from memory where it can be. */
  readonly reader: Reader;
  readonly env: Environment;
  readonly credentials: CredentialRoom & { readonly memo: AccountMemo<Credential> };
  readonly principals: PrincipalRoom;
  readonly recorder: DecisionRecorder;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Told of each access key's use, after its signature was verified. */
  readonly keyUsed: (caller: Caller, service: string, region: string, at: number) => void;
  /** Told of each action that an authenticated caller attempts. */
  readonly serviceUsed: (caller: Caller, action: string, region: string, at: number) => void;
}

/** A request whose caller is known and whose input is parsed and valid. */
interface Asked {
  readonly arrival: Arrival;
  readonly operation: Operation;
  readonly row: Row<OperationTypes>;
  readonly caller: Caller;
  readonly region: string;
  readonly input: object;
}

/** What is known of a request besides its answer; the verdict as soon as there is one. */
interface Known {
  readonly caller: Caller;
  readonly facts: RequestFacts;
  verdict: Verdict | undefined;
}

interface Answered extends Partial<Known> {
  readonly departure: Departure;
  readonly code?: string;
}

/** Refusal of the door itself, rendered in the protocol of whoever is asking. */
const refuse = (face: Face, requestId: string, error: WireError, known: Partial<Known> = {}): Answered => ({
  departure: renderError(face, error, requestId),
  code: error.code,
  ...known,
});

/** Serves one request. Never rejects: what cannot be answered otherwise is an internal failure with the request id. */
export async function serve(house: House, arrival: Arrival): Promise<Departure> {
  const claim = readClaim(arrival);
  const line = lineOf(arrival, claim);
  const recognition = recognize(house.models, line, arrival.body);
  if (!recognition.ok) {
    return finish(house, arrival, undefined, refuse(recognition.face, arrival.requestId, recognition));
  }
  const { operation } = recognition;
  const row = house.services.get(operation.service.name)?.get(operation.name);
  if (row === undefined) {
    const unknown = notServed(operation);
    return finish(house, arrival, operation, refuse(unknown.face, arrival.requestId, unknown));
  }
  const region = regionOf(house, operation, 'region' in claim ? claim.region : '');
  return finish(house, arrival, operation, await answered(house, { arrival, recognition, row, region, claim, line }));
}

const lineOf = (arrival: Arrival, claim: Claim): RequestLine => ({
  method: arrival.method,
  path: arrival.path,
  query: arrival.query,
  host: arrival.headers.host ?? '',
  scopeService: 'service' in claim ? claim.service : undefined,
  contentType: arrival.headers['content-type'],
  amzTarget: arrival.headers['x-amz-target'],
});

const turnedAway = {
  tooLarge: {
    code: 'RequestEntityTooLargeException',
    message: 'The request body is larger than this server accepts.',
    status: 413,
  },
  busy: { code: 'ServiceUnavailableException', message: 'The service is temporarily unavailable.', status: 503 },
} as const;

/** The answer to a body that was not read to its end, so that the service is not known. */
export const turnAway = (reason: keyof typeof turnedAway, requestId: string): Departure =>
  renderError({ protocol: 'restJson1', service: undefined }, turnedAway[reason], requestId);

/** IAM is global; everything else lives in the region of the credential scope. */
function regionOf(house: House, operation: Operation, scope: string): string {
  if (operation.service.iamPrefix === 'iam') return 'us-east-1';
  return scope === '' ? house.env.settings.defaultRegion : scope;
}

interface Claimed {
  readonly arrival: Arrival;
  readonly recognition: Recognized;
  readonly row: Row<OperationTypes>;
  readonly region: string;
  readonly claim: Claim;
  readonly line: RequestLine;
}

/** Authenticate, then parse and validate. */
async function answered(house: House, { arrival, recognition, row, region, claim, line }: Claimed): Promise<Answered> {
  const { operation } = recognition;
  const face = faceOf(operation);
  try {
    const caller = await authenticate(house.credentials, operation, claim, arrival);
    if ('reason' in caller) return refuse(face, arrival.requestId, refusalAnswer(caller, face.protocol));
    house.keyUsed(caller, operation.service.signingName, region, arrival.at);
    house.serviceUsed(caller, operation.action, region, arrival.at);
    const parsed = parseInput(recognition, line, arrival.body);
    if (!parsed.ok) return refuse(face, arrival.requestId, parsed.error, { caller });
    const complaint = validateInput(operation, parsed.input);
    if (complaint !== undefined)
      return refuse(face, arrival.requestId, validationError(operation, complaint), { caller });
    return await decided(house, { arrival, operation, row, caller, region, input: parsed.input });
  } catch (error) {
    return refuse(face, arrival.requestId, failure(house, arrival, operation, error));
  }
}

/** Authorize, then perform. The decision is part of the answer also when performing fails. */
async function decided(house: House, asked: Asked): Promise<Answered> {
  const { arrival, operation, caller } = asked;
  const known: Known = { caller, facts: factsOf(asked), verdict: undefined };
  const call = callOf(house, asked);
  try {
    known.verdict = await verdictOn(house, asked, known.facts, call);
    const refused = known.verdict?.allowed === false;
    const output = refused ? undefined : await perform(house, asked, known, call);
    if (output === undefined) return denied(operation, arrival.requestId, known);
    return { departure: renderOutput(operation, output, arrival.requestId), ...known };
  } catch (error) {
    return refuse(faceOf(operation), arrival.requestId, failure(house, arrival, operation, error), known);
  }
}

/** What is asked, decided on what `call` reads; `undefined` where AWS asks nothing. */
async function verdictOn(
  { principals }: House,
  { caller, operation, row, input }: Asked,
  facts: RequestFacts,
  call: Call,
): Promise<Verdict | undefined> {
  if (row.access === 'none') return undefined;
  const pending = row.access(input, call);
  const checks = pending instanceof Promise ? await pending : pending;
  const list = Array.isArray(checks) ? (checks as readonly AccessCheck[]) : [checks as AccessCheck];
  const layers = layersOf(principals, caller);
  return authorize(facts, caller, layers instanceof Promise ? await layers : layers, list, operation.action);
}

function denied(operation: Operation, requestId: string, known: Known): Answered {
  const code = operation.service.protocol === 'awsQuery' ? 'AccessDenied' : 'AccessDeniedException';
  const message = known.verdict === undefined ? '' : denialSentence(known.verdict);
  return refuse(faceOf(operation), requestId, { code, message }, known);
}

/** Ends a transaction whose caller turned out not to be allowed. */
class TurnedAway extends Error {}

/**
 * The output, or `undefined` when a write was refused after all: its access is asked again inside the transaction,
 * so that what is decided on and what is changed are the same state, also when a name was given to something else
 * in between. Strangers are refused before and never wait for a transaction.
 */
async function perform(house: House, asked: Asked, known: Known, call: Call): Promise<object | undefined> {
  const { row, input } = asked;
  if ('read' in row) return row.read(input, call);
  try {
    return await house.store.transact(call.accountId, async (tx) => {
      const inside: WriteCall = { ...call, reader: tx, tx };
      known.verdict = await verdictOn(house, asked, known.facts, inside);
      if (known.verdict?.allowed === false) throw new TurnedAway();
      return row.write(input, inside);
    });
  } catch (error) {
    if (error instanceof TurnedAway) return undefined;
    throw error;
  }
}

function callOf(house: House, { arrival, caller, region }: Asked): Call {
  return {
    caller,
    accountId: caller.accountId,
    region,
    requestId: arrival.requestId,
    now: arrival.at,
    reader: house.reader,
    env: house.env,
    fail: (code, message, members) => {
      throw new AwsError(code, message, members);
    },
  };
}

const factsOf = ({ arrival, region }: Asked): RequestFacts => ({
  now: arrival.at,
  secure: arrival.secure,
  sourceIp: arrival.sourceIp,
  userAgent: arrival.headers['user-agent'],
  referer: arrival.headers.referer,
  region,
});

/** What the client is told of an exception: its own error when a handler refused, else an internal failure whose cause only the log has. */
function failure(house: House, arrival: Arrival, operation: Operation, error: unknown): WireError {
  if (error instanceof AwsError) return { code: error.code, message: error.message, members: error.members };
  house.log.error({ err: error, requestId: arrival.requestId, operation: operation.action }, 'request failed');
  const query = operation.service.protocol === 'awsQuery';
  if (error instanceof StoreUnavailable) {
    return {
      code: query ? 'ServiceUnavailable' : 'ServiceUnavailableException',
      message: 'The service is temporarily unavailable.',
      status: 503,
    };
  }
  return {
    code: query ? 'ServiceFailure' : 'InternalServerException',
    message: 'The request processing has failed because of an unknown error, exception or failure.',
    status: 500,
  };
}

/** Records, counts and logs the answer. */
async function finish(
  house: House,
  arrival: Arrival,
  operation: Operation | undefined,
  answer: Answered,
): Promise<Departure> {
  const { departure } = answer;
  const service = operation?.service.name ?? '';
  const name = operation?.name ?? '';
  house.metrics.answered(service, name, departure.status, (performance.now() - arrival.started) / 1000);
  const id = operation === undefined ? undefined : recorded(house, arrival, operation, answer);
  const decision = typeof id === 'object' ? await id : id;
  logAnswer(house.log, arrival, service, name, answer, decision);
  const { status, headers, body } = departure;
  return { status, headers, body, decision };
}

/** The id under which the decision was recorded; a promise only when the record cannot keep up. */
function recorded(
  house: House,
  arrival: Arrival,
  operation: Operation,
  { caller, facts, verdict }: Answered,
): string | undefined | Promise<string> {
  if (caller === undefined || facts === undefined || verdict === undefined || verdict.evaluations.length === 0) {
    return undefined;
  }
  const id = decisionId(arrival.at);
  const row = decisionRow(id, arrival.requestId, facts, caller, operation, verdict);
  house.metrics.decided(row.outcome);
  const full = house.recorder.record(row);
  return full === undefined ? id : full.then(() => id);
}

/** One line a request: who, what, how it went. Neither inputs nor headers are logged. */
function logAnswer(
  log: Log,
  { requestId, sourceIp }: Arrival,
  service: string,
  operation: string,
  { departure: { status }, caller, code }: Answered,
  decision: string | undefined,
): void {
  log.info({
    requestId,
    service,
    operation,
    status,
    code,
    caller: caller?.arn,
    accessKeyId: caller?.accessKeyId,
    decision,
    sourceIp,
  });
}
