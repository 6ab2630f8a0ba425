/**
 * Deletes service-linked roles behind the calls that asked for it, once nothing uses them. What is to do is in the
 * store, so a task that a process left behind is taken up by the next.
 */
import type { Collection, Reader, Store, Transaction } from '../../store/store.ts';
import type { Environment } from '../environment.ts';
import { attachments, global, inlinePolicies, nameKey, ownedKey, roles } from './records.ts';
import { isPending, linkedDeletions } from './service-linked-records.ts';
import type { LinkedDeletionRecord, RoleUsage } from './service-linked-records.ts';

/** What a service tells about its role: whatever in an account still needs it. One entry per region. */
export interface ServiceLinkedUsage {
  readonly principal: string;
  usage(reader: Reader, accountId: string): Promise<readonly RoleUsage[]>;
}

export interface DeletionRoom {
  readonly store: Store;
  readonly env: Pick<Environment, 'clock'>;
  /** One for every service that has resources which need its role. */
  readonly usages: readonly ServiceLinkedUsage[];
}

async function usageOf(
  { usages }: DeletionRoom,
  tx: Transaction,
  accountId: string,
  principal: string,
): Promise<readonly RoleUsage[]> {
  const asked = usages.filter((one) => one.principal === principal);
  const found = await Promise.all(asked.map((one) => one.usage(tx, accountId)));
  return found.flat().filter(({ resources }) => resources.length > 0);
}

async function removeOwned<T>(tx: Transaction, accountId: string, roleId: string, collection: Collection<T>) {
  const owned = await tx.list(collection, global(accountId), { prefix: ownedKey('role', roleId) });
  for (const { key } of owned) await tx.remove(collection, global(accountId), key);
}

async function removeRole(tx: Transaction, accountId: string, { roleName, roleId }: LinkedDeletionRecord) {
  const scope = global(accountId);
  const role = await tx.get(roles, scope, nameKey(roleName));
  // The role of an earlier deletion may have been made again since: that one stays.
  if (role?.roleId !== roleId) return;
  await removeOwned(tx, accountId, roleId, attachments);
  await removeOwned(tx, accountId, roleId, inlinePolicies);
  await tx.remove(roles, scope, nameKey(roleName));
}

async function start(tx: Transaction, accountId: string, taskId: string): Promise<void> {
  const task = await tx.get(linkedDeletions, global(accountId), taskId);
  if (task?.status !== 'NOT_STARTED') return;
  await tx.put(linkedDeletions, global(accountId), taskId, { ...task, status: 'IN_PROGRESS' });
}

/** Deletes the role, or finds what needs it: both in one transaction, so that nothing comes in between. */
async function finish(room: DeletionRoom, tx: Transaction, accountId: string, taskId: string): Promise<void> {
  const task = await tx.get(linkedDeletions, global(accountId), taskId);
  if (task === undefined || !isPending(task)) return;
  const usage = await usageOf(room, tx, accountId, task.principal);
  if (usage.length === 0) await removeRole(tx, accountId, task);
  const finishedAt = room.env.clock.now();
  const end =
    usage.length === 0
      ? ({ ...task, status: 'SUCCEEDED', finishedAt } as const)
      : ({ ...task, status: 'FAILED', finishedAt, usage } as const);
  await tx.put(linkedDeletions, global(accountId), taskId, end);
}

/** Runs every pending task to its end. Rejects when the store does; what was not reached stays pending. */
export async function runPendingDeletions(room: DeletionRoom): Promise<void> {
  for (const { scope, key } of await room.store.reader.find(linkedDeletions, 'pending', 'yes')) {
    const { accountId } = scope;
    await room.store.transact(accountId, (tx) => start(tx, accountId, key));
    await room.store.transact(accountId, (tx) => finish(room, tx, accountId, key));
  }
}

/** What rows may ask of the process that deletes. */
export interface LinkedDeletions {
  /** A task was written and will be there once the account's transaction is. */
  submitted(accountId: string): void;
  /** There is a task to take up, if nobody has. */
  wake(): void;
}

/** One per process: runs tasks one after the other, from when they are committed. */
export class DeletionRunner implements LinkedDeletions {
  readonly #room: DeletionRoom;
  readonly #failed: (error: unknown) => void;
  readonly #awaited = new Set<string>();
  readonly #stop: () => void;
  #again = false;
  #closed = false;
  #running: Promise<void> | undefined;

  /** `failed` is told of every run that broke off; the next wake takes its tasks up again. */
  constructor(room: DeletionRoom, failed: (error: unknown) => void) {
    this.#room = room;
    this.#failed = failed;
    this.#stop = room.store.onChange((accountId) => {
      if (this.#awaited.delete(accountId)) this.wake();
    });
  }

  submitted(accountId: string): void {
    this.#awaited.add(accountId);
  }

  wake(): void {
    if (this.#closed) return;
    this.#again = true;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        await runPendingDeletions(this.#room);
      } catch (error) {
        this.#failed(error);
      }
    }
    this.#running = undefined;
  }

  /** Resolves when the run that is under way has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#again = false;
    this.#stop();
    await this.#running;
  }
}
