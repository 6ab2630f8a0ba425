/** Writes aws-chunked bodies, with its own HMAC so that it shares nothing with what it tests. */
import { createHash, createHmac, createPrivateKey, sign as signWith } from 'node:crypto';
import { derivePrivateScalar, publicJwk } from './ecdsa-key.ts';
import { key } from './requests.testkit.ts';

const hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Signs a text as the owner of a key does. */
export type TextSigner = (text: string) => string;

export function hmacSigner(secret: string, scope: string): TextSigner {
  const parts = scope.split('/');
  const chain = parts.reduce<string | Uint8Array>(
    (made, part) => createHmac('sha256', made).update(part).digest(),
    `AWS4${secret}`,
  );
  return (text) => createHmac('sha256', chain).update(text).digest('hex');
}

export function ecdsaSigner(): TextSigner {
  const scalar = derivePrivateScalar(key.accessKeyId, key.secretAccessKey);
  const jwk = { ...publicJwk(scalar), d: scalar.toString('base64url') };
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  return (text) => signWith('sha256', Buffer.from(text), privateKey).toString('hex');
}

export interface ChunkedBody {
  readonly algorithm: string;
  readonly timestamp: string;
  readonly scope: string;
  readonly seed: string;
  readonly signer: TextSigner;
  readonly chunks: readonly Uint8Array[];
  readonly trailers?: Readonly<Record<string, string>>;
}

/** The signed body and the signatures in it, in order; the trailer's comes last. */
export function signedChunks(body: ChunkedBody): { bytes: Buffer; signatures: string[] } {
  const { algorithm, timestamp, scope, signer, trailers } = body;
  const signatures = [body.seed];
  const next = (what: string, hashes: string): string => {
    const text = `${algorithm}-${what}\n${timestamp}\n${scope}\n${signatures.at(-1) ?? ''}\n${hashes}`;
    signatures.push(signer(text));
    return signatures.at(-1) ?? '';
  };
  const parts = [...body.chunks, new Uint8Array()].flatMap((chunk) => {
    const signature = next('PAYLOAD', `${hex('')}\n${hex(chunk)}`);
    const line = `${chunk.length.toString(16)};chunk-signature=${signature.padEnd(algorithm.includes('ECDSA') ? 144 : 64, '*')}\r\n`;
    return [Buffer.from(line), chunk, Buffer.from(chunk.length > 0 ? '\r\n' : '')];
  });
  if (trailers === undefined) return { bytes: Buffer.concat([...parts, Buffer.from('\r\n')]), signatures };
  const pairs = Object.entries(trailers);
  const signature = next('TRAILER', hex(pairs.map(([name, value]) => `${name}:${value}\n`).join('')));
  const lines = pairs.map(([name, value]) => `${name}:${value}\r\n`).join('');
  const end = `${lines}x-amz-trailer-signature:${signature}\r\n\r\n`;
  return { bytes: Buffer.concat([...parts, Buffer.from(end)]), signatures };
}

/** The body of STREAMING-UNSIGNED-PAYLOAD-TRAILER. */
export function unsignedChunks(chunks: readonly Uint8Array[], trailers: Readonly<Record<string, string>>): Buffer {
  const parts = chunks.flatMap((chunk) => [
    Buffer.from(`${chunk.length.toString(16)}\r\n`),
    chunk,
    Buffer.from('\r\n'),
  ]);
  const lines = Object.entries(trailers).map(([name, value]) => `${name}:${value}\r\n`);
  return Buffer.concat([...parts, Buffer.from(`0\r\n${lines.join('')}\r\n`)]);
}
