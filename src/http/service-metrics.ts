import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What a service has to do. */
export interface Load {
  /** Jobs that have not ended. */
  readonly jobs: number;
  /** Their estimated work left, in seconds on one thread. */
  readonly workSeconds: number;
  /** Shards that run. */
  readonly shards: number;
  /** Shards run to their end since the process started. */
  readonly shardsRun: number;
}

/** The figures of one service, for Prometheus. */
export class ServiceMetrics {
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  readonly eventReaders: Gauge;
  readonly eventReadersDropped: Counter;
  readonly registry = new Registry();

  constructor(load: () => Load) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#observeLoad(load);
    this.requests = new Histogram({
      name: 'gradcheck_http_request_seconds',
      help: 'Time from a request to the end of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
      registers,
    });
    this.eventReaders = new Gauge({
      name: 'gradcheck_event_readers',
      help: 'Open event streams.',
      registers,
    });
    this.eventReadersDropped = new Counter({
      name: 'gradcheck_event_readers_dropped_total',
      help: 'Event streams that were closed because their reader did not keep up.',
      registers,
    });
  }

  #observeLoad(load: () => Load): void {
    const gauge = (name: string, help: string, read: (load: Load) => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(read(load()));
        },
      });
    gauge('gradcheck_jobs_unfinished', 'Jobs that have not ended.', ({ jobs }) => jobs);
    gauge(
      'gradcheck_work_seconds',
      'Estimated work of those jobs, on one thread.',
      ({ workSeconds }) => workSeconds,
    );
    gauge('gradcheck_shards_running', 'Shards that run.', ({ shards }) => shards);
    new Counter({
      name: 'gradcheck_shards_run_total',
      help: 'Shards run to their end.',
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(load().shardsRun);
      },
    });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
