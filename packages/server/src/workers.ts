/** `--workers N`: one process supervises, N serve on one port. */
import cluster from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import type { Settings } from './config.ts';
import { openOps } from './door/ops.ts';
import type { Log } from './log.ts';

/** A worker that dies this soon after its start is not started again at once. */
const restartDelayMs = 1000;

/** Starts the workers, starts them again when they die, and stops them on a signal. */
export async function superviseWorkers(settings: Settings, log: Log): Promise<void> {
  let stopping = false;
  for (let index = 0; index < settings.workers; index += 1) cluster.fork();
  cluster.on('exit', (worker, code, signal) => {
    if (stopping) return;
    log.error({ worker: worker.id, code, signal }, 'a worker ended and is started again');
    setTimeout(() => stopping || cluster.fork(), restartDelayMs).unref();
  });
  const ops = await opsOf(settings, log);
  const stop = (): void => {
    stopping = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
    void ops?.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

const listening = (): boolean => Object.values(cluster.workers ?? {}).some((worker) => worker?.isConnected() === true);

async function opsOf(settings: Settings, log: Log) {
  if (settings.opsPort === 0) return undefined;
  const registry = new AggregatorRegistry();
  try {
    return await openOps({
      port: settings.opsPort,
      ready: () => (listening() ? Promise.resolve() : Promise.reject(new Error('no worker serves'))),
      metrics: async () => ({ contentType: registry.contentType, text: await registry.clusterMetrics() }),
    });
  } catch (error) {
    log.warn(
      { err: error, port: settings.opsPort },
      'health, readiness and metrics are not served: their port cannot be had',
    );
    return undefined;
  }
}
