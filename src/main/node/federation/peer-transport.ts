import { type CarrierKind, carrierKinds } from '../../../common/contract/nodes.ts';
import { SignalboxError } from '../../../common/errors.ts';
import type { Role } from '../../../common/roles.ts';
import type {
  PeerOrigin,
  PeerTransport,
  TransportListener,
  TransportNode,
  TransportSendOptions,
  TransportWay,
} from '../peers/transport.ts';
import type { Reach } from './carriers/reach.ts';
import { type Envelope, sentAtMs } from './envelope.ts';
import type { Form } from './form.ts';
import type { KnownNode, NodeDirectory } from './node-directory.ts';
import type { Outgoing } from './outgoing.ts';
import type { PlainObject } from './plain-checks.ts';
import type { MemberTraffic } from './secure/index.ts';

/** NodeMessages of members that are for the communicator. */
const messageTypes = ['Envelopes', 'EnvelopesTaken'] as const;
/** What a node announces that acknowledges batches of envelopes. */
const acknowledgingFormat = 'envelopes-taken';

export interface PeerTransportOptions {
  readonly directory: NodeDirectory;
  readonly reach: Reach;
  readonly members: MemberTraffic;
  readonly outgoing: Outgoing;
  /** The neighbour through which a member is reached; undefined: none. */
  readonly routeTo: (nodeId: string) => string | undefined;
  /** What a neighbour passed on to a member got no answer. @returns whether another leads there now */
  readonly avoidRoute: (nodeId: string) => boolean;
  /** True for the id of a member, and of one that was removed. */
  readonly isMember: (nodeId: string) => boolean;
  readonly acceptsUnsigned: () => boolean;
  /** The most that somebody on another node may do here. @throws SignalboxError `NOT_MEMBER`, `REVOKED` */
  readonly roleOf: (nodeId: string, form: Form) => Role | undefined;
  /** Has the clock of a node measured anew. */
  readonly measureClock: (nodeId: string) => void;
}

/**
 * Carries messages between peers over the ways of the federation: to members proven and closed to others, to nodes of no cluster as envelopes
 * that nobody signs.
 */
export class FederationPeerTransport implements PeerTransport {
  readonly #options: PeerTransportOptions;
  readonly #listeners = new Set<TransportListener>();

