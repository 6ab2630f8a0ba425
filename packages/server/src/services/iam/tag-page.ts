/** Pages of an entity's tags (spec/iam.md 3). */
import type { Needs } from './needs.ts';
import { pageOf } from './pagination.ts';
import type { PageRequest } from './pagination.ts';
import type { Tag } from './records.ts';

/** A page of `all`, sorted by key; `id` is that of the entity, which the marker is bound to. */
export function tagPage(call: Needs, operation: string, id: string, input: PageRequest, all: readonly Tag[]) {
  const sorted = all.toSorted((a, b) => (a.Key < b.Key ? -1 : 1)).map((tag, place) => ({ tag, place }));
  // A key may be too long for a marker; its place in the order never is.
  const { items, more } = pageOf(call, { operation, filters: [id] }, input, sorted, ({ place }) => String(100 + place));
  return { Tags: items.map(({ tag }) => tag), ...more };
}
