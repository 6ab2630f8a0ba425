/** Verification, in the order AWS checks: freshness, credential shape, scope, key, signature. */
import { ecdsaAlgorithm } from './authorization.ts';
import type { Authorization } from './authorization.ts';
import { canonicalRequest, stringToSign } from './canonical-request.ts';
import type { CanonicalParts } from './canonical-request.ts';
import { checkCredentialShape, checkScope } from './credential-scope.ts';
import { checkFreshness } from './freshness.ts';
import type { IndexedHead } from './head.ts';
import { canonicalPaths } from './path.ts';
import { bodyDiffers, planPayload } from './payload.ts';
import type { Payload, PayloadClaim, PayloadPlan } from './payload.ts';
import { canonicalQuery } from './query.ts';
import { mismatchText, refuse, refuseKey } from './refusal.ts';
import type { KeyRefusalReason, Refusal } from './refusal.ts';
import { meaningfulHeaders } from './rules.ts';
import type { Profile, Rules } from './rules.ts';
import { canonicalHeaders, hostOf } from './signed-headers.ts';
import { textFits } from './signature.ts';

/** What an access key id must lead to. */
export interface SigningCredential {
  readonly secretAccessKey: string;
}

export interface Verified {
  readonly kind: 'verified';
  readonly payload: PayloadClaim;
}

/** Gives the credential of an access key id (and session token), or why there is none. */
export type CredentialFinder<C extends SigningCredential> = (
  accessKeyId: string,
  sessionToken: string | undefined,
) => C | KeyRefusalReason | Promise<C | KeyRefusalReason>;

/** Steps 10 to 13: all that can be refused without knowing the key. `undefined` when nothing is wrong. */
export function checkClaims(authorization: Authorization, rules: Rules): Refusal | undefined {
  if (authorization.algorithm === ecdsaAlgorithm && !rules.profile.ecdsa) {
    return refuse('algorithm', `Unsupported AWS 'algorithm': '${ecdsaAlgorithm}'.`, authorization.kind);
  }
  return (
    checkFreshness(authorization, rules) ?? checkCredentialShape(authorization) ?? checkScope(authorization, rules)
  );
}

/**
 * Verifies a request whole: `checkClaims`, then the key look-up, then `verifySignature`. Freshness and scope are
 * settled before the look-up, so strangers cannot make it work. Resolves to the credential found, or a refusal.
 */
export async function verifyAuthorization<C extends SigningCredential>(
  authorization: Authorization,
  payload: Payload,
  findCredential: CredentialFinder<C>,
  rules: Rules,
): Promise<(Verified & { readonly credential: C }) | Refusal> {
  const early = checkClaims(authorization, rules);
  if (early !== undefined) return early;
  const credential = await findCredential(authorization.accessKeyId, authorization.sessionToken);
  if (typeof credential === 'string') return refuseKey(credential, authorization.kind);
  const verified = verifySignature(authorization, payload, credential, rules);
  return verified.kind === 'refused' ? verified : { ...verified, credential };
}

/**
 * Step 15: does the signature fit the request and the secret? Checks nothing of freshness or scope: call
 * `checkClaims` first. A session's secret must come from its token, or be bound to it, where tokens may be unsigned.
 */
export function verifySignature(
  authorization: Authorization,
  payload: Payload,
  credential: SigningCredential,
  rules: Rules,
): Verified | Refusal {
  const unsignedHeader = checkUnsignedHeaders(authorization, rules.profile);
  if (unsignedHeader !== undefined) return unsignedHeader;
  const plan = planPayload(authorization, payload, rules.profile);
  if (plan.kind === 'refused') return plan;
  const outcome = tryCandidates(authorization, plan, credential, rules);
  if (outcome !== undefined) return outcome;
  if (bodyDiffers(payload, plan)) return refuse('payloadHash', mismatchText, authorization.kind);
  return { kind: 'verified', payload: claimOf(plan.claim, authorization, credential) };
}