  constructor(options: PeerTransportOptions) {
    this.#options = options;
    const { directory, reach, members } = options;
    for (const type of messageTypes)
      members.messages.on(type, (nodeId, message, { via, sizeBytes }) => {
        const role = options.roleOf(nodeId, 'secure');
        this.#received(message, { nodeId, secure: true, kind: via, role }, sizeBytes);
      });
    directory.listen({
      online: ({ nodeId }) => {
        reach.circuits.forget(nodeId);
        this.#changed(nodeId);
      },
      rerouted: ({ nodeId }, lost) => {
        // A link that comes after one that was lost is another way. Who leads to a node is said by others, as often as they like.
        if (lost === 'relay') reach.circuits.undecided(nodeId, lost);
        else reach.circuits.forget(nodeId, lost);
        this.#changed(nodeId);
      },
      lost: ({ nodeId }) => {
        reach.circuits.forget(nodeId);
        this.#changed(nodeId);
      },
    });
    reach.circuits.listen((change) => {
      for (const listener of this.#listeners) listener.wayChanged(change);
      const { nodeId, kind, circuit } = change;
      // Through another neighbour it is another way: one that swallows what it is to pass on does not stand for the others.
      if (kind === 'relay' && circuit === 'opened' && options.avoidRoute(nodeId)) reach.circuits.forget(nodeId, kind);
    });
  }

  nodes(): readonly TransportNode[] {
    return this.#options.directory.all().flatMap((node) => (this.#canBePeer(node) ? [describe(node)] : []));
  }

  node(nodeId: string): TransportNode | undefined {
    const node = this.#options.directory.get(nodeId);
    return node !== undefined && this.#canBePeer(node) ? describe(node) : undefined;
  }

  ways(nodeId: string): readonly TransportWay[] {
    const { reach, routeTo } = this.#options;
    return carrierKinds.flatMap((kind) => {
      const available = reach.by(kind, nodeId) !== undefined;
      const { state, restMs, failures } = reach.circuits.of(nodeId, kind);
      if (!available && state === 'closed') return [];
      const through = kind === 'relay' ? (routeTo(nodeId) ?? null) : null;
      return [{ kind, available, circuit: state, circuitOpenMs: Math.ceil(restMs), failures, through }];
    });
  }

  send(nodeId: string, text: string, { ttlSeconds, kind, probe = false, lone }: TransportSendOptions): CarrierKind | undefined {
    const { reach, members, outgoing, directory, isMember } = this.#options;
    const node = directory.get(nodeId);
    if (node?.reachability !== 'online') return undefined;
    const way = kind === undefined ? reach.best(nodeId)?.kind : reach.by(kind, nodeId)?.kind;
    if (way === undefined) return undefined;
    if (kind !== undefined && !probe && !reach.circuits.isClosed(nodeId, kind)) return undefined;
    if (node.secure || isMember(nodeId)) {
      if (!members.send(nodeId, { text, ttlSeconds, confirmed: false, unsent: [], kind: way })) return undefined;
    } else if (!this.#canBePeer(node) || !outgoing.tellUnsigned(nodeId, text, headOf(ttlSeconds, lone))) return undefined;
    if (probe) reach.circuits.probe(nodeId, way);
    return way;
  }

  answered(nodeId: string, kind: CarrierKind): void {
    this.#options.reach.circuits.answered(nodeId, kind);
  }

  failed(nodeId: string, kind: CarrierKind): void {
    this.#options.reach.circuits.failed(nodeId, kind);
  }

  isCongested(nodeId: string): boolean {
    return this.#options.reach.isCongested(nodeId);
  }

  offsetMs(nodeId: string): number | undefined {
    return this.#options.directory.get(nodeId)?.clockOffsetMs;
  }

  measureClock(nodeId: string): void {
    this.#options.measureClock(nodeId);
  }

  listen(listener: TransportListener): void {
    this.#listeners.add(listener);
  }

  /** A way that was full takes messages again. */
  drained(nodeId: string): void {
    for (const listener of this.#listeners) listener.drained(nodeId);
  }

  /** Takes what a node says without a signature, of which everything but its content was checked. @throws SignalboxError */
  takeUnsigned(message: PlainObject, envelope: Envelope, sizeBytes: number): void {
    const { message_id: messageId, source_node_id: nodeId, priority } = envelope;
    if (typeof message.type !== 'string')
      throw new SignalboxError('INVALID_PARAMS', 'A message from another node says no type.', { executed: 'no' });
    const role = this.#options.roleOf(nodeId, 'envelope');
    const lone = { messageId, priority, timestampMs: sentAtMs(envelope) };
    this.#received(message, { nodeId, secure: false, kind: 'mqtt', role }, sizeBytes, lone);
  }

  #received(message: PlainObject, origin: PeerOrigin, sizeBytes: number, lone?: Parameters<TransportListener['received']>[3]): void {
    for (const listener of this.#listeners) listener.received(message, origin, sizeBytes, lone);
  }

  #changed(nodeId: string): void {
    for (const listener of this.#listeners) listener.changed(nodeId);
  }

  /** Nodes of other clusters, and nodes that sign nothing where that is not taken, are no peers. */
  #canBePeer({ nodeId, presence, secure }: KnownNode): boolean {
    const { isMember, acceptsUnsigned } = this.#options;
    return secure || isMember(nodeId) || (acceptsUnsigned() && presence.signature === undefined);
  }
}

function describe({ nodeId, name, reachability, secure, lastSeenMs, presence }: KnownNode): TransportNode {
  const { epoch, formats } = presence;
  const acknowledges = formats.includes(acknowledgingFormat);
  return { nodeId, name, online: reachability === 'online', secure, lastSeenMs, epoch, acknowledges };
}

function headOf(ttlSeconds: number, lone: TransportSendOptions['lone']): Parameters<Outgoing['tellUnsigned']>[2] {
  return lone === undefined ? { ttlSeconds } : { ttlSeconds, messageId: lone.messageId, priority: lone.priority, nowMs: lone.timestampMs };
}
