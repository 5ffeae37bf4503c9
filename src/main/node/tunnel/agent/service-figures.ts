import { performance } from 'node:perf_hooks';
import { agentLimits } from './limits.ts';
import type { ExchangeEnd } from './request-observer.ts';

/** What is told of a tunnel's requests. */
export interface FiguresReport {
  /** Since the start. */
  readonly requests: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Of the last minute. */
  readonly requestsPerSecond: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly errorRatio: number | null;
  /** Whether the local service answered last; null: not tried yet. */
  readonly service: { readonly state: 'up' | 'down'; readonly detail: string; readonly checkedAt: number } | null;
}

const windowMs = 60_000;

/** Counts and times of the requests of one tunnel. Bounded: at very high rates the times of the last minute are those of its newest requests. */
export class ServiceFigures {
  readonly #endedMs = new Float64Array(agentLimits.timings);
  readonly #durationMs = new Float64Array(agentLimits.timings);
  readonly #failed = new Uint8Array(agentLimits.timings);
  readonly #perSecond = new Uint32Array(60);
  readonly #startedMs: number;
  readonly #now: () => number;
  #second = 0;
  #requests = 0;
  #open = 0;
  #bytesIn = 0;
  #bytesOut = 0;
  #service: 'up' | 'down' | undefined;
  #detail = '';
  #checkedAt = 0;

  /** @param now monotonic, milliseconds; for tests */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#startedMs = now();
    this.#second = Math.floor(this.#startedMs / 1_000);
  }

  /** Exchanges that have not ended. */
  get open(): number {
    return this.#open;
  }

  exchangeBegan(): void {
    this.#open += 1;
  }

  bytesToService(sizeBytes: number): void {
    this.#bytesIn += sizeBytes;
  }

  bytesFromService(sizeBytes: number): void {
    this.#bytesOut += sizeBytes;
  }

  serviceUp(): void {
    if (this.#service !== 'up') this.#detail = '';
    this.#service = 'up';
    this.#checkedAt = Date.now();
  }

  /** @param detail for people */
  serviceDown(detail: string): void {
    this.#service = 'down';
    this.#detail = detail;
    this.#checkedAt = Date.now();
  }

  /** @param status 0: none */
  exchangeEnded(durationMs: number, status: number, end: ExchangeEnd): void {
    this.#open -= 1;
    const nowMs = this.#now();
    const slot = this.#requests % agentLimits.timings;
    this.#endedMs[slot] = nowMs;
    this.#durationMs[slot] = durationMs;
    // A client that went away says nothing about the service.
    this.#failed[slot] = status >= 500 || (end.kind === 'reset' && end.code !== 'cancelled') ? 1 : 0;
    this.#requests += 1;
    this.#turnTo(Math.floor(nowMs / 1_000));
    const second = this.#second % 60;
    this.#perSecond[second] = (this.#perSecond[second] ?? 0) + 1;
  }

  report(): FiguresReport {
    const nowMs = this.#now();
    this.#turnTo(Math.floor(nowMs / 1_000));
    const times: number[] = [];
    let failed = 0;
    for (let slot = 0; slot < Math.min(this.#requests, agentLimits.timings); slot += 1) {
      if ((this.#endedMs[slot] ?? 0) < nowMs - windowMs) continue;
      times.push(this.#durationMs[slot] ?? 0);
      failed += this.#failed[slot] ?? 0;
    }
    times.sort((left, right) => left - right);
    const spanSeconds = Math.min(60, Math.max(1, (nowMs - this.#startedMs) / 1_000));
    return {
      requests: this.#requests,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      requestsPerSecond: this.#perSecond.reduce((sum, count) => sum + count, 0) / spanSeconds,
      p50Ms: quantile(times, 0.5),
      p95Ms: quantile(times, 0.95),
      errorRatio: times.length === 0 ? null : failed / times.length,
      service: this.#service === undefined ? null : { state: this.#service, detail: this.#detail, checkedAt: this.#checkedAt },
    };
  }

  /** Seconds that have passed begin at nothing. */
  #turnTo(second: number): void {
    for (let next = Math.max(this.#second + 1, second - 59); next <= second; next += 1) this.#perSecond[next % 60] = 0;
    this.#second = second;
  }
}

function quantile(sorted: readonly number[], share: number): number | null {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return value ?? null;
}
