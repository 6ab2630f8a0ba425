/** A hash table over texts that are looked up inside a longer text, by their last characters. */

export interface Keyed<T> {
  readonly key: string;
  readonly value: T;
}

/** Characters hashed: as few as tell the keys apart, since hashing a long ARN costs more than comparing it. */
const WIDTHS = [8, 16, 32, 64, Number.MAX_SAFE_INTEGER] as const;
const CROWD = 3;

function hashSlice(text: string, from: number, to: number, width: number): number {
  let hash = to - from;
  for (let i = to - from > width ? to - width : from; i < to; i += 1)
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

function isCrowded(keys: Iterable<string>, width: number): boolean {
  const seen = new Map<number, number>();
  for (const key of keys) {
    const hash = hashSlice(key, 0, key.length, width);
    const here = (seen.get(hash) ?? 0) + 1;
    if (here > CROWD) return true;
    seen.set(hash, here);
  }
  return false;
}

function widthFor(keys: ReadonlySet<string>): number {
  return WIDTHS.find((width) => !isCrowded(keys, width)) ?? Number.MAX_SAFE_INTEGER;
}

/** A slot of its own, or a list when several keys fell into one. */
type Slot<T> = T | T[] | undefined;

function isList<T>(slot: T | T[]): slot is T[] {
  return Array.isArray(slot);
}

export class SliceTable<T extends object> {
  private readonly width: number;
  private readonly mask: number;
  private readonly slots: Slot<T>[];
  /** Hash of a slot's only key: what cannot match is told apart without touching it. */
  private readonly hashes: Int32Array;

  constructor(entries: readonly Keyed<T>[]) {
    this.width = widthFor(new Set(entries.map(({ key }) => key)));
    let size = 4;
    while (size < entries.length * 2) size *= 2;
    this.mask = size - 1;
    this.slots = Array<Slot<T>>(size).fill(undefined);
    this.hashes = new Int32Array(size);
    for (const { key, value } of entries) this.put(hashSlice(key, 0, key.length, this.width), value);
  }

  private put(hash: number, value: T): void {
    const at = hash & this.mask;
    const here = this.slots[at];
    this.hashes[at] = hash;
    if (here === undefined) this.slots[at] = value;
    else if (isList(here)) here.push(value);
    else this.slots[at] = [here, value];
  }

  /** Values whose key may equal the slice: one, or a list. Never misses any, may hold others. */
  at(text: string, from: number, to: number): T | readonly T[] | undefined {
    const hash = hashSlice(text, from, to, this.width);
    const at = hash & this.mask;
    const here = this.slots[at];
    return here === undefined || (this.hashes[at] !== hash && !isList(here)) ? undefined : here;
  }
}
