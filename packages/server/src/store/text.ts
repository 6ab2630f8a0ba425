/** Bytes of UTF-8; index rows of both engines hold one key and one value, and PostgreSQL's end at 2,704 bytes. */
const maxTextBytes = 1024;

// PostgreSQL cannot hold NUL, and a lone surrogate has no UTF-8 form: two such keys would become one.
const unstorable = /[\0\p{Surrogate}]/u;

/** Whether a stored key or index value can equal this text; texts that cannot be stored are never found. */
export function isStorable(text: string): boolean {
  return !unstorable.test(text) && (text.length * 3 <= maxTextBytes || Buffer.byteLength(text) <= maxTextBytes);
}

/**
 * Throws `RangeError` for a key or index value that cannot be stored: services check lengths and characters
 * first, so this is a mistake in the program. The text itself is not repeated; it may be a secret.
 */
export function assertStorable(text: string, what: string): void {
  if (!isStorable(text)) {
    throw new RangeError(`${what} must be well-formed text without NUL of at most ${maxTextBytes} bytes`);
  }
}

/** The part of `text` that orders against storable texts as `text` itself does: they have no NUL. */
export const comparable = (text: string): string => text.split('\0', 1)[0] ?? '';

/**
 * The least text above every text that begins with `prefix`, in byte order of UTF-8 (which is code point order);
 * `undefined` when there is none.
 */
export function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  // UTF-8 has no surrogates, so U+E000 follows U+D7FF.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
}
