/**
 * Values derived from an account's records (compiled policies, callers), kept until the account changes.
 * A load that began before a change and ends after it is handed to its caller but never kept.
 */
export interface ChangeSource {
  onChange(listener: (accountId: string) => void): () => void;
}

interface Shelf<V> {
  readonly values: Map<string, V>;
}

export class AccountMemo<V> {
  readonly #shelves = new Map<string, Shelf<V>>();
  readonly #limit: number;
  #size = 0;

  /** Keeps at most `limit` values; beyond it the oldest account's values go first. */
  constructor(changes: ChangeSource, limit: number) {
    this.#limit = limit;
    changes.onChange((accountId) => this.#drop(accountId));
  }

  get(accountId: string, key: string): V | undefined {
    return this.#shelves.get(accountId)?.values.get(key);
  }

  /** Runs `load` and keeps its value unless the account changed meanwhile. `undefined` is never kept. */
  async load(accountId: string, key: string, load: () => Promise<V | undefined>): Promise<V | undefined> {
    const shelf = this.#shelfOf(accountId);
    const value = await load();
    if (value !== undefined && this.#shelves.get(accountId) === shelf) this.#keep(shelf, key, value);
    return value;
  }

  /** Forgets one value (its validity ended by time, not by a change). */
  forget(accountId: string, key: string): void {
    if (this.#shelves.get(accountId)?.values.delete(key) === true) this.#size -= 1;
  }

  #shelfOf(accountId: string): Shelf<V> {
    const existing = this.#shelves.get(accountId);
    if (existing !== undefined) return existing;
    const shelf: Shelf<V> = { values: new Map() };
    this.#shelves.set(accountId, shelf);
    return shelf;
  }

  #keep(shelf: Shelf<V>, key: string, value: V): void {
    if (!shelf.values.has(key)) this.#size += 1;
    shelf.values.set(key, value);
    while (this.#size > this.#limit) this.#evict();
  }

  #evict(): void {
    for (const shelf of this.#shelves.values()) {
      const oldest = shelf.values.keys().next();
      if (oldest.done === true) continue;
      shelf.values.delete(oldest.value);
      this.#size -= 1;
      return;
    }
  }

  /** '' stands for every account. */
  #drop(accountId: string): void {
    if (accountId === '') {
      this.#shelves.clear();
      this.#size = 0;
      return;
    }
    this.#size -= this.#shelves.get(accountId)?.values.size ?? 0;
    this.#shelves.delete(accountId);
  }
}
