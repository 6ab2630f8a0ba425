/** From the path of a finding to its place in the text. */

import { type JsonValue, pointer } from '../json.ts';
import type { SourceDocument } from '../parse.ts';
import type { Position } from '../statement.ts';
import type { Path } from './rule.ts';

export interface Place {
  readonly at: string;
  readonly position: Position;
}

interface Step {
  readonly value: JsonValue;
  readonly start: number;
  readonly at: string;
}

/**
 * Follows a path that takes every element for a list through a document where some are single values. Where the
 * path leads to something that is not there (an absent Version), the innermost place on the way is given.
 */
export function placeOf({ root, locator }: SourceDocument, path: Path): Place {
  let here: Step = { value: root, start: root.start, at: '' };
  for (const step of path) {
    const next = typeof step === 'number' ? itemOf(here, step) : memberStep(here, step);
    if (next === undefined) break;
    here = next;
  }
  return { at: here.at, position: locator.at(here.start) };
}

function memberStep({ value, at }: Step, key: string): Step | undefined {
  if (value.kind !== 'object') return undefined;
  const member = value.members.find((one) => one.key === key);
  return member && { value: member.value, start: member.keyStart, at: pointer(at, key) };
}

/** The parser passes over nulls of a list, so they do not count. */
function itemOf(here: Step, wanted: number): Step | undefined {
  const { value, at } = here;
  if (value.kind !== 'array') return { ...here, start: value.start };
  let left = wanted;
  const index = value.items.findIndex((item) => item.kind !== 'null' && left-- === 0);
  const item = value.items[index];
  return item && { value: item, start: item.start, at: pointer(at, index) };
}
