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

export class SliceTable<T> {
  private readonly width: number;
  private readonly mask: number;
  private readonly chains: (readonly T[] | undefined)[];

  constructor(entries: readonly Keyed<T>[]) {
    this.width = widthFor(new Set(entries.map(({ key }) => key)));
    let size = 4;
    while (size < entries.length * 2) size *= 2;
    this.mask = size - 1;
    const chains: T[][] = [];
    for (const { key, value } of entries) {
      const at = hashSlice(key, 0, key.length, this.width) & this.mask;
      (chains[at] ??= []).push(value);
    }
    this.chains = Array.from({ length: size }, (_, at) => chains[at]);
  }

  /** Values whose key may equal the slice; never misses one, may hold others. */
  at(text: string, from: number, to: number): readonly T[] | undefined {
    return this.chains[hashSlice(text, from, to, this.width) & this.mask];
  }
}
