import { LRUCache } from 'lru-cache';
import { steadyNowMs } from '../../clock/index.ts';
import { TokenBucket } from '../../trust/token-bucket.ts';
import { syncLimits } from './limits.ts';

/** How much of one kind each node may send; what is above is refused before anything costly is done (security.md row 51). */
export class NodeRates {
  readonly #buckets = new LRUCache<string, TokenBucket>({ max: syncLimits.countedNodes });
  readonly #perSecond: number;
  readonly #burst: number;
  #refused = 0;

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** Messages that were above the rate since the start. */
  get refused(): number {
    return this.#refused;
  }

  /** True when one more of this node may pass. */
  take(nodeId: string): boolean {
    const nowMs = steadyNowMs();
    let bucket = this.#buckets.get(nodeId);
    if (bucket === undefined) {
      bucket = new TokenBucket(this.#perSecond, this.#burst, nowMs);
      this.#buckets.set(nodeId, bucket);
    }
    if (bucket.take(nowMs)) return true;
    this.#refused++;
    return false;
  }
}
