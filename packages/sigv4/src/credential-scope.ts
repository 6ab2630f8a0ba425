/** The credential: access key id and the scope the signing key was made for. */
import { ecdsaAlgorithm } from './authorization.ts';
import type { Algorithm, Authorization } from './authorization.ts';
import { quotable, refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

export const terminator = 'aws4_request';

export type Credential = Pick<Authorization, 'accessKeyId' | 'date' | 'region' | 'service' | 'terminator' | 'scope'>;

const unreadable: Credential = { accessKeyId: '', date: '', region: '', service: '', terminator: '', scope: '' };
const maxCredential = 512;

/** Splits `key/date/region/service/aws4_request` (no region for ECDSA); all parts '' when it has another shape. */
export function parseCredential(credential: string, algorithm: Algorithm): Credential {
  const keyEnd = credential.indexOf('/');
  const dateEnd = credential.indexOf('/', keyEnd + 1);
  const regionEnd = algorithm === ecdsaAlgorithm ? dateEnd : credential.indexOf('/', dateEnd + 1);
  const serviceEnd = credential.indexOf('/', regionEnd + 1);
  const inOrder = keyEnd >= 0 && dateEnd > keyEnd && regionEnd >= dateEnd && serviceEnd > regionEnd;
  if (!inOrder || credential.includes('/', serviceEnd + 1) || credential.length > maxCredential) return unreadable;
  return {
    accessKeyId: credential.slice(0, keyEnd),
    date: credential.slice(keyEnd + 1, dateEnd),
    region: algorithm === ecdsaAlgorithm ? '' : credential.slice(dateEnd + 1, regionEnd),
    service: credential.slice(regionEnd + 1, serviceEnd),
    terminator: credential.slice(serviceEnd + 1),
    scope: credential.slice(keyEnd + 1),
  };
}

/** What the credential scope must say. */
export interface ScopeRules {
  /** Signing name of the service, or the names it goes by. */
  readonly service: string | readonly string[];
  /** The region asked of the scope; any when undefined, or what the function accepts. */
  readonly region?: string | ((region: string) => boolean) | undefined;
}

/** Step 12: the credential's shape. */
export function checkCredentialShape(authorization: Authorization): Refusal | undefined {
  if (authorization.scope !== '') return undefined;
  const form =
    authorization.algorithm === ecdsaAlgorithm
      ? 'exactly 4 slash-delimited elements, e.g. keyid/date/service/term'
      : 'exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term';
  const text = `Credential must have ${form}, got '${quotable(authorization.credential)}'`;
  return refuse('malformed', text, authorization.kind);
}

/** Step 13: all that is wrong with the scope, in one text. */
export function checkScope(authorization: Authorization, rules: ScopeRules): Refusal | undefined {
  const { region, service, date, timestamp } = authorization;
  let text = '';
  if (!regionFits(authorization, rules.region)) {
    text += `Credential should be scoped to a valid region, not '${quotable(region)}'. `;
  }
  if (!serviceFits(service, rules.service)) {
    text += `Credential should be scoped to correct service: '${serviceName(rules.service)}'. `;
  }
  if (authorization.terminator !== terminator) {
    const found = quotable(authorization.terminator);
    text += `Credential should be scoped with a valid terminator: '${terminator}', not '${found}'. `;
  }
  if (date !== timestamp.slice(0, 8)) text += dateText(date, timestamp);
  return text === '' ? undefined : refuse('scope', text, authorization.kind);
}

function dateText(date: string, timestamp: string): string {
  const day = timestamp.slice(0, 8);
  return (
    'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
    `'${quotable(date)}' != '${day}', from '${timestamp}'. `
  );
}

function serviceFits(service: string, expected: string | readonly string[]): boolean {
  return typeof expected === 'string' ? service === expected : expected.includes(service);
}

function serviceName(expected: string | readonly string[]): string {
  return typeof expected === 'string' ? expected : (expected[0] ?? '');
}

function regionFits(authorization: Authorization, expected: ScopeRules['region']): boolean {
  // With ECDSA the region set stands for the region; it is a signed header, checked with the other headers.
  if (authorization.algorithm === ecdsaAlgorithm) return regionSetFits(authorization.regionSet, expected);
  if (typeof expected === 'function') return expected(authorization.region);
  return expected === undefined ? authorization.region !== '' : authorization.region === expected;
}

/** A region set is a comma-separated list of regions; `*` stands for any run of characters. */
export function regionSetFits(regionSet: string | undefined, expected: ScopeRules['region']): boolean {
  if (regionSet === undefined || regionSet === '') return false;
  if (expected === undefined) return true;
  const entries = regionSet.split(',').map((entry) => entry.trim());
  if (typeof expected === 'string') return entries.some((entry) => wildcardMatches(entry, expected));
  return entries.some((entry) => entry === '*' || expected(entry));
}

function wildcardMatches(pattern: string, text: string): boolean {
  const pieces = pattern.split('*');
  const [first, last] = [pieces[0] ?? '', pieces.at(-1) ?? ''];
  if (pieces.length === 1) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}
