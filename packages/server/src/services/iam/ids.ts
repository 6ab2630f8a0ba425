/** Unique ids and secrets (spec/iam.md 2): never reused, and telling the account they belong to. */
import type { Random } from '../environment.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Prefix of each kind of id and how long the whole id is. */
const kinds = {
  user: ['AIDA', 21],
  role: ['AROA', 21],
  group: ['AGPA', 21],
  instanceProfile: ['AIPA', 21],
  managedPolicy: ['ANPA', 21],
  serverCertificate: ['ASCA', 21],
  sshPublicKey: ['APKA', 21],
  serviceCredential: ['ACCA', 21],
  accessKey: ['AKIA', 20],
  sessionKey: ['ASIA', 20],
} as const;

export type IdKind = keyof typeof kinds;

/** A character of A–Z2–7 for each byte, from its five low bits. */
export function base32(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => alphabet.charAt(byte & 31)).join('');
}

/** The nine characters that carry the account: 40 bits, then one whose upper half means an odd number. */
function accountPart(accountId: string, byte: number): string {
  const account = BigInt(accountId);
  let bits = 0x8000000000n | (account >> 1n);
  let text = '';
  for (let i = 0; i < 8; i += 1) {
    text = alphabet.charAt(Number(bits & 31n)) + text;
    bits >>= 5n;
  }
  const half = (account & 1n) === 1n ? 16 : 0;
  return text + alphabet.charAt(half + (byte & 15));
}

/** A new id such as `AIDA…`, `AROA…` or `AKIA…` for an entity of the account. */
export function newId(kind: IdKind, accountId: string, random: Random): string {
  const [prefix, length] = kinds[kind];
  const bytes = random.bytes(length - 12);
  return prefix + accountPart(accountId, bytes[0] ?? 0) + base32(bytes.subarray(1));
}

/** Forty characters of the base64 alphabet. */
export function newSecret(random: Random): string {
  return random.bytes(30).toString('base64');
}

/** A random UUID (version 4). */
export function newUuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The account that an access key or unique id encodes, or `undefined` when the text is none. */
export function accountOfId(id: string): string | undefined {
  if (!/^A[A-Z]{3}[A-Z2-7]{12,17}$/.test(id)) return undefined;
  let bits = 0n;
  for (const letter of id.slice(4, 12)) bits = (bits << 5n) | BigInt(alphabet.indexOf(letter));
  if ((bits & 0x8000000000n) === 0n) return undefined;
  const odd = alphabet.indexOf(id.charAt(12)) >= 16 ? 1n : 0n;
  return (((bits & 0x7fffffffffn) << 1n) | odd).toString().padStart(12, '0');
}
