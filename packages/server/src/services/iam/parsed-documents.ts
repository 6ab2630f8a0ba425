/** Stored documents, parsed once per text, so that principals who share a document share its compiled form. */
import { parsePolicy } from '@stagedoor/policy';
import type { Policy } from '@stagedoor/policy';

/** Characters of text that are remembered at most; the oldest go first. */
const maxCharacters = 32 * 1024 * 1024;

const known = new Map<string, Policy>();
let characters = 0;

/** Throws when the text does not parse: a document that cannot be read must not be passed over, it may deny. */
export function parsedDocument(text: string): Policy {
  const cached = known.get(text);
  if (cached !== undefined) return cached;
  const result = parsePolicy(text);
  if (!result.ok) throw new Error('a stored policy document does not parse');
  remember(text, result.policy);
  return result.policy;
}

function remember(text: string, policy: Policy): void {
  known.set(text, policy);
  characters += text.length;
  for (const oldest of known.keys()) {
    if (characters <= maxCharacters) return;
    known.delete(oldest);
    characters -= oldest.length;
  }
}