function claimOf(
  claim: PayloadPlan['claim'],
  authorization: Authorization,
  { secretAccessKey }: SigningCredential,
): PayloadClaim {
  if (claim.kind !== 'streaming') return claim;
  const { algorithm, timestamp, scope, signature } = authorization;
  const fits = (text: string, given: string): boolean => textFits(authorization, secretAccessKey, text, given);
  return { ...claim, seed: { algorithm, timestamp, scope, signature, fits } };
}

function checkUnsignedHeaders(authorization: Authorization, profile: Profile): Refusal | undefined {
  const { kind, head, signedHeaders, algorithm } = authorization;
  // SigV4A names its regions in a header of its own; unsigned, anyone could widen them.
  if (algorithm === ecdsaAlgorithm && kind === 'header' && !signedHeaders.positions.has('x-amz-region-set')) {
    return refuse('headerUnsigned', mismatchText, kind);
  }
  for (const name of meaningfulHeaders) {
    if (signedHeaders.positions.has(name) || !head.names.includes(name)) continue;
    if (!profile.mayBeUnsigned.includes(name)) return refuse('headerUnsigned', mismatchText, kind);
  }
  return undefined;
}

/** Tries the specified canonical request, then those that real signers make of the same request. */
function tryCandidates(
  authorization: Authorization,
  plan: PayloadPlan,
  credential: SigningCredential,
  rules: Rules,
): Refusal | undefined {
  const { head, kind, signedHeaders } = authorization;
  const paths = canonicalPaths(head.path, rules.profile.doubleEncode);
  if (paths === undefined) return refuse('badPath', '', kind);
  const headers = canonicalHeaders(head, signedHeaders);
  if (headers === undefined) return refuse('signature', mismatchText, kind);
  const parts = {
    method: head.method,
    path: paths[0]!,
    query: canonicalQuery(head.query, kind === 'query' ? 'X-Amz-Signature' : undefined),
    headers,
    signedHeaders: signedHeaders.text,
    payloadHash: plan.hashes[0]!,
  };
  if (signatureFits(authorization, parts, credential)) return undefined;
  for (const other of alternatives(authorization, parts, {
    paths,
    hashes: plan.hashes,
    hosts: otherHosts(head, rules),
  })) {
    if (signatureFits(authorization, other, credential)) return undefined;
  }
  return mismatch(authorization, parts, rules);
}

interface Choices {
  readonly paths: readonly string[];
  readonly hashes: readonly string[];
  readonly hosts: readonly string[];
}

/** Every other combination of the choices, each meaning the same request. */
function alternatives(authorization: Authorization, parts: CanonicalParts, choices: Choices): CanonicalParts[] {
  const { head, signedHeaders } = authorization;
  const hosted = choices.hosts.map((host) => canonicalHeaders(head, signedHeaders, host) ?? parts.headers);
  const all = [parts.headers, ...hosted].flatMap((headers) =>
    choices.paths.flatMap((path) => choices.hashes.map((payloadHash) => ({ ...parts, headers, path, payloadHash }))),
  );
  return all.slice(1);
}

/** Hosts that the signer may have known instead of the one sent. */
function otherHosts(head: IndexedHead, { profile, hostAliases = [] }: Rules): readonly string[] {
  const host = hostOf(head) ?? '';
  const port = host.lastIndexOf(':');
  // A colon inside brackets belongs to an IPv6 address.
  if (!profile.hostWithoutPort || port <= host.lastIndexOf(']')) return hostAliases;
  return [host.slice(0, port), ...hostAliases];
}

function signatureFits(authorization: Authorization, parts: CanonicalParts, credential: SigningCredential): boolean {
  const text = stringToSign(authorization, canonicalRequest(parts));
  return textFits(authorization, credential.secretAccessKey, text, authorization.signature);
}

function mismatch(authorization: Authorization, parts: CanonicalParts, rules: Rules): Refusal {
  const refusal = refuse('signature', mismatchText, authorization.kind);
  if (rules.explain !== true) return refusal;
  const canonical = canonicalRequest(parts);
  return {
    ...refusal,
    expected: { canonicalRequest: canonical, stringToSign: stringToSign(authorization, canonical) },
  };
}
