/** Bytes of a recognized and authenticated request to the input that handlers see. */
import type { WireError } from './answer.ts';
import { commonError } from './errors.ts';
import { InputFault } from './faults.ts';
import { protocols } from './protocols.ts';
import type { Recognized, RequestLine } from './recognize.ts';

export type ParsedInput =
  | { readonly ok: true; readonly input: object }
  | { readonly ok: false; readonly error: WireError };

/** Parses an input; what cannot be read is an error in the protocol's words. Constraints are checked by `validateInput`. */
export function parseInput(match: Recognized, request: RequestLine, body: Uint8Array): ParsedInput {
  const { protocol } = match.operation.service;
  try {
    return { ok: true, input: protocols[protocol].parse(match, request, body) };
  } catch (fault) {
    if (!(fault instanceof InputFault)) throw fault;
    return { ok: false, error: { ...commonError(protocol, fault.kind), message: fault.message } };
  }
}
