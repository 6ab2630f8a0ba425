/** Pages of IVS lists: `maxResults`, `nextToken`. */
import type { Collection, Stored } from '../../store/store.ts';
import { following, pageOf, type PageOf } from '../paging.ts';
import type { Call, OperationTypes } from '../service.ts';
import { scopeOf } from './arns.ts';

export interface Asked {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

interface Listing {
  readonly operation: string;
  /** Page size when the caller asks for none. */
  readonly size?: number;
  /** Binds the token to how the list was narrowed. */
  readonly filter?: string;
}

const usualPageSize = 100;

/** A page of what `fetch` finds after a key. */
export function pageBy<T, O extends OperationTypes>(
  listing: Listing,
  asked: Asked,
  call: Call<O>,
  fetch: (after: string | undefined, limit: number) => Promise<readonly Stored<T>[]>,
): Promise<PageOf<Stored<T>>> {
  const { operation, filter, size = usualPageSize } = listing;
  const list = { operation: `ivs:${operation}`, accountId: call.accountId, region: call.region, filter };
  const page = { list, token: asked.nextToken, size: asked.maxResults ?? size };
  return pageOf(call.env, page, fetch, () =>
    call.fail('ValidationException', 'The nextToken is not valid for this list'),
  );
}

/** A page of a whole collection, or of the part of it whose keys begin with `prefix`. */
export function pageOfAll<T, O extends OperationTypes>(
  collection: Collection<T>,
  listing: Listing & { readonly prefix?: string },
  asked: Asked,
  call: Call<O>,
): Promise<PageOf<Stored<T>>> {
  const prefix = listing.prefix === undefined ? {} : { prefix: listing.prefix };
  return pageBy(listing, asked, call, (after, limit) =>
    call.reader.list(collection, scopeOf(call), { limit, ...prefix, ...(after === undefined ? {} : { after }) }),
  );
}

/** A page of the records whose index `index` holds `value`. */
export function pageOfFound<T, O extends OperationTypes>(
  collection: Collection<T>,
  found: { readonly index: string; readonly value: string },
  listing: Listing,
  asked: Asked,
  call: Call<O>,
): Promise<PageOf<Stored<T>>> {
  const bound = { ...listing, filter: `${found.index}=${found.value}` };
  return pageBy(bound, asked, call, async (after, limit) =>
    following(await call.reader.find(collection, found.index, found.value, scopeOf(call)), after, limit),
  );
}
