/** Does a signature over a text fit a secret? Both algorithms behind one question. */
import { ecdsaAlgorithm } from './authorization.ts';
import type { Authorization } from './authorization.ts';
import { hmacHex, sameDigest } from './digest.ts';
import { ecdsaFits } from './ecdsa-key.ts';
import { signingKey } from './signing-key.ts';

/** Compares in constant time (HMAC), or verifies (ECDSA). */
export function textFits(
  authorization: Authorization,
  secretAccessKey: string,
  text: string,
  signature: string,
): boolean {
  if (authorization.algorithm === ecdsaAlgorithm) {
    return ecdsaFits(authorization.accessKeyId, secretAccessKey, text, signature);
  }
  const key = signingKey(authorization.credential, secretAccessKey, authorization);
  return sameDigest(hmacHex(key, text), signature);
}
