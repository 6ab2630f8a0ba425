/**
 * Lists in pages. A page token is the sealed key of the last item that was shown, bound to the list it
 * came from (operation, account, region, filters): it opens nowhere else and says nothing to its holder.
 */
import type { Stored } from '../store/store.ts';
import type { Environment } from './environment.ts';

/** The list that a token belongs to. */
export interface ListContext {
  readonly operation: string;
  readonly accountId: string;
  readonly region: string;
  /** What the list was narrowed to; another value is another list. */
  readonly filter?: string | undefined;
}

export interface PageOf<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly nextToken?: string;
}

interface PageAsked {
  readonly list: ListContext;
  readonly token: string | undefined;
  /** Most items on this page. */
  readonly size: number;
}

const contextOf = (list: ListContext): string =>
  `page/${JSON.stringify([list.operation, list.accountId, list.region, list.filter ?? null])}`;

/** Plain base64, which every service's token pattern admits. */
export function sealToken(env: Pick<Environment, 'sealer'>, list: ListContext, after: string): string {
  return Buffer.from(env.sealer.seal(Buffer.from(after), contextOf(list))).toString('base64');
}

/** The key to go on after, or `undefined` when the token was not made for this list. */
export function openToken(env: Pick<Environment, 'sealer'>, list: ListContext, token: string): string | undefined {
  const sealed = Buffer.from(token, 'base64').toString('latin1');
  return env.sealer.open(sealed, contextOf(list))?.toString('utf8');
}

/**
 * One page of a list in key order. `fetch` is given the key to go on after (`undefined` at first) and
 * one more than the page holds. `refuse` is called for a token that is not of this list.
 */
export async function pageOf<T>(
  env: Pick<Environment, 'sealer'>,
  asked: PageAsked,
  fetch: (after: string | undefined, limit: number) => Promise<readonly Stored<T>[]>,
  refuse: () => never,
): Promise<PageOf<Stored<T>>> {
  const { list, token, size } = asked;
  const after = token === undefined || token === '' ? undefined : (openToken(env, list, token) ?? refuse());
  const found = await fetch(after, size + 1);
  const items = found.slice(0, size);
  const last = items.at(-1);
  if (found.length <= size || last === undefined) return { items };
  return { items, nextToken: sealToken(env, list, last.key) };
}

/** What follows `after` among records in key order, at most `limit`. */
export function following<T>(records: readonly Stored<T>[], after: string | undefined, limit: number): Stored<T>[] {
  const rest = after === undefined ? records : records.filter(({ key }) => isAfter(key, after));
  return rest.slice(0, limit);
}

/** Keys are ordered by their bytes, as the store orders them. */
const isAfter = (key: string, other: string): boolean => Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;
