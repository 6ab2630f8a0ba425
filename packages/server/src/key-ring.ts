import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Sealer } from './sealing.ts';

/** Randomness, injected so that tests can fix it. */
export interface RandomBytes {
  bytes(size: number): Buffer;
}

export const systemRandom: RandomBytes = { bytes: (size) => randomBytes(size) };

const keyBytes = 32;
const idBytes = 4;
const saltBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;
const headBytes = 1 + idBytes + saltBytes + nonceBytes;
const format = 1;
/** Longer texts are not looked at. */
const maxSealedLength = 4 * 1024 * 1024;

const maxKeys = 32;

/** A fresh key as text: 32 bytes in base64url. */
export const createKey = (random: RandomBytes = systemRandom): string => random.bytes(keyBytes).toString('base64url');

/**
 * Keys from text: base64url or base64, separated by white space or commas; `#` begins a comment. At least one and at
 * most 32. Errors name a key by its place, never by its text.
 */
export function parseKeys(text: string): Buffer[] {
  const words = text
    .replaceAll(/#.*/g, '')
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  if (words.length === 0 || words.length > maxKeys)
    throw new RangeError(`expected 1 to ${maxKeys} sealing keys, found ${words.length}`);
  return words.map(parseKey);
}

function parseKey(word: string, index: number): Buffer {
  const key = Buffer.from(word, 'base64');
  const spelling = word.replaceAll('+', '-').replaceAll('/', '_').replace(/=$/, '');
  if (key.length === keyBytes && key.toString('base64url') === spelling) return key;
  throw new RangeError(`sealing key ${index + 1} is not ${keyBytes} bytes in base64`);
}

interface RingKey {
  readonly id: Buffer;
  readonly secret: Buffer;
}

/**
 * AES-256-GCM with several keys: the first seals, every one opens.
 *
 * A sealed text is base64url of: format (1 byte), key id (4), salt (16), nonce (12), ciphertext, tag (16). Each text
 * is sealed under a key of its own, HMAC-SHA-256(key, salt), so that the number of texts is not bounded by the
 * 2^32 random nonces that NIST SP 800-38D (8.3) allows for one key.
 */
export class KeyRing implements Sealer {
  readonly #keys: readonly [RingKey, ...RingKey[]];
  readonly #random: RandomBytes;

  /** At least one key of 32 bytes; throws `RangeError` otherwise. */
  constructor(keys: readonly Uint8Array[], random: RandomBytes = systemRandom) {
    const [first, ...rest] = keys.map(ringKey);
    if (!first) throw new RangeError('a key ring needs at least one key');
    this.#keys = [first, ...rest];
    this.#random = random;
  }

  seal(plain: Uint8Array, context: string): string {
    const [key] = this.#keys;
    const salt = this.#random.bytes(saltBytes);
    const nonce = this.#random.bytes(nonceBytes);
    const head = Buffer.concat([Buffer.of(format), key.id, salt, nonce]);
    const cipher = createCipheriv('aes-256-gcm', messageKey(key, salt), nonce, { authTagLength: tagBytes });
    cipher.setAAD(associated(head, context));
    return Buffer.concat([head, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64url');
  }

  open(sealed: string, context: string): Buffer | undefined {
    const bytes = strictBase64url(sealed);
    if (!bytes || bytes.length < headBytes + tagBytes || bytes[0] !== format) return undefined;
    const id = bytes.subarray(1, 1 + idBytes);
    for (const key of this.#keys) {
      const plain = timingSafeEqual(key.id, id) ? openWith(key, bytes, context) : undefined;
      if (plain) return plain;
    }
    return undefined;
  }
}

function ringKey(secret: Uint8Array): RingKey {
  if (secret.length !== keyBytes) throw new RangeError(`a sealing key must have ${keyBytes} bytes`);
  const id = createHash('sha256').update('stagedoor sealing key id').update(secret).digest().subarray(0, idBytes);
  return { id, secret: Buffer.from(secret) };
}

const messageKey = (key: RingKey, salt: Uint8Array): Buffer => createHmac('sha256', key.secret).update(salt).digest();

/** The head has a fixed length, so head and context cannot be confused. */
const associated = (head: Uint8Array, context: string): Buffer => Buffer.concat([head, Buffer.from(context)]);

function openWith(key: RingKey, bytes: Buffer, context: string): Buffer | undefined {
  const head = bytes.subarray(0, headBytes);
  const salt = head.subarray(1 + idBytes, 1 + idBytes + saltBytes);
  const decipher = createDecipheriv('aes-256-gcm', messageKey(key, salt), head.subarray(-nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(associated(head, context));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const start = decipher.update(bytes.subarray(headBytes, -tagBytes));
  try {
    return Buffer.concat([start, decipher.final()]);
  } catch {
    return undefined;
  }
}

/** Node ignores what is not base64url; an altered text must not open, so only the one true spelling is read. */
function strictBase64url(text: string): Buffer | undefined {
  if (text.length > maxSealedLength) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}
