/** What tests of the verifier share: the well-known key pair and instant, and short ways to sign and verify. */
import type { Authorization } from './authorization.ts';
import type { RequestHead } from './head.ts';
import type { Payload } from './payload.ts';
import { readAuthorization } from './read-authorization.ts';
import { refuseKey } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { profiles } from './rules.ts';
import type { Rules } from './rules.ts';
import { sign } from './sign.ts';
import type { SignableRequest, SignerCredentials, SignOptions } from './sign.ts';
import { presign } from './presign.ts';
import { checkClaims, verifySignature } from './verify.ts';
import type { Verified } from './verify.ts';

export const key: SignerCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
export const now = Date.UTC(2015, 7, 30, 12, 36, 0);
export const host = 'example.amazonaws.com';
const options: SignOptions = { service: 'service', region: 'us-east-1', now };
export const rules: Rules = { now, profile: profiles.standard, service: 'service', region: 'us-east-1' };

/** A request as the server would receive it. */
export interface Received {
  readonly head: RequestHead;
  readonly body: Uint8Array;
}

const bytesOf = (body: Uint8Array | string | undefined): Uint8Array =>
  typeof body === 'string' ? Buffer.from(body) : (body ?? new Uint8Array());

const targetOf = (url: string): string => url.slice(url.indexOf('/', 'https://'.length));

/** Signs in the header form and gives what arrives. */
export function arrivesSigned(
  request: SignableRequest,
  credentials: SignerCredentials = key,
  over: Partial<SignOptions> = {},
): Received {
  const headers = sign(request, credentials, { ...options, ...over });
  const head = { method: request.method, target: targetOf(request.url), rawHeaders: Object.entries(headers).flat() };
  return { head, body: bytesOf(request.body) };
}

/** Presigns and gives what arrives. */
export function arrivesPresigned(
  request: SignableRequest,
  credentials: SignerCredentials = key,
  over: Partial<SignOptions> & { expires?: number } = {},
): Received {
  const url = presign(request, credentials, { ...options, expires: 60, ...over });
  const rawHeaders = Object.entries({ host: url.split('/')[2] ?? '', ...request.headers }).flat();
  return { head: { method: request.method, target: targetOf(url), rawHeaders }, body: bytesOf(request.body) };
}

/** Reads an authorization that must be there. */
export function claimed(head: RequestHead): Authorization {
  const authorization = readAuthorization(head);
  if (authorization.kind === 'none' || authorization.kind === 'refused') {
    throw new Error(`no authorization: ${JSON.stringify(authorization)}`);
  }
  return authorization;
}

/** Everything a server does with a request, with one known key. */
export function verify(
  { head, body }: { readonly head: RequestHead; readonly body: Payload },
  over: Partial<Rules> = {},
  secretAccessKey: string = key.secretAccessKey,
): Verified | Refusal {
  const authorization = readAuthorization(head);
  if (authorization.kind === 'none') return authorization.refusal;
  if (authorization.kind === 'refused') return authorization;
  const applied = { ...rules, ...over };
  const early = checkClaims(authorization, applied);
  if (early !== undefined) return early;
  if (authorization.accessKeyId !== key.accessKeyId) return refuseKey('unknownKey');
  return verifySignature(authorization, body, { secretAccessKey }, applied);
}

/** The reason of a refusal, or `verified`. */
export const outcome = (result: Verified | Refusal): string =>
  result.kind === 'refused' ? result.reason : result.kind;

/** The head with one header's value replaced, or added when it was not there. */
export function withHeader(head: RequestHead, name: string, value: string): RequestHead {
  const rawHeaders = [...head.rawHeaders];
  const at = rawHeaders.findIndex((text, i) => i % 2 === 0 && text.toLowerCase() === name.toLowerCase());
  if (at < 0) rawHeaders.push(name, value);
  else rawHeaders[at + 1] = value;
  return { ...head, rawHeaders };
}

export function withoutHeader(head: RequestHead, name: string): RequestHead {
  const rawHeaders = head.rawHeaders.filter((_, i, all) => all[i - (i % 2)]?.toLowerCase() !== name.toLowerCase());
  return { ...head, rawHeaders };
}
