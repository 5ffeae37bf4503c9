import { setTimeout as setTimeoutAsync } from 'node:timers/promises';
import type { Counter } from 'prom-client';
import type { Config } from '../config/index.ts';
import type { Startable } from '../startable.ts';
import type { Logger, Metrics } from '../telemetry/index.ts';
import { type Announcement, encodeAnnouncement, encodeQuestion, readPacket } from './announcement.ts';
import { discoveryLimits } from './limits.ts';
import { MulticastSockets } from './multicast-sockets.ts';
import { type NearbyNode, NearbyTable } from './nearby-table.ts';
import { PacketBuckets } from './packet-buckets.ts';

/** When questions go out after the first, until they go out every minute (RFC 6762 section 5.2). */
const firstQuestionsMs = [1_000, 3_000, 9_000, 27_000];

/** What this node tells, and where. */
export interface Advertised {
  readonly announcement: Announcement;
  /** True for addresses of this machine on which its door listens. */
  readonly listensOn: (address: string) => boolean;
}

export interface DiscoveryOptions {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'counter' | 'gauge'>;
  /** Of this node: what it hears of itself is nothing new. */
  readonly shortId: string;
  /** Whether there are members to be found. A node of no cluster listens, and asks when somebody wants to know. */
  readonly isMember: () => boolean;
  /** Undefined while no other machine could reach this node. */
  readonly advertised: () => Advertised | undefined;
  readonly nowMs?: () => number;
}

/** Told of what is heard. */
export interface DiscoveryListener {
  /** A node told of itself that was not known, or told something new. */
  readonly heard?: (node: NearbyNode) => void;
  /** The list is another one. */
  readonly changed?: () => void;
  /** This machine is on another network, or on one less. */
  readonly networksChanged?: () => void;
}

/** How finding nodes is going. */
export interface DiscoveryState {
  readonly state: 'on' | 'off' | 'failed';
  readonly detail: string | null;
  readonly advertised: boolean;
}

/**
 * Finds nodes on the local network, and lets them find this one. What is heard is a hint to an address and never more: who answers there
 * is proven each time (security.md 2.4, row 60).
 */
