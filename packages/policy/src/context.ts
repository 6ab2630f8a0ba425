/** The facts of a request, by key. */
import type { ContextValue, RequestContext } from './request.ts';

function valuesOf(value: ContextValue): readonly string[] {
  if (typeof value === 'string') return [value];
  return 'anyOf' in value ? value.anyOf : value;
}

/** Two keys that differ only in case: sets are joined, single values become alternatives. */
function merged(known: ContextValue, added: ContextValue): ContextValue {
  const all = [...valuesOf(known), ...valuesOf(added)];
  return Array.isArray(known) || Array.isArray(added) ? all : { anyOf: all };
}

class MapContext implements RequestContext {
  private readonly values = new Map<string, ContextValue>();
  private readonly names = new Map<string, string>();

  constructor(entries: Iterable<readonly [string, ContextValue]>) {
    for (const [name, value] of entries) this.add(name, value);
  }

  private add(name: string, value: ContextValue): void {
    const key = name.toLowerCase();
    const known = this.values.get(key);
    if (known === undefined) this.names.set(key, name);
    this.values.set(key, known === undefined ? value : merged(known, value));
  }

  get(lowerCaseKey: string): ContextValue | undefined {
    return this.values.get(lowerCaseKey);
  }

  *entries(): Iterable<readonly [string, ContextValue]> {
    for (const [key, value] of this.values) yield [this.names.get(key) ?? key, value];
  }
}

/**
 * A request context from keys and values. Keys compare ignoring case; a list marks a multivalued key even
 * with one member. Single values under names that differ only in case (tags `Owner` and `owner`) are
 * kept as alternatives: a plain operator is satisfied by any of them. Leave out what is not known.
 */
export function createContext(entries: Iterable<readonly [string, ContextValue]>): RequestContext {
  return new MapContext(entries);
}
