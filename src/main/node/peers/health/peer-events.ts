import type { PeerEvent } from '../../../../common/contract/peers.ts';
import { healthLimits } from './limits.ts';

/** What happened to one peer lately; the oldest makes room. */
export class PeerEvents {
  readonly #events: PeerEvent[] = [];

  /** @param detail one sentence for people */
  add(kind: PeerEvent['kind'], detail: string, at: number): void {
    this.#events.unshift({ at, kind, detail: detail.slice(0, healthLimits.eventDetail) });
    if (this.#events.length > healthLimits.events) this.#events.pop();
  }

  /** Newest first. */
  list(): readonly PeerEvent[] {
    return this.#events;
  }
}
