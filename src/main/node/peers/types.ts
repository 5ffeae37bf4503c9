/** What the parts that speak with peers see of the communicator (seed 3; wire.md 3). */
import type { PeerPriority } from '../../../common/contract/peers.ts';
import type { SignalboxError } from '../../../common/errors.ts';
import type { Statement } from '../store/index.ts';
import type { PeerOrigin } from './transport.ts';

/** A NodeMessage of wire.md 3: told apart by `type`, the rest is plain JSON data. */
export interface PeerMessage {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface SendOptions {
  readonly priority: PeerPriority;
  /** Seconds after which nobody wants it any more; without: 300. */
  readonly ttlSeconds?: number;
  /**
   * It survives a restart of this node and waits while the peer is away, until it was taken or its time is over. `send` then resolves when it
   * is on the disk. The receiver tells repeats apart also after its own restart.
   */
  readonly durable?: boolean;
  /** A newer message of the same key takes the place of one that still waits for the peer. */
  readonly supersedes?: string;
}

/** How a message ended. */
export type DeliveryOutcome =
  | { readonly outcome: 'taken'; readonly latencyMs: number }
  /** The peer refused it, or it could not be sent at all. */
  | { readonly outcome: 'refused'; readonly error: SignalboxError }
  | { readonly outcome: 'expired' }
  /** Another took its place, its queue was full, or a person discarded it. */
  | { readonly outcome: 'dropped'; readonly error: SignalboxError };

export interface Delivery {
  /** UUIDv7. */
  readonly messageId: string;
  /** Never rejects. */
  readonly settled: Promise<DeliveryOutcome>;
}

/** What a handler knows of a message beside its content. */
export interface PeerContext {
  readonly origin: PeerOrigin;
  readonly messageId: string;
  readonly priority: PeerPriority;
  /** Milliseconds since it was made, by this node's clock. */
  readonly ageMs: number;
  /**
   * Of a durable message: what writes that it had its effect. A handler that stores the effect runs these statements in the same transaction,
   * and so has it once whatever happens; they fail when it had it already. Where a handler does not ask for them, they are run after it.
   * Empty for a message that is not durable.
   */
  readonly receipt: () => readonly Statement[];
}

/**
 * Takes messages of one type. It is acknowledged when the handler has returned, or its promise is fulfilled; what it throws is answered as a
 * refusal. A SignalboxError whose code is the sender's fault counts against the standing of the peer.
 */
export type PeerHandler = (message: PeerMessage, context: PeerContext) => void | Promise<void>;

/** What counts for or against a peer (security.md 2.7). */
export type ConductKind = 'useful' | 'invalid' | 'timeout' | 'behaviour';

export interface Communicator {
  /**
   * Sends a message to one peer (seed 3, send_direct).
   *
   * @throws SignalboxError `NOT_FOUND` (no such peer), `FORBIDDEN` (removed by a person), `QUEUE_FULL`, `TOO_LARGE`, `STORAGE_FULL` (durable)
   */
  send(nodeId: string, message: PeerMessage, options: SendOptions): Promise<Delivery>;
  /** Sends a message to every peer (seed 3, broadcast). One that cannot take it does not hold up the others. @returns by node id */
  broadcast(message: PeerMessage, options: SendOptions): Promise<ReadonlyMap<string, Delivery>>;
  /**
   * Sends a message and waits for the one that answers it: the same `request_id` in both.
   *
   * @throws SignalboxError `TIMEOUT`, `CANCELLED`, what {@link send} throws, and the error of an `Error` message that came in answer
   */
  request(
    nodeId: string,
    message: PeerMessage,
    options: SendOptions & { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<PeerMessage>;
  /** Answers a request: sends `message` with the `request_id` of what was asked. Never throws: whoever asked has a timeout. */
  answer(request: PeerMessage, context: PeerContext, message: PeerMessage): void;
  /**
   * Takes messages of a type from now on; one handler for each.
   *
   * @param mostBytes of one message, as JSON; larger ones are refused. Without: 262,144
   */
  on(type: string, handler: PeerHandler, mostBytes?: number): void;
  /** Notes conduct of a peer that the communicator itself cannot see. */
  conduct(nodeId: string, kind: ConductKind, why: string): void;
  /** Ids of the peers that messages can be sent to now, the best standing first. */
  reachable(): readonly string[];
  /** Told when a peer can be reached that could not be before. @returns stops it */
  onReachable(listener: (nodeId: string) => void): () => void;
}
