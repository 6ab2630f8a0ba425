/** The refusals that header and query form share. */
import { quotable, refuse } from './refusal.ts';
import type { Refusal, SignatureForm } from './refusal.ts';

/** Step 8, in both forms. */
export function hostUnsigned(form: SignatureForm): Refusal {
  return refuse('hostUnsigned', "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.", form);
}

/** Step 9, in both forms. */
export function badDate(sent: string, form: SignatureForm): Refusal {
  const rule = "Date must be in ISO-8601 'basic format'.";
  const text = `${rule} Got '${quotable(sent)}'. See http://en.wikipedia.org/wiki/ISO_8601`;
  return refuse('malformed', text, form);
}
