/** The account at whose change an entry is dropped; '' for every account's. */
export type Owner = string;

export interface Loaded<T> {
  readonly value: T;
  /** Records that it counts for. */
  readonly size: number;
  readonly keep: boolean;
  readonly owner: Owner;
}

interface Entry {
  readonly value: unknown;
  readonly size: number;
  readonly owner: Owner;
  /** Read since it was last considered for removal. */
  used: boolean;
}

interface Load {
  readonly value: Promise<unknown>;
  readonly owner: Owner;
  readonly began: number;
}

/** Cached values by name, dropped by owner, bounded by size; and the loads under way. */
export class CacheEntries {
  readonly #maxSize: number;
  readonly #entries = new Map<string, Entry>();
  readonly #names = new Map<Owner, Set<string>>();
  readonly #loads = new Map<string, Load>();
  /** Counts changes; `#changed` holds the count at each account's last one, while loads are under way. */
  #changes = 0;
  #changedAll = 0;
  readonly #changed = new Map<Owner, number>();
  #running = 0;
  #size = 0;
  #closed = false;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get(name: string): unknown {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    entry.used = true;
    return entry.value;
  }

  /**
   * The cached value, or the result of `read`. Callers share one load, unless something that may concern it has
   * changed since it began: who asks after a change must see it. `owner` is what is known before the load; '' when
   * any account may concern it.
   */
  load<T>(name: string, owner: Owner, read: () => Promise<Loaded<T>>): Promise<T> {
    const entry = this.#entries.get(name);
    if (entry) {
      entry.used = true;
      return Promise.resolve(entry.value as T);
    }
    const running = this.#loads.get(name);
    if (running && !this.#changedSince(running.began, running.owner)) return running.value as Promise<T>;
    return this.#start(name, owner, read);
  }

  /** The account changed: nothing of it that is cached or being loaded may be kept. '' stands for all accounts. */
  drop(account: Owner): void {
    this.#changes += 1;
    if (account === '') return this.#dropAll();
    if (this.#running > 0) this.#changed.set(account, this.#changes);
    this.#forget(account);
    this.#forget('');
  }

  close(): void {
    this.#closed = true;
    this.drop('');
  }

  async #start<T>(name: string, owner: Owner, read: () => Promise<Loaded<T>>): Promise<T> {
    const began = this.#changes;
    this.#running += 1;
    const loading = read();
    const load: Load = { value: loading.then(({ value }) => value), owner, began };
    load.value.catch(() => undefined);
    this.#loads.set(name, load);
    try {
      const loaded = await loading;
      if (loaded.keep && !this.#closed && !this.#changedSince(began, loaded.owner)) this.#store(name, loaded);
      return loaded.value;
    } finally {
      if (this.#loads.get(name) === load) this.#loads.delete(name);
      this.#running -= 1;
      if (this.#running === 0) this.#changed.clear();
    }
  }

  #changedSince(began: number, owner: Owner): boolean {
    if (owner === '') return this.#changes > began;
    return this.#changedAll > began || (this.#changed.get(owner) ?? 0) > began;
  }

  #store(name: string, { value, size, owner }: Loaded<unknown>): void {
    if (size > this.#maxSize) return;
    this.#remove(name);
    this.#entries.set(name, { value, size, owner, used: false });
    this.#size += size;
    const names = this.#names.get(owner);
    if (names) names.add(name);
    else this.#names.set(owner, new Set([name]));
    this.#shrink();
  }

  /** Second chance: an entry read since it was last looked at goes to the end of the line instead. */
  #shrink(): void {
    for (const [name, entry] of this.#entries) {
      if (this.#size <= this.#maxSize) return;
      if (!entry.used) this.#remove(name);
      else {
        entry.used = false;
        this.#entries.delete(name);
        this.#entries.set(name, entry);
      }
    }
  }

  #remove(name: string): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    this.#entries.delete(name);
    this.#size -= entry.size;
    const names = this.#names.get(entry.owner);
    names?.delete(name);
    if (names?.size === 0) this.#names.delete(entry.owner);
  }

  #forget(owner: Owner): void {
    for (const name of this.#names.get(owner) ?? []) this.#remove(name);
  }

  #dropAll(): void {
    this.#changedAll = this.#changes;
    this.#entries.clear();
    this.#names.clear();
    this.#size = 0;
  }
}
