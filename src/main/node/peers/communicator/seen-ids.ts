import { communicatorLimits } from './limits.ts';

const { seen, seenPerPeer, seenAtLeastPerPeer } = communicatorLimits;

/** Ids of one peer: half of them is let go of at a time, the older half. */
interface Ids {
  young: Map<string, Seen>;
  old: Map<string, Seen>;
}

/** What became of a message: it runs, was taken, or was refused in these words. */
export type Seen = 'running' | 'taken' | { readonly code: string; readonly message: string };

/** What became of the messages of each peer that came lately, so that a repeat has no effect and is answered as the first was. */
export class SeenIds {
  readonly #byPeer = new Map<string, Ids>();

  get(nodeId: string, messageId: string): Seen | undefined {
    const ids = this.#byPeer.get(nodeId);
    return ids?.young.get(messageId) ?? ids?.old.get(messageId);
  }

  set(nodeId: string, messageId: string, what: Seen): void {
    let ids = this.#byPeer.get(nodeId);
    if (ids === undefined) {
      ids = { young: new Map(), old: new Map() };
      this.#byPeer.set(nodeId, ids);
    }
    if (ids.old.has(messageId)) {
      ids.old.set(messageId, what);
      return;
    }
    ids.young.set(messageId, what);
    const most = Math.max(seenAtLeastPerPeer, Math.min(seenPerPeer, seen / this.#byPeer.size));
    if (ids.young.size < most / 2) return;
    ids.old = ids.young;
    ids.young = new Map();
  }

  /** The message was not dealt with after all: it may come again. */
  delete(nodeId: string, messageId: string): void {
    const ids = this.#byPeer.get(nodeId);
    ids?.young.delete(messageId);
    ids?.old.delete(messageId);
  }

  /** A peer is gone for good. */
  forget(nodeId: string): void {
    this.#byPeer.delete(nodeId);
  }
}
