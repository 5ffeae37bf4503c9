/** Communicators of several nodes, joined in memory: with delay, loss, narrow and broken ways. Time is that of the timers, which a test may fake. */

import { type CarrierKind, carrierKinds } from '../../src/common/contract/nodes.ts';
import { SignalboxError } from '../../src/common/errors.ts';
import { WayCircuits } from '../../src/main/node/federation/carriers/way-circuits.ts';
import { PeerCommunicator } from '../../src/main/node/peers/communicator/index.ts';
import type { PeerOversight } from '../../src/main/node/peers/oversight.ts';
import type {
  LoneEnvelope,
  PeerTransport,
  TransportListener,
  TransportNode,
  TransportSendOptions,
  TransportWay,
} from '../../src/main/node/peers/transport.ts';
import type { Logger } from '../../src/main/node/telemetry/index.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';
import { recordingLogger } from './router-fixture.ts';

/** How one way between two nodes behaves, in both directions. */
export interface WayBehaviour {
  /** Milliseconds that a message is under way. Default 1. */
  readonly latencyMs: number;
  /** Share of the messages that are lost, 0 to 1. Default 0. */
  readonly loss: number;
  /** What passes in a millisecond; the rest waits its turn. Default unlimited. */
  readonly bytesPerMs: number;
  /** Nothing passes, and nobody notices: what is sent is lost. Default false. */
  readonly isSilent: boolean;
}

export interface PeerNetworkOptions {
  /** Which kinds of ways there are between any two nodes. Default a link. */
  readonly kinds?: readonly CarrierKind[];
  readonly behaviour?: Partial<WayBehaviour>;
  /** Decides what is lost: 0 to 1. Default `Math.random`. */
  readonly random?: () => number;
}

export interface NetworkPeerOptions {
  readonly oversight?: Partial<PeerOversight>;
  readonly store?: MemoryStore;
  /** Clocks in place of those of the system. */
  readonly clock?: { readonly nowMs?: () => number; readonly laggingMs?: () => number };
  /** False: it takes one envelope a message and acknowledges nothing. Default true. */
  readonly acknowledges?: boolean;
}

/** A node on the network. */
export interface NetworkPeer {
  readonly nodeId: string;
  readonly communicator: PeerCommunicator;
  readonly transport: MemoryTransport;
  readonly store: MemoryStore;
  readonly logger: ReturnType<typeof recordingLogger>;
}

/** Judges nobody, and gives a message up only when to send it again is of no use. */
export function indifferentTo(transport: PeerTransport): PeerOversight {
  return {
    score: () => 0,
    conduct: () => undefined,
    refusal: () => undefined,
    observe: () => undefined,
    recover: (_nodeId, error) =>
      error instanceof SignalboxError && error.retryable ? { action: 'retry', afterMs: 100 } : { action: 'fail' },
    peers: () => transport.nodes().map((node) => node.nodeId),
    place: (id) => (transport.node(id) === undefined ? 'unknown' : 'peer'),
  };
}

const usual: WayBehaviour = { latencyMs: 1, loss: 0, bytesPerMs: Number.POSITIVE_INFINITY, isSilent: false };

export class PeerNetwork {
  readonly kinds: readonly CarrierKind[];
  readonly #options: PeerNetworkOptions;
  readonly #transports = new Map<string, MemoryTransport>();
  readonly #behaviours = new Map<string, WayBehaviour>();
  readonly #cut = new Set<string>();

  constructor(options: PeerNetworkOptions = {}) {
    this.#options = options;
    this.kinds = options.kinds ?? ['link'];
  }

