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

/** Up to this many keys are looked through one by one. */
const FEW = 12;

/** Lists instead of maps: a context is built for every request and asked a few times. */
class ListContext implements RequestContext {
  private readonly names: string[] = [];
  private readonly keys: string[] = [];
  private readonly values: ContextValue[] = [];
  private places: Map<string, number> | undefined;

  constructor(entries: Iterable<readonly [string, ContextValue]>) {
    for (const [name, value] of entries) this.add(name, value);
  }

  private add(name: string, value: ContextValue): void {
    const key = lowerCased(name);
    const at = this.placeOf(key);
    if (at < 0) this.append(name, key, value);
    else this.values[at] = merged(this.values[at]!, value);
  }

  private append(name: string, key: string, value: ContextValue): void {
    const at = this.keys.push(key) - 1;
    this.names.push(name);
    this.values.push(value);
    if (this.places !== undefined) this.places.set(key, at);
    else if (at >= FEW) this.places = new Map(this.keys.map((one, i) => [one, i]));
  }

  private placeOf(key: string): number {
    return this.places === undefined ? this.keys.indexOf(key) : (this.places.get(key) ?? -1);
  }

  get(lowerCaseKey: string): ContextValue | undefined {
    const at = this.placeOf(lowerCaseKey);
    return at < 0 ? undefined : this.values[at];
  }

  *entries(): Iterable<readonly [string, ContextValue]> {
    for (const [at, name] of this.names.entries()) yield [name, this.values[at]!];
  }
}

/**
 * A request context from keys and values. Keys compare ignoring case; a list marks a multivalued key even
 * with one member. Single values under names that differ only in case (tags `Owner` and `owner`) are
 * kept as alternatives: a plain operator is satisfied by any of them. Leave out what is not known.
 */
export function createContext(entries: Iterable<readonly [string, ContextValue]>): RequestContext {
  return new ListContext(entries);
}
