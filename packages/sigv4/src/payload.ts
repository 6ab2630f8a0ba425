/** Which payload hash the signature must have been made with, and what that says of the body. */
import type { Authorization } from './authorization.ts';
import type { ChunkSeed } from './chunk-chain.ts';
import { emptySha256, sha256Hex } from './digest.ts';
import { joinedHeader } from './head.ts';
import { firstParameter } from './query.ts';
import { mismatchText, refuse } from './refusal.ts';
import type { Refusal, RefusalReason } from './refusal.ts';
import type { Profile, StreamingPayload } from './rules.ts';

export const unsignedPayload = 'UNSIGNED-PAYLOAD';

/** The body: its bytes, its SHA-256 in lower-case hex, or `unread` where it comes later or never ends. */
export type Payload = Uint8Array | { readonly sha256Hex: string } | 'unread';

/** What a verified signature says of the body. */
export type PayloadClaim =
  /** The body given is the one that was signed. */
  | { readonly kind: 'signed' }
  /** The signer vouches for this hash; whoever reads the body must compare (`unread` only). */
  | { readonly kind: 'declared'; readonly sha256Hex: string }
  | { readonly kind: 'unsigned' }
  /** The body is aws-chunked; see `ChunkedDecoder`. */
  | { readonly kind: 'streaming'; readonly form: StreamingPayload; readonly seed: ChunkSeed };

/** Hashes to try in the canonical request, and the claim that follows when one of them fits. */
export interface PayloadPlan {
  readonly kind: 'plan';
  readonly hashes: readonly string[];
  readonly claim:
    | Exclude<PayloadClaim, { kind: 'streaming' }>
    | { readonly kind: 'streaming'; readonly form: StreamingPayload };
}

const signed: PayloadClaim = { kind: 'signed' };
const unsigned: PayloadClaim = { kind: 'unsigned' };
const plan = (hash: string, claim: PayloadPlan['claim']): PayloadPlan => ({ kind: 'plan', hashes: [hash], claim });
const endless: PayloadPlan = { kind: 'plan', hashes: [emptySha256, unsignedPayload], claim: unsigned };

/** Settles the payload hash from what was declared, what was sent and what the service takes. */
export function planPayload(authorization: Authorization, payload: Payload, profile: Profile): PayloadPlan | Refusal {
  const declared = declaredHash(authorization);
  if (profile.payload === 'emptyOrUnsigned') return planEndless(declared, authorization);
  if (declared === undefined) return planUndeclared(authorization, payload, profile);
  if (declared === unsignedPayload) {
    return profile.payload === 'unsignedAllowed' ? plan(declared, unsigned) : no('payloadUnsigned', authorization);
  }
  const form = profile.streaming.find((name) => name === declared);
  if (form !== undefined) return plan(form, { kind: 'streaming', form });
  if (declared.startsWith('STREAMING-')) return no('payloadUnsigned', authorization);
  if (payload === 'unread') return plan(declared, { kind: 'declared', sha256Hex: declared });
  return plan(declared, signed);
}

/** x-amz-content-sha256 where it is signed: as a signed header, or as a query parameter (presigners hoist it). */
function declaredHash(authorization: Authorization): string | undefined {
  const { head, signedHeaders } = authorization;
  if (signedHeaders.positions.has('x-amz-content-sha256')) return joinedHeader(head, 'x-amz-content-sha256');
  return head.query.length === 0 ? undefined : firstParameter(head.query, 'X-Amz-Content-Sha256');
}

function planEndless(declared: string | undefined, authorization: Authorization): PayloadPlan | Refusal {
  if (declared === undefined) return endless;
  return endless.hashes.includes(declared) ? plan(declared, unsigned) : no('payloadHash', authorization);
}

function planUndeclared(authorization: Authorization, payload: Payload, profile: Profile): PayloadPlan | Refusal {
  if (profile.contentHashRequired) {
    return authorization.kind === 'query' ? plan(unsignedPayload, unsigned) : no('payloadHashMissing', authorization);
  }
  // Without a declared hash only the body itself can show what was signed.
  return payload === 'unread' ? no('payloadUnsigned', authorization) : plan(bodyHash(payload), signed);
}

/** After the signature fitted: is the body the one whose hash was declared? */
export function bodyDiffers(payload: Payload, { claim, hashes }: PayloadPlan): boolean {
  if (claim.kind !== 'signed' || payload === 'unread') return false;
  // Both hashes are known to the client: nothing to hide from a clock.
  return bodyHash(payload) !== hashes[0];
}

/** Hashing twice is avoided by asking for this once per request. */
function bodyHash(payload: Uint8Array | { readonly sha256Hex: string }): string {
  return payload instanceof Uint8Array ? sha256Hex(payload) : payload.sha256Hex;
}

function no(reason: RefusalReason, authorization: Authorization): Refusal {
  return refuse(reason, mismatchText, authorization.kind);
}
