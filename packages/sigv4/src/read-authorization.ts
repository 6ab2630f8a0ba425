/** Reading the signature's parameters from a request: header form, presigned (query) form, or none. */
import type { Authorization } from './authorization.ts';
import { checkEscapes } from './escapes.ts';
import { readHeaderForm } from './header-form.ts';
import { indexHead } from './head.ts';
import type { RequestHead } from './head.ts';
import { isQueryForm, readQueryForm } from './query-form.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

/** The request carries no signature; operations that need none may still serve it. */
export interface Unsigned {
  readonly kind: 'none';
  /** The answer where a signature is needed. */
  readonly refusal: Refusal;
}

const unsigned: Unsigned = {
  kind: 'none',
  refusal: refuse('missing', 'Request is missing Authentication Token'),
};

/**
 * Reads who claims to have signed a request and how, from the head alone; the body is not needed.
 * Refusals are those of spec/sts.md 8.5 steps 1 and 4 to 9. What comes back is a claim: pass it to `checkClaims`
 * and `verifySignature`, or to `verifyAuthorization`, which calls both around the key look-up.
 */
export function readAuthorization(request: RequestHead): Authorization | Unsigned | Refusal {
  const broken = checkEscapes(request.target);
  if (broken !== undefined) return broken;
  const head = indexHead(request);
  const inHeader = head.names.includes('authorization');
  const inQuery = isQueryForm(head);
  if (inHeader && inQuery) {
    return refuse('both', "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.");
  }
  if (inHeader) return readHeaderForm(head);
  return inQuery ? (readQueryForm(head) ?? unsigned) : unsigned;
}
