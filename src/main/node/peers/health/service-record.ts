import { healthLimits } from './limits.ts';

/** How a peer has served lately: how long its acknowledgements took, and what share of the messages to it was taken. */
export class ServiceRecord {
  #latenciesMs: number[] = [];
  #outcomes: boolean[] = [];

  /** A message was taken after so long. */
  taken(latencyMs: number): void {
    push(this.#latenciesMs, latencyMs, healthLimits.latencies);
    push(this.#outcomes, true, healthLimits.outcomes);
  }

  /** A message got no acknowledgement in time. */
  failed(): void {
    push(this.#outcomes, false, healthLimits.outcomes);
  }

  /** The peer was started again, or is there after a long time: what was measured says nothing any more. */
  forget(): void {
    this.#latenciesMs = [];
    this.#outcomes = [];
  }

  /** Median round trip, milliseconds; null: none yet. */
  get latencyMs(): number | null {
    return quantile(this.#latenciesMs, 0.5);
  }

  get latencyP95Ms(): number | null {
    return quantile(this.#latenciesMs, 0.95);
  }

  /** Median of the last few round trips. */
  get recentLatencyMs(): number | null {
    return quantile(this.#latenciesMs.slice(-healthLimits.recentLatencies), 0.5);
  }

  /** 0 to 1; null: none yet. */
  get successRate(): number | null {
    if (this.#outcomes.length === 0) return null;
    return this.#outcomes.filter(Boolean).length / this.#outcomes.length;
  }

  /** How many messages the success rate is of. */
  get outcomes(): number {
    return this.#outcomes.length;
  }
}

function push<T>(values: T[], value: T, most: number): void {
  values.push(value);
  if (values.length > most) values.shift();
}

function quantile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}
