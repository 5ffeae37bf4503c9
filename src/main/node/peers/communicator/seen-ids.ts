import { communicatorLimits } from './limits.ts';

const { peers, seen, seenPerPeer, seenAtLeastPerPeer } = communicatorLimits;

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

  /** A message came again: its sender may send it once more, so it is remembered as long as one that came now. */
  renew(nodeId: string, messageId: string): void {
    const ids = this.#byPeer.get(nodeId);
    const what = ids?.old.get(messageId);
    if (ids === undefined || what === undefined) return;
    ids.old.delete(messageId);
    this.#add(ids, messageId, what);
  }

  set(nodeId: string, messageId: string, what: Seen): void {
    let ids = this.#byPeer.get(nodeId);
    if (ids === undefined) {
      if (this.#byPeer.size >= peers) this.#forgetLeast();
      ids = { young: new Map(), old: new Map() };
      this.#byPeer.set(nodeId, ids);
    }
    // Most that end began lately: the older half is seldom looked into.
    if (ids.young.has(messageId)) ids.young.set(messageId, what);
    else if (ids.old.has(messageId)) ids.old.set(messageId, what);
    else this.#add(ids, messageId, what);
  }

  #add(ids: Ids, messageId: string, what: Seen): void {
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

  /** Whoever said least makes room: names that somebody makes up are used once (nodes without proof). */
  #forgetLeast(): void {
    let least: string | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [nodeId, { young, old }] of this.#byPeer) {
      if (young.size + old.size >= fewest) continue;
      fewest = young.size + old.size;
      least = nodeId;
    }
    if (least !== undefined) this.#byPeer.delete(least);
  }
}
