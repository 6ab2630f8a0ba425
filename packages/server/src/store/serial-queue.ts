/** Runs tasks one after another, in the order they were given. A failed task does not stop the next. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}

/** A serial queue for each name; queues vanish when they are empty. */
export class SerialQueues {
  readonly #queues = new Map<string, { queue: SerialQueue; waiting: number }>();

  async run<T>(name: string, task: () => Promise<T>): Promise<T> {
    const entry = this.#queues.get(name) ?? { queue: new SerialQueue(), waiting: 0 };
    this.#queues.set(name, entry);
    entry.waiting += 1;
    try {
      return await entry.queue.run(task);
    } finally {
      entry.waiting -= 1;
      if (entry.waiting === 0) this.#queues.delete(name);
    }
  }
}
