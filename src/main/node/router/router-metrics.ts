import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ErrorCode } from '../../../common/errors.ts';
import type { CallLog } from './call-log.ts';
import { RateWindow } from './rate-window.ts';
import { RecentDurations } from './recent-durations.ts';
import type { Refusals } from './refusals.ts';
import type { ClientKind } from './types.ts';

/** The part of the node's metrics that the router needs. */
export interface MetricsRegistry {
  readonly registry: Registry;
}

/** What the router says about itself. */
export interface RouterSnapshot {
  readonly clients: Readonly<Record<ClientKind, number>>;
  readonly rpc: {
    readonly total: number;
    readonly errors: number;
    readonly inFlight: number;
    readonly perSecond: number;
    /** Over the last ten to twenty seconds; null when there was no call. */
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
  };
  readonly events: {
    readonly published: number;
    readonly delivered: number;
    readonly dropped: number;
    readonly perSecond: number;
    readonly topics: number;
    readonly subscriptions: number;
  };
}

/** What others know and the metrics show. */
export interface RouterGauges {
  inFlight(): number;
  clients(): Readonly<Record<ClientKind, number>>;
  topics(): number;
  subscriptions(): number;
}

const rateSeconds = 5;

/**
 * Counts of the router. Kept as plain numbers on the hot path and handed to Prometheus when it asks: a label lookup a call
 * would cost more than the call's routing.
 */
export class RouterMetrics {
  readonly #nowMs: () => number;
  readonly #callRate = new RateWindow(rateSeconds);
  readonly #eventRate = new RateWindow(rateSeconds);
  #gauges: RouterGauges | undefined;
  #calls = 0;
  #errors = 0;
  #published = 0;
  #delivered = 0;
  #dropped = 0;
  readonly #rejected = new Map<ErrorCode, number>();
  readonly #recent = new RecentDurations();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** @param durationMs undefined: its answer was held back on purpose, so that its time is no measure of the node */
  called(failed: boolean, durationMs: number | undefined): void {
    const nowMs = this.#nowMs();
    this.#calls++;
    if (failed) this.#errors++;
    this.#callRate.add(nowMs);
    if (durationMs !== undefined) this.#recent.add(nowMs, durationMs);
  }

  /** A request or frame that was refused before it became a call. */
  rejected(code: ErrorCode): void {
    this.#rejected.set(code, (this.#rejected.get(code) ?? 0) + 1);
  }

  published(nowMs: number): void {
    this.#published++;
    this.#eventRate.add(nowMs);
  }

  delivered(count: number): void {
    this.#delivered += count;
  }

  dropped(count: number): void {
    this.#dropped += count;
  }

  snapshot(): RouterSnapshot {
    const nowMs = this.#nowMs();
    const recent = this.#recent.histogram(nowMs);
    return {
      clients: this.#gauges?.clients() ?? { ws: 0, ipc: 0, cli: 0, local: 0 },
      rpc: {
        total: this.#calls,
        errors: this.#errors,
        inFlight: this.#gauges?.inFlight() ?? 0,
        perSecond: this.#callRate.perSecond(nowMs),
        p50Ms: recent.quantileMs(0.5),
        p95Ms: recent.quantileMs(0.95),
      },
      events: {
        published: this.#published,
        delivered: this.#delivered,
        dropped: this.#dropped,
        perSecond: this.#eventRate.perSecond(nowMs),
        topics: this.#gauges?.topics() ?? 0,
        subscriptions: this.#gauges?.subscriptions() ?? 0,
      },
    };
  }

  /** Shows everything on a Prometheus registry. Labels are bounded: methods of the contract, codes, kinds of client. */
  expose(registry: Registry, gauges: RouterGauges, calls: CallLog, refusals: Refusals): void {
    this.#gauges = gauges;
    const registers = [registry];
    new Counter({
      name: 'signalbox_rpc_requests_total',
      help: 'Requests answered, by method and status (success or error code).',
      labelNames: ['method', 'status'],
      registers,
      collect() {
        this.reset();
        for (const { method, status, count } of calls.counts()) this.inc({ method, status }, count);
      },
    });
    registry.registerMetric(new CallDurations(calls));
    const rejected = this.#rejected;
    new Counter({
      name: 'signalbox_rpc_rejected_total',
      help: 'Frames and requests refused before they became a call: unreadable, too many, signed out.',
      labelNames: ['code'],
      registers,
      collect() {
        this.reset();
        for (const [code, count] of rejected) this.inc({ code }, count);
      },
    });
    new Counter({
      name: 'signalbox_refused_total',
      help: 'Callers who might not do what they asked for, by code and by the door they came in.',
      labelNames: ['code', 'via'],
      registers,
      collect() {
        refusals.show(this);
      },
    });
    this.#gauge(registry, 'signalbox_rpc_in_flight', 'Requests running now.', () => gauges.inFlight());
    this.#counter(registry, 'signalbox_events_published_total', 'Events published on local topics.', () => this.#published);
    this.#counter(registry, 'signalbox_events_delivered_total', 'Events handed to clients.', () => this.#delivered);
    this.#counter(registry, 'signalbox_events_dropped_total', 'Events that a slow client lost.', () => this.#dropped);
    this.#gauge(registry, 'signalbox_subscriptions', 'Subscriptions in force.', () => gauges.subscriptions());
    this.#gauge(registry, 'signalbox_topics', 'Topics whose counts are kept.', () => gauges.topics());
    new Gauge({
      name: 'signalbox_clients',
      help: 'Connected clients by kind of connection.',
      labelNames: ['kind'],
      registers,
      collect() {
        for (const [kind, count] of Object.entries(gauges.clients())) this.set({ kind }, count);
      },
    });
  }

  #gauge(registry: Registry, name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  }

  #counter(registry: Registry, name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
}

const durationName = 'signalbox_rpc_duration_seconds';
const durationHelp = 'Time from request to answer, by method.';

/** The duration histogram, read from the counts that the call log keeps anyway. */
class CallDurations extends Histogram<'method'> {
  readonly #calls: CallLog;

  constructor(calls: CallLog) {
    super({ name: durationName, help: durationHelp, labelNames: ['method'], registers: [] });
    this.#calls = calls;
  }

  /**
   * What the registry asks a histogram for, whether it writes text or JSON. Not among prom-client's types; a test holds
   * that it is called.
   */
  getForPromString() {
    const values: { labels: Record<string, string | number>; sharedLabels: object; value: number; metricName: string }[] = [];
    for (const { method, durations } of this.#calls.durations()) {
      const add = (suffix: string, labels: Record<string, string | number>, value: number) =>
        values.push({ labels: { method, ...labels }, sharedLabels: {}, value, metricName: `${durationName}_${suffix}` });
      for (const { leMs, count } of durations.cumulative()) add('bucket', { le: leMs / 1_000 }, count);
      add('bucket', { le: '+Inf' }, durations.count);
      add('sum', {}, durations.sumMs / 1_000);
      add('count', {}, durations.count);
    }
    return Promise.resolve({ name: durationName, help: durationHelp, type: 'histogram', aggregator: 'sum', values });
  }
}
