import type { PeerOversight } from '../oversight.ts';
import type { PeerTransport } from '../transport.ts';

/** Which peers messages can be sent to now. */
export class ReachablePeers {
  readonly #transport: PeerTransport;
  readonly #oversight: PeerOversight;
  readonly #reachable = new Set<string>();
  readonly #listeners = new Set<(nodeId: string) => void>();

  constructor(transport: PeerTransport, oversight: PeerOversight) {
    this.#transport = transport;
    this.#oversight = oversight;
  }

  /** The best standing first; those that a person removed left out. */
  list(): readonly string[] {
    const scored = [...this.#reachable].flatMap((nodeId) =>
      this.#oversight.place(nodeId) === 'removed' ? [] : [{ nodeId, score: this.#oversight.score(nodeId) }],
    );
    return scored.sort((a, b) => b.score - a.score).map(({ nodeId }) => nodeId);
  }

  /** Told when a peer can be reached that could not be before. @returns stops it */
  listen(listener: (nodeId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A node came or went: looks again. @returns whether it can be reached now and could not be before */
  look(nodeId: string): boolean {
    const wasReachable = this.#reachable.has(nodeId);
    if (this.#transport.node(nodeId)?.online !== true) {
      this.#reachable.delete(nodeId);
      return false;
    }
    this.#reachable.add(nodeId);
    return !wasReachable;
  }

  /** Tells of a peer that can be reached. */
  tell(nodeId: string): void {
    for (const listener of this.#listeners) listener(nodeId);
  }
}
