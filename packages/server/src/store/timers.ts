/** Timers, injected so that tests advance time by hand. */
export interface Timers {
  /** Calls `run` once after `ms` milliseconds; answers the way to cancel. Does not keep the process alive. */
  after(ms: number, run: () => void): () => void;
  /** Resolves after `ms` milliseconds; keeps the process alive meanwhile. */
  sleep(ms: number): Promise<void>;
}

export const systemTimers: Timers = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
