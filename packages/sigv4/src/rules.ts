/** What a service asks of a signature. */
import type { ScopeRules } from './credential-scope.ts';

/** Headers that change what a request means, and therefore must be signed when they are sent. */
export const meaningfulHeaders = ['x-amz-security-token', 'x-amz-target', 'x-amz-content-sha256'] as const;

type MeaningfulHeader = (typeof meaningfulHeaders)[number];

/** Values of x-amz-content-sha256 that announce an aws-chunked body. */
export type StreamingPayload =
  | 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'
  | 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'
  | 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD'
  | 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER'
  | 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/** The peculiarities of a service's signatures. Start from one of `profiles`. */
export interface Profile {
  /** Whether each path segment is encoded a second time and dots are removed: everywhere but in S3. */
  readonly doubleEncode: boolean;
  /**
   * `signed`: the signature covers the body. `unsignedAllowed`: or the signer says UNSIGNED-PAYLOAD (S3).
   * `emptyOrUnsigned`: the body is an endless stream signed as if empty, or as UNSIGNED-PAYLOAD.
   */
  readonly payload: 'signed' | 'unsignedAllowed' | 'emptyOrUnsigned';
  /** Whether the header form must send x-amz-content-sha256, and the presigned form signs UNSIGNED-PAYLOAD (S3). */
  readonly contentHashRequired: boolean;
  readonly streaming: readonly StreamingPayload[];
  /** Headers of `meaningfulHeaders` that real clients of the service send without signing them. */
  readonly mayBeUnsigned: readonly MeaningfulHeader[];
  /** Whether a signer may have left the port out of the host. */
  readonly hostWithoutPort: boolean;
  /** How far clocks may differ, milliseconds, either way. */
  readonly maxSkewMs: number;
  /**
   * Longest X-Amz-Expires in seconds where presigned requests state their own life. `undefined` where AWS does not
   * read X-Amz-Expires: then `maxSkewMs` bounds presigned requests like all others.
   */
  readonly maxExpires: number | undefined;
  /** Whether AWS4-ECDSA-P256-SHA256 (SigV4A) is accepted. */
  readonly ecdsa: boolean;
}

const standard: Profile = {
  doubleEncode: true,
  payload: 'signed',
  contentHashRequired: false,
  streaming: [],
  mayBeUnsigned: [],
  hostWithoutPort: false,
  maxSkewMs: 15 * 60_000,
  maxExpires: undefined,
  ecdsa: false,
};

/** Producers built on the C SDK do not sign the session token; the Java one adds its content hash after signing. */
const kinesisVideo: Profile = { ...standard, mayBeUnsigned: ['x-amz-security-token', 'x-amz-content-sha256'] };

/** The profiles of the services that differ, by what differs. */
export const profiles = {
  /** IAM, STS, IVS and nearly every other service. */
  standard,
  kinesisVideo,
  /** kinesisvideo:PutMedia: the body never ends, and the Java producer signs the host without its port. */
  kinesisVideoUpload: { ...kinesisVideo, payload: 'emptyOrUnsigned', hostWithoutPort: true },
  /** The presigned WebSocket request of Kinesis Video signaling. */
  kinesisVideoSignaling: { ...kinesisVideo, maxExpires: 604_800 },
  s3: {
    ...standard,
    doubleEncode: false,
    payload: 'unsignedAllowed',
    contentHashRequired: true,
    streaming: [
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
      'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
      'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER',
      'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    ],
    maxExpires: 604_800,
    ecdsa: true,
  },
} as const satisfies Record<string, Profile>;

/** The rules of one verification. */
export interface Rules extends ScopeRules {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly profile: Profile;
  /** Other hosts that signers may know this server by (behind a proxy). Tried only when the sent one does not fit. */
  readonly hostAliases?: readonly string[];
  /** Whether a mismatch carries the canonical request and string to sign. They may show a session token. */
  readonly explain?: boolean;
}
