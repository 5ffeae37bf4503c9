import { LatencyHistogram } from '../../../router/latency-histogram.ts';
import type { FrontFigures, FrontRefusal } from '../types.ts';

const sliceMs = 10_000;
const slices = 6;

interface Slice {
  readonly index: number;
  readonly durations: LatencyHistogram;
  failed: number;
}

/** Durations and failures of the last minute, in slices of ten seconds. */
class LastMinute {
  readonly #slices: (Slice | undefined)[] = new Array(slices).fill(undefined);

  add(nowMs: number, durationMs: number, failed: boolean): void {
    const slice = this.#at(nowMs);
    slice.durations.add(durationMs);
    if (failed) slice.failed += 1;
  }

  fail(nowMs: number): void {
    this.#at(nowMs).failed += 1;
  }

  #at(nowMs: number): Slice {
    const index = Math.floor(nowMs / sliceMs);
    const known = this.#slices[index % slices];
    if (known !== undefined && known.index === index) return known;
    const slice = { index, durations: new LatencyHistogram(), failed: 0 };
    this.#slices[index % slices] = slice;
    return slice;
  }

  sum(nowMs: number): { readonly durations: LatencyHistogram; readonly failed: number } {
    const oldest = Math.floor(nowMs / sliceMs) - slices;
    const durations = new LatencyHistogram();
    let failed = 0;
    for (const slice of this.#slices) {
      if (slice === undefined || slice.index <= oldest) continue;
      durations.merge(slice.durations);
      failed += slice.failed;
    }
    return { durations, failed };
  }
}

/** What came through one way: an agent, a route, or the whole public side. */
export class Flow {
  inFlight = 0;
  requests = 0;
  bytesIn = 0;
  bytesOut = 0;
  refused = 0;
  readonly #minute = new LastMinute();
  readonly #sinceMs: number;

  /** @param nowMs on the monotonic clock */
  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  began(): void {
    this.inFlight += 1;
    this.requests += 1;
  }

  ended(): void {
    this.inFlight -= 1;
  }

  /** An answer broke off in the middle. */
  broke(nowMs: number): void {
    this.#minute.fail(nowMs);
  }

  /** An exchange has its answer. @param durationMs to the head of the answer */
  answered(nowMs: number, durationMs: number, failed: boolean): void {
    this.#minute.add(nowMs, durationMs, failed);
  }

  figures(nowMs: number): FrontFigures {
    const { durations, failed } = this.#minute.sum(nowMs);
    const { count } = durations;
    const seconds = Math.min(60, Math.max(1, (nowMs - this.#sinceMs) / 1_000));
    return {
      inFlight: this.inFlight,
      requests: this.requests,
      requestsPerSecond: Math.round((count / seconds) * 100) / 100,
      p50Ms: durations.quantileMs(0.5),
      p95Ms: durations.quantileMs(0.95),
      errorRatio: count === 0 ? null : Math.min(1, failed / count),
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      refused: this.refused,
    };
  }
}

/** Ways that nobody has gone for longest are forgotten beyond this many. */
const largestBook = 4_096;

/** The figures of all ways by their name. */
export class FlowBook {
  readonly #flows = new Map<string, Flow>();

  /** @param nowMs on the monotonic clock */
  of(name: string, nowMs: number): Flow {
    let flow = this.#flows.get(name);
    if (flow !== undefined) return flow;
    if (this.#flows.size >= largestBook) this.#forgetOne();
    flow = new Flow(nowMs);
    this.#flows.set(name, flow);
    return flow;
  }

  find(name: string): Flow | undefined {
    return this.#flows.get(name);
  }

  #forgetOne(): void {
    for (const [name, flow] of this.#flows) {
      if (flow.inFlight > 0) continue;
      this.#flows.delete(name);
      return;
    }
  }
}

/** What was turned away, by its reason. */
export class RefusalCounts {
  readonly #counts: Partial<Record<FrontRefusal, number>> = {};
  #total = 0;

  add(reason: FrontRefusal): void {
    this.#counts[reason] = (this.#counts[reason] ?? 0) + 1;
    this.#total += 1;
  }

  get total(): number {
    return this.#total;
  }

  get byReason(): Readonly<Partial<Record<FrontRefusal, number>>> {
    return { ...this.#counts };
  }
}
