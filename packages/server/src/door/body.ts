import type { IncomingMessage } from 'node:http';
import type { HeadFields } from './head-fields.ts';

export type Body =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: 'tooLarge' | 'aborted' };

const empty = { ok: true, bytes: Buffer.alloc(0) } as const;

/** Reads a whole body of at most `limit` bytes. A declared length over the limit is refused unread. */
export function readBody(request: IncomingMessage, headers: HeadFields, limit: number): Promise<Body> | Body {
  const declared = headers['content-length'];
  if (declared === '0') return empty;
  if (declared === undefined && headers['transfer-encoding'] === undefined) return empty;
  if (declared !== undefined && Number(declared) > limit) return { ok: false, reason: 'tooLarge' };
  return new Promise((resolve) => collect(request, limit, resolve));
}

function collect(request: IncomingMessage, limit: number, resolve: (body: Body) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) {
      request.pause();
      resolve({ ok: false, reason: 'tooLarge' });
      return;
    }
    chunks.push(chunk);
  });
  request.on('end', () => resolve({ ok: true, bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size) }));
  request.on('error', () => resolve({ ok: false, reason: 'aborted' }));
  request.on('close', () => resolve({ ok: false, reason: 'aborted' }));
}
