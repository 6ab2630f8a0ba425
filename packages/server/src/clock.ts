/** The only reader of the machine's time. Everything else is handed a `Clock`. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that can be set; `set(null)` returns it to the machine's time. For tests and `--ephemeral`. */
export class SettableClock implements Clock {
  #fixed: number | null = null;

  now(): number {
    return this.#fixed ?? Date.now();
  }

  set(at: number | null): void {
    this.#fixed = at;
  }
}
