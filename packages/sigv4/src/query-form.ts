/** The presigned form: the signature's parameters in the query string. */
import { ecdsaAlgorithm, hmacAlgorithm } from './authorization.ts';
import type { Authorization } from './authorization.ts';
import { parseCredential } from './credential-scope.ts';
import { badDate, hostUnsigned } from './form-refusals.ts';
import type { IndexedHead } from './head.ts';
import { firstParameter } from './query.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { parseSignedHeaders, signsHost } from './signed-headers.ts';
import { parseTimestamp } from './timestamp.ts';

const required = ['X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date'] as const;

/** Whether the query string claims to carry the signature. */
export function isQueryForm(head: IndexedHead): boolean {
  for (const pair of head.query) if (pair.name === 'X-Amz-Algorithm') return true;
  return false;
}

/** Steps 7 to 9 of spec/sts.md 8.5; `undefined` for another algorithm, which counts as no signature. */
export function readQueryForm(head: IndexedHead): Authorization | Refusal | undefined {
  const algorithm = firstParameter(head.query, 'X-Amz-Algorithm');
  if (algorithm !== hmacAlgorithm && algorithm !== ecdsaAlgorithm) return undefined;
  const [credential, signature, list, timestamp] = required.map((name) => firstParameter(head.query, name));
  if (!credential || !signature || !list || !timestamp) return missingParts(head);
  const signedHeaders = parseSignedHeaders(list);
  if (!signsHost(signedHeaders)) return hostUnsigned('query');
  const signedAt = parseTimestamp(timestamp);
  if (Number.isNaN(signedAt)) return badDate(timestamp, 'query');
  return {
    kind: 'query',
    algorithm,
    credential,
    ...parseCredential(credential, algorithm),
    regionSet: algorithm === ecdsaAlgorithm ? firstParameter(head.query, 'X-Amz-Region-Set') : undefined,
    signedHeaders,
    signature,
    timestamp,
    signedAt,
    expires: firstParameter(head.query, 'X-Amz-Expires'),
    sessionToken: firstParameter(head.query, 'X-Amz-Security-Token'),
    head,
  };
}

function missingParts(head: IndexedHead): Refusal {
  const names = required.filter((name) => !firstParameter(head.query, name));
  const text = names.map((name) => `AWS query-string parameters must include '${name}'. `).join('');
  return refuse('incomplete', `${text}Re-examine the query-string parameters.`, 'query');
}
