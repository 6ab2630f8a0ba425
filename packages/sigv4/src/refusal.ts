/** Why a request's signature was not accepted: values, never exceptions. */

/** Protocol-neutral reasons; `describeRefusal` gives each its code, status and text per protocol. */
export type RefusalReason =
  /** The path has a broken escape, is not absolute, or climbs above the root. */
  | 'badPath'
  /** The query string has a broken escape. */
  | 'badQuery'
  /** No signature at all. */
  | 'missing'
  /** Header and query both claim to sign. */
  | 'both'
  /** Not a signature algorithm that is accepted here. */
  | 'algorithm'
  /** A part of the signature's parameters is absent. */
  | 'incomplete'
  /** A part is there but not well formed: pair, date, credential, X-Amz-Expires. */
  | 'malformed'
  | 'hostUnsigned'
  | 'expired'
  | 'notYetCurrent'
  /** Date, region, service or terminator of the credential scope do not fit the request. */
  | 'scope'
  /** No such access key, or one that is not active. */
  | 'unknownKey'
  | 'badToken'
  | 'expiredToken'
  /** A header that changes the meaning of the request was sent but not signed. */
  | 'headerUnsigned'
  | 'signature'
  /** The body is not the one whose hash was signed. */
  | 'payloadHash'
  /** The service does not take an unsigned or streamed payload here. */
  | 'payloadUnsigned'
  /** The service wants x-amz-content-sha256 and it was not sent. */
  | 'payloadHashMissing'
  /** An aws-chunked body is not framed as it must be. */
  | 'chunkFraming'
  | 'chunkSignature';

export type SignatureForm = 'header' | 'query';

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
  /** AWS's text. Echoes what the client sent at most in part and never contains a token, secret or signature. */
  readonly message: string;
  readonly form?: SignatureForm;
  /** What the signature should have been made of. Only with `explain`; the canonical request may show a token. */
  readonly expected?: { readonly canonicalRequest: string; readonly stringToSign: string };
}

export function refuse(reason: RefusalReason, message: string, form?: SignatureForm): Refusal {
  return form === undefined ? { kind: 'refused', reason, message } : { kind: 'refused', reason, message, form };
}

const maxEcho = 128;

/** Client text fit to be quoted in an answer: bounded, without control characters. */
export function quotable(text: string): string {
  const plain = text.replaceAll(/\p{Cc}/gu, ' ');
  return plain.length > maxEcho ? `${plain.slice(0, maxEcho)}...` : plain;
}

/** AWS's sentence for everything that makes a signature not fit. */
export const mismatchText =
  'The request signature we calculated does not match the signature you provided. ' +
  'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

const keyTexts = {
  unknownKey: 'The security token included in the request is invalid.',
  badToken: 'The security token included in the request is invalid',
  expiredToken: 'The security token included in the request is expired',
} as const;

export type KeyRefusalReason = keyof typeof keyTexts;

/** The refusal for a key look-up that gave no credential. An inactive key is `unknownKey`. */
export function refuseKey(reason: KeyRefusalReason, form?: SignatureForm): Refusal {
  return refuse(reason, keyTexts[reason], form);
}
