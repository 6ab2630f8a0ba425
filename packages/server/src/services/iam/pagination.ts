/** Pages of IAM lists (spec/iam.md 3): `MaxItems` items, an opaque `Marker` when there are more. */
import type { Collection } from '../../store/store.ts';
import { present, state } from './needs.ts';
import type { Needs } from './needs.ts';
import { global } from './records.ts';

export interface PageRequest {
  readonly MaxItems?: number | undefined;
  readonly Marker?: string | undefined;
}

/** What a marker is bound to: one of another operation, account or filter is refused. */
export interface Listing {
  readonly operation: string;
  readonly filters?: readonly (string | undefined)[];
}

export interface PageOf<T> {
  readonly items: T[];
  /** To be spread into the output. */
  readonly more: { IsTruncated: boolean; Marker?: string };
}

export const pageSize = (request: PageRequest): number => request.MaxItems ?? 100;

export const caseless = (a: string, b: string): number => compare(a.toLowerCase(), b.toLowerCase()) || compare(a, b);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function binding(call: Needs, listing: Listing): string {
  return JSON.stringify([
    'iam-marker',
    listing.operation,
    call.accountId,
    ...(listing.filters ?? []).map((f) => f ?? null),
  ]);
}

/** The key after which the page begins, or `undefined` for the first page. Fails with `Invalid Marker.` */
export function startOf(call: Needs, listing: Listing, marker: string | undefined): string | undefined {
  if (marker === undefined) return undefined;
  const opened = call.env.sealer.open(marker, binding(call, listing));
  return opened === undefined ? call.fail('ValidationError', 'Invalid Marker.') : opened.toString('utf8');
}

/** The first `size` of `items` (which hold one more when there is more), and the marker of the next page. */
export function cut<T>(call: Needs, listing: Listing, items: T[], size: number, keyOf: (item: T) => string): PageOf<T> {
  const last = items.length > size ? items[size - 1] : undefined;
  if (last === undefined) return { items, more: { IsTruncated: false } };
  const Marker = call.env.sealer.seal(Buffer.from(keyOf(last), 'utf8'), binding(call, listing));
  return { items: items.slice(0, size), more: { IsTruncated: true, Marker } };
}

/**
 * A page of a list that is at hand, sorted here by `orderOf(nameOf(item))`. `nameOf` must be unique and short:
 * it goes into the marker, which clients may send back with at most 320 characters.
 */
export function pageOf<T>(
  call: Needs,
  listing: Listing,
  request: PageRequest,
  all: readonly T[],
  nameOf: (item: T) => string,
  orderOf: (name: string) => string = (name) => name,
): PageOf<T> {
  const size = pageSize(request);
  const after = startOf(call, listing, request.Marker);
  const ordered = all.map((item) => ({ item, order: orderOf(nameOf(item)) }));
  const sorted = ordered.toSorted((a, b) => compare(a.order, b.order));
  const first = after === undefined ? 0 : sorted.findIndex(({ order }) => order > orderOf(after));
  const left = first < 0 ? [] : sorted.slice(first, first + size + 1);
  return cut(
    call,
    listing,
    left.map(({ item }) => item),
    size,
    nameOf,
  );
}

interface Found<T> {
  readonly key: string;
  readonly value: T;
}

/** Up to `count` wanted records of the account after a key, read in key order without loading the rest. */
export async function recordsAfter<T>(
  call: Needs,
  collection: Collection<T>,
  start: string | undefined,
  count: number,
  wanted: (value: T) => boolean | Promise<boolean>,
): Promise<Found<T>[]> {
  const found: Found<T>[] = [];
  const limit = Math.max(100, count);
  for (let after = start; ;) {
    const page = await state(call).list(collection, global(call.accountId), present({ limit, after }));
    for (const item of page) if (await wanted(item.value)) found.push(item);
    after = page.at(-1)?.key;
    if (found.length >= count || page.length < limit) return found.slice(0, count);
  }
}

/** A page of a collection of the account in its key order. */
export async function pageOfRecords<T>(
  call: Needs,
  listing: Listing,
  request: PageRequest,
  collection: Collection<T>,
  wanted: (value: T) => boolean,
): Promise<PageOf<T>> {
  const size = pageSize(request);
  const found = await recordsAfter(call, collection, startOf(call, listing, request.Marker), size + 1, wanted);
  const { items, more } = cut(call, listing, found, size, (item) => item.key);
  return { items: items.map((item) => item.value), more };
}
