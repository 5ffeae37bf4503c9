import type { CarrierKind } from '../../../common/contract/nodes.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { isNodeId } from '../../../common/ids.ts';
import type { RemoteNode } from '../router/remote-nodes.ts';
import { federationLimits } from './limits.ts';
import { compareSessions, type PresenceMessage } from './presence-message.ts';

/** `unknown`: this node has lost the broker and cannot tell. */
export type Reachability = 'online' | 'offline' | 'unknown';

/** Another node as its status tells it. */
export interface KnownNode extends RemoteNode {
  readonly presence: PresenceMessage;
  readonly reachability: Reachability;
  /** When its status last came, milliseconds since the epoch. */
  readonly lastSeenMs: number;
  /** How far its clock is ahead of ours, and the round trip it was measured with; undefined until measured. */
  readonly clockOffsetMs: number | undefined;
  readonly rttMs: number | undefined;
  /** How calls to it leave now; null while it is not there. */
  readonly via: CarrierKind | null;
  /** What passes is proven to be of a member, and closed to whoever carries it. */
  readonly secure: boolean;
}

export interface DirectoryListener {
  /** A session of a node began. */
  online?(node: KnownNode): void;
  /** A session of a node ended, or can no longer be seen. */
  lost?(node: KnownNode, reason: string): void;
  /** Anything about any node is new. */
  changed?(): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Every node that was heard of, by its retained status. */
export class NodeDirectory {
  readonly #nowMs: () => number;
  readonly #nodes = new Map<string, Mutable<KnownNode>>();
  readonly #listeners = new Set<DirectoryListener>();
  #ignored = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Status messages of older sessions, and of nodes beyond the bound. */
  get ignored(): number {
    return this.#ignored;
  }

  listen(listener: DirectoryListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Every known node, also those that are away. */
  all(): readonly KnownNode[] {
    return [...this.#nodes.values()];
  }

  /** The nodes that are there. */
  online(): readonly KnownNode[] {
    return this.all().filter(({ reachability }) => reachability === 'online');
  }

  get(nodeId: string): KnownNode | undefined {
    return this.#nodes.get(nodeId);
  }

  /**
   * The node of an id or a name; a node that is there goes before one of the same name that is not. Ids of the first system's
   * nodes are words like names, and stand beside them: such a node must not get what is meant for a node of that name.
   *
   * @throws SignalboxError `CONFLICT` when the name is not unique
   */
  find(idOrName: string): KnownNode | undefined {
    if (isNodeId(idOrName)) return this.#nodes.get(idOrName);
    const named = this.all().filter(({ nodeId, name }) => name === idOrName || nodeId === idOrName);
    const present = named.filter(({ reachability }) => reachability === 'online');
    const candidates = present.length > 0 ? present : named;
    if (candidates.length <= 1) return candidates[0];
    const ids = candidates.map(({ nodeId }) => nodeId).join(', ');
    throw new SignalboxError('CONFLICT', `${candidates.length} nodes are named ${idOrName}. Say which by its id, or rename one: ${ids}.`, {
      executed: 'no',
    });
  }

  /** Takes a status message in. A will or a repeat of an older session changes nothing. */
  apply(presence: PresenceMessage): void {
    const known = this.#nodes.get(presence.serviceId);
    const order = known === undefined ? 1 : compareSessions(presence, known.presence);
    if (order < 0 || (known === undefined && !this.#makeRoom())) {
      this.#ignored++;
      return;
    }
    if (known?.reachability === 'online' && (order > 0 || presence.status === 'offline')) {
      this.#lose(known, presence.status === 'offline' ? 'it left' : 'it was started again');
    }
    const began = presence.status === 'online' && known?.reachability !== 'online';
    const node = this.#store(presence, known);
    if (began) for (const listener of this.#listeners) listener.online?.(node);
    this.#changed();
  }

  /** The broker is away: what every node does cannot be seen. */
  lostSight(): void {
    for (const node of this.#nodes.values()) {
      if (node.reachability !== 'online') continue;
      this.#lose(node, 'this node lost the MQTT broker');
      node.reachability = 'unknown';
    }
    this.#changed();
  }

  /** Keeps a measurement of another node's clock. */
  measured(nodeId: string, rttMs: number, clockOffsetMs: number): void {
    const node = this.#nodes.get(nodeId);
    if (node === undefined) return;
    node.rttMs = rttMs;
    node.clockOffsetMs = clockOffsetMs;
    this.#changed();
  }

  /** A measurement does not hold any more: until the next, the clock counts as unmeasured. */
  clockUnknown(nodeId: string): void {
    const node = this.#nodes.get(nodeId);
    if (node?.clockOffsetMs === undefined) return;
    node.clockOffsetMs = undefined;
    this.#changed();
  }

  #store(presence: PresenceMessage, known: KnownNode | undefined): KnownNode {
    const node: Mutable<KnownNode> = {
      nodeId: presence.serviceId,
      name: presence.name ?? presence.serviceId,
      capabilities: presence.capabilities,
      healthy: presence.health !== 'crit',
      load: presence.load,
      presence,
      reachability: presence.status,
      lastSeenMs: this.#nowMs(),
      clockOffsetMs: known?.clockOffsetMs,
      rttMs: known?.rttMs,
      via: presence.status === 'online' ? 'mqtt' : null,
      secure: false,
    };
    this.#nodes.set(presence.serviceId, node);
    return node;
  }

  #lose(node: Mutable<KnownNode>, reason: string): void {
    node.reachability = 'offline';
    node.via = null;
    for (const listener of this.#listeners) listener.lost?.(node, reason);
  }

  /** Forgets the node that is gone for longest when there are too many; false when none is gone for long: it may be back at once. */
  #makeRoom(): boolean {
    if (this.#nodes.size < federationLimits.nodes) return true;
    let oldest: KnownNode | undefined;
    for (const node of this.#nodes.values()) {
      if (node.reachability !== 'online' && (oldest === undefined || node.lastSeenMs < oldest.lastSeenMs)) oldest = node;
    }
    if (oldest === undefined || this.#nowMs() - oldest.lastSeenMs < federationLimits.keepGoneMs) return false;
    this.#nodes.delete(oldest.nodeId);
    return true;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener.changed?.();
  }
}
