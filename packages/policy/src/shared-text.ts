/** The same few texts stand in every document: one string serves them all. */

const MOST = 8192;
const LONGEST = 128;
const KNOWN = new Map<string, string>();
const LOWER = new Map<string, string>();

/** The text, as the one string that is kept for it. Longer and later texts are kept by whoever has them. */
export function shared(text: string): string {
  const known = KNOWN.get(text);
  if (known !== undefined) return known;
  if (KNOWN.size < MOST && text.length <= LONGEST) KNOWN.set(text, text);
  return text;
}

/** The text in lower case, as the one string that is kept for it. */
export function lowerCased(text: string): string {
  const known = LOWER.get(text);
  if (known !== undefined) return known;
  const lower = shared(text.toLowerCase());
  if (LOWER.size < MOST && text.length <= LONGEST) LOWER.set(text, lower);
  return lower;
}
