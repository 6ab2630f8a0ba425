/** Signed requests without an SDK, so that tests can spoil any part of them. */
import { presign, sign } from '@stagedoor/sigv4';
import { region } from './server.ts';
import type { Credentials } from './server.ts';

export interface RawRequest {
  readonly service: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RawAnswer {
  readonly status: number;
  /** The error's code as the protocol carries it; '' for a success. */
  readonly code: string;
  readonly text: string;
  readonly headers: Headers;
}

export interface Signing {
  readonly region?: string;
  readonly service?: string;
  /** Milliseconds since the epoch; the machine's time when absent. */
  readonly now?: number;
}

const urlOf = (endpoint: string, { path = '/', query = '' }: RawRequest): string =>
  `${endpoint}${path}${query === '' ? '' : `?${query}`}`;

const codeOf = (headers: Headers, text: string): string =>
  headers.get('x-amzn-errortype')?.split(':')[0] ?? /<Code>(.*?)<\/Code>/.exec(text)?.[1] ?? '';

/** Sends a request as it is. `host` is left to fetch. */
export async function send(
  url: string,
  { method = 'POST', body }: RawRequest,
  headers: Readonly<Record<string, string>>,
): Promise<RawAnswer> {
  const { host: _, ...sent } = headers;
  const answer = await fetch(url, { method, headers: sent, ...(body === undefined ? {} : { body }) });
  const text = await answer.text();
  return { status: answer.status, code: codeOf(answer.headers, text), text, headers: answer.headers };
}

const signOptions = (request: RawRequest, signing: Signing) => ({
  service: signing.service ?? request.service,
  region: signing.region ?? region,
  now: signing.now ?? Date.now(),
});

/** Signs in the headers, lets `spoil` change what is sent, and sends. */
export function signedFetch(
  endpoint: string,
  request: RawRequest,
  credentials: Credentials,
  signing: Signing = {},
  spoil: (request: RawRequest, headers: Record<string, string>) => RawRequest | void = () => {},
): Promise<RawAnswer> {
  const headers = sign(
    { method: 'POST', ...request, url: urlOf(endpoint, request) },
    credentials,
    signOptions(request, signing),
  );
  const sent = spoil(request, headers) ?? request;
  return send(urlOf(endpoint, sent), sent, headers);
}

/** A URL that carries its signature, for `request`. */
export const presigned = (
  endpoint: string,
  request: RawRequest,
  credentials: Credentials,
  signing: Signing & { readonly expires?: number } = {},
): string =>
  presign({ method: 'POST', ...request, url: urlOf(endpoint, request) }, credentials, {
    expires: 60,
    ...signing,
    ...signOptions(request, signing),
  });

/** The form of a query-protocol call. */
export const form = (fields: Readonly<Record<string, string>>): Pick<RawRequest, 'headers' | 'body'> => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
});

/** One harmless call of each service, which needs no input that exists. */
export const harmless = {
  iam: { service: 'iam', ...form({ Action: 'ListUsers', Version: '2010-05-08' }) },
  sts: { service: 'sts', ...form({ Action: 'GetCallerIdentity', Version: '2011-06-15' }) },
  ivs: { service: 'ivs', path: '/ListChannels', headers: { 'content-type': 'application/json' }, body: '{}' },
  kinesisvideo: {
    service: 'kinesisvideo',
    path: '/listStreams',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  },
} as const satisfies Record<string, RawRequest>;
