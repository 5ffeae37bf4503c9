import type { Announcement } from './announcement.ts';
import { discoveryLimits } from './limits.ts';

/** A node as it told of itself: a hint to an address, whoever it is that answers there. */
export interface NearbyNode extends Announcement {
  /** IPv4 address from which it told. */
  readonly host: string;
  /** When it was last heard of, milliseconds since the epoch. */
  readonly seenMs: number;
}

interface Entry {
  readonly node: NearbyNode;
  /** On a clock that only goes forward. */
  readonly heardMs: number;
}

/**
 * What was heard on the local network. Bounded in all and by address: whoever tells of ten thousand nodes fills the share of one address,
 * and those that were here before stay (security.md row 60).
 */
export class NearbyTable {
  readonly #entries = new Map<string, Entry>();
  #leftOut = 0;

  /** Nodes that were told of and not kept, for want of room. */
  get leftOut(): number {
    return this.#leftOut;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Notes a node.
   *
   * @param nowMs on a clock that only goes forward
   * @returns whether something is known now that was not
   */
  hear(node: NearbyNode, nowMs: number): boolean {
    this.forgetOld(nowMs);
    const key = keyOf(node);
    const known = this.#entries.get(key);
    if (known === undefined && !this.#hasRoomFor(node.host)) {
      this.#leftOut++;
      return false;
    }
    this.#entries.set(key, { node, heardMs: nowMs });
    return known === undefined || !isSame(known.node, node);
  }

  /** A node says good-bye: only what was heard from that address goes. @returns whether it was known */
  leave({ shortId, port, host }: Pick<NearbyNode, 'shortId' | 'port' | 'host'>): boolean {
    return this.#entries.delete(keyOf({ shortId, port, host }));
  }

  /** @returns whether any went */
  forgetOld(nowMs: number): boolean {
    const before = this.#entries.size;
    for (const [key, { heardMs }] of this.#entries) if (nowMs - heardMs >= discoveryLimits.forgetMs) this.#entries.delete(key);
    return this.#entries.size < before;
  }

  clear(): void {
    this.#entries.clear();
    this.#leftOut = 0;
  }

  /** By name, then address. */
  list(): readonly NearbyNode[] {
    return [...this.#entries.values()]
      .map(({ node }) => node)
      .sort((a, b) => compare(a.name, b.name) || compare(a.host, b.host) || a.port - b.port);
  }

  #hasRoomFor(host: string): boolean {
    const { nodes, nodesPerAddress } = discoveryLimits;
    if (this.#entries.size >= nodes) return false;
    return [...this.#entries.values()].filter(({ node }) => node.host === host).length < nodesPerAddress;
  }
}

/** Somebody who borrows a short id answers from another address, and so displaces nobody. */
function keyOf({ shortId, host, port }: Pick<NearbyNode, 'shortId' | 'port' | 'host'>): string {
  return `${shortId} ${host}:${port}`;
}

function isSame(a: NearbyNode, b: NearbyNode): boolean {
  return (
    a.name === b.name &&
    a.takesRequests === b.takesRequests &&
    a.cluster?.name === b.cluster?.name &&
    a.cluster?.shortId === b.cluster?.shortId
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
