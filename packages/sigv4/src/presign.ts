/** The presigned form: a URL that carries its own signature. */
import { hmacAlgorithm } from './authorization.ts';
import { sha256Hex } from './digest.ts';
import { bytes, headOf, scopeOf, signatureOf, splitUrl } from './sign.ts';
import type { SignableRequest, SignerCredentials, SignOptions } from './sign.ts';
import { formatTimestamp } from './timestamp.ts';

export interface PresignOptions extends SignOptions {
  /** X-Amz-Expires in seconds; left out when undefined. */
  readonly expires?: number;
}

/** The URL with its signature. The request's headers (and `host`) are signed and must be sent with it as they are. */
export function presign(request: SignableRequest, credentials: SignerCredentials, options: PresignOptions): string {
  const parts = splitUrl(request.url);
  const timestamp = formatTimestamp(options.now);
  const headers: Record<string, string> = { host: parts.host };
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  const list = Object.keys(headers).sort().join(';');
  const scope = scopeOf(timestamp, options);
  const query = [parts.query, ...parameters(credentials, options, { timestamp, scope, list })].filter(
    (part) => part !== '',
  );
  const unsigned = { ...parts, query: query.join('&') };
  const payloadHash = options.payloadHash ?? sha256Hex(bytes(request.body));
  const head = headOf(request.method, unsigned, headers);
  const signature = signatureOf(head, list, { timestamp, scope, payloadHash }, credentials, options);
  return `${parts.origin}${parts.path}?${unsigned.query}&X-Amz-Signature=${signature}`;
}

function parameters(
  credentials: SignerCredentials,
  { expires }: PresignOptions,
  { timestamp, scope, list }: { readonly timestamp: string; readonly scope: string; readonly list: string },
): string[] {
  const pairs = {
    'X-Amz-Algorithm': hmacAlgorithm,
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': timestamp,
    'X-Amz-Expires': expires?.toString(),
    'X-Amz-SignedHeaders': list,
    'X-Amz-Security-Token': credentials.sessionToken,
  };
  return Object.entries(pairs).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
}
