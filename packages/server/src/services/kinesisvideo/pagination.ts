/** Pages of Kinesis Video lists, in order of name: `MaxResults`, `NextToken`, and a prefix of the name. */
import type { Collection, Stored } from '../../store/store.ts';
import { pageOf } from '../paging.ts';
import type { Call, OperationTypes } from '../service.ts';
import { scopeOf } from './arns.ts';

export interface Asked {
  readonly NextToken?: string | undefined;
  readonly MaxResults?: number | undefined;
}

interface Listing {
  readonly operation: string;
  /** Page size when the caller asks for none. */
  readonly size: number;
  /** What the list is narrowed to; binds the token. */
  readonly filter?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly NextToken?: string;
}

/** A page of what `fetch` finds after a key. */
export async function pageBy<T, O extends OperationTypes>(
  listing: Listing,
  asked: Asked,
  call: Call<O> & { fail(code: 'InvalidArgumentException', message: string): never },
  fetch: (after: string | undefined, limit: number) => Promise<readonly Stored<T>[]>,
): Promise<Page<T>> {
  const { operation, size, filter } = listing;
  const list = { operation: `kinesisvideo:${operation}`, accountId: call.accountId, region: call.region, filter };
  const refuse = (): never => call.fail('InvalidArgumentException', 'NextToken is not valid for this list');
  const page = await pageOf(call.env, { list, token: asked.NextToken, size: asked.MaxResults ?? size }, fetch, refuse);
  const items = page.items.map(({ value }) => value);
  return page.nextToken === undefined ? { items } : { items, NextToken: page.nextToken };
}

/** A page of the records whose name begins with `prefix`. */
export const pageOfNames = <T, O extends OperationTypes>(
  collection: Collection<T>,
  listing: Omit<Listing, 'filter'> & { readonly prefix: string | undefined },
  asked: Asked,
  call: Call<O> & { fail(code: 'InvalidArgumentException', message: string): never },
): Promise<Page<T>> => {
  const { prefix } = listing;
  return pageBy({ ...listing, filter: prefix }, asked, call, (after, limit) =>
    call.reader.list(collection, scopeOf(call), {
      limit,
      ...(prefix === undefined ? {} : { prefix }),
      ...(after === undefined ? {} : { after }),
    }),
  );
};
