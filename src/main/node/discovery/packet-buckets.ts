import { LRUCache } from 'lru-cache';
import { TokenBucket } from '../trust/index.ts';
import { discoveryLimits } from './limits.ts';

/** Counts packets by where they come from, and all of them: asked before a packet is read (security.md row 60). */
export class PacketBuckets {
  readonly #all = new TokenBucket(discoveryLimits.allPacketsPerSecond, discoveryLimits.allPacketsPerSecond, performance.now());
  readonly #sources = new LRUCache<string, TokenBucket>({ max: discoveryLimits.packetSources });

  /** True when one more of that address may be read. @param nowMs on a clock that only goes forward */
  take(address: string, nowMs: number): boolean {
    const { packetsPerSecond, packetBurst } = discoveryLimits;
    const known = this.#sources.get(address);
    const source = known ?? new TokenBucket(packetsPerSecond, packetBurst, nowMs);
    if (known === undefined) this.#sources.set(address, source);
    return source.take(nowMs) && this.#all.take(nowMs);
  }
}
