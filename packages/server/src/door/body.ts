import type { IncomingMessage } from 'node:http';
import type { HeadFields } from './head-fields.ts';

export type Body =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: 'tooLarge' | 'busy' | 'aborted' };

const empty = { ok: true, bytes: Buffer.alloc(0) } as const;

/**
 * Bytes of bodies that are still coming in, over all connections. Bodies are read before the caller is known, so
 * without a bound strangers could fill the memory: connections times the largest body.
 */
export class BodyRoom {
  readonly #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether there was room for so many bytes more. */
  take(bytes: number): boolean {
    if (this.#held + bytes > this.#limit) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** Reads a whole body of at most `limit` bytes. A declared length over the limit is refused unread. */
export function readBody(
  request: IncomingMessage,
  headers: HeadFields,
  limit: number,
  room: BodyRoom,
): Promise<Body> | Body {
  const declared = headers['content-length'];
  if (declared === '0') return empty;
  if (declared === undefined && headers['transfer-encoding'] === undefined) return empty;
  if (declared !== undefined && Number(declared) > limit) return { ok: false, reason: 'tooLarge' };
  return new Promise((resolve) => collect(request, limit, room, resolve));
}

function collect(request: IncomingMessage, limit: number, room: BodyRoom, resolve: (body: Body) => void): void {
  let chunks: Buffer[] = [];
  let size = 0;
  let settled = false;
  const settle = (body: Body): void => {
    if (settled) return;
    settled = true;
    room.give(size);
    chunks = [];
    resolve(body);
  };
  const refuse = (reason: 'tooLarge' | 'busy'): void => {
    request.pause();
    settle({ ok: false, reason });
  };
  request.on('data', (chunk: Buffer) => {
    if (settled) return;
    if (size + chunk.length > limit) refuse('tooLarge');
    else if (!room.take(chunk.length)) refuse('busy');
    else {
      size += chunk.length;
      chunks.push(chunk);
    }
  });
  request.on('end', () => settle({ ok: true, bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size) }));
  request.on('error', () => settle({ ok: false, reason: 'aborted' }));
  request.on('close', () => settle({ ok: false, reason: 'aborted' }));
}
