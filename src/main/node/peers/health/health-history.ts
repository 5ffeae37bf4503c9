import { type PeerHealth, peerHealthSchema } from '../../../../common/contract/peers.ts';
import { healthLimits } from './limits.ts';

/** How a peer was at one time. */
export interface HealthSample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly health: PeerHealth;
  readonly latencyMs: number | null;
  readonly successRate: number | null;
  readonly score: number;
}

const columns = 4;
const states = peerHealthSchema.options;

/** Samples of the last six hours, 24 KiB for a peer. The oldest makes room. */
export class HealthHistory {
  readonly #values = new Float64Array(healthLimits.samples * columns);
  readonly #health = new Uint8Array(healthLimits.samples);
  #added = 0;

  add({ at, health, latencyMs, successRate, score }: HealthSample): void {
    const index = this.#added++ % healthLimits.samples;
    this.#values.set([at, latencyMs ?? Number.NaN, successRate ?? Number.NaN, score], index * columns);
    this.#health[index] = states.indexOf(health);
  }

  /** Oldest first. */
  samples(): HealthSample[] {
    const count = Math.min(this.#added, healthLimits.samples);
    return Array.from({ length: count }, (_, offset) => this.#at((this.#added - count + offset) % healthLimits.samples));
  }

  #at(index: number): HealthSample {
    const [at = 0, latencyMs = Number.NaN, successRate = Number.NaN, score = 0] = this.#values.subarray(index * columns);
    return {
      at,
      health: states[this.#health[index] ?? 0] ?? 'Offline',
      latencyMs: Number.isNaN(latencyMs) ? null : latencyMs,
      successRate: Number.isNaN(successRate) ? null : successRate,
      score,
    };
  }
}
