import type { CarrierKind } from '../../../common/contract/nodes.ts';
import { SignalboxError } from '../../../common/errors.ts';
import { isNodeId } from '../../../common/ids.ts';
import type { RemoteNode } from '../router/remote-nodes.ts';
import { NodeWays } from './carriers/node-ways.ts';
import { federationLimits } from './limits.ts';
import { compareStarts, type PresenceMessage } from './presence-message.ts';

/** `unknown`: this node has lost the way to it and cannot tell. */
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
  /** How calls to it leave now; null while there is no way, which may be for a moment. */
  readonly via: CarrierKind | null;
  /** What passes is proven to be of a member, and closed to whoever carries it. */
  readonly secure: boolean;
}

export interface DirectoryListener {
  /** A session of a node began. */
  online?(node: KnownNode): void;
  /** A session of a node ended, or can no longer be seen. */
  lost?(node: KnownNode, reason: string): void;
  /**
   * A way to a node that stays on line was lost and another is there, or the same again: what was under way on it may be gone.
   *
   * @param lost the way
   */
  rerouted?(node: KnownNode, lost: CarrierKind): void;
  /** Anything about any node is new. */
  changed?(): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Entry {
  node: Mutable<KnownNode>;
  readonly ways: NodeWays;
  /** While no way is left and one may be back in a moment: the way that was lost last. */
  grace: { readonly lost: CarrierKind; readonly timer: NodeJS.Timeout } | undefined;
}

/** Every node that was heard of, and the ways to it: it is there while any of them is, and lost when none is left. */
export class NodeDirectory {
  readonly #nowMs: () => number;
  readonly #entries = new Map<string, Entry>();
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
    return [...this.#entries.values()].map(({ node }) => node);
  }

  /** The nodes that are there. */
  online(): readonly KnownNode[] {
    return this.all().filter(({ reachability }) => reachability === 'online');
  }

  get(nodeId: string): KnownNode | undefined {
    return this.#entries.get(nodeId)?.node;
  }

  /** Whether a way leads to the node now. */
  isOpen(nodeId: string, kind: CarrierKind): boolean {
    return this.#entries.get(nodeId)?.ways.isOpen(kind) === true;
  }

  /**
   * The node of an id or a name; a node that is there goes before one of the same name that is not. Ids of the first system's
   * nodes are words like names, and stand beside them: such a node must not get what is meant for a node of that name.
   *
   * @throws SignalboxError `CONFLICT` when the name is not unique
   */
  find(idOrName: string): KnownNode | undefined {
    if (isNodeId(idOrName)) return this.get(idOrName);
    const named = this.all().filter(({ nodeId, name }) => name === idOrName || nodeId === idOrName);
    const present = named.filter(({ reachability }) => reachability === 'online');
    const candidates = present.length > 0 ? present : named;
    if (candidates.length <= 1) return candidates[0];
    const ids = candidates.map(({ nodeId }) => nodeId).join(', ');
    throw new SignalboxError('CONFLICT', `${candidates.length} nodes are named ${idOrName}. Say which by its id, or rename one: ${ids}.`, {
      executed: 'no',
    });
  }

