/** What the communicator needs of whatever carries its messages; the federation provides it. */
import type { CarrierKind } from '../../../common/contract/nodes.ts';
import type { PeerPriority } from '../../../common/contract/peers.ts';

/** One way to a peer, with the state of its circuit breaker. */
export interface TransportWay {
  readonly kind: CarrierKind;
  /** Bytes for the peer would leave this way now. */
  readonly available: boolean;
  readonly circuit: 'closed' | 'open' | 'halfOpen';
  /** Milliseconds for which it is left alone yet; 0 while messages pass. */
  readonly circuitOpenMs: number;
  /** Failures in a row. */
  readonly failures: number;
  /** The neighbour that relays; null for other ways. */
  readonly through: string | null;
}

/** The circuit of a way has changed. `probed`: one message is let through to see whether the way works again. */
export interface WayChange {
  readonly nodeId: string;
  readonly kind: CarrierKind;
  readonly circuit: 'opened' | 'probed' | 'closed';
  /** Milliseconds for which the way is left alone; 0 unless it was opened. */
  readonly restMs: number;
}

/** How somebody on another node is proven, and what it may do at most. */
export interface PeerOrigin {
  readonly nodeId: string;
  /** Proven to be a member of this node's cluster. */
  readonly secure: boolean;
  readonly kind: CarrierKind;
  /** The role that acts of that node have here at most; undefined: none. */
  readonly role: 'viewer' | 'operator' | 'admin' | undefined;
}

/** What stands on the envelope of a message that travels alone, to or from a node that acknowledges nothing (wire.md 3). */
export interface LoneEnvelope {
  readonly messageId: string;
  readonly priority: PeerPriority;
  /** When it was made, milliseconds since the epoch, by the clock of its sender. */
  readonly timestampMs: number;
}

export interface TransportListener {
  /**
   * A NodeMessage came (wire.md 3), parsed and within bounds. What it throws is a refusal of the message.
   *
   * @param lone its envelope, checked for time and repeats, when it came alone
   */
  received(message: Readonly<Record<string, unknown>>, origin: PeerOrigin, sizeBytes: number, lone?: LoneEnvelope): void;
  /** Nodes came or went, or the ways to one changed. */
  changed(nodeId: string): void;
  /** A way that did not keep up has room again. */
  drained(nodeId: string): void;
  /** The circuit of a way opened, was probed or closed. */
  wayChanged(change: WayChange): void;
}

/** Nodes that could be peers, as the directory of the federation knows them. */
export interface TransportNode {
  readonly nodeId: string;
  readonly name: string;
  readonly online: boolean;
  readonly secure: boolean;
  readonly lastSeenMs: number | null;
  /** Counts the starts of the node, as it says. */
  readonly epoch: number;
  /** True for a node that takes batches and acknowledges them; others get one envelope a message and never acknowledge. */
  readonly acknowledges: boolean;
}

/** How a NodeMessage is to be carried. */
export interface TransportSendOptions {
  /** Seconds after which nobody wants it any more. */
  readonly ttlSeconds: number;
  /** This way and no other. */
  readonly kind?: CarrierKind;
  /** It may pass a circuit that is half open, and is followed by {@link PeerTransport.answered} or {@link PeerTransport.failed}. */
  readonly probe?: boolean;
  /** What is to stand on its envelope, for a node that acknowledges nothing. */
  readonly lone?: LoneEnvelope;
}

/** Ways for messages to peers. */
export interface PeerTransport {
  nodes(): readonly TransportNode[];
  /** Undefined: it is not known. */
  node(nodeId: string): TransportNode | undefined;
  /** Best first, those that do not lead there now left out unless their circuit is open. */
  ways(nodeId: string): readonly TransportWay[];
  /**
   * Sends a NodeMessage by the best way whose circuit lets it through, or by the one that is named.
   *
   * @param text JSON text
   * @returns the way it took; undefined: nothing was sent and nothing is kept
   * @throws SignalboxError `TOO_LARGE`, `NOT_MEMBER`, `REVOKED`, `OVERLOADED`
   */
  send(nodeId: string, text: string, options: TransportSendOptions): CarrierKind | undefined;
  /** The peer acknowledged what took that way. */
  answered(nodeId: string, kind: CarrierKind): void;
  /** Nothing came back in time for what took that way. */
  failed(nodeId: string, kind: CarrierKind): void;
  /** True when the best way does not keep up with what it is given. */
  isCongested(nodeId: string): boolean;
  /** How far the clock of a node is ahead; undefined while unmeasured. */
  offsetMs(nodeId: string): number | undefined;
  /** Has the clock of a node measured anew, for what it sent or was sent was refused for its time. */
  measureClock(nodeId: string): void;
  listen(listener: TransportListener): void;
}
