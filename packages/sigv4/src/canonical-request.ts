/** Canonical requests and strings to sign. */
import type { Authorization } from './authorization.ts';
import { sha256Hex } from './digest.ts';

/** The parts of a canonical request, each in its canonical form. */
export interface CanonicalParts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Each line ended with a newline. */
  readonly headers: string;
  readonly signedHeaders: string;
  readonly payloadHash: string;
}

export function canonicalRequest(parts: CanonicalParts): string {
  const { method, path, query, headers, signedHeaders, payloadHash } = parts;
  return `${method}\n${path}\n${query}\n${headers}\n${signedHeaders}\n${payloadHash}`;
}

/** What is signed: algorithm, time, scope and the hash of the canonical request. */
export function stringToSign(
  authorization: Pick<Authorization, 'algorithm' | 'timestamp' | 'scope'>,
  canonical: string,
): string {
  const { algorithm, timestamp, scope } = authorization;
  return `${algorithm}\n${timestamp}\n${scope}\n${sha256Hex(canonical)}`;
}
