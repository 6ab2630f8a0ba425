/** A small signer: the header form. The presigned form is in `presign.ts`. */
import { hmacAlgorithm } from './authorization.ts';
import { canonicalRequest, stringToSign } from './canonical-request.ts';
import { terminator } from './credential-scope.ts';
import { hmacHex, sha256Hex } from './digest.ts';
import type { IndexedHead } from './head.ts';
import { canonicalPaths } from './path.ts';
import { canonicalQuery, parseQuery } from './query.ts';
import { canonicalHeaders, parseSignedHeaders } from './signed-headers.ts';
import { signingKey } from './signing-key.ts';
import { formatTimestamp } from './timestamp.ts';

/** A request to be signed. */
export interface SignableRequest {
  readonly method: string;
  /** Absolute URL, percent-encoded as it will be sent; only its path, query and host are signed. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

export interface SignerCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignOptions {
  readonly service: string;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Default true; false for S3. */
  readonly doubleEncode?: boolean;
  /** Used as the payload hash instead of the body's, for example `UNSIGNED-PAYLOAD`. */
  readonly payloadHash?: string;
  /** Whether to send (and sign) x-amz-content-sha256; S3 wants it. Default false. */
  readonly contentHash?: boolean;
}

/** Headers that proxies and clients change on the way, left out of the signature. */
const notSigned = new Set([
  'authorization',
  'connection',
  'expect',
  'transfer-encoding',
  'user-agent',
  'x-amzn-trace-id',
]);

/** A URL in its parts, untouched: no dot segment is resolved and no escape respelled. */
export interface UrlParts {
  readonly origin: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** Splits an absolute URL; characters beyond ASCII and spaces are percent-encoded as UTF-8. Throws a TypeError. */
export function splitUrl(url: string): UrlParts {
  const found = /^([a-z]+:\/\/([^/?#]+))([^?#]*)(?:\?([^#]*))?/i.exec(url);
  if (found === null) throw new TypeError('the URL must be absolute');
  const [, origin = '', host = '', path = '', query = ''] = found;
  return { origin, host, path: onWire(path) || '/', query: onWire(query) };
}

function onWire(text: string): string {
  return text.replaceAll(/[^!-~]+/g, (run) => encodeURIComponent(run));
}

export function bytes(body: Uint8Array | string | undefined): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : (body ?? new Uint8Array());
}

/** A head made of a plain record of headers. */
export function headOf(
  method: string,
  { path, query }: UrlParts,
  headers: Readonly<Record<string, string>>,
): IndexedHead {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  return { method, path, query: parseQuery(query), names, rawHeaders: Object.entries(headers).flat() };
}

/** `date/region/service/aws4_request`. */
export function scopeOf(timestamp: string, { region, service }: Pick<SignOptions, 'region' | 'service'>): string {
  return `${timestamp.slice(0, 8)}/${region}/${service}/${terminator}`;
}

/** Signs a request in the header form. Gives all headers to send, `authorization` and `host` included. */
export function sign(
  request: SignableRequest,
  credentials: SignerCredentials,
  options: SignOptions,
): Record<string, string> {
  const parts = splitUrl(request.url);
  const timestamp = formatTimestamp(options.now);
  const payloadHash = options.payloadHash ?? sha256Hex(bytes(request.body));
  const headers = headersToSend(request, credentials, parts.host, timestamp);
  if (options.contentHash === true) headers['x-amz-content-sha256'] = payloadHash;
  const list = Object.keys(headers)
    .filter((name) => !notSigned.has(name))
    .sort()
    .join(';');
  const scope = scopeOf(timestamp, options);
  const head = headOf(request.method, parts, headers);
  const signature = signatureOf(head, list, { timestamp, scope, payloadHash }, credentials, options);
  headers['authorization'] =
    `${hmacAlgorithm} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${list}, Signature=${signature}`;
  return headers;
}

function headersToSend(
  request: SignableRequest,
  credentials: SignerCredentials,
  host: string,
  timestamp: string,
): Record<string, string> {
  const headers: Record<string, string> = { host };
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  headers['x-amz-date'] = timestamp;
  if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken;
  return headers;
}

interface Signing {
  readonly timestamp: string;
  readonly scope: string;
  readonly payloadHash: string;
}

/** The signature over a head, in hex. */
export function signatureOf(
  head: IndexedHead,
  list: string,
  { timestamp, scope, payloadHash }: Signing,
  { accessKeyId, secretAccessKey }: SignerCredentials,
  { region, service, doubleEncode = true }: Pick<SignOptions, 'region' | 'service' | 'doubleEncode'>,
): string {
  const path = canonicalPaths(head.path, doubleEncode)?.[0];
  if (path === undefined) throw new TypeError('the path climbs above the root');
  const signedHeaders = parseSignedHeaders(list);
  const headers = canonicalHeaders(head, signedHeaders) ?? '';
  const query = canonicalQuery(head.query);
  const parts = { method: head.method, path, query, headers, signedHeaders: signedHeaders.text, payloadHash };
  const text = stringToSign({ algorithm: hmacAlgorithm, timestamp, scope }, canonicalRequest(parts));
  const key = signingKey(`${accessKeyId}/${scope}`, secretAccessKey, {
    date: timestamp.slice(0, 8),
    region,
    service,
    terminator,
  });
  return hmacHex(key, text);
}
