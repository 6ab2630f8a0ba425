/**
 * Session tokens: stateless and sealed. A token holds the session's claims and its secret access key,
 * encrypted with AES-256-GCM and bound to the access key id, so verifying one needs no look-up and a
 * token presented with another session's access key does not open.
 */
import type { Sealer } from '../sealing.ts';
import type { SessionClaims } from './caller.ts';

interface TokenContent {
  readonly v: 1;
  readonly secret: string;
  readonly claims: SessionClaims;
  readonly pad?: string;
}

export interface OpenedToken {
  readonly secret: string;
  readonly claims: SessionClaims;
}

/** Longest token that is looked at; longer ones are refused unread. */
const maxTokenLength = 8192;

const contextOf = (accessKeyId: string): string => `session/${accessKeyId}`;

/**
 * Makes the token of a session. `minimumSize` (bytes, at most 4096) pads it for clients that ask for room
 * (`MinimumSessionTokenSize`).
 */
export function sealSessionToken(
  sealer: Sealer,
  accessKeyId: string,
  secret: string,
  claims: SessionClaims,
  minimumSize = 0,
): string {
  const seal = (pad: string): string => {
    const content: TokenContent = pad === '' ? { v: 1, secret, claims } : { v: 1, secret, claims, pad };
    return sealer.seal(Buffer.from(JSON.stringify(content)), contextOf(accessKeyId));
  };
  const token = seal('');
  return token.length >= minimumSize ? token : seal('='.repeat(minimumSize - token.length));
}

/** The session behind a token, or `undefined` when it is not one of ours for this access key. Expiry is not checked here. */
export function openSessionToken(sealer: Sealer, accessKeyId: string, token: string): OpenedToken | undefined {
  if (token.length > maxTokenLength) return undefined;
  const plain = sealer.open(token, contextOf(accessKeyId));
  if (plain === undefined) return undefined;
  const content = JSON.parse(plain.toString('utf8')) as TokenContent;
  return content.v === 1 ? { secret: content.secret, claims: content.claims } : undefined;
}
