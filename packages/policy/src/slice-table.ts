/** A hash table over texts that are looked up inside a longer text, by the few characters that tell them apart. */

export interface Keyed<T> {
  readonly key: string;
  readonly value: T;
}

/** Hashing a long ARN costs more than comparing it, so only chosen characters are hashed, counted from the end. */
type Places = readonly number[];

/** Keys looked at when places are chosen, characters considered in each, and places taken before all are. */
const SAMPLES = [64, 1024];
const REACH = 160;
const MOST = 6;
const CROWD = 3;

function mix(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

/** Never 0, which marks an empty slot. */
function finish(hash: number): number {
  return hash ^ (hash >>> 15) || 1;
}

function hashPlaces(text: string, from: number, to: number, places: Places): number {
  let hash = to - from;
  for (let i = 0; i < places.length; i += 1) {
    const at = to - places[i]!;
    hash = mix(hash, at < from ? 0 : text.charCodeAt(at));
  }
  return finish(hash);
}

function hashAll(text: string, from: number, to: number): number {
  let hash = to - from;
  for (let at = from; at < to; at += 1) hash = mix(hash, text.charCodeAt(at));
  return finish(hash);
}

/** Groups of keys that the places taken so far do not tell apart, by number. */
function regroup(
  keys: readonly string[],
  groups: readonly number[],
  place: number,
): { groups: number[]; count: number } {
  const numbers = new Map<number, number>();
  const next = keys.map((key, i) => {
    const code = place > key.length ? 0 : key.charCodeAt(key.length - place);
    const pair = groups[i]! * 0x10000 + code;
    const known = numbers.get(pair) ?? numbers.size;
    numbers.set(pair, known);
    return known;
  });
  return { groups: next, count: numbers.size };
}

interface Best {
  readonly groups: number[];
  readonly count: number;
  readonly place: number;
}

function bestPlace(keys: readonly string[], groups: readonly number[], longest: number): Best {
  let best: Best = { groups: [], count: 0, place: 1 };
  for (let place = 1; place <= longest && best.count < keys.length; place += 1) {
    const tried = regroup(keys, groups, place);
    if (tried.count > best.count) best = { ...tried, place };
  }
  return best;
}

/** Greedy: the place that splits the keys most, then the one that splits the groups most, and so on. */
function choosePlaces(keys: readonly string[]): number[] {
  const longest = Math.min(REACH, Math.max(...keys.map(({ length }) => length)));
  const places: number[] = [];
  let groups: readonly number[] = keys.map(({ length }) => length);
  let count = 0;
  while (count < keys.length && places.length < MOST) {
    const best = bestPlace(keys, groups, longest);
    if (best.count <= count) break;
    places.push(best.place);
    ({ groups, count } = best);
  }
  return places;
}

/** A spread of the keys, since neighbours are often alike. */
function sampleOf(keys: readonly string[], size: number): string[] {
  const step = Math.max(1, keys.length / size);
  return Array.from({ length: Math.min(size, keys.length) }, (_, i) => keys[Math.floor(i * step)]!);
}

function isCrowded(keys: readonly string[], places: Places): boolean {
  const seen = new Map<number, number>();
  for (const key of keys) {
    const hash = hashPlaces(key, 0, key.length, places);
    const here = (seen.get(hash) ?? 0) + 1;
    if (here > CROWD) return true;
    seen.set(hash, here);
  }
  return false;
}

/** Places that keep keys apart; `undefined` when every character has to be hashed. */
function placesFor(keys: readonly string[]): Places | undefined {
  for (const size of SAMPLES) {
    const places = choosePlaces(sampleOf(keys, size));
    if (!isCrowded(keys, places)) return places;
    if (size >= keys.length) return undefined;
  }
  return undefined;
}

/** One value, or a list of those whose keys have the same hash. */
type Slot<T> = T | T[];

function joined<T>(slot: Slot<T> | undefined, value: T): Slot<T> {
  if (slot === undefined) return value;
  if (!Array.isArray(slot)) return [slot, value];
  slot.push(value);
  return slot;
}

/** Open addressing: what cannot match is told apart by its hash, without touching it. */
export class SliceTable<T extends object> {
  private readonly places: Places | undefined;
  private readonly mask: number;
  private readonly slots: (Slot<T> | undefined)[];
  private readonly hashes: Int32Array;

  constructor(entries: readonly Keyed<T>[]) {
    this.places = placesFor([...new Set(entries.map(({ key }) => key))]);
    let size = 4;
    while (size < entries.length * 2) size *= 2;
    this.mask = size - 1;
    this.slots = Array<Slot<T> | undefined>(size).fill(undefined);
    this.hashes = new Int32Array(size);
    for (const { key, value } of entries) this.put(this.hash(key, 0, key.length), value);
  }

  private hash(text: string, from: number, to: number): number {
    return this.places === undefined ? hashAll(text, from, to) : hashPlaces(text, from, to, this.places);
  }

  private put(hash: number, value: T): void {
    let at = hash & this.mask;
    while (this.hashes[at] !== 0 && this.hashes[at] !== hash) at = (at + 1) & this.mask;
    this.hashes[at] = hash;
    this.slots[at] = joined(this.slots[at], value);
  }

  /** Values whose key may equal the slice: one, or a list. Never misses any, may hold others. */
  at(text: string, from: number, to: number): T | readonly T[] | undefined {
    const { hashes, mask } = this;
    const hash = this.hash(text, from, to);
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const here = hashes[at];
      if (here === hash) return this.slots[at];
      if (here === 0) return undefined;
    }
  }
}