  /** Adds a node; one of the same id takes the place of the former, as after a restart. Its communicator is to be started by the test. */
  add(nodeId: string, options: NetworkPeerOptions = {}): NetworkPeer {
    const logger = recordingLogger();
    const transport = new MemoryTransport(this, nodeId, options.acknowledges ?? true, logger);
    const store = options.store ?? memoryStore();
    const oversight: PeerOversight = {
      ...indifferentTo(transport),
      ...options.oversight,
    };
    const communicator = new PeerCommunicator({
      nodeId,
      transport,
      oversight,
      store,
      logger,
      nowMs: () => Date.now(),
      laggingMs: () => Date.now(),
      ...options.clock,
    });
    this.#transports.get(nodeId)?.leave();
    this.#transports.set(nodeId, transport);
    for (const other of this.#transports.values()) if (other !== transport) other.cameBack(nodeId);
    return { nodeId, communicator, transport, store, logger };
  }

  /** Changes how a way between two nodes behaves. */
  behave(a: string, b: string, behaviour: Partial<WayBehaviour>, kinds: readonly CarrierKind[] = this.kinds): void {
    for (const kind of kinds) this.#behaviours.set(keyOf(a, b, kind), { ...this.behaviourOf(a, b, kind), ...behaviour });
  }

  /** Breaks ways between two nodes so that both notice. */
  cut(a: string, b: string, kinds: readonly CarrierKind[] = this.kinds): void {
    for (const kind of kinds) this.#cut.add(keyOf(a, b, kind));
    this.#changed(a, b);
  }

  /** Mends what {@link cut} broke. */
  mend(a: string, b: string, kinds: readonly CarrierKind[] = this.kinds): void {
    for (const kind of kinds) this.#cut.delete(keyOf(a, b, kind));
    this.#changed(a, b);
  }

  /** A node goes, as when it is killed. */
  remove(nodeId: string): void {
    this.#transports.get(nodeId)?.leave();
    this.#transports.delete(nodeId);
    for (const other of this.#transports.values()) other.changed(nodeId);
  }

  others(nodeId: string): readonly MemoryTransport[] {
    return [...this.#transports.values()].filter((transport) => transport.nodeId !== nodeId);
  }

  get(nodeId: string): MemoryTransport | undefined {
    return this.#transports.get(nodeId);
  }

  behaviourOf(a: string, b: string, kind: CarrierKind): WayBehaviour {
    return this.#behaviours.get(keyOf(a, b, kind)) ?? { ...usual, ...this.#options.behaviour };
  }

  isOpen(a: string, b: string, kind: CarrierKind): boolean {
    return this.kinds.includes(kind) && this.#transports.has(b) && !this.#cut.has(keyOf(a, b, kind));
  }

  isLost(loss: number): boolean {
    return loss > 0 && (this.#options.random ?? Math.random)() < loss;
  }

  #changed(a: string, b: string): void {
    this.#transports.get(a)?.changed(b);
    this.#transports.get(b)?.changed(a);
  }
}

/** The ways of one node. */
export class MemoryTransport implements PeerTransport {
  readonly nodeId: string;
  readonly acknowledges: boolean;
  readonly circuits: WayCircuits;
  /** Errors of what was refused as a whole. */
  readonly refused: SignalboxError[] = [];
  /** What was sent, as text. */
  readonly sent: { readonly to: string; readonly kind: CarrierKind; readonly text: string }[] = [];
  keepsSent = false;
  readonly #network: PeerNetwork;
  readonly #listeners: TransportListener[] = [];
  readonly #freeAtMs = new Map<string, number>();
  #isGone = false;

  constructor(network: PeerNetwork, nodeId: string, acknowledges: boolean, logger: Logger) {
    this.#network = network;
    this.nodeId = nodeId;
    this.acknowledges = acknowledges;
    this.circuits = new WayCircuits({ logger, monotonicMs: () => performance.now() });
    this.circuits.listen((change) => {
      for (const listener of this.#listeners) listener.wayChanged(change);
    });
  }

  nodes(): readonly TransportNode[] {
    return this.#network.others(this.nodeId).flatMap(({ nodeId }) => this.node(nodeId) ?? []);
  }

  node(nodeId: string): TransportNode | undefined {
    const other = this.#network.get(nodeId);
    if (other === undefined) return undefined;
    const online = carrierKinds.some((kind) => this.#network.isOpen(this.nodeId, nodeId, kind));
    return { nodeId, name: nodeId, online, secure: true, lastSeenMs: null, epoch: 1, acknowledges: other.acknowledges };
  }

  ways(nodeId: string): readonly TransportWay[] {
    return carrierKinds.flatMap((kind) => {
      const available = this.#network.isOpen(this.nodeId, nodeId, kind);
      const { state, restMs, failures } = this.circuits.of(nodeId, kind);
      if (!available && state === 'closed') return [];
      return [{ kind, available, circuit: state, circuitOpenMs: restMs, failures, through: null }];
    });
  }

  send(nodeId: string, text: string, { kind, probe = false, lone }: TransportSendOptions): CarrierKind | undefined {
    const isFree = (way: CarrierKind) => this.#network.isOpen(this.nodeId, nodeId, way);
    const best = carrierKinds.find((way) => isFree(way) && this.circuits.isClosed(nodeId, way)) ?? carrierKinds.find(isFree);
    const way = kind === undefined ? best : isFree(kind) ? kind : undefined;
    if (this.#isGone || way === undefined) return undefined;
    if (kind !== undefined && !probe && !this.circuits.isClosed(nodeId, kind)) return undefined;
    if (probe) this.circuits.probe(nodeId, way);
    if (this.keepsSent) this.sent.push({ to: nodeId, kind: way, text });
    this.#carry(nodeId, text, way, lone);
    return way;
  }

  answered(nodeId: string, kind: CarrierKind): void {
    this.circuits.answered(nodeId, kind);
  }

  failed(nodeId: string, kind: CarrierKind): void {
    this.circuits.failed(nodeId, kind);
  }

  isCongested(): boolean {
    return false;
  }

  offsetMs(): number | undefined {
    return undefined;
  }

  measureClock(): void {
    // Clocks of this network are never measured.
  }

  listen(listener: TransportListener): void {
    this.#listeners.push(listener);
  }

  /** Hands something to the communicator as if a node had said it. */
  receive(from: string, text: string, kind: CarrierKind = 'link', lone?: LoneEnvelope): void {
    if (this.#isGone) return;
    const origin = { nodeId: from, secure: lone === undefined, kind, role: 'operator' } as const;
    try {
      for (const listener of this.#listeners) listener.received(JSON.parse(text), origin, Buffer.byteLength(text), lone);
    } catch (error) {
      if (!(error instanceof SignalboxError)) throw error;
      this.refused.push(error);
    }
  }

  changed(nodeId: string): void {
    for (const listener of this.#listeners) listener.changed(nodeId);
  }

  /** A node was started again. */
  cameBack(nodeId: string): void {
    this.circuits.forget(nodeId);
    this.changed(nodeId);
  }

  /** The node is killed: nothing leaves and nothing arrives any more. */
  leave(): void {
    this.#isGone = true;
  }

  #carry(nodeId: string, text: string, kind: CarrierKind, lone: LoneEnvelope | undefined): void {
    const { latencyMs, loss, bytesPerMs, isSilent } = this.#network.behaviourOf(this.nodeId, nodeId, kind);
    if (isSilent || this.#network.isLost(loss)) return;
    const way = `${nodeId} ${kind}`;
    const startMs = Math.max(performance.now(), this.#freeAtMs.get(way) ?? 0);
    const endMs = startMs + text.length / bytesPerMs;
    this.#freeAtMs.set(way, endMs);
    const target = this.#network.get(nodeId);
    setTimeout(
      () => {
        if (this.#network.isOpen(this.nodeId, nodeId, kind)) target?.receive(this.nodeId, text, kind, lone);
      },
      latencyMs + endMs - performance.now(),
    );
  }
}

function keyOf(a: string, b: string, kind: CarrierKind): string {
  return `${[a, b].sort().join(' ')} ${kind}`;
}
