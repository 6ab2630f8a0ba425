/** SSH public keys in the two encodings of the API (spec/iam.md 6.10). */
import { createHash, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import sshpk from 'sshpk';
import type { EncodingType } from '../../model/iam.ts';

/** Shortest RSA key that is taken. */
const leastBits = 2048;

interface Encoding {
  readonly looksLike: RegExp;
  readonly read: (body: string) => KeyObject;
  readonly write: (key: KeyObject) => string;
}

const fromDer = (spki: Buffer): KeyObject => createPublicKey({ key: spki, format: 'der', type: 'spki' });
const toPem = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }).toString();

const encodings: Readonly<Record<EncodingType, Encoding>> = {
  SSH: {
    looksLike: /^(?:ssh|ecdsa|sk)-[\w@.-]+\s/,
    read: (body) => createPublicKey(sshpk.parseKey(body, 'ssh').toString('pem')),
    // Without the comment that the library adds.
    write: (key) => sshpk.parseKey(toPem(key), 'pem').toString('ssh').split(' ').slice(0, 2).join(' '),
  },
  PEM: {
    looksLike: /^-----BEGIN (?:RSA )?PUBLIC KEY-----\s/,
    read: (body) => createPublicKey({ key: body, format: 'pem' }),
    write: toPem,
  },
};

/** The encoding of an uploaded text, or `undefined` when it is none of ours. */
export function encodingOf(body: string): EncodingType | undefined {
  if (encodings.SSH.looksLike.test(body)) return 'SSH';
  return encodings.PEM.looksLike.test(body) ? 'PEM' : undefined;
}

/** SubjectPublicKeyInfo (DER, base64) of an RSA key of enough bits, or `undefined` when the text holds none. */
export function spkiOf(body: string, encoding: EncodingType): string | undefined {
  try {
    const key = encodings[encoding].read(body);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (key.asymmetricKeyType !== 'rsa' || bits < leastBits) return undefined;
    return key.export({ format: 'der', type: 'spki' }).toString('base64');
  } catch {
    return undefined;
  }
}

/** The key in an encoding: as it was uploaded where that is the encoding. */
export const bodyIn = (encoding: EncodingType, uploaded: string, spki: string): string =>
  encodingOf(uploaded) === encoding ? uploaded : encodings[encoding].write(fromDer(Buffer.from(spki, 'base64')));

/** MD5 of the key's DER, in pairs of hex digits, as the API shows it. */
export function fingerprintOf(spki: string): string {
  const digest = createHash('md5').update(Buffer.from(spki, 'base64')).digest('hex');
  return digest.replaceAll(/(..)(?=.)/g, '$1:');
}
