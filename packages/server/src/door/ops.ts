/** The operators' listener: health, readiness and metrics, on a port of its own so that it is never public by accident. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';

export interface OpsOptions {
  readonly port: number;
  /** Rejects when the server cannot serve (the store does not answer). */
  readonly ready: () => Promise<void>;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

type Answer = { readonly status: number; readonly type: string; readonly text: string };

const json = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json',
  text: JSON.stringify(value),
});

/** Opens the listener on 127.0.0.1; rejects when the port is taken. */
export async function openOps(options: OpsOptions): Promise<{ close(): Promise<void>; port: number }> {
  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 5000 }, (request, response) => {
    void answer(options, request.method ?? '', request.url ?? '').then(({ status, type, text }) => {
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) });
      response.end(text);
    });
  });
  server.maxConnections = 64;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    close: () => closed(server),
    port: typeof address === 'object' && address !== null ? address.port : options.port,
  };
}

async function answer(options: OpsOptions, method: string, url: string): Promise<Answer> {
  if (method !== 'GET') return json(405, { error: 'only GET' });
  switch (url) {
    case '/health':
      return json(200, { status: 'ok' });
    case '/ready':
      return options.ready().then(
        () => json(200, { status: 'ready' }),
        (error: Error) => json(503, { status: 'not ready', reason: error.message }),
      );
    case '/metrics':
      return options.metrics().then(
        ({ contentType, text }) => ({ status: 200, type: contentType, text }),
        () => json(503, { error: 'the metrics cannot be collected now' }),
      );
    default:
      return json(404, { error: 'no such page', pages: ['/health', '/ready', '/metrics'] });
  }
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
