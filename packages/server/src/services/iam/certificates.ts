/** X.509 certificates as uploads bring them: read, matched with their key, and their chain followed. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
/** Longest chain that is followed. */
const longestChain = 32;

function parsed(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** The one certificate in a text that holds nothing else but white space; `undefined` when it does not. */
export function readCertificate(body: string): X509Certificate | undefined {
  const [only, ...others] = body.match(block) ?? [];
  if (only === undefined || others.length > 0 || body.trim() !== only) return undefined;
  return parsed(only);
}

/** The certificates of a chain, in order; `undefined` when something in the text is none. */
export function readChain(text: string): readonly X509Certificate[] | undefined {
  const blocks = text.match(block) ?? [];
  if (blocks.length === 0 || blocks.length > longestChain || text.replaceAll(block, '').trim() !== '') return undefined;
  const chain = blocks.map(parsed);
  return chain.every((certificate) => certificate !== undefined) ? chain : undefined;
}

/** The place of the first certificate that did not sign the one before it, the first being asked of `leaf`. */
export function brokenLink(leaf: X509Certificate, chain: readonly X509Certificate[]): number | undefined {
  const place = chain.findIndex((issuer, index) => {
    const signed = index === 0 ? leaf : chain[index - 1]!;
    return !signed.checkIssued(issuer) || !signed.verify(issuer.publicKey);
  });
  return place < 0 ? undefined : place;
}

/** An unencrypted private key in PEM (PKCS#1, PKCS#8 or SEC1), or `undefined`. */
export function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch {
    return undefined;
  }
}

/** Until when a certificate is good, in milliseconds since the epoch. */
export const expiryOf = (certificate: X509Certificate): number => Date.parse(certificate.validTo);

/** Whether `now` lies within the certificate's validity. */
export const isCurrent = (certificate: X509Certificate, now: number): boolean =>
  Date.parse(certificate.validFrom) <= now && now <= expiryOf(certificate);
