/** The SignedHeaders list and the canonical headers it selects. */
import { BoundedCache } from './bounded-cache.ts';
import type { IndexedHead } from './head.ts';

/** A parsed SignedHeaders list: lower-case, sorted, without duplicates. */
export interface SignedHeaders {
  /** As the canonical request shows it. */
  readonly text: string;
  readonly names: readonly string[];
  readonly positions: ReadonlyMap<string, number>;
}

/** Clients repeat few lists, so parsed ones are kept. */
const parsed = new BoundedCache<SignedHeaders>(1024);
const maxKept = 512;

/** Parses `host;x-amz-date`. Order and case of the list do not matter: the canonical request sorts it. */
export function parseSignedHeaders(list: string): SignedHeaders {
  const known = parsed.get(list);
  if (known !== undefined) return known;
  const lower = list.toLowerCase().split(';');
  const names = [...new Set(lower.map((name) => name.trim()).filter((name) => name !== ''))].sort();
  const fresh = { text: names.join(';'), names, positions: new Map(names.map((name, at) => [name, at])) };
  if (list.length <= maxKept) parsed.set(list, fresh);
  return fresh;
}

/** Whether the request's host is signed, as `host` or (HTTP/2) `:authority`. */
export function signsHost(signed: SignedHeaders): boolean {
  return signed.positions.has('host') || signed.positions.has(':authority');
}

/**
 * The block of canonical headers, each line ended; `undefined` when a signed header was not sent.
 * `host` takes the place of the Host header's value where the signer knew another.
 */
export function canonicalHeaders(head: IndexedHead, signed: SignedHeaders, host?: string): string | undefined {
  const values = collect(head, signed);
  const at = signed.positions.get('host');
  if (at !== undefined) values[at] = host ?? values[at] ?? hostOf(head);
  let block = '';
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === undefined) return undefined;
    block += `${signed.names[i]!}:${value}\n`;
  }
  return block;
}

function collect(head: IndexedHead, signed: SignedHeaders): (string | undefined)[] {
  const values: (string | undefined)[] = [];
  for (let i = 0; i < signed.names.length; i++) values.push(undefined);
  for (let i = 0; i < head.names.length; i++) {
    const at = signed.positions.get(head.names[i]!);
    if (at === undefined) continue;
    const value = collapseSpaces(head.rawHeaders[2 * i + 1]!);
    const before = values[at];
    values[at] = before === undefined ? value : `${before},${value}`;
  }
  return values;
}

/** The Host header, or HTTP/2's `:authority`. */
export function hostOf(head: IndexedHead): string | undefined {
  const host = head.names.indexOf('host');
  const at = host < 0 ? head.names.indexOf(':authority') : host;
  return at < 0 ? undefined : collapseSpaces(head.rawHeaders[2 * at + 1]!);
}

/** Trims, and makes each inner run of white space one space. */
function collapseSpaces(value: string): string {
  if (value.includes('  ') || otherSpace.test(value)) return value.replaceAll(/[ \t\n\v\f\r]+/g, ' ').trim();
  return value.trim();
}

const otherSpace = /[\t\n\v\f\r]/;
