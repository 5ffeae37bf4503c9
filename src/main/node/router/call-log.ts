import type { ActivityEntry, ActivityTotals, MethodActivity } from '../../../common/contract/rpc.ts';
import type { ErrorCode } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { RateWindow } from './rate-window.ts';
import { RecentDurations } from './recent-durations.ts';

/** Stands for every name that is no method, so that a stranger's names make no new labels. */
export const unknownMethod = 'unknown';

const rateSeconds = 5;

/** Errors with which the asking node ends a call that another one was to run. */
const endedOnTheWay: ReadonlySet<string> = new Set<ErrorCode>([
  'NODE_UNREACHABLE',
  'NODE_LOST',
  'CIRCUIT_OPEN',
  'OVERLOADED',
  'TIMEOUT',
  'CANCELLED',
]);

/**
 * Whether another node ran a call and answered it: that node counts it too, so that a sum over nodes leaves it out here.
 *
 * @param ownId the node that was asked
 * @param ranAt the node it was for
 * @param code of the error it ended with, if any
 */
export function ranElsewhere(ownId: string, ranAt: string, code: string | null): boolean {
  return ranAt !== ownId && (code === null || !endedOnTheWay.has(code));
}

/** Calls of a method that ended in one place. */
class PlaceCounts {
  readonly durations = new LatencyHistogram();
  errors = 0;

  add(durationMs: number, failed: boolean): void {
    this.durations.add(durationMs);
    if (failed) this.errors++;
  }
}

class MethodCounts {
  readonly byStatus = new Map<string, number>();
  readonly here = new PlaceCounts();
  readonly elsewhere = new PlaceCounts();
  /** Of the calls that ended here. */
  readonly rate = new RateWindow(rateSeconds);
  quiet = false;

  /** Of all calls. */
  get durations(): LatencyHistogram {
    if (this.elsewhere.durations.count === 0) return this.here.durations;
    const all = new LatencyHistogram();
    all.merge(this.here.durations);
    all.merge(this.elsewhere.durations);
    return all;
  }
}

/** A call that was answered. */
export interface FinishedCall {
  /** Of the contract; undefined when the name was none. */
  readonly method: string | undefined;
  readonly principal: Principal;
  readonly node: string;
  readonly code: ErrorCode | undefined;
  readonly timestamp: number;
  readonly durationMs: number;
  /** Counted, but not listed. */
  readonly quiet: boolean;
}

interface CallLogOptions {
  readonly nodeId: string;
  /** Calls that are listed. */
  readonly maxEntries: number;
  readonly nowMs: () => number;
}

/** Which of the listed calls are wanted. */
export interface EntryFilter {
  readonly limit: number;
  readonly method?: string | undefined;
  readonly errorsOnly: boolean;
}

/** The latest calls, and for each method how many, how fast and how many failed. */
export class CallLog {
  readonly #nodeId: string;
  readonly #maxEntries: number;
  readonly #nowMs: () => number;
  readonly #entries: ActivityEntry[] = [];
  readonly #methods = new Map<string, MethodCounts>();
  readonly #listeners = new Set<(entry: ActivityEntry) => void>();
  readonly #rate = new RateWindow(rateSeconds);
  readonly #errorRate = new RateWindow(rateSeconds);
  readonly #recent = new RecentDurations();
  #calls = 0;
  #errors = 0;
  #nextId = 1;

  constructor({ nodeId, maxEntries, nowMs }: CallLogOptions) {
    this.#nodeId = nodeId;
    this.#maxEntries = maxEntries;
    this.#nowMs = nowMs;
  }

