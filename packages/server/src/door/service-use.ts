/** Remembers when each principal last called each action of each service. Coalesced, as on AWS: not on the hot path. */
import type { Log } from '../log.ts';
import type { Caller } from '../services/caller.ts';
import { serviceUses, serviceUseScope } from '../services/iam/service-use-records.ts';
import type { ServiceUseRecord, Use } from '../services/iam/service-use-records.ts';
import type { Store, Transaction } from '../store/store.ts';

/** A use is written again only when so much later than the last written one, or in another region. */
const granularityMs = 60_000;
const flushMs = 1000;
const maxKnown = 100_000;

/** What one principal did with one service since the last writing. */
interface Pending {
  readonly principalId: string;
  readonly account: string;
  readonly service: string;
  readonly actions: Map<string, Use>;
}

const later = (a: Use, b: Use | undefined): Use => (b === undefined || a.at >= b.at ? a : b);

/** The record with what is pending merged in: other processes write to it too. */
function merged(pending: Pending, before: ServiceUseRecord | undefined): ServiceUseRecord {
  const actions: Record<string, Use> = { ...before?.actions };
  let last: Use = before ?? { at: 0, region: '' };
  for (const [action, use] of pending.actions) {
    actions[action] = later(use, actions[action]);
    last = later(use, last);
  }
  const { principalId, account, service } = pending;
  return { principalId, account, service, at: last.at, region: last.region, actions };
}

async function write(tx: Transaction, key: string, pending: Pending): Promise<void> {
  const before = await tx.get(serviceUses, serviceUseScope, key);
  await tx.put(serviceUses, serviceUseScope, key, merged(pending, before));
}

export class ServiceUse {
  readonly #store: Store;
  readonly #log: Log;
  readonly #last = new Map<string, Use>();
  #pending = new Map<string, Pending>();
  readonly #timer: NodeJS.Timeout;

  constructor(store: Store, log: Log) {
    this.#store = store;
    this.#log = log;
    this.#timer = setInterval(() => void this.#flush(), flushMs);
    this.#timer.unref();
  }

  /** Takes note of an attempt by an authenticated caller, whatever comes of it. `action` as `service:Name`. */
  readonly used = (caller: Caller, action: string, region: string, at: number): void => {
    if (caller.principalId === '') return;
    const known = `${caller.principalId}/${action}`;
    const last = this.#last.get(known);
    if (last !== undefined && at - last.at < granularityMs && last.region === region) return;
    if (this.#last.size >= maxKnown) this.#last.clear();
    const use = { at, region };
    this.#last.set(known, use);
    this.#note(caller, action, use);
  };

  #note({ principalId, accountId: account }: Caller, action: string, use: Use): void {
    const [service = '', name = ''] = action.split(':', 2);
    const key = `${principalId}/${service}`;
    const pending = this.#pending.get(key) ?? { principalId, account, service, actions: new Map<string, Use>() };
    this.#pending.set(key, pending);
    pending.actions.set(name, use);
  }

  async #flush(): Promise<void> {
    if (this.#pending.size === 0) return;
    const pending = this.#pending;
    this.#pending = new Map();
    try {
      await this.#store.transact(serviceUseScope.accountId, async (tx) => {
        for (const [key, one] of pending) await write(tx, key, one);
      });
    } catch (error) {
      this.#log.warn({ err: error, records: pending.size }, 'the use of services could not be noted');
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flush();
  }
}
