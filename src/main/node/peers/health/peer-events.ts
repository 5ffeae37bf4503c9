import type { PeerEvent } from '../../../../common/contract/peers.ts';
import { healthLimits } from './limits.ts';

/** What happened to one peer lately; the oldest makes room. */
export class PeerEvents {
  readonly #events: PeerEvent[] = [];

  /** @param detail one sentence for people */
  add(kind: PeerEvent['kind'], detail: string, at: number): void {
    const event = { at, kind, detail: detail.slice(0, healthLimits.eventDetail) };
    const [newest] = this.#events;
    // The same again, as of a peer that keeps sending what is refused, drives nothing else out.
    if (newest?.kind === kind && newest.detail === event.detail) this.#events.shift();
    this.#events.unshift(event);
    if (this.#events.length > healthLimits.events) this.#events.pop();
  }

  /** Newest first. */
  list(): readonly PeerEvent[] {
    return this.#events;
  }
}
