/** The socket's side of the door: limits, bodies, answers, shutdown. The only file that serves HTTP to clients. */
import { randomUUID } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable, pipeline } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Arrival, Departure } from './arrival.ts';
import { BodyRoom, readBody } from './body.ts';
import { headFields } from './head-fields.ts';
import type { HeadFields } from './head-fields.ts';
import { peerOf } from './peer.ts';

export interface DoorOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly maxBodyBytes: number;
  readonly maxConnections: number;
  readonly requestTimeoutMs: number;
  readonly trustedProxies: ReadonlySet<string>;
  readonly clock: Clock;
  readonly log: Log;
  readonly serve: (arrival: Arrival) => Promise<Departure>;
  /** Answers a body that is too large, or that there is no memory for now. */
  readonly turnAway: (reason: 'tooLarge' | 'busy', requestId: string) => Departure;
}

export interface Door {
  readonly url: string;
  /** Stops accepting, lets running requests end, then closes; after `graceMs` the rest is cut. */
  close(graceMs?: number): Promise<void>;
}

const maxHeaderBytes = 32_768;
/** Bytes of unfinished bodies in memory at once, per process. */
const maxBodiesBytes = 256 * 1024 * 1024;
/** How often node looks for clients whose time is over; by its own choice it would let them stay 30 s longer. */
const timeoutCheckMs = 1000;

/** Opens the door. Resolves once it listens; rejects when the address cannot be had. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const room = new BodyRoom(Math.max(maxBodiesBytes, options.maxBodyBytes));
  const listener: RequestListener = (request, response) => void answer(options, room, server, request, response);
  const limits = {
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: Math.min(options.requestTimeoutMs, 15_000),
    requestTimeout: options.requestTimeoutMs,
    connectionsCheckingInterval: timeoutCheckMs,
    keepAliveTimeout: 65_000,
    noDelay: true,
  };
  const server: Server =
    options.tls === undefined
      ? createHttpServer(limits, listener)
      : createHttpsServer({ ...limits, ...options.tls, minVersion: 'TLSv1.2' }, listener);
  server.maxConnections = options.maxConnections;
  server.maxRequestsPerSocket = 0;
  await listening(server, options);
  const { port } = server.address() as AddressInfo;
  const scheme = options.tls === undefined ? 'http' : 'https';
  return {
    url: `${scheme}://${hostInUrl(options.host)}:${port}`,
    close: (graceMs = 10_000) => closing(server, graceMs),
  };
}

const hostInUrl = (host: string): string =>
  host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? '127.0.0.1' : host;

function listening(server: Server, { host, port }: DoorOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function answer(
  options: DoorOptions,
  room: BodyRoom,
  server: Server,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  try {
    const headers = headFields(request.rawHeaders);
    const pending = readBody(request, headers, options.maxBodyBytes, room);
    const body = pending instanceof Promise ? await pending : pending;
    if (body.ok) {
      const arrival = arrivalOf(options, request, headers, requestId, body.bytes);
      const departure = await options.serve(arrival);
      // A closing door would otherwise wait for whoever keeps the connection.
      if (!server.listening) response.shouldKeepAlive = false;
      send(response, requestId, arrival.at, departure);
    } else if (body.reason !== 'aborted') {
      response.setHeader('connection', 'close');
      send(response, requestId, options.clock.now(), options.turnAway(body.reason, requestId));
    }
  } catch (error) {
    // `serve` turns every failure into an answer; what gets here is a fault of the door itself.
    options.log.error({ err: error, requestId }, 'the door failed');
    response.destroy();
  }
}

function arrivalOf(
  options: DoorOptions,
  request: IncomingMessage,
  headers: HeadFields,
  requestId: string,
  body: Buffer,
): Arrival {
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const peer = peerOf(request.socket.remoteAddress ?? '', headers, options.tls !== undefined, options.trustedProxies);
  return {
    requestId,
    at: options.clock.now(),
    started: performance.now(),
    method: request.method ?? 'GET',
    target,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    headers,
    rawHeaders: request.rawHeaders,
    body,
    sourceIp: peer.sourceIp,
    secure: peer.secure,
  };
}

let dateSecond = -1;
let dateText = '';

/** The Date header by our own clock: clients whose clock differs correct themselves by it and sign again. */
function httpDate(at: number): string {
  const second = Math.floor(at / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(at).toUTCString();
  }
  return dateText;
}

function send(response: ServerResponse, requestId: string, at: number, departure: Departure): void {
  if (response.destroyed) return;
  const { status, body } = departure;
  const head: OutgoingHttpHeaders = { 'x-amzn-RequestId': requestId, date: httpDate(at) };
  if (departure.decision !== undefined) head['x-stagedoor-decision'] = departure.decision;
  Object.assign(head, departure.headers);
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    response.writeHead(status, head);
    pipeline(Readable.from(body), response, () => response.destroy());
    return;
  }
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength;
  if (status !== 204 && status !== 304) head['content-length'] = length;
  response.writeHead(status, head);
  response.end(length === 0 ? undefined : body);
}

function closing(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    cut.unref();
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
