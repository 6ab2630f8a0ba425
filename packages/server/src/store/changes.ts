import type { Timers } from './timers.ts';

interface ChangeSource {
  readonly pollEveryMs: number;
  versions(): Promise<Map<string, number> | undefined>;
}

/**
 * Tells listeners which accounts changed. This process's commits are announced at once; those of other processes
 * are found by comparing account versions, which only ever rise.
 */
export class Changes {
  readonly #source: ChangeSource;
  readonly #timers: Timers;
  readonly #known = new Map<string, number>();
  readonly #listeners = new Set<(accountId: string) => void>();
  #polling: Promise<void> | undefined;
  #pollAgain = false;
  #cancel: () => void = () => undefined;
  #stopped = false;

  constructor(source: ChangeSource, timers: Timers) {
    this.#source = source;
    this.#timers = timers;
  }

  /** Reads the versions to compare with later. Must resolve before anything is cached. */
  async start(): Promise<void> {
    for (const [accountId, version] of (await this.#source.versions()) ?? []) this.#known.set(accountId, version);
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  listen(listener: (accountId: string) => void): () => void {
    // Wrapped, so that the same function given twice is stopped once for each.
    const entry = (accountId: string) => listener(accountId);
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** This process committed a write. */
  committed(accountId: string, version: number): void {
    this.#known.set(accountId, Math.max(version, this.#known.get(accountId) ?? 0));
    this.#announce(accountId);
  }

  /** Whatever is cached may be wrong: every known account is announced, and '' for those not known. */
  everything(): void {
    for (const accountId of new Set(['', ...this.#known.keys()])) this.#announce(accountId);
  }

  /** Looks for changes now. A call during a look makes another look follow it. */
  poll(): Promise<void> {
    this.#pollAgain = true;
    this.#polling ??= this.#pollUntilQuiet().finally(() => (this.#polling = undefined));
    return this.#polling;
  }

  async #pollUntilQuiet(): Promise<void> {
    while (this.#pollAgain && !this.#stopped) {
      this.#pollAgain = false;
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    const answered = this.#whileOverdue();
    try {
      this.#compare((await this.#source.versions()) ?? new Map());
    } catch {
      // Without the versions nobody can say that a cached permission still holds: fail closed.
      this.everything();
    } finally {
      answered();
    }
  }

  /** An answer that does not come is like a failure: until it does, nothing stays cached. Answers the way to end this. */
  #whileOverdue(): () => void {
    let cancel = (): void => undefined;
    const arm = (): void => {
      cancel = this.#timers.after(this.#source.pollEveryMs, () => {
        this.everything();
        arm();
      });
    };
    arm();
    return () => cancel();
  }

  #compare(versions: Map<string, number>): void {
    for (const [accountId, version] of versions) {
      if (version <= (this.#known.get(accountId) ?? 0)) continue;
      this.#known.set(accountId, version);
      this.#announce(accountId);
    }
  }

  #announce(accountId: string): void {
    if (this.#stopped) return;
    for (const listener of this.#listeners) {
      try {
        listener(accountId);
      } catch (error) {
        // The write stands and the other listeners must hear of it; a failing listener is a mistake to be seen.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#cancel = this.#timers.after(this.#source.pollEveryMs, () => {
      void this.poll().then(() => this.#schedule());
    });
  }
}
