/** The REST JSON protocol (IVS, chat, Kinesis Video): labels, query strings and JSON in; headers and JSON out. */
// oxlint-disable typescript/no-unsafe-type-assertion -- the shape that a closure was compiled for vouches for its value
import type { Answer, Body, WireError } from './answer.ts';
import { errorModel, statusOf } from './errors.ts';
import { formFields, utf8 } from './form.ts';
import { readJsonBody } from './json-reader.ts';
import { writerOf } from './json-writer.ts';
import type { Operation } from './models.ts';
import type { Face, Recognized, RequestLine } from './recognize.ts';
import { readScalar, scalarText } from './scalars.ts';
import type { Member, ScalarShape, StructureShape } from './shapes.ts';

interface InputPlan {
  readonly body: boolean;
  readonly labels: readonly Member[];
  readonly query: readonly Member[];
}

const at = (shape: StructureShape, location: Member['location']) =>
  shape.members.filter((member) => member.location === location);

function onceFor<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) made.set(key, (value = make(key)));
    return value;
  };
}

const inputPlan = onceFor((shape: StructureShape): InputPlan => {
  const unread = shape.members.find((member) => member.location === 'header' || member.location === 'headers');
  if (unread !== undefined || shape.payload !== undefined)
    throw new Error(`${shape.name} has input outside body, labels and query`);
  return { body: at(shape, 'body').length > 0, labels: at(shape, 'uri'), query: at(shape, 'querystring') };
});

const readOne = (text: string, member: Member): unknown => readScalar(text, member.shape as ScalarShape);

function readQuery(
  fields: readonly [string, string][],
  members: readonly Member[],
  input: Record<string, unknown>,
): void {
  for (const member of members) {
    const values = fields.filter(([name]) => name === member.wireName).map(([, value]) => value);
    const [first] = values;
    if (first === undefined) continue;
    const { shape } = member;
    input[member.name] =
      shape.kind === 'list' ? values.map((v) => readScalar(v, shape.element as ScalarShape)) : readOne(first, member);
  }
}

/** Reads body, labels and query string into one input. */
export function parseRestInput(match: Recognized, request: RequestLine, body: Uint8Array): object {
  const shape = match.operation.input;
  if (shape === undefined) return {};
  const plan = inputPlan(shape);
  const input = plan.body ? readJsonBody(utf8(body), shape) : {};
  for (const member of plan.labels) input[member.name] = readOne(match.labels[member.wireName] ?? '', member);
  if (plan.query.length > 0) readQuery(formFields(request.query), plan.query, input);
  return input;
}

interface OutputPlan {
  readonly headers: readonly Member[];
  readonly body: (output: Record<string, unknown>) => Body;
  readonly type: string;
}

const JSON_TYPE = 'application/json';

const outputPlan = onceFor((shape: StructureShape): OutputPlan => {
  const payload = shape.members.find((member) => member.name === shape.payload);
  const write = writerOf(shape);
  return {
    headers: at(shape, 'header'),
    body: payload === undefined ? write : (output) => (output[payload.name] as Body | undefined) ?? '',
    type: payload === undefined ? JSON_TYPE : 'application/octet-stream',
  };
});

function setHeaders(
  headers: Record<string, string>,
  members: readonly Member[],
  output: Record<string, unknown>,
): void {
  for (const member of members) {
    const value = output[member.name];
    if (value !== undefined)
      headers[member.wireName.toLowerCase()] = scalarText(value, member.shape as ScalarShape, 'rfc822');
  }
}

/** A status of 204 has no body, and neither has an operation without output. */
export function renderRestOutput(operation: Operation, output: object, requestId: string): Answer {
  const headers: Record<string, string> = { 'x-amzn-RequestId': requestId };
  const plan = operation.output && outputPlan(operation.output);
  if (plan === undefined) return { status: operation.status, headers, body: '' };
  const from = output as Record<string, unknown>;
  const { status } = operation;
  if (status !== 204) headers['content-type'] = plan.type;
  setHeaders(headers, plan.headers, from);
  return { status, headers, body: status === 204 ? '' : plan.body(from) };
}

/** Members that services use for the text of an error. */
const textMembers = new Set(['message', 'Message', 'exceptionMessage']);

/** The text under `message`, which every client reads, and under the name that the model gives it; then further members. */
export function errorBody(face: Face, error: WireError): string {
  const shape = errorModel(face, error.code)?.shape;
  const modelled = shape?.members.find((member) => textMembers.has(member.name))?.wireName ?? 'message';
  const text = JSON.stringify(error.message);
  const texts = modelled === 'message' ? `"message":${text}` : `"message":${text},"${modelled}":${text}`;
  if (shape === undefined || error.members === undefined) return `{${texts}}`;
  const { message: _a, Message: _b, exceptionMessage: _c, ...members } = error.members;
  const rest = writerOf(shape)(members).slice(1, -1);
  return rest === '' ? `{${texts}}` : `{${texts},${rest}}`;
}

export function renderRestError(face: Face, error: WireError, requestId: string): Answer {
  const headers: Record<string, string> = {
    'content-type': JSON_TYPE,
    'x-amzn-RequestId': requestId,
    'x-amzn-ErrorType': error.code,
  };
  return { status: statusOf(face, error), headers, body: errorBody(face, error) };
}
