/** Bytes behind base64 text. */

const FORM = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const LONGEST = 262_144;

/**
 * One character per byte, or `undefined` for text that is not padded base64. Whether AWS takes unpadded
 * text is unknown; it does not match here.
 */
export function decodeBase64(text: string): string | undefined {
  if (text.length > LONGEST || !FORM.test(text)) return undefined;
  let bytes = '';
  for (let i = 0, buffer = 0, bits = 0; i < text.length && text[i] !== '='; i += 1) {
    buffer = ((buffer << 6) | ALPHABET.indexOf(text[i]!)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += String.fromCharCode((buffer >> bits) & 0xff);
  }
  return bytes;
}
