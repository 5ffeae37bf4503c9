import { readdir } from 'node:fs/promises';
import { Counter, Gauge, Registry } from 'prom-client';

export interface MetricDescription<L extends string> {
  /** Prometheus name with its unit, for example `signalbox_rpc_seconds`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly L[];
}

/** The metrics of one node, as `/metrics` shows them. One registry a node, so that two nodes of one process stay apart. */
export class Metrics {
  readonly registry = new Registry();

  constructor() {
    this.#addProcessMetrics();
  }

  /** A number that only grows. */
  counter<L extends string = never>({ name, help, labels = [] }: MetricDescription<L>): Counter<L> {
    return new Counter({ name, help, labelNames: [...labels], registers: [this.registry] });
  }

  /**
   * A number that goes up and down.
   *
   * @param read asked at each scrape instead of being set; undefined = no value on this platform
   */
  gauge<L extends string = never>(
    { name, help, labels = [] }: MetricDescription<L>,
    read?: () => number | undefined | Promise<number | undefined>,
  ): Gauge<L> {
    const gauge: Gauge<L> = new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [this.registry],
      ...(read !== undefined && {
        collect: async () => {
          const value = await read();
          if (value === undefined) gauge.reset();
          else gauge.set(value);
        },
      }),
    });
    return gauge;
  }

  /** All metrics in the Prometheus text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  /**
   * The usual process metrics, read when scraped. prom-client's own set keeps a performance observer and a delay monitor
   * for each registry for ever; a node that stops leaves nothing behind.
   */
  #addProcessMetrics(): void {
    const cpuSeconds: Counter = new Counter({
      name: 'process_cpu_seconds_total',
      help: 'User and system processor time of the process',
      registers: [this.registry],
      collect: () => {
        const { user, system } = process.cpuUsage();
        cpuSeconds.reset();
        cpuSeconds.inc((user + system) / 1e6);
      },
    });
    this.gauge({ name: 'process_start_time_seconds', help: 'Start of the process, seconds since the epoch' }, () =>
      Math.round(Date.now() / 1e3 - process.uptime()),
    );
    this.gauge({ name: 'process_resident_memory_bytes', help: 'Memory of the process that is in RAM' }, () => process.memoryUsage.rss());
    this.gauge(
      { name: 'nodejs_heap_size_used_bytes', help: 'JavaScript heap in use by the main thread' },
      () => process.memoryUsage().heapUsed,
    );
    this.gauge({ name: 'nodejs_heap_size_total_bytes', help: 'JavaScript heap of the main thread' }, () => process.memoryUsage().heapTotal);
    this.gauge(
      { name: 'nodejs_active_resources', help: 'Handles and requests that keep the event loop running' },
      () => process.getActiveResourcesInfo().length,
    );
    if (process.platform === 'linux')
      this.gauge({ name: 'process_open_fds', help: 'Open file descriptors' }, () =>
        readdir('/proc/self/fd').then(
          (names) => names.length,
          () => undefined,
        ),
      );
  }
}
