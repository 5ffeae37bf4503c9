import { messageIdText, type SignedEnvelope } from '../envelope/index.ts';
import { trustLimits } from '../limits.ts';

/** Which broadcasts a node passes on: each once, and over at most four relays, so that no loop lasts (security.md row 49). */
export class BroadcastRelay {
  readonly #seen = new Map<string, number>();

  /**
   * @param envelope whose signature was checked: junk must not fill the memory
   * @param hops relays it has passed so far
   * @param nowMs milliseconds since the epoch
   * @returns the hops to pass it on with; undefined: it ends here
   */
  pass({ messageId, target, timestampMs, ttlSeconds }: SignedEnvelope, hops: number, nowMs: number): number | undefined {
    const id = messageIdText(messageId);
    if (target !== null || hops >= trustLimits.hops || this.#seen.has(id)) return undefined;
    this.#makeRoom(nowMs);
    // Full of what may still come again: better to end one broadcast here than to pass it on for ever.
    if (this.#seen.size >= trustLimits.seenBroadcasts) return undefined;
    this.#seen.set(id, timestampMs + ttlSeconds * 1_000 + trustLimits.clockToleranceMs);
    return hops + 1;
  }

  #makeRoom(nowMs: number): void {
    if (this.#seen.size < trustLimits.seenBroadcasts) return;
    for (const [id, expiresAtMs] of this.#seen) if (expiresAtMs < nowMs) this.#seen.delete(id);
  }
}
