import { pino } from 'pino';
import type { Logger } from 'pino';

export type Log = Logger;

/**
 * Structured logs, one JSON line an event, to `stream` or standard output. Header values, bodies and
 * secrets are never handed to it; what could still slip in by name is censored.
 */
export function createLog(level: string, stream?: { write(line: string): void }): Log {
  const options = {
    level,
    base: null,
    redact: {
      paths: [
        'authorization',
        'secret',
        'secretAccessKey',
        'sessionToken',
        '*.authorization',
        '*.secret',
        '*.secretAccessKey',
      ],
      censor: '***',
    },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return stream === undefined
    ? pino(options, pino.destination({ dest: 1, sync: false, minLength: 8192, periodicFlush: 500 }))
    : pino(options, stream);
}
