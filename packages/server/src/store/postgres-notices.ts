import pg from 'pg';
import type { Timers } from './timers.ts';

const channel = 'stagedoor_changes';
const reconnectAfterMs = 5_000;

/**
 * LISTEN and NOTIFY, which shorten the wait until the next poll where the engine has them. Nothing depends on them:
 * every failure here means only that polling alone finds changes.
 */
export class PostgresNotices {
  readonly #url: string;
  readonly #timers: Timers;
  #client: pg.Client | undefined;
  #hint: () => void = () => undefined;
  #cancel: () => void = () => undefined;
  #stopped = false;
  #sending = false;
  #sendAgain = false;

  constructor(url: string, timers: Timers) {
    this.#url = url;
    this.#timers = timers;
  }

  async start(hint: () => void): Promise<void> {
    this.#hint = hint;
    await this.#connect();
  }

  /** Tells the other processes to look. Not waited for; many in a row become few. */
  announce(): void {
    this.#sendAgain = true;
    if (!this.#sending) void this.#send();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    if (this.#stopped) return;
    const client = new pg.Client({ connectionString: this.#url, connectionTimeoutMillis: 5_000, keepAlive: true });
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', () => this.#hint());
    this.#client = client;
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      this.#hint();
    } catch {
      this.#lost(client);
    }
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    client.end().catch(() => undefined);
    if (!this.#stopped) this.#cancel = this.#timers.after(reconnectAfterMs, () => void this.#connect());
  }

  async #send(): Promise<void> {
    this.#sending = true;
    while (this.#sendAgain && this.#client) {
      this.#sendAgain = false;
      await this.#client.query(`NOTIFY ${channel}`).catch(() => undefined);
    }
    this.#sending = false;
  }
}
