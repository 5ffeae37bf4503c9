import type { ActivityEntry } from '../../../common/contract/rpc.ts';
import type { ErrorCode } from '../../../common/errors.ts';
import type { Principal } from '../../../common/roles.ts';
import { LatencyHistogram } from './latency-histogram.ts';

/** Stands for every name that is no method, so that a stranger's names make no new labels. */
export const unknownMethod = 'unknown';

interface MethodCounts {
  readonly byStatus: Map<string, number>;
  readonly durations: LatencyHistogram;
  errors: number;
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

export interface MethodActivity {
  readonly method: string;
  readonly calls: number;
  readonly errors: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
}

/** The latest calls, and for each method how many, how fast and how many failed. */
export class CallLog {
  readonly #maxEntries: number;
  readonly #entries: ActivityEntry[] = [];
  readonly #methods = new Map<string, MethodCounts>();
  readonly #listeners = new Set<(entry: ActivityEntry) => void>();
  #nextId = 1;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  add(call: FinishedCall): void {
    const method = call.method ?? unknownMethod;
    const status = call.code ?? 'success';
    let counts = this.#methods.get(method);
    if (counts === undefined) {
      counts = { byStatus: new Map(), durations: new LatencyHistogram(), errors: 0 };
      this.#methods.set(method, counts);
    }
    counts.byStatus.set(status, (counts.byStatus.get(status) ?? 0) + 1);
    counts.durations.add(call.durationMs);
    if (call.code !== undefined) counts.errors++;
    if (!call.quiet) this.#list(method, call);
  }

  /** Tells of each listed call; returns how to stop. */
  onEntry(listener: (entry: ActivityEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Listed calls, newest first. */
  entries(filter: { readonly limit: number; readonly method?: string | undefined; readonly errorsOnly: boolean }): ActivityEntry[] {
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

  methods(): MethodActivity[] {
    return [...this.#methods].map(([method, { durations, errors }]) => ({
      method,
      calls: durations.count,
      errors,
      p50Ms: durations.quantileMs(0.5),
      p95Ms: durations.quantileMs(0.95),
      maxMs: durations.maxMs,
    }));
  }

  *counts(): Generator<{ readonly method: string; readonly status: string; readonly count: number }> {
    for (const [method, { byStatus }] of this.#methods) for (const [status, count] of byStatus) yield { method, status, count };
  }

  *durations(): Generator<{ readonly method: string; readonly durations: LatencyHistogram }> {
    for (const [method, { durations }] of this.#methods) yield { method, durations };
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
