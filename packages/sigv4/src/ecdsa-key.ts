/** SigV4A keys: an ECDSA P-256 key pair that both sides derive from the secret access key. */
import { createECDH, createHmac, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { ecdsaAlgorithm } from './authorization.ts';
import { BoundedCache } from './bounded-cache.ts';

/** The order of P-256's group. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const maxCounter = 254;
const maxKeyId = 512;

/**
 * The private scalar of an access key, 32 bytes: NIST SP 800-108 KDF in counter mode over HMAC-SHA256, the first
 * candidate of at most n - 2, plus one (spec/sts.md 8.4).
 */
export function derivePrivateScalar(accessKeyId: string, secretAccessKey: string): Buffer {
  for (let counter = 1; counter <= maxCounter; counter++) {
    const candidate = BigInt(`0x${kdf(accessKeyId, secretAccessKey, counter)}`);
    if (candidate <= order - 2n) return Buffer.from((candidate + 1n).toString(16).padStart(64, '0'), 'hex');
  }
  // Each round fails with a chance of one in 2^32.
  throw new RangeError('no key can be derived');
}

function kdf(accessKeyId: string, secretAccessKey: string, counter: number): string {
  return createHmac('sha256', `AWS4A${secretAccessKey}`)
    .update(Buffer.from([0, 0, 0, 1]))
    .update(`${ecdsaAlgorithm}\0${accessKeyId}`, 'utf8')
    .update(Buffer.from([counter, 0, 0, 1, 0]))
    .digest('hex');
}

/** The public half of a private scalar, in the parts of a JSON Web Key. */
export function publicJwk(scalar: Buffer): { kty: 'EC'; crv: 'P-256'; x: string; y: string } {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)];
  return { kty: 'EC', crv: 'P-256', x: x.toString('base64url'), y: y.toString('base64url') };
}

interface Kept {
  readonly secret: string;
  readonly key: KeyObject;
}

const kept = new BoundedCache<Kept>(4096);

function verifyingKey(accessKeyId: string, secretAccessKey: string): KeyObject {
  const known = kept.get(accessKeyId);
  if (known !== undefined && known.secret === secretAccessKey) return known.key;
  const jwk = publicJwk(derivePrivateScalar(accessKeyId, secretAccessKey));
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  if (accessKeyId.length <= maxKeyId) kept.set(accessKeyId, { secret: secretAccessKey, key });
  return key;
}

/** Longest DER signature over P-256: 72 bytes. Chunk signatures are padded to it with `*`. */
const maxHex = 144;

/** Whether a hex DER signature over the text is that access key's. */
export function ecdsaFits(accessKeyId: string, secretAccessKey: string, text: string, signature: string): boolean {
  if (signature.length > maxHex || !/^(?:[0-9a-f]{2})+$/.test(signature)) return false;
  const key = verifyingKey(accessKeyId, secretAccessKey);
  return verify('sha256', Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'hex'));
}
