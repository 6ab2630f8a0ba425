import type { Sealer } from '../sealing.ts';
import { StoreUnavailable, type Collection, type Scope } from './store.ts';
import { assertStorable } from './text.ts';
import type { Tables, RecordAddress } from './tables.ts';

/** A record may stand under so many index values. */
const maxIndexValues = 1000;

type Row = Tables['record'];

export const addressOf = (collection: { name: string }, scope: Scope, key: string): RecordAddress => ({
  collection: collection.name,
  account_id: scope.accountId,
  region: scope.region,
  record_key: key,
});

/** Binds a sealed member to its place, so that a sealed text copied to another record does not open. */
function sealingContext(at: RecordAddress, member: string): string {
  return [at.collection, at.account_id, at.region, at.record_key, member].join('/');
}

/** A record as it is stored. Throws `RangeError` or `TypeError` on what no collection may hold. */
export function encode<T>(sealer: Sealer, collection: Collection<T>, scope: Scope, key: string, value: T): Row {
  const at = addressOf(collection, scope, key);
  for (const [name, text] of Object.entries(at)) assertStorable(text, `${name} of a record of ${collection.name}`);
  const secrets = secretsOf(collection, value);
  if (secrets.size === 0) return { ...at, body: JSON.stringify(value), sealed: null };
  const open = Object.fromEntries(Object.entries(value as object).filter(([member]) => !secrets.has(member)));
  const sealed = [...secrets].map(([member, text]) => [
    member,
    sealer.seal(Buffer.from(text), sealingContext(at, member)),
  ]);
  return { ...at, body: JSON.stringify(open), sealed: JSON.stringify(Object.fromEntries(sealed)) };
}

/** The record as it was written. Throws `StoreUnavailable` when a sealed member does not open. */
export function decode<T>(sealer: Sealer, row: Row): T {
  const value = JSON.parse(row.body) as T;
  if (row.sealed === null) return value;
  const members = Object.entries(openMembers(sealer, row)).map(([member, text]) => [member, text.toString()]);
  return { ...value, ...(Object.fromEntries(members) as Partial<T>) };
}

/** The sealed column with every member sealed anew by the ring's first key. */
export function reseal(sealer: Sealer, row: Row): string {
  const members = Object.entries(openMembers(sealer, row));
  return JSON.stringify(
    Object.fromEntries(members.map(([member, plain]) => [member, sealer.seal(plain, sealingContext(row, member))])),
  );
}

function openMembers(sealer: Sealer, row: Row): Record<string, Buffer> {
  const sealed = JSON.parse(row.sealed ?? '{}') as Record<string, string>;
  return Object.fromEntries(
    Object.entries(sealed).map(([member, text]) => [member, openMember(sealer, row, member, text)]),
  );
}

function openMember(sealer: Sealer, row: Row, member: string, text: string): Buffer {
  const plain = sealer.open(text, sealingContext(row, member));
  if (plain !== undefined) return plain;
  throw new StoreUnavailable(
    `the sealed member ${member} of a record of ${row.collection} does not open: is the key that sealed it in the key file?`,
    { retryable: false },
  );
}

/** The index rows of a record. Throws when one would hold a sealed member in clear. */
export function indexRows<T>(collection: Collection<T>, scope: Scope, key: string, value: T): Tables['record_index'][] {
  const at = addressOf(collection, scope, key);
  const rows = Object.entries(collection.indexes?.(value) ?? {}).flatMap(([index_name, values]) =>
    [...new Set(typeof values === 'string' ? [values] : values)].map((value) => ({ ...at, index_name, value })),
  );
  if (rows.length > maxIndexValues) throw new RangeError(`a record of ${collection.name} has too many index values`);
  const secrets = [...secretsOf(collection, value).values()];
  for (const row of rows) {
    assertStorable(row.value, `index ${row.index_name} of ${collection.name}`);
    assertNotSecret(row.value, secrets, `index ${row.index_name} of ${collection.name}`);
  }
  assertNotSecret(key, secrets, `the key of a record of ${collection.name}`);
  return rows;
}

function secretsOf<T>(collection: Collection<T>, value: T): Map<string, string> {
  const secrets = new Map<string, string>();
  for (const member of collection.sealed ?? []) {
    const text: unknown = value[member];
    if (text === undefined) continue;
    if (typeof text !== 'string') throw new TypeError(`sealed member ${member} of ${collection.name} must be a string`);
    secrets.set(member, text);
  }
  return secrets;
}

/** Short secrets may occur in a text by chance; those must only not be the whole of it. */
function assertNotSecret(text: string, secrets: readonly string[], what: string): void {
  const shows = (secret: string) => secret !== '' && (text === secret || (secret.length >= 8 && text.includes(secret)));
  if (secrets.some(shows)) throw new TypeError(`${what} would hold a sealed member in clear`);
}