  /**
   * Takes a status message in that came one way. A will or a repeat of an older session changes nothing.
   *
   * @param signed it was proven to be of the node that it names
   */
  apply(presence: PresenceMessage, kind: CarrierKind = 'mqtt', { signed = false }: { readonly signed?: boolean } = {}): void {
    const known = this.#entries.get(presence.serviceId);
    const start = known === undefined ? 0 : compareStarts(presence, known.node.presence);
    const change = start > 0 ? 'newSession' : known?.ways.compare(kind, presence);
    if (start < 0 || change === 'older' || (known === undefined && !this.#makeRoom())) {
      this.#ignored++;
      return;
    }
    if (known !== undefined && start > 0) {
      this.#lose(known, 'it was started again');
      known.ways.clear();
    } else if (known !== undefined && (change === 'newSession' || presence.status === 'offline'))
      this.#close(known, kind, presence.status === 'offline' ? 'it left' : 'it was started again');
    this.#announce(this.#store(presence, known, kind, signed));
  }

  /**
   * A way to a node has gone.
   *
   * @param graceMs how long it may be without any way before it counts as lost
   */
  unreached(nodeId: string, kind: CarrierKind, reason: string, graceMs = 0): void {
    const entry = this.#entries.get(nodeId);
    if (entry === undefined || !entry.ways.isOpen(kind)) return;
    this.#close(entry, kind, reason, graceMs);
    this.#changed();
  }

  /** The broker is away: what every node does cannot be seen there. */
  lostSight(kind: CarrierKind = 'mqtt', reason = 'this node lost the MQTT broker'): void {
    for (const entry of this.#entries.values()) {
      if (!entry.ways.isOpen(kind)) continue;
      this.#close(entry, kind, reason);
      if (entry.node.reachability === 'offline') entry.node.reachability = 'unknown';
    }
    this.#changed();
  }

  /** Drops a node that does not belong here any more. */
  forget(nodeId: string, reason: string): void {
    const entry = this.#entries.get(nodeId);
    if (entry === undefined) return;
    this.#lose(entry, reason);
    this.#entries.delete(nodeId);
    this.#changed();
  }

  /** Keeps a measurement of another node's clock. */
  measured(nodeId: string, rttMs: number, clockOffsetMs: number): void {
    const node = this.#entries.get(nodeId)?.node;
    if (node === undefined) return;
    node.rttMs = rttMs;
    node.clockOffsetMs = clockOffsetMs;
    this.#changed();
  }

  /** A measurement does not hold any more: until the next, the clock counts as unmeasured. */
  clockUnknown(nodeId: string): void {
    const node = this.#entries.get(nodeId)?.node;
    if (node?.clockOffsetMs === undefined) return;
    node.clockOffsetMs = undefined;
    this.#changed();
  }

  /** Ends what waits. */
  stop(): void {
    for (const entry of this.#entries.values()) this.#endGrace(entry);
  }

  #store(presence: PresenceMessage, known: Entry | undefined, kind: CarrierKind, signed: boolean): Entry {
    const entry = known ?? { node: this.#describe(presence, undefined), ways: new NodeWays(), grace: undefined };
    entry.ways.set(kind, presence, signed);
    // What it says while it leaves the broker is no reason to doubt that it is there on another way.
    const status = entry.ways.best === undefined ? presence.status : 'online';
    entry.node = this.#describe({ ...presence, status }, known?.node);
    this.#entries.set(presence.serviceId, entry);
    return entry;
  }

  #describe(presence: PresenceMessage, known: KnownNode | undefined): Mutable<KnownNode> {
    return {
      nodeId: presence.serviceId,
      name: presence.name ?? presence.serviceId,
      capabilities: presence.capabilities,
      healthy: presence.health !== 'crit',
      load: presence.load,
      presence,
      reachability: known?.reachability ?? 'offline',
      lastSeenMs: this.#nowMs(),
      clockOffsetMs: known?.clockOffsetMs,
      rttMs: known?.rttMs,
      via: null,
      secure: false,
    };
  }

  /** Says what the ways of a node have become after one was announced. */
  #announce(entry: Entry): void {
    const { node } = entry;
    const wasOnline = node.reachability === 'online';
    this.#showWays(entry);
    if (node.via !== null) {
      node.reachability = 'online';
      const lost = this.#endGrace(entry);
      for (const listener of this.#listeners) {
        if (!wasOnline) listener.online?.(node);
        else if (lost !== undefined) listener.rerouted?.(node, lost);
      }
    } else if (!wasOnline) node.reachability = 'offline';
    this.#changed();
  }

  #showWays({ node, ways }: Entry): void {
    node.via = ways.best ?? null;
    // While it is waited for a way, what is for it stays as closed as it was.
    if (node.via !== null) node.secure = ways.isProven;
  }

  #close(entry: Entry, kind: CarrierKind, reason: string, graceMs = 0): void {
    if (!entry.ways.close(kind)) return;
    this.#showWays(entry);
    if (entry.node.via !== null) for (const listener of this.#listeners) listener.rerouted?.(entry.node, kind);
    else if (graceMs === 0) this.#lose(entry, reason);
    else {
      const timer = setTimeout(() => {
        this.#lose(entry, reason);
        this.#changed();
      }, graceMs).unref();
      entry.grace = { lost: kind, timer };
    }
  }

  /** @returns the way that was lost when it began */
  #endGrace(entry: Entry): CarrierKind | undefined {
    const { grace } = entry;
    clearTimeout(grace?.timer);
    entry.grace = undefined;
    return grace?.lost;
  }

  #lose(entry: Entry, reason: string): void {
    this.#endGrace(entry);
    const { node } = entry;
    node.via = null;
    node.secure = false;
    if (node.reachability !== 'online') return;
    node.reachability = 'offline';
    for (const listener of this.#listeners) listener.lost?.(node, reason);
  }

  /** Forgets the node that is gone for longest when there are too many; false when none is gone for long: it may be back at once. */
  #makeRoom(): boolean {
    if (this.#entries.size < federationLimits.nodes) return true;
    let oldest: KnownNode | undefined;
    for (const { node } of this.#entries.values()) {
      if (node.reachability !== 'online' && (oldest === undefined || node.lastSeenMs < oldest.lastSeenMs)) oldest = node;
    }
    if (oldest === undefined || this.#nowMs() - oldest.lastSeenMs < federationLimits.keepGoneMs) return false;
    this.#entries.delete(oldest.nodeId);
    return true;
  }

  #changed(): void {
    for (const listener of this.#listeners) listener.changed?.();
  }
}
