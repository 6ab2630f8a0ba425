/** The facts of a request, by key. */
import type { ContextValue, RequestContext } from './request.ts';
import { lowerCased } from './shared-text.ts';

function valuesOf(value: ContextValue): readonly string[] {
  if (typeof value === 'string') return [value];
  return 'anyOf' in value ? value.anyOf : value;
}

/** Two keys that differ only in case: sets are joined, single values become alternatives. */
function merged(known: ContextValue, added: ContextValue): ContextValue {
  const all = [...valuesOf(known), ...valuesOf(added)];
  return Array.isArray(known) || Array.isArray(added) ? all : { anyOf: all };
}

type Entry = readonly [string, ContextValue];

/** Entries whose keys differ in more than case, in the order and spelling in which each first came. */
function distinct(entries: readonly Entry[]): readonly Entry[] {
  const found = new Map<string, Entry>();
  for (const [name, value] of entries) {
    const key = lowerCased(name);
    const known = found.get(key);
    found.set(key, known === undefined ? [name, value] : [known[0], merged(known[1], value)]);
  }
  return found.size === entries.length ? entries : [...found.values()];
}

/** Up to this many keys are looked through one by one. */
const FEW = 12;

/** Lists instead of maps: a context is built for every request and asked a few times. */
class ListContext implements RequestContext {
  private readonly names: string[];
  private readonly keys: string[];
  private readonly values: ContextValue[];
  private readonly places: Map<string, number> | undefined;

  constructor(entries: readonly Entry[]) {
    this.names = entries.map(([name]) => name);
    this.keys = entries.map(([name]) => lowerCased(name));
    this.values = entries.map(([, value]) => value);
    this.places = entries.length > FEW ? new Map(this.keys.map((key, at) => [key, at])) : undefined;
  }

  private placeOf(key: string): number {
    return this.places === undefined ? this.keys.indexOf(key) : (this.places.get(key) ?? -1);
  }

  get(lowerCaseKey: string): ContextValue | undefined {
    const at = this.placeOf(lowerCaseKey);
    return at < 0 ? undefined : this.values[at];
  }

  *entries(): Iterable<Entry> {
    for (const [at, name] of this.names.entries()) yield [name, this.values[at]!];
  }
}

/**
 * A request context from keys and values. Keys compare ignoring case; a list marks a multivalued key even
 * with one member. Single values under names that differ only in case (tags `Owner` and `owner`) are
 * kept as alternatives: a plain operator is satisfied by any of them. Leave out what is not known.
 */
export function createContext(entries: Iterable<readonly [string, ContextValue]>): RequestContext {
  return new ListContext(distinct([...entries]));
}
