/** Room 2: who signed this? Nothing of the body is parsed before this answers. */
import {
  checkClaims,
  describeRefusal,
  profiles,
  readAuthorization,
  refuseKey,
  verifySignature,
} from '@stagedoor/sigv4';
import type { Authorization, Profile, Refusal, Rules } from '@stagedoor/sigv4';
import type { Caller } from '../services/caller.ts';
import { findCredential } from '../services/credentials.ts';
import type { CredentialRoom } from '../services/credentials.ts';
import { sessionMayCall } from '../services/session-limits.ts';
import type { Operation, ProtocolName } from '../wire/models.ts';
import type { Arrival } from './arrival.ts';

export type Claim = Authorization | Refusal | { readonly kind: 'none'; readonly refusal: Refusal };

/** What the request says of its signature; not yet believed. */
export const readClaim = (arrival: Arrival): Claim =>
  readAuthorization({ method: arrival.method, target: arrival.target, rawHeaders: arrival.rawHeaders });

const anonymous: Caller = {
  kind: 'anonymous',
  accountId: '',
  arn: '',
  userId: 'anonymous',
  accessKeyId: '',
  principalId: '',
  tags: {},
};

/** The caller, or why the signature is refused. Operations that need no signature are served unsigned, and signed too. */
export async function authenticate(
  room: CredentialRoom,
  operation: Operation,
  claim: Claim,
  arrival: Arrival,
): Promise<Caller | Refusal> {
  if (claim.kind === 'refused') return claim;
  if (claim.kind === 'none') return operation.unsigned ? anonymous : claim.refusal;
  const rules = rulesFor(operation, arrival);
  const stale = checkClaims(claim, rules);
  if (stale !== undefined) return stale;
  const pending = findCredential(room, claim.accessKeyId, claim.sessionToken);
  const credential = pending instanceof Promise ? await pending : pending;
  if (typeof credential === 'string') return refuseKey(credential, claim.kind);
  const verified = verifySignature(claim, arrival.body, { secretAccessKey: credential.secret }, rules);
  if (verified.kind === 'refused') return verified;
  const { caller } = credential;
  return sessionMayCall(caller, operation.service.iamPrefix, operation.name)
    ? caller
    : refuseKey('badToken', claim.kind);
}

/** Signatures with peculiarities, by signing name; all others are standard. */
const serviceProfiles: Readonly<Record<string, Profile>> = { kinesisvideo: profiles.kinesisVideo };

/** The region becomes part of ARNs and of where records are kept. */
const isRegion = (region: string): boolean => region.length <= 32 && /^[a-z]+(-[a-z0-9]+)*$/.test(region);

const rulesFor = (operation: Operation, arrival: Arrival): Rules => ({
  now: arrival.at,
  service: operation.service.signingName,
  region: isRegion,
  profile: serviceProfiles[operation.service.signingName] ?? profiles.standard,
});

const wireProtocols = { awsQuery: 'query', restJson1: 'rest-json', awsJson: 'json' } as const;

/** Code, status and text of a refusal in the protocol's words. */
export const refusalAnswer = (refusal: Refusal, protocol: ProtocolName) =>
  describeRefusal(refusal, wireProtocols[protocol]);
