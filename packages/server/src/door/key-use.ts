/** Remembers when, where and for which service each access key was last used. Coalesced, as on AWS: not on the hot path. */
import type { Log } from '../log.ts';
import type { Caller } from '../services/caller.ts';
import { accessKeyUses, keyUseScope } from '../services/iam/records.ts';
import type { AccessKeyUseRecord } from '../services/iam/records.ts';
import type { Store } from '../store/store.ts';

/** A use is written again only when so much later than the last written one, or for another service or region. */
const granularityMs = 60_000;
const flushMs = 1000;
const maxKeys = 100_000;

export class KeyUse {
  readonly #store: Store;
  readonly #log: Log;
  readonly #last = new Map<string, AccessKeyUseRecord>();
  #pending = new Map<string, AccessKeyUseRecord>();
  readonly #timer: NodeJS.Timeout;

  constructor(store: Store, log: Log) {
    this.#store = store;
    this.#log = log;
    this.#timer = setInterval(() => void this.#flush(), flushMs);
    this.#timer.unref();
  }

  /** Takes note of a verified use of a long-term key; sessions have no record of their own. */
  readonly used = (caller: Caller, service: string, region: string, at: number): void => {
    if (caller.session !== undefined || caller.accessKeyId === '') return;
    const last = this.#last.get(caller.accessKeyId);
    if (last !== undefined && at - last.at < granularityMs && last.service === service && last.region === region)
      return;
    const use = { accessKeyId: caller.accessKeyId, at, service, region };
    if (this.#last.size >= maxKeys) this.#last.clear();
    this.#last.set(caller.accessKeyId, use);
    this.#pending.set(caller.accessKeyId, use);
  };

  async #flush(): Promise<void> {
    if (this.#pending.size === 0) return;
    const uses = [...this.#pending.values()];
    this.#pending = new Map();
    try {
      await this.#store.transact(keyUseScope.accountId, async (tx) => {
        for (const use of uses) await tx.put(accessKeyUses, keyUseScope, use.accessKeyId, use);
      });
    } catch (error) {
      this.#log.warn({ err: error, keys: uses.length }, 'the use of access keys could not be noted');
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flush();
  }
}
