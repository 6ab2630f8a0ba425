/** A request as it came in, before anything is believed. */
import type { HeadFields } from './head-fields.ts';

export interface Arrival {
  readonly requestId: string;
  /** Milliseconds since the epoch, one instant for the whole request. */
  readonly at: number;
  /** `performance.now()` at arrival: how long an answer took must not depend on a clock that can be set. */
  readonly started: number;
  readonly method: string;
  /** Raw request target: path and query as sent. */
  readonly target: string;
  readonly path: string;
  /** Raw query without `?`; '' when there is none. */
  readonly query: string;
  readonly headers: HeadFields;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly secure: boolean;
}

export interface Departure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Id of the recorded decision, for the header `x-stagedoor-decision`. */
  readonly decision?: string | undefined;
}
