/** Public halves of playback keys: only ECDSA P-384, as PEM SubjectPublicKeyInfo (spec/ivs.md 1, ImportPlaybackKeyPair). */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

export interface PublicKey {
  /** Normalized PEM. */
  readonly pem: string;
  /** MD5 of the DER form, 16 hexadecimal bytes with colons; AWS does not publish its algorithm. */
  readonly fingerprint: string;
}

const longest = 4096;
const begin = '-----BEGIN PUBLIC KEY-----';

function parse(pem: string): KeyObject | undefined {
  // Anything else that node reads, private keys above all, must not get in.
  if (pem.length > longest || !pem.startsWith(begin)) return undefined;
  try {
    return createPublicKey({ key: pem, format: 'pem' });
  } catch {
    return undefined;
  }
}

/** The key, or `undefined` when the text is not a P-384 public key. */
export function p384PublicKey(text: string): PublicKey | undefined {
  const key = parse(text.trim());
  if (key?.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'secp384r1') return undefined;
  const digest = createHash('md5')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  const fingerprint = digest.match(/../g)?.join(':') ?? '';
  return { pem: key.export({ type: 'spki', format: 'pem' }).toString(), fingerprint };
}
