import { pino } from 'pino';
import type { Logger } from 'pino';

export type Log = Logger;

/**
 * Structured logs, one JSON line an event, to `stream` or standard output. Header values, inputs, bodies and secrets
 * are never handed to it.
 */
export function createLog(level: string, stream?: { write(line: string): void }): Log {
  const options = { level, base: null };
  if (stream !== undefined) return pino(options, stream);
  return pino(options, pino.destination({ dest: 1, sync: false, minLength: 8192, periodicFlush: 500 }));
}
