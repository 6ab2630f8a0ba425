/** `--workers N`: one process supervises, N serve on one port. */
import cluster from 'node:cluster';
import type { Worker } from 'node:cluster';
import type { Registry } from 'prom-client';
import type { Settings } from './config.ts';
import { openOps } from './door/ops.ts';
import type { Log } from './log.ts';
import { metricsOf, tellMetrics } from './worker-metrics.ts';

/** A worker that ended is started again after this time, so that one which cannot live does not take the machine. */
const restartDelayMs = 1000;

/** Longer than a worker's own shutdown may take. */
const killAfterMs = 30_000;

/** What a worker tells the supervising process. */
interface Serving {
  readonly serving: string;
}

const isServing = (message: unknown): message is Serving =>
  typeof message === 'object' && message !== null && typeof (message as Partial<Serving>).serving === 'string';

/** Called in a worker once it serves at `url`; its metrics become part of the supervising process's. */
export function workerServes(url: string, registry: Registry): void {
  tellMetrics(registry);
  process.send?.({ serving: url } satisfies Serving);
}

/**
 * Starts the workers, starts them again when they die, and stops them on a signal. When a worker ends before any
 * served, its reason is every worker's: nothing is started again and the process ends with 1.
 * @param announce is told the URL once, when the first worker serves
 */
export async function superviseWorkers(settings: Settings, log: Log, announce: (url: string) => void): Promise<void> {
  const serving = new Set<Worker>();
  let announced = false;
  let stopping = false;
  const ops = await opsOf(settings, log, () => [...serving]);
  const stop = (): void => {
    stopping = true;
    signalWorkers('SIGTERM');
    setTimeout(() => signalWorkers('SIGKILL'), killAfterMs).unref();
    void ops?.close();
  };
  cluster.on('message', (worker, message: unknown) => {
    if (!isServing(message)) return;
    serving.add(worker);
    if (!announced) announce(message.serving);
    announced = true;
  });
  cluster.on('exit', (worker, code, signal) => {
    serving.delete(worker);
    if (stopping) return;
    if (!announced) {
      process.exitCode = 1;
      return stop();
    }
    log.error({ worker: worker.id, code, signal }, 'a worker ended and is started again');
    setTimeout(() => stopping || cluster.fork(), restartDelayMs);
  });
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  for (let index = 0; index < settings.workers; index += 1) cluster.fork();
}

function signalWorkers(signal: NodeJS.Signals): void {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill(signal);
}

async function opsOf(settings: Settings, log: Log, serving: () => readonly Worker[]) {
  if (settings.opsPort === 0) return undefined;
  try {
    return await openOps({
      port: settings.opsPort,
      ready: () => (serving().length > 0 ? Promise.resolve() : Promise.reject(new Error('no worker serves'))),
      metrics: () => metricsOf(serving()),
    });
  } catch (error) {
    log.warn(
      { err: error, port: settings.opsPort },
      'health, readiness and metrics are not served: their port cannot be had',
    );
    return undefined;
  }
}
