/** The JSON protocol (`X-Amz-Target`): JSON in, JSON out. */
import type { Answer, WireError } from './answer.ts';
import { statusOf } from './errors.ts';
import { utf8 } from './form.ts';
import { readJsonBody } from './json-reader.ts';
import { writerOf } from './json-writer.ts';
import type { Operation } from './models.ts';
import type { Face, Recognized, RequestLine } from './recognize.ts';
import { errorBody } from './rest-json.ts';

const headers = (requestId: string) => ({
  'content-type': 'application/x-amz-json-1.1',
  'x-amzn-RequestId': requestId,
});

export function parseJsonInput(match: Recognized, _request: RequestLine, body: Uint8Array): object {
  const { input } = match.operation;
  return input === undefined ? {} : readJsonBody(utf8(body), input);
}

export function renderJsonOutput(operation: Operation, output: object, requestId: string): Answer {
  const body = operation.output === undefined ? '{}' : writerOf(operation.output)(output);
  return { status: 200, headers: headers(requestId), body };
}

export function renderJsonError(face: Face, error: WireError, requestId: string): Answer {
  const body = `{"__type":${JSON.stringify(error.code)},${errorBody(face, error).slice(1)}`;
  return { status: statusOf(face, error), headers: headers(requestId), body };
}
