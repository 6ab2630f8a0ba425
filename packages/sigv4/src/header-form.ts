/** The header form: `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`. */
import { hash } from 'node:crypto';
import { ecdsaAlgorithm, hmacAlgorithm } from './authorization.ts';
import type { Algorithm, Authorization } from './authorization.ts';
import { parseCredential } from './credential-scope.ts';
import { badDate, hostUnsigned } from './form-refusals.ts';
import { firstHeader, joinedHeader } from './head.ts';
import type { IndexedHead } from './head.ts';
import { quotable, refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { parseSignedHeaders, signsHost } from './signed-headers.ts';
import { basicDate, parseTimestamp } from './timestamp.ts';

interface Parameters {
  Credential: string;
  SignedHeaders: string;
  Signature: string;
}

const maxHeader = 16_384;

/** Steps 6, 8 and 9 of spec/sts.md 8.5. Only the first Authorization header counts. */
export function readHeaderForm(head: IndexedHead): Authorization | Refusal {
  const header = firstHeader(head, 'authorization') ?? '';
  const space = header.indexOf(' ');
  const algorithm = space < 0 ? header : header.slice(0, space);
  if (!isAlgorithm(algorithm) || header.length > maxHeader) {
    return refuse('algorithm', `Unsupported AWS 'algorithm': '${quotable(algorithm)}'.`, 'header');
  }
  const parameters = readParameters(header, algorithm.length);
  if ('kind' in parameters) return parameters;
  return assemble(head, algorithm, parameters);
}

function isAlgorithm(text: string): text is Algorithm {
  return text === hmacAlgorithm || text === ecdsaAlgorithm;
}

/** Comma-separated pairs; unknown names are ignored, the last of duplicates wins. */
function readParameters(header: string, from: number): Parameters | Refusal {
  const found: Parameters = { Credential: '', SignedHeaders: '', Signature: '' };
  for (let start = from; start < header.length;) {
    const comma = header.indexOf(',', start);
    const end = comma < 0 ? header.length : comma;
    const pair = header.slice(start, end).trim();
    const equals = pair.indexOf('=');
    if (pair !== '' && equals <= 0) return notAPair(pair, header);
    if (pair !== '') setParameter(found, pair.slice(0, equals).trimEnd(), pair.slice(equals + 1).trimStart());
    start = end + 1;
  }
  return found;
}

function setParameter(found: Parameters, name: string, value: string): void {
  if (name === 'Credential') found.Credential = value;
  else if (name === 'SignedHeaders') found.SignedHeaders = value;
  else if (name === 'Signature') found.Signature = value;
}

/** The header itself is shown hashed, as newer builds of AWS do: it may hold something that is nobody's business. */
function notAPair(pair: string, header: string): Refusal {
  const shown = hash('sha256', header, 'base64');
  const text =
    `'${quotable(pair)}' not a valid key=value pair (missing equal-sign) in Authorization header ` +
    `(hashed with SHA-256 and encoded with Base64): '${shown}'.`;
  return refuse('malformed', text, 'header');
}

function assemble(head: IndexedHead, algorithm: Algorithm, parameters: Parameters): Authorization | Refusal {
  const { Credential: credential, SignedHeaders: list, Signature: signature } = parameters;
  const sentDate = joinedHeader(head, 'x-amz-date') ?? joinedHeader(head, 'date');
  if (!credential || !list || !signature || sentDate === undefined)
    return missingParts(algorithm, parameters, sentDate);
  const signedHeaders = parseSignedHeaders(list);
  if (!signsHost(signedHeaders)) return hostUnsigned('header');
  const timestamp = basicDate(sentDate) ?? sentDate;
  const signedAt = parseTimestamp(timestamp);
  if (Number.isNaN(signedAt)) return badDate(sentDate, 'header');
  const { accessKeyId, date, region, service, terminator, scope } = parseCredential(credential, algorithm);
  return {
    kind: 'header',
    algorithm,
    credential,
    accessKeyId,
    date,
    region,
    service,
    terminator,
    scope,
    regionSet: algorithm === ecdsaAlgorithm ? joinedHeader(head, 'x-amz-region-set') : undefined,
    signedHeaders,
    signature,
    timestamp,
    signedAt,
    expires: undefined,
    sessionToken: joinedHeader(head, 'x-amz-security-token'),
    head,
  };
}

function missingParts(algorithm: Algorithm, parameters: Parameters, date: string | undefined): Refusal {
  let text = '';
  for (const name of ['Credential', 'Signature', 'SignedHeaders'] as const) {
    if (!parameters[name]) text += `Authorization header requires '${name}' parameter. `;
  }
  if (date === undefined) {
    text += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  return refuse('incomplete', `${text}Authorization=${algorithm}`, 'header');
}
