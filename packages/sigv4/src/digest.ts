/** SHA-256, HMAC with a prepared key, and comparison in constant time. */
import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of nothing, in lower-case hex. */
export const emptySha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Lower-case hex SHA-256 of bytes, or of a byte string (one byte per character). */
export function sha256Hex(data: Uint8Array | string): string {
  if (data.length === 0) return emptySha256;
  return hash('sha256', typeof data === 'string' ? bytesOf(data) : data, 'hex');
}

/** Characters above one byte cannot come off a wire; they are taken as UTF-8 rather than cut off. */
const beyondByte = /[^\0-\xff]/;

/** The bytes of a byte string. ASCII goes to the digest as the string it is, which spares a copy. */
function bytesOf(text: string): Buffer | string {
  if (Buffer.byteLength(text, 'utf8') === text.length) return text;
  return Buffer.from(text, beyondByte.test(text) ? 'utf8' : 'latin1');
}

const blockSize = 64;
const digestSize = 32;

/** An HMAC-SHA256 key as its two padded blocks: hashing with them is the whole of HMAC (RFC 2104). */
export interface HmacKey {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

/** Prepares a key of at most 64 bytes or longer (then hashed first). */
export function hmacKey(key: Uint8Array): HmacKey {
  const short = key.length > blockSize ? Buffer.from(hash('sha256', key, 'hex'), 'hex') : key;
  const inner = Buffer.alloc(blockSize, 0x36);
  const outer = Buffer.alloc(blockSize, 0x5c);
  for (let i = 0; i < short.length; i++) {
    inner[i] = 0x36 ^ short[i]!;
    outer[i] = 0x5c ^ short[i]!;
  }
  return { inner, outer };
}

/** Scratch space of the calls below; they are synchronous, so one piece each is enough. */
const innerScratch = Buffer.alloc(blockSize + 1024);
const outerScratch = Buffer.alloc(blockSize + digestSize);

/** HMAC-SHA256 of a byte string, in lower-case hex. Two one-shot digests: half the time of an Hmac object. */
export function hmacHex(key: HmacKey, message: string): string {
  if (message.length > innerScratch.length - blockSize) throw new RangeError('message too long');
  innerScratch.set(key.inner, 0);
  const end = blockSize + innerScratch.write(message, blockSize, 'latin1');
  outerScratch.set(key.outer, 0);
  outerScratch.write(hash('sha256', innerScratch.subarray(0, end), 'hex'), blockSize, 'hex');
  return hash('sha256', outerScratch, 'hex');
}

const left = Buffer.alloc(64);
const right = Buffer.alloc(64);

/** Compares two hex digests of 64 characters in constant time; another length never matches. */
export function sameDigest(a: string, b: string): boolean {
  if (a.length !== 64 || b.length !== 64) return false;
  left.write(a, 0, 'latin1');
  right.write(b, 0, 'latin1');
  return timingSafeEqual(left, right);
}
