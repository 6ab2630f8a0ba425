/** Percent-encoding after RFC 3986 as signatures want it: only letters, digits and `-._~` stay, hex in upper case. */

const percent = 0x25;
const plus = 0x2b;
const slash = 0x2f;

const unreserved = new Uint8Array(256);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~') {
  unreserved[char.charCodeAt(0)] = 1;
}

const escapes = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);

/** The bytes a string stands for: one per character, or its UTF-8 form where it cannot be a byte string. */
function byteString(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0xff) return Buffer.from(text, 'utf8').toString('latin1');
  }
  return text;
}

function encodeByte(code: number): string {
  return unreserved[code] === 1 ? String.fromCharCode(code) : escapes[code]!;
}

/** Encodes every byte that is not unreserved, `%` too; slashes stay. This is the second of "double encoding". */
export function encodePath(path: string): string {
  if (isPlain(path, true)) return path;
  const bytes = byteString(path);
  let encoded = '';
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes.charCodeAt(i);
    encoded += code === slash ? '/' : encodeByte(code);
  }
  return encoded;
}

/** Brings already encoded text to its one canonical spelling. In a query a raw `+` stands for a space. */
export function normalizeEscapes(text: string, place: 'path' | 'query'): string {
  const inPath = place === 'path';
  if (isPlain(text, inPath)) return text;
  const bytes = byteString(text);
  let encoded = '';
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes.charCodeAt(i);
    if (code === percent) {
      encoded += encodeByte(hexPair(bytes, i + 1));
      i += 2;
    } else if (code === slash && inPath) encoded += '/';
    else encoded += code === plus && !inPath ? '%20' : encodeByte(code);
  }
  return encoded;
}

function isPlain(text: string, slashes: boolean): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (unreserved[code] !== 1 && !(slashes && code === slash)) return false;
  }
  return true;
}

/** The value of a hex digit's character code, or -1. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const upper = code & ~0x20;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : -1;
}

function hexPair(text: string, at: number): number {
  return (hexDigit(text.charCodeAt(at)) << 4) | hexDigit(text.charCodeAt(at + 1));
}

/** The first broken escape at or after `from` and before `to`, as its index, or -1. */
export function brokenEscape(text: string, from: number, to: number): number {
  let at = text.indexOf('%', from);
  while (at >= 0 && at < to) {
    if (at + 2 >= to || hexDigit(text.charCodeAt(at + 1)) < 0 || hexDigit(text.charCodeAt(at + 2)) < 0) return at;
    at = text.indexOf('%', at + 3);
  }
  return -1;
}

/** Undoes the encoding of a canonical name or value. Bytes that are not UTF-8 become U+FFFD. */
export function decodeCanonical(encoded: string): string {
  if (!encoded.includes('%')) return encoded;
  const bytes: number[] = [];
  for (let i = 0; i < encoded.length; i++) {
    const code = encoded.charCodeAt(i);
    bytes.push(code === percent ? hexPair(encoded, i + 1) : code);
    if (code === percent) i += 2;
  }
  return Buffer.from(bytes).toString('utf8');
}
