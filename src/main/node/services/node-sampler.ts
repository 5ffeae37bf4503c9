import type { MetricPoint } from '../../../common/contract/system.ts';
import type { Router, RouterSnapshot } from '../router/index.ts';
import type { Startable } from '../startable.ts';
import { EventLoopDelay, type HostMonitor, type Logger, type MetricHistory, RepeatSampler } from '../telemetry/index.ts';
import type { HealthWatch } from './health-watch.ts';

const intervalMs = 1_000;

export interface NodeSamplerOptions {
  readonly router: Router;
  readonly host: HostMonitor;
  readonly history: MetricHistory;
  readonly health: HealthWatch;
  readonly logger: Logger;
  readonly nowMs?: () => number;
}

/** Measures the node once a second: for the charts, for the problem list, and live on `/stats` and `/metrics` while somebody listens. */
export class NodeSampler implements Startable {
  readonly #options: NodeSamplerOptions;
  readonly #nowMs: () => number;
  readonly #delay = new EventLoopDelay();
  readonly #faults = new RepeatSampler();
  readonly #wanted = { stats: false, metrics: false };
  #timer: NodeJS.Timeout | undefined;
  #unwatch: readonly (() => void)[] = [];
  #running: Promise<void> | undefined;
  #before: { readonly snapshot: RouterSnapshot; readonly cpuUs: number; readonly atMs: number } | undefined;
  #processCpuPercent: number | null = null;
  #delayP99Ms: number | null = null;

  constructor(options: NodeSamplerOptions) {
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
  }

  /** Processor use of the whole process in the last second; 100 is one core. */
  get processCpuPercent(): number | null {
    return this.#processCpuPercent;
  }

  /** Event-loop delay of the main thread in the last second, 99th percentile. */
  get eventLoopDelayP99Ms(): number | null {
    return this.#delayP99Ms;
  }

  start(): Promise<void> {
    const { router } = this.#options;
    this.#delay.start();
    this.#unwatch = [
      router.onDemand('/stats', (wanted) => {
        this.#wanted.stats = wanted;
      }),
      router.onDemand('/metrics', (wanted) => {
        this.#wanted.metrics = wanted;
      }),
    ];
    this.#timer = setInterval(() => this.#tick(), intervalMs);
    this.#tick();
    return Promise.resolve();
  }

  /** Resolves when the sample that is being taken is done. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const unwatch of this.#unwatch) unwatch();
    this.#unwatch = [];
    await this.settled();
    this.#delay.stop();
  }

  /** A disk that hangs must not pile samples up: the next second waits for the last. */
  #tick(): void {
    this.#running ??= this.#sample()
      .catch((error: unknown) => {
        const suppressed = this.#faults.take('sample');
        if (suppressed !== undefined)
          this.#options.logger.error('system.sampleFailed', 'The node could not measure itself.', { error, suppressed });
      })
      .finally(() => {
        this.#running = undefined;
      });
  }

  async #sample(): Promise<void> {
    const { router, host, history, health } = this.#options;
    await host.sample();
    const point = this.#point();
    if (point === undefined) return;
    history.push(point);
    health.look({
      diskPercent: host.disk.percent,
      diskFreeBytes: host.disk.free,
      eventLoopDelayP99Ms: point.eventLoopDelayP99Ms,
      eventsDroppedPerSecond: point.eventsDroppedPerSecond,
    });
    if (this.#wanted.metrics) router.publish('/metrics', point);
    if (this.#wanted.stats) router.publish('/stats', await host.stats());
  }

  /** Undefined at the first call: rates need two readings. */
  #point(): MetricPoint | undefined {
    const { host, router } = this.#options;
    const nowMs = this.#nowMs();
    const snapshot = router.snapshot();
    const { user, system } = process.cpuUsage();
    const before = this.#before;
    this.#before = { snapshot, cpuUs: user + system, atMs: nowMs };
    this.#delayP99Ms = this.#delay.takeP99Ms();
    if (before === undefined || nowMs <= before.atMs) return undefined;
    const seconds = (nowMs - before.atMs) / 1_000;
    const rate = (is: number, was: number): number => round(Math.max(0, is - was) / seconds);
    this.#processCpuPercent = round((user + system - before.cpuUs) / 10_000 / seconds);
    const { clients, rpc, events } = snapshot;
    return {
      timestamp: nowMs,
      rpcPerSecond: rate(rpc.total, before.snapshot.rpc.total),
      rpcErrorsPerSecond: rate(rpc.errors, before.snapshot.rpc.errors),
      rpcP50Ms: rpc.p50Ms,
      rpcP95Ms: rpc.p95Ms,
      eventsPerSecond: rate(events.published, before.snapshot.events.published),
      eventsDroppedPerSecond: rate(events.dropped, before.snapshot.events.dropped),
      cpuPercent: host.cpuPercent,
      memoryPercent: host.memoryPercent,
      diskPercent: host.disk.percent,
      networkReceivedBytesPerSecond: host.receivedBytesPerSecond,
      networkSentBytesPerSecond: host.sentBytesPerSecond,
      eventLoopDelayP99Ms: this.#delayP99Ms,
      clients: clients.ipc + clients.ws + clients.cli + clients.local,
    };
  }
}

const round = (value: number): number => Math.round(value * 100) / 100;
