/** What all operations that hand out temporary credentials share. */
import { deflateRawSync } from 'node:zlib';
import type { Environment } from '../environment.ts';
import type { SessionClaims } from '../caller.ts';
import { newId, newSecret } from '../iam/ids.ts';
import { sealSessionToken } from '../session-token.ts';

/** Bytes that a packed session policy with its tags may take. AWS does not publish its packing; deflate stands in (spec/sts.md 2.2.8). */
const packedAllotment = 1536;

export interface SessionPolicyInput {
  readonly inlinePolicy?: string | undefined;
  readonly policyArns: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** Percent of the allotment, or `undefined` when neither policy nor tags were passed. Over 100 is too large. */
export function packedPolicySize({ inlinePolicy, policyArns, tags }: SessionPolicyInput): number | undefined {
  if (inlinePolicy === undefined && policyArns.length === 0 && Object.keys(tags).length === 0) return undefined;
  const packed = deflateRawSync(Buffer.from(JSON.stringify([inlinePolicy ?? '', policyArns, tags])));
  return Math.max(1, Math.round((packed.length / packedAllotment) * 100));
}

export interface IssuedSession {
  readonly Credentials: {
    readonly AccessKeyId: string;
    readonly SecretAccessKey: string;
    readonly SessionToken: string;
    readonly Expiration: Date;
  };
  readonly SessionTokenSize?: number;
  readonly SessionTokenUtilization?: number;
}

/** Largest token a client may ask for, in bytes (model constraint of MinimumSessionTokenSize). */
const tokenCeiling = 4096;

/** Makes fresh credentials for `claims`. Nothing is stored: the token carries the session. */
export function issueSession(env: Environment, claims: SessionClaims, minimumTokenSize?: number): IssuedSession {
  const id = newId('sessionKey', claims.accountId, env.random);
  const secret = newSecret(env.random);
  const token = sealSessionToken(env.sealer, id, secret, claims, minimumTokenSize);
  return {
    Credentials: {
      AccessKeyId: id,
      SecretAccessKey: secret,
      SessionToken: token,
      Expiration: new Date(claims.expiresAt),
    },
    ...(minimumTokenSize === undefined
      ? {}
      : { SessionTokenSize: token.length, SessionTokenUtilization: Math.ceil((token.length / tokenCeiling) * 100) }),
  };
}
