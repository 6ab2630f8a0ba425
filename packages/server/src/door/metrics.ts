/** Prometheus metrics. Requests are counted in plain numbers and only become metrics when scraped. */
import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';

/** Upper bounds of the latency buckets, in seconds. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] as const;

interface Tally {
  readonly service: string;
  readonly operation: string;
  readonly status: number;
  count: number;
}

export class Metrics {
  readonly registry = new Registry();
  /** By service and operation: several services have a TagResource. */
  readonly #tallies = new Map<string, Map<number, Tally>>();
  readonly #latency = new Float64Array(buckets.length + 1);
  #latencySum = 0;
  readonly #decisions: Record<'Allow' | 'ExplicitDeny' | 'ImplicitDeny', number> = {
    Allow: 0,
    ExplicitDeny: 0,
    ImplicitDeny: 0,
  };

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.#requests();
    this.#durations();
    this.#outcomes();
  }

  /** Counts one answered request; `seconds` from its arrival to its answer. */
  answered(service: string, operation: string, status: number, seconds: number): void {
    const name = `${service}:${operation}`;
    let byStatus = this.#tallies.get(name);
    if (byStatus === undefined) this.#tallies.set(name, (byStatus = new Map()));
    const tally = byStatus.get(status);
    if (tally === undefined) byStatus.set(status, { service, operation, status, count: 1 });
    else tally.count += 1;
    let slot = 0;
    while (slot < buckets.length && seconds > buckets[slot]!) slot += 1;
    this.#latency[slot]! += 1;
    this.#latencySum += seconds;
  }

  decided(outcome: 'Allow' | 'ExplicitDeny' | 'ImplicitDeny'): void {
    this.#decisions[outcome] += 1;
  }

  #requests(): void {
    const tallies = this.#tallies;
    const counter = new Counter({
      name: 'stagedoor_requests_total',
      help: 'Answered requests.',
      labelNames: ['service', 'operation', 'status'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const byStatus of tallies.values()) {
          for (const { service, operation, status, count } of byStatus.values())
            this.inc({ service, operation, status }, count);
        }
      },
    });
    void counter;
  }

  #durations(): void {
    const gauge = (name: string, help: string, collect: (metric: Gauge<string>) => void, labelNames: string[] = []) =>
      new Gauge({
        name,
        help,
        labelNames,
        registers: [this.registry],
        collect() {
          collect(this);
        },
      });
    gauge(
      'stagedoor_request_duration_seconds_bucket',
      'Requests answered within `le` seconds.',
      (metric) => {
        let total = 0;
        for (const [slot, bound] of [...buckets, '+Inf'].entries())
          metric.set({ le: String(bound) }, (total += this.#latency[slot]!));
      },
      ['le'],
    );
    gauge('stagedoor_request_duration_seconds_sum', 'Seconds spent on answered requests.', (metric) =>
      metric.set(this.#latencySum),
    );
  }

  #outcomes(): void {
    const decisions = this.#decisions;
    const counter = new Counter({
      name: 'stagedoor_decisions_total',
      help: 'Authorization decisions by outcome.',
      labelNames: ['outcome'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [outcome, count] of Object.entries(decisions)) this.inc({ outcome }, count);
      },
    });
    void counter;
  }
}
