/** Identifiers from injected randomness. */
import type { Random } from './environment.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Bytes from here on are thrown away, or the first letters would come up more often than the others. */
const fair = 256 - (256 % letters.length);

/** `length` letters and digits, each equally likely (5.95 bits each). */
export function alphanumerics(random: Random, length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of random.bytes(length - text.length)) {
      if (byte < fair) text += letters.charAt(byte % letters.length);
    }
  }
  return text;
}
