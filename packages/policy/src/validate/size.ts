/**
 * Characters of a document that count towards its size quota: all but the white space outside of strings.
 * In UTF-16 code units; linear.
 */
export function policySize(text: string): number {
  let size = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (inString || !isSpace(character)) size += 1;
    if (character === '"') inString = !inString;
    else if (inString && character === '\\' && at + 1 < text.length) {
      size += 1;
      at += 1;
    }
  }
  return size;
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t';
}
