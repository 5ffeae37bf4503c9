import type { PeerOversight } from '../oversight.ts';
import type { WayChange } from '../transport.ts';

const states = { opened: 'open', probed: 'halfOpen', closed: 'closed' } as const;

/** Which ways are left alone, for those who watch. */
export class WayWatch {
  readonly #oversight: PeerOversight;
  /** Ways whose circuit is not closed. */
  readonly #open = new Set<string>();
  readonly #listeners = new Set<(change: WayChange) => void>();

  constructor(oversight: PeerOversight) {
    this.#oversight = oversight;
  }

  /** Ways whose circuit is not closed. */
  get open(): number {
    return this.#open.size;
  }

  /** Told when the circuit of a way opens, is probed or closes. @returns stops it */
  listen(listener: (change: WayChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The circuit of a way has changed. */
  changed(change: WayChange): void {
    const { nodeId, kind, circuit } = change;
    this.#oversight.observe(nodeId, { kind: 'circuit', way: kind, state: states[circuit] });
    if (circuit === 'closed') this.#open.delete(`${nodeId} ${kind}`);
    else this.#open.add(`${nodeId} ${kind}`);
    for (const listener of this.#listeners) listener(change);
  }
}
