import type { EncodedEvent } from './types.ts';

/** Makes the bytes of a batch; one function for each profile. */
export type EncodeBatch = (events: readonly EncodedEvent[]) => Buffer;

interface Cached {
  readonly events: readonly EncodedEvent[];
  readonly frame: Buffer;
}

/** Frames made in this turn, so that clients with the same batch of events share one. Forgotten when the turn ends. */
export class FrameCache {
  readonly #frames = new Map<EncodeBatch, Map<number, Cached>>();

  /** The frame of a batch, made by `encode` when no client of its profile had the same batch before. */
  get(events: readonly EncodedEvent[], encode: EncodeBatch): Buffer {
    let frames = this.#frames.get(encode);
    if (frames === undefined) {
      frames = new Map();
      this.#frames.set(encode, frames);
    }
    const hash = hashOf(events);
    const cached = frames.get(hash);
    // The hash only finds; that the batches are the same is checked event by event.
    if (cached !== undefined && sameEvents(cached.events, events)) return cached.frame;
    const frame = encode(events);
    frames.set(hash, { events, frame });
    return frame;
  }

  clear(): void {
    for (const frames of this.#frames.values()) frames.clear();
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
