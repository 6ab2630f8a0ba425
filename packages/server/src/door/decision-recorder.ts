/** Records every decision off the hot path: batches go to the store's append-only log, bounded in memory and in age. */
import type { Log } from '../log.ts';
import type { DecisionLog, DecisionRow } from '../store/store.ts';

export interface RecorderOptions {
  readonly log: Log;
  readonly now: () => number;
  readonly retentionMs: number;
  readonly maxRows: number;
  /** How often waiting rows are written; a crash loses at most so much of the record. */
  readonly flushMs?: number;
}

const batchRows = 500;
/** Beyond this many waiting rows, requests wait for the log. */
const maxWaiting = 20_000;
/** So many rows are kept for a log that cannot be written; what comes then is lost, and that is logged. */
const maxKept = 40_000;
const pruneEveryMs = 60_000;

export class DecisionRecorder {
  readonly #decisions: DecisionLog;
  readonly #options: RecorderOptions;
  #waiting: DecisionRow[] = [];
  #writing: Promise<void> | undefined;
  readonly #timers: NodeJS.Timeout[];

  constructor(decisions: DecisionLog, options: RecorderOptions) {
    this.#decisions = decisions;
    this.#options = options;
    this.#timers = [
      setInterval(() => void this.flush(), options.flushMs ?? 200),
      setInterval(() => void this.#prune(), pruneEveryMs),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** Takes one decision. Answers a promise only when the log cannot keep up and the caller has to wait. */
  record(row: DecisionRow): Promise<void> | undefined {
    this.#waiting.push(row);
    if (this.#waiting.length < batchRows) return undefined;
    const written = this.flush();
    return this.#waiting.length > maxWaiting ? written : undefined;
  }

  /** Writes what waits; resolves when all rows taken so far are in the log. */
  flush(): Promise<void> {
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, batchRows);
      try {
        await this.#decisions.append(batch);
      } catch (error) {
        this.#keep([...batch, ...this.#waiting], error);
        return;
      }
    }
  }

  /** Takes back what was not written. */
  #keep(rows: DecisionRow[], err: unknown): void {
    this.#waiting = rows.slice(0, maxKept);
    const [waiting, lost] = [this.#waiting.length, rows.length - this.#waiting.length];
    this.#options.log.error({ err, waiting, lost }, 'decisions could not be recorded');
  }

  async #prune(): Promise<void> {
    try {
      await this.#decisions.prune(this.#options.now() - this.#options.retentionMs, this.#options.maxRows);
    } catch (error) {
      this.#options.log.error({ err: error }, 'recorded decisions could not be pruned');
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.flush();
  }
}
