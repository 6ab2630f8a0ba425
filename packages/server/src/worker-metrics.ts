/** The metrics of several workers as one: the supervising process asks each that serves, and adds up what it hears. */
import type { Worker } from 'node:cluster';
import { AggregatorRegistry, Registry } from 'prom-client';

interface Question {
  readonly metricsAsked: number;
}

interface Answer {
  readonly metricsTold: number;
  readonly metrics: readonly object[];
}

/** A worker that takes longer is left out of this answer. */
const answerMs = 2000;

let questions = 0;

const isQuestion = (message: unknown): message is Question =>
  typeof message === 'object' && message !== null && 'metricsAsked' in message;

const isAnswer = (message: unknown, number: number): message is Answer =>
  typeof message === 'object' && message !== null && 'metricsTold' in message && message.metricsTold === number;

/** Called in a worker: answers the supervising process. */
export function tellMetrics(registry: Registry): void {
  process.on('message', (message: unknown) => {
    if (!isQuestion(message)) return;
    void registry
      .getMetricsAsJSON()
      .then((metrics) => process.send?.({ metricsTold: message.metricsAsked, metrics } satisfies Answer));
  });
}

/** What the workers count, in Prometheus' text format. */
export async function metricsOf(workers: readonly Worker[]): Promise<{ contentType: string; text: string }> {
  const told = await Promise.all(workers.map((worker) => asked(worker)));
  const heard = told.filter((metrics) => metrics !== undefined);
  const text = await AggregatorRegistry.aggregate(heard).metrics();
  return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, text: `${text}${servingLines(heard.length)}` };
}

const servingLines = (count: number): string =>
  `
# HELP stagedoor_workers_serving Workers whose numbers are in this answer.
# TYPE stagedoor_workers_serving gauge
stagedoor_workers_serving ${count}
`;

function asked(worker: Worker): Promise<readonly object[] | undefined> {
  questions += 1;
  const number = questions;
  return new Promise((resolve) => {
    const hear = (message: unknown) => {
      if (isAnswer(message, number)) settle(message.metrics);
    };
    const giveUp = () => settle(undefined);
    const timeout = setTimeout(giveUp, answerMs);
    function settle(metrics: readonly object[] | undefined): void {
      clearTimeout(timeout);
      worker.off('message', hear).off('exit', giveUp);
      resolve(metrics);
    }
    worker.on('message', hear).once('exit', giveUp);
    worker.send({ metricsAsked: number } satisfies Question, (error) => error && giveUp());
  });
}
