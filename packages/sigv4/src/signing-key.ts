/** Signing keys: HMAC chain from secret to day, region and service; kept while they are in use. */
import { createHmac } from 'node:crypto';
import { BoundedCache } from './bounded-cache.ts';
import { hmacKey } from './digest.ts';
import type { HmacKey } from './digest.ts';

export interface KeyScope {
  /** YYYYMMDD. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
}

/** The signing key of a secret for one day, region and service. */
export function deriveSigningKey(secretAccessKey: string, scope: KeyScope): HmacKey {
  let key = hmac(`AWS4${secretAccessKey}`, scope.date);
  for (const part of [scope.region, scope.service, scope.terminator]) key = hmac(key, part);
  return hmacKey(key);
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

interface Kept {
  /** The secret the key was made from: a changed secret never meets an old key. */
  readonly secret: string;
  readonly key: HmacKey;
}

const kept = new BoundedCache<Kept>(16_384);

/** As `deriveSigningKey`, from memory where it can. `credential` names the key: `id/date/region/service/terminator`. */
export function signingKey(credential: string, secretAccessKey: string, scope: KeyScope): HmacKey {
  const known = kept.get(credential);
  if (known !== undefined && known.secret === secretAccessKey) return known.key;
  const key = deriveSigningKey(secretAccessKey, scope);
  kept.set(credential, { secret: secretAccessKey, key });
  return key;
}
