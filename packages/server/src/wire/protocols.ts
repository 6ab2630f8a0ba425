/** One row per wire protocol. */
import type { Answer, WireError } from './answer.ts';
import { parseJsonInput, renderJsonError, renderJsonOutput } from './aws-json.ts';
import type { Operation, ProtocolName } from './models.ts';
import { parseQueryInput, renderQueryError, renderQueryOutput } from './query.ts';
import type { Face, Recognized, RequestLine } from './recognize.ts';
import { parseRestInput, renderRestError, renderRestOutput } from './rest-json.ts';

export interface Protocol {
  /** Throws `InputFault` when the bytes cannot be read. */
  parse(match: Recognized, request: RequestLine, body: Uint8Array): object;
  renderOutput(operation: Operation, output: object, requestId: string): Answer;
  renderError(face: Face, error: WireError, requestId: string): Answer;
}

export const protocols: Readonly<Record<ProtocolName, Protocol>> = {
  awsQuery: { parse: parseQueryInput, renderOutput: renderQueryOutput, renderError: renderQueryError },
  restJson1: { parse: parseRestInput, renderOutput: renderRestOutput, renderError: renderRestError },
  awsJson: { parse: parseJsonInput, renderOutput: renderJsonOutput, renderError: renderJsonError },
};