export class Discovery implements Startable {
  readonly #options: DiscoveryOptions;
  readonly #table = new NearbyTable();
  readonly #dropped: Counter<'reason'>;
  readonly #buckets = new PacketBuckets();
  readonly #listeners = new Set<DiscoveryListener>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #sockets: MulticastSockets | undefined;
  #failure: string | undefined;
  #unwatch: (() => void) | undefined;
  #switching: Promise<void> = Promise.resolve();
  #askedMs = Number.NEGATIVE_INFINITY;
  #answeredMs = Number.NEGATIVE_INFINITY;
  #answering: NodeJS.Timeout | undefined;
  /** What was told last, to say good-bye for it. */
  #told: Announcement | undefined;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    const { metrics } = options;
    this.#dropped = metrics.counter({
      name: 'signalbox_discovery_dropped_total',
      help: 'What was heard on the local network and not kept: packets that were too many, nodes for which there was no room',
      labels: ['reason'],
    });
    void metrics.gauge({ name: 'signalbox_discovery_nodes', help: 'Nodes that were heard on the local network' }, () => this.#table.size);
  }

  start(): Promise<void> {
    const { config } = this.#options;
    this.#unwatch = config.onChange((changed) => {
      if (changed.includes('links.discovery')) void this.#switch();
      else if (changed.includes('node.name')) this.refresh();
    });
    return this.#switch();
  }

  async stop(): Promise<void> {
    this.#unwatch?.();
    await this.#switching;
    await this.#close();
  }

  get state(): DiscoveryState {
    const { leftOut } = this.#table;
    if (this.#failure !== undefined) return { state: 'failed', detail: this.#failure, advertised: false };
    if (this.#sockets === undefined) return { state: 'off', detail: null, advertised: false };
    const { addresses } = this.#sockets;
    const lacking = addresses.length === 0 ? 'This machine is on no network.' : null;
    return {
      state: 'on',
      detail: leftOut > 0 ? `${leftOut} more were told of and are not kept: somebody on the network tells of very many.` : lacking,
      advertised: addresses.some((address) => this.#options.advertised()?.listensOn(address) === true),
    };
  }

  /** @returns how to stop */
  listen(listener: DiscoveryListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Where nodes of that short id, or that borrow it, were heard of; nobody is asked. */
  addressesOf(shortId: string): readonly { readonly host: string; readonly port: number }[] {
    return this.#table.list().filter((node) => node.shortId === shortId);
  }

  /** As {@link nearby}; when nobody asked for a while it waits for the first answers. */
  async lookAround(): Promise<readonly NearbyNode[]> {
    const isFresh = performance.now() - this.#askedMs < discoveryLimits.askMs;
    const known = this.nearby();
    if (isFresh || this.#sockets === undefined) return known;
    await setTimeoutAsync(discoveryLimits.answersMs, undefined, { ref: false });
    return this.#table.list();
  }

  /** What is known now; others are asked again at the same time. */
  nearby(): readonly NearbyNode[] {
    this.#table.forgetOld(performance.now());
    this.#ask();
    return this.#table.list();
  }

  /** Tells the network anew: this node is another one than a moment ago. */
  refresh(): void {
    if (this.#told !== undefined && this.#options.advertised() === undefined) this.#sayGoodbye();
    else this.#answerSoon();
    this.#askAsMember();
  }

  /** Opens or closes what the setting says, one after the other. */
  #switch(): Promise<void> {
    this.#switching = this.#switching.then(async () => {
      if (this.#options.config.get('links.discovery') === 'off') await this.#close();
      else await this.#open();
    });
    return this.#switching;
  }

  async #open(): Promise<void> {
    if (this.#sockets !== undefined) return;
    const sockets = new MulticastSockets({
      packet: (packet, host) => this.#receive(packet, host),
      networksChanged: () => this.#networksChanged(),
      failed: (error) => this.#fail(error),
    });
    this.#sockets = sockets;
    this.#failure = undefined;
    try {
      await sockets.open();
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    for (const afterMs of firstQuestionsMs) this.#every(setTimeout(() => this.#askAsMember(), afterMs));
    this.#every(setInterval(() => void sockets.follow().catch((error) => this.#fail(error)), discoveryLimits.interfacesMs));
    this.#every(setInterval(() => this.#upkeep(), discoveryLimits.askMs / 2));
  }

  async #close(): Promise<void> {
    this.#sayGoodbye();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    clearTimeout(this.#answering);
    this.#answering = undefined;
    const sockets = this.#sockets;
    this.#sockets = undefined;
    this.#failure = undefined;
    this.#table.clear();
    this.#changed();
    await sockets?.close();
  }

  #fail(error: Error): void {
    this.#options.logger.warn('discovery.failed', 'Nodes on the local network are not found.', { error });
    void this.#close();
    this.#failure = `Multicast DNS cannot be used here (${(error as NodeJS.ErrnoException).code ?? error.message}). Addresses of other nodes can be typed.`;
  }

  #every(timer: NodeJS.Timeout): void {
    this.#timers.add(timer.unref());
  }

  #upkeep(): void {
    if (this.#table.forgetOld(performance.now())) this.#changed();
    // Somebody else's question brings the same answers.
    if (performance.now() - this.#askedMs >= discoveryLimits.askMs) this.#askAsMember();
  }

  #networksChanged(): void {
    this.#askedMs = Number.NEGATIVE_INFINITY;
    this.#answeredMs = Number.NEGATIVE_INFINITY;
    this.#askAsMember();
    this.#answerSoon();
    for (const { networksChanged } of this.#listeners) networksChanged?.();
  }

  #askAsMember(): void {
    if (this.#options.isMember()) this.#ask();
  }

  #ask(): void {
    const now = performance.now();
    if (this.#sockets === undefined || now - this.#askedMs < discoveryLimits.pauseMs) return;
    this.#askedMs = now;
    for (const address of this.#sockets.addresses) this.#sockets.send(encodeQuestion(), address);
  }

  /** Answers after a short wait: all nodes hear a question at once, and each hears the answers. */
  #answerSoon(): void {
    const { answerDelayMs, pauseMs } = discoveryLimits;
    const restMs = Math.max(0, this.#answeredMs + pauseMs - performance.now());
    this.#answering ??= setTimeout(() => this.#answer(), restMs + Math.random() * answerDelayMs).unref();
  }

  #answer(): void {
    this.#answering = undefined;
    this.#answeredMs = performance.now();
    const advertised = this.#options.advertised();
    if (advertised === undefined || this.#sockets === undefined) return;
    this.#told = advertised.announcement;
    this.#tell(advertised, discoveryLimits.toldSeconds);
  }

  #sayGoodbye(): void {
    if (this.#told === undefined) return;
    this.#tell({ announcement: this.#told, listensOn: () => true }, 0);
    this.#told = undefined;
  }

  #tell({ announcement, listensOn }: Advertised, ttlSeconds: number): void {
    for (const address of this.#sockets?.addresses ?? [])
      if (listensOn(address)) this.#sockets?.send(encodeAnnouncement(announcement, address, ttlSeconds), address);
  }

  #receive(packet: Buffer, host: string): void {
    // Before a byte is read: a flood costs no more than the buckets hold.
    const now = performance.now();
    if (!this.#buckets.take(host, now)) {
      this.#dropped.inc({ reason: 'packets' });
      return;
    }
    const heard = readPacket(packet);
    if (heard === undefined) return;
    if (heard.asks) {
      this.#askedMs = now;
      this.#answerSoon();
    }
    for (const announcement of heard.announced) this.#hear({ ...announcement, host, seenMs: (this.#options.nowMs ?? Date.now)() }, now);
    for (const { shortId, port } of heard.left) if (this.#table.leave({ shortId, port, host })) this.#changed();
  }

  #hear(node: NearbyNode, nowMs: number): void {
    if (node.shortId === this.#options.shortId) return;
    const { leftOut } = this.#table;
    const isNew = this.#table.hear(node, nowMs);
    if (this.#table.leftOut > leftOut) this.#dropped.inc({ reason: 'nodes' });
    if (!isNew) return;
    for (const { heard } of this.#listeners) heard?.(node);
    this.#changed();
  }

  #changed(): void {
    for (const { changed } of this.#listeners) changed?.();
  }
}