  add(call: FinishedCall): void {
    const method = call.method ?? unknownMethod;
    const status = call.code ?? 'success';
    let counts = this.#methods.get(method);
    if (counts === undefined) {
      counts = new MethodCounts();
      this.#methods.set(method, counts);
    }
    const nowMs = this.#nowMs();
    const failed = call.code !== undefined;
    const here = !ranElsewhere(this.#nodeId, call.node, call.code ?? null);
    counts.byStatus.set(status, (counts.byStatus.get(status) ?? 0) + 1);
    counts.quiet = call.quiet;
    (here ? counts.here : counts.elsewhere).add(call.durationMs, failed);
    if (here) counts.rate.add(nowMs);
    if (call.quiet) return;
    if (here) this.#sum(nowMs, call.durationMs, failed);
    this.#list(method, call);
  }

  /** Tells of each listed call; returns how to stop. */
  onEntry(listener: (entry: ActivityEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Listed calls, newest first. */
  entries(filter: EntryFilter): ActivityEntry[] {
    const found: ActivityEntry[] = [];
    const oldestId = Math.max(1, this.#nextId - this.#maxEntries);
    for (let id = this.#nextId - 1; id >= oldestId && found.length < filter.limit; id--) {
      const entry = this.#entries[id % this.#maxEntries] as ActivityEntry;
      if (filter.errorsOnly && entry.status !== 'error') continue;
      if (filter.method !== undefined && entry.method !== filter.method) continue;
      found.push(entry);
    }
    return found;
  }

  /** Listed calls that newer ones have pushed out. */
  get dropped(): number {
    return Math.max(0, this.#nextId - 1 - this.#maxEntries);
  }

  /** Listed calls that ended here, the slowest first. */
  slowest(filter: EntryFilter): ActivityEntry[] {
    return this.entries({ ...filter, limit: this.#maxEntries })
      .filter(({ node, code }) => !ranElsewhere(this.#nodeId, node, code))
      .sort((a, b) => b.durationMs - a.durationMs)
      .slice(0, filter.limit);
  }

  methods(): MethodActivity[] {
    const nowMs = this.#nowMs();
    return [...this.#methods].map(([method, { durations, here, elsewhere, rate, quiet }]) => ({
      method,
      quiet,
      calls: durations.count,
      errors: here.errors + elsewhere.errors,
      p50Ms: durations.quantileMs(0.5),
      p95Ms: durations.quantileMs(0.95),
      maxMs: durations.maxMs,
      here: {
        calls: here.durations.count,
        errors: here.errors,
        perSecond: rate.perSecond(nowMs),
        maxMs: here.durations.maxMs,
        durations: here.durations.buckets(),
      },
    }));
  }

  /** The listed calls that ended here, summed up. */
  totals(): Omit<ActivityTotals, 'inFlight'> {
    const nowMs = this.#nowMs();
    return {
      calls: this.#calls,
      errors: this.#errors,
      perSecond: this.#rate.perSecond(nowMs),
      errorsPerSecond: this.#errorRate.perSecond(nowMs),
      durations: this.#recent.histogram(nowMs).buckets(),
    };
  }

  *counts(): Generator<{ readonly method: string; readonly status: string; readonly count: number }> {
    for (const [method, { byStatus }] of this.#methods) for (const [status, count] of byStatus) yield { method, status, count };
  }

  *durations(): Generator<{ readonly method: string; readonly durations: LatencyHistogram }> {
    for (const [method, { durations }] of this.#methods) yield { method, durations };
  }

  #sum(nowMs: number, durationMs: number, failed: boolean): void {
    this.#calls++;
    this.#rate.add(nowMs);
    this.#recent.add(nowMs, durationMs);
    if (!failed) return;
    this.#errors++;
    this.#errorRate.add(nowMs);
  }

  #list(method: string, call: FinishedCall): void {
    const entry: ActivityEntry = {
      id: this.#nextId,
      timestamp: call.timestamp,
      method,
      user: call.principal.user,
      via: call.principal.via,
      node: call.node,
      status: call.code === undefined ? 'success' : 'error',
      code: call.code ?? null,
      durationMs: Math.round(call.durationMs * 1_000) / 1_000,
    };
    // A ring by id: pushing out the oldest costs nothing.
    this.#entries[this.#nextId % this.#maxEntries] = entry;
    this.#nextId++;
    for (const listener of this.#listeners) listener(entry);
  }
}
