import type { EncodedEvent } from './types.ts';

interface Cached {
  readonly events: readonly EncodedEvent[];
  readonly frame: Buffer;
}

/** Frames made in this turn, so that clients with the same batch of events share one. Forgotten when the turn ends. */
export class FrameCache {
  readonly #byHash = new Map<number, Cached>();

  /** The frame of a batch, made by `encode` when no client had the same batch before. */
  get(events: readonly EncodedEvent[], encode: (events: readonly EncodedEvent[]) => Buffer): Buffer {
    const hash = hashOf(events);
    const cached = this.#byHash.get(hash);
    // The hash only finds; that the batches are the same is checked event by event.
    if (cached !== undefined && sameEvents(cached.events, events)) return cached.frame;
    const frame = encode(events);
    this.#byHash.set(hash, { events, frame });
    return frame;
  }

  clear(): void {
    this.#byHash.clear();
  }
}

function hashOf(events: readonly EncodedEvent[]): number {
  let hash = events.length;
  for (const event of events) hash = (Math.imul(hash, 31) + event.serial) | 0;
  return hash;
}

function sameEvents(some: readonly EncodedEvent[], others: readonly EncodedEvent[]): boolean {
  return some.length === others.length && some.every((event, index) => event === others[index]);
}
