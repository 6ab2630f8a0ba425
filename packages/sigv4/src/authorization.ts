/** What a request says of its signature. */
import type { IndexedHead } from './head.ts';
import type { SignatureForm } from './refusal.ts';
import type { SignedHeaders } from './signed-headers.ts';

export const hmacAlgorithm = 'AWS4-HMAC-SHA256';
export const ecdsaAlgorithm = 'AWS4-ECDSA-P256-SHA256';

export type Algorithm = typeof hmacAlgorithm | typeof ecdsaAlgorithm;

/** The parameters of a signature, read but not verified: nothing in here may be believed yet. */
export interface Authorization {
  readonly kind: SignatureForm;
  readonly algorithm: Algorithm;
  /** The Credential parameter as sent. */
  readonly credential: string;
  /** '' where the credential is not well formed; `checkClaims` then refuses, in its place in the order of checks. */
  readonly accessKeyId: string;
  /** YYYYMMDD of the credential scope. */
  readonly date: string;
  /** '' for AWS4-ECDSA-P256-SHA256, whose scope has no region. */
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
  /** Everything of the credential after the access key id. */
  readonly scope: string;
  /** X-Amz-Region-Set of AWS4-ECDSA-P256-SHA256. */
  readonly regionSet: string | undefined;
  readonly signedHeaders: SignedHeaders;
  readonly signature: string;
  /** When it was signed, as the string to sign shows it: `20150830T123600Z`. */
  readonly timestamp: string;
  /** The same in milliseconds since the epoch. */
  readonly signedAt: number;
  /** X-Amz-Expires as sent (query form). */
  readonly expires: string | undefined;
  readonly sessionToken: string | undefined;
  readonly head: IndexedHead;
}
