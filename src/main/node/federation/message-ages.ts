import { federationLimits } from './limits.ts';

/** A measured clock is doubted when a message seems to be older or to come from further in the future. */
const oddAgeMs = 2_000;

export interface MessageAgesOptions {
  /** How far a node's clock is ahead of ours; undefined while unmeasured. */
  readonly offsetMs: (nodeId: string) => number | undefined;
  /** A message contradicts what is known of its sender's clock. */
  readonly onClockDoubt: (nodeId: string) => void;
  readonly nowMs: () => number;
}

/** Tells how long messages were under way, although every node has its own clock. */
export class MessageAges {
  readonly #options: MessageAgesOptions;
  /** Least difference between our clock when a message came and the sender's when it left; the clocks' own difference is in it. */
  readonly #quickestMs = new Map<string, number>();

  constructor(options: MessageAgesOptions) {
    this.#options = options;
  }

  /**
   * Milliseconds a message was under way; beyond what the quickest of its sender took while that clock is not measured.
   *
   * @param sentMs by the sender's clock, milliseconds since the epoch
   */
  ageMs(origin: string, sentMs: number): number {
    const apartMs = this.#options.nowMs() - sentMs;
    const quickestMs = Math.min(this.#quickestMs.get(origin) ?? Number.POSITIVE_INFINITY, apartMs);
    if (!this.#quickestMs.has(origin) && this.#quickestMs.size >= federationLimits.nodes)
      this.#quickestMs.delete(this.#quickestMs.keys().next().value ?? '');
    this.#quickestMs.set(origin, quickestMs);
    const offset = this.#options.offsetMs(origin);
    // No message takes less than no time, so this is never too much: nothing is refused for a clock that is off.
    const underWayMs = apartMs + (offset ?? -quickestMs);
    if (offset !== undefined && Math.abs(underWayMs) > oddAgeMs) this.#options.onClockDoubt(origin);
    return Math.max(0, underWayMs);
  }
}
