import { LRUCache } from 'lru-cache';
import { nodeLimits } from '../limits.ts';

interface Seen {
  readonly sinceMs: number;
  suppressed: number;
}

/** Lets the same thing be said once in a while, with a count of the times it was not (security.md section 6: one line per peer and code in 10 s). */
export class RepeatSampler {
  readonly #intervalMs: number;
  readonly #nowMs: () => number;
  readonly #seen: LRUCache<string, Seen>;

  constructor(options: { readonly intervalMs?: number; readonly maxKeys?: number; readonly nowMs?: () => number } = {}) {
    this.#intervalMs = options.intervalMs ?? nodeLimits.logRepeatIntervalMs;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#seen = new LRUCache({ max: options.maxKeys ?? nodeLimits.logRepeatKeys });
  }

  /**
   * @param key what repeats, for example peer and code
   * @returns how often it was held back since it was last let through, or undefined when it is held back now
   */
  take(key: string): number | undefined {
    const nowMs = this.#nowMs();
    const seen = this.#seen.get(key);
    // A clock that was set back must not silence anything for as long.
    if (seen !== undefined && nowMs >= seen.sinceMs && nowMs - seen.sinceMs < this.#intervalMs) {
      seen.suppressed++;
      return undefined;
    }
    this.#seen.set(key, { sinceMs: nowMs, suppressed: 0 });
    return seen?.suppressed ?? 0;
  }
}
