/** The AWS SDK for JavaScript as an oracle: what its clients send, and what they make of our answers. */
// oxlint-disable typescript/no-unsafe-type-assertion -- values come from models and clients without static types
import { Readable } from 'node:stream';
import type { Answer } from './answer.ts';
import type { RequestLine } from './recognize.ts';

export interface SentRequest {
  readonly line: RequestLine;
  readonly body: Uint8Array;
}

interface SdkRequest {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly query?: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

const encode = (value: string): string =>
  encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const queryOf = (query: SdkRequest['query'] = {}): string =>
  Object.entries(query)
    .flatMap(([name, values]) => [values ?? ''].flat().map((value) => `${encode(name)}=${encode(value)}`))
    .join('&');

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array(0);
  return typeof body === 'string' ? Buffer.from(body) : (body as Uint8Array);
}

const scopeOf = (authorization = ''): string | undefined =>
  /Credential=[^/]+\/\d+\/[^/]*\/([^/]+)\/aws4_request/.exec(authorization)?.[1];

function sentOf(request: SdkRequest): SentRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const line: RequestLine = {
    method: request.method,
    path: request.path,
    query: queryOf(request.query),
    host: 'localhost:4577',
    scopeService: scopeOf(headers['authorization']),
    contentType: headers['content-type'],
    amzTarget: headers['x-amz-target'],
  };
  return { line, body: bytesOf(request.body) };
}

/** The part of an SDK client that the tests use. */
export interface SdkClient {
  send(command: unknown): Promise<Record<string, unknown>>;
}
export type SdkModule = Readonly<Record<string, new (options: object) => never>>;

/** Packages by service; services without a client are left out. */
export const sdkModules: Readonly<Record<string, () => Promise<unknown>>> = {
  iam: () => import('@aws-sdk/client-iam'),
  sts: () => import('@aws-sdk/client-sts'),
  ivs: () => import('@aws-sdk/client-ivs'),
  'ivs-realtime': () => import('@aws-sdk/client-ivs-realtime'),
  ivschat: () => import('@aws-sdk/client-ivschat'),
  kinesisvideo: () => import('@aws-sdk/client-kinesis-video'),
  'kinesis-video-media': () => import('@aws-sdk/client-kinesis-video-media'),
  'kinesis-video-archived-media': () => import('@aws-sdk/client-kinesis-video-archived-media'),
  'kinesis-video-signaling': () => import('@aws-sdk/client-kinesis-video-signaling'),
  'kinesis-video-webrtc-storage': () => import('@aws-sdk/client-kinesis-video-webrtc-storage'),
};

const clientClass = (module: SdkModule): string => {
  const name = Object.keys(module).find((key) => /^[A-Z]\w*Client$/.test(key) && key !== '__Client');
  if (name === undefined) throw new Error('the SDK package exports no client');
  return name;
};

/** A client whose requests are answered by `serve` instead of the network. */
export function sdkClient(module: SdkModule, serve: (sent: SentRequest) => Answer): SdkClient {
  const requestHandler = {
    handle: async (request: SdkRequest) => {
      const { status, headers, body } = serve(sentOf(request));
      const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      const bytes = typeof body === 'string' ? Buffer.from(body) : body;
      return {
        response: {
          statusCode: status,
          headers: lower,
          body: Readable.from(bytes instanceof Uint8Array ? [bytes] : bytes),
        },
      };
    },
  };
  const Client = module[clientClass(module)] as new (options: object) => unknown;
  return new Client({
    region: 'us-west-2',
    endpoint: 'http://localhost:4577',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler,
  }) as SdkClient;
}
