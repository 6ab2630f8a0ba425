/** Remembers when and where each access key and each role was last used. Coalesced, as on AWS: not on the hot path. */
import type { Log } from '../log.ts';
import type { Caller } from '../services/caller.ts';
import { accessKeyUses, keyUseScope } from '../services/iam/records.ts';
import { roleUses, roleUseScope } from '../services/iam/credential-records.ts';
import type { Store, Transaction } from '../store/store.ts';

/** A use is written again only when so much later than the last written one, or for another service or region. */
const granularityMs = 60_000;
const flushMs = 1000;
const maxKeys = 100_000;

/** Of an access key, or of a role by its sessions (ids never meet: AKIA…, AROA…). */
interface Use {
  readonly id: string;
  readonly of: 'key' | 'role';
  readonly at: number;
  /** '' of a role: AWS tells only the region. */
  readonly service: string;
  readonly region: string;
}

const write = (tx: Transaction, { id, of, at, service, region }: Use): Promise<void> =>
  of === 'role'
    ? tx.put(roleUses, roleUseScope, id, { roleId: id, at, region })
    : tx.put(accessKeyUses, keyUseScope, id, { accessKeyId: id, at, service, region });

export class KeyUse {
  readonly #store: Store;
  readonly #log: Log;
  readonly #last = new Map<string, Use>();
  #pending = new Map<string, Use>();
  readonly #timer: NodeJS.Timeout;

  constructor(store: Store, log: Log) {
    this.#store = store;
    this.#log = log;
    this.#timer = setInterval(() => void this.#flush(), flushMs);
    this.#timer.unref();
  }

  /** Takes note of a verified use of a long-term key, or of a role's session. Other sessions have no record of their own. */
  readonly used = (caller: Caller, service: string, region: string, at: number): void => {
    if (caller.kind === 'assumedRole') this.#note('role', caller.principalId, '', region, at);
    else if (caller.session === undefined && caller.accessKeyId !== '') {
      this.#note('key', caller.accessKeyId, service, region, at);
    }
  };

  #note(of: Use['of'], id: string, service: string, region: string, at: number): void {
    const last = this.#last.get(id);
    if (last !== undefined && at - last.at < granularityMs && last.service === service && last.region === region)
      return;
    const use: Use = { id, of, at, service, region };
    if (this.#last.size >= maxKeys) this.#last.clear();
    this.#last.set(id, use);
    this.#pending.set(id, use);
  }

  async #flush(): Promise<void> {
    if (this.#pending.size === 0) return;
    const uses = [...this.#pending.values()];
    this.#pending = new Map();
    try {
      await this.#store.transact(keyUseScope.accountId, async (tx) => {
        for (const use of uses) await write(tx, use);
      });
    } catch (error) {
      this.#log.warn({ err: error, keys: uses.length }, 'the use of access keys and roles could not be noted');
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#flush();
  }
}
