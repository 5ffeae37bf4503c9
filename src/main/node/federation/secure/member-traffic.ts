import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { parseGuarded } from '../../../../common/wire/guarded-json.ts';
import { type KnownKeys, nodeIdOf, type Signer } from '../../identity/index.ts';
import type { Store } from '../../store/index.ts';
import { loadReplayGuard, type ReceivedEnvelope, ReplayGuard } from '../../trust/index.ts';
import type { Carrier, Provenance } from '../carriers/carrier.ts';
import { federationLimits } from '../limits.ts';
import type { MessageAges } from '../message-ages.ts';
import { isPlainObject } from '../plain-checks.ts';
import type { RefusedMessages } from '../refused-messages.ts';
import type { MessageTopic, RouterIntake } from '../router-intake.ts';
import type { ClusterView } from './cluster-view.ts';
import type { Outbound } from './member-session.ts';
import { MemberSessions } from './member-sessions.ts';
import { keyOfNode } from './node-keys.ts';
import { NodeMessages } from './node-messages.ts';
import { SignedLane } from './signed-lane.ts';

export interface MemberTrafficOptions {
  readonly nodeId: string;
  readonly identity: Signer;
  readonly keys: KnownKeys;
  /** Undefined while the node is in no cluster. */
  readonly cluster: () => ClusterView | undefined;
  /** Counts the starts of this node. */
  readonly epoch: () => number;
  /** The best way to a node, or the one of a kind; undefined when there is none. */
  readonly carrierTo: (nodeId: string, kind?: CarrierKind) => Carrier | undefined;
  /** The best way of those that nobody trusts, or the one of a kind. */
  readonly sealedCarrierTo: (nodeId: string, kind?: CarrierKind) => Carrier | undefined;
  /** Members that are there. */
  readonly online: () => readonly string[];
  readonly offsetMs: (nodeId: string) => number | undefined;
  /** A message is about to be refused for its time. */
  readonly onTimeRefused: (nodeId: string) => void;
  readonly store: Store;
  readonly intake: RouterIntake;
  readonly ages: MessageAges;
  readonly refused: RefusedMessages;
  readonly nowMs: () => number;
}

const bounds = { depth: federationLimits.jsonDepth, keys: federationLimits.jsonKeys };

/**
 * What passes between the members of a cluster, none of it without proof: to one member under session keys, to all of them in signed
 * envelopes that are sealed with the group key.
 */
export class MemberTraffic {
  /** Messages of members beside those for the router. */
  readonly messages = new NodeMessages();
  readonly sessions: MemberSessions;
  readonly #options: MemberTrafficOptions;
  readonly #events: SignedLane;
  #onSend: ((nodeId: string) => void) | undefined;
  #broadcasts: SignedLane;

  constructor(options: MemberTrafficOptions) {
    this.#options = options;
    const { identity, keys, cluster, epoch, sealedCarrierTo, online, offsetMs, nowMs } = options;
    this.sessions = new MemberSessions({
      identity,
      keys,
      cluster,
      epoch,
      post: (nodeId, bytes, confirmed, kind) => sealedCarrierTo(nodeId, kind)?.send(nodeId, bytes, { confirmed }) ?? false,
      online,
      offsetMs,
      onTimeRefused: options.onTimeRefused,
      onBody: (nodeId, body, sentMs, kind) => this.#body(nodeId, body, options.ages.ageMs(nodeId, sentMs), kind),
      nowMs,
    });
    // A repeated event shows an old value for a moment and changes nothing: its ids are remembered in memory alone.
    this.#events = this.#lane('Low', new ReplayGuard());
    this.#broadcasts = this.#lane('Medium', new ReplayGuard());
  }

  /** Reads which broadcasts have come. @throws SignalboxError `STORAGE_FULL` */
  async start(): Promise<void> {
    this.#broadcasts = this.#lane('Medium', await loadReplayGuard(this.#options.store));
  }

  stop(): void {
    this.sessions.forgetAll(new SignalboxError('NODE_LOST', 'This node stops.', { executed: 'no' }));
  }

  /** Calls `listener` with the node that each message is for: who is sent much may be given a link. One listener. */
  followSends(listener: (nodeId: string) => void): void {
    this.#onSend = listener;
  }

  /**
   * Sends content to one member, over a link as it is, over anything else sealed.
   *
   * @returns false: nothing was sent and nothing is kept
   * @throws SignalboxError `NOT_MEMBER`, `REVOKED`, `OVERLOADED`, `TOO_LARGE`; nothing was sent
   */
  send(nodeId: string, message: Outbound): boolean {
    const carrier = this.#options.carrierTo(nodeId, message.kind);
    if (carrier === undefined) return false;
    this.#onSend?.(nodeId);
    if (carrier.kind === 'link') return carrier.send(nodeId, message.text, message);
    return this.sessions.send(nodeId, message);
  }

  /** The bytes of a broadcast. @param content JSON text of a NodeMessage. @throws SignalboxError `NOT_MEMBER`, `TOO_LARGE` */
  broadcast(content: string, ttlSeconds: number): Buffer {
    return this.#broadcasts.seal(content, ttlSeconds);
  }

  /** The bytes of events of this node, as {@link broadcast}. */
  events(content: string, ttlSeconds: number): Buffer {
    return this.#events.seal(content, ttlSeconds);
  }

  /**
   * Takes what came over a carrier that nobody trusts.
   *
   * @throws SignalboxError for whatever is refused before a signature was checked
   */
  receive(bytes: Buffer, topic: MessageTopic): void {
    if (topic.kind === 'inbox') this.#fromInbox(bytes, 'mqtt');
    else void this.#envelope(bytes, topic);
  }

  /** Takes what a link or a relay brought. Never throws. */
  receiveFrom(bytes: Buffer, { kind, peer, relay, ageMs = 0 }: Provenance): void {
    try {
      // What is for everybody is signed by its source, whoever brings it.
      if (bytes[0] === 1) void this.#envelope(bytes, { kind: 'broadcast' }, peer ?? relay);
      else if (peer !== undefined) {
        // A membership may have ended by time, of which nobody is told.
        this.#options.cluster()?.memberOf(keyOfNode(peer));
        this.#body(peer, bytes, ageMs, kind);
      } else this.#fromInbox(bytes, kind);
    } catch (error) {
      this.#options.refused.add(peer ?? kind, error, peer ?? relay);
    }
  }

  #fromInbox(bytes: Buffer, via: CarrierKind): void {
    if (bytes[0] === 1)
      throw new SignalboxError('INVALID_PARAMS', 'A message for this node alone came without a session.', { executed: 'no' });
    this.sessions.receive(bytes, via);
  }

  #body(nodeId: string, body: Uint8Array, ageMs: number, via: CarrierKind): void {
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
    const value = parseGuarded(text, bounds);
    if (isPlainObject(value) && value.type === 'Router')
      this.#options.intake.take(value, { origin: nodeId, form: 'secure', ageMs, via: 'inbox' }, { kind: 'inbox', serviceId: nodeId });
    else this.messages.receive(nodeId, value, { via, sizeBytes: body.byteLength });
  }

  /** @param from the node that handed it over, as far as that is proven */
  async #envelope(bytes: Buffer, topic: Exclude<MessageTopic, { kind: 'inbox' }>, from?: string): Promise<void> {
    const what = topic.kind === 'event' ? `events of ${topic.serviceId}` : 'broadcast';
    try {
      const received = await (topic.kind === 'event' ? this.#events : this.#broadcasts).receive(bytes);
      if (received.outcome === 'duplicate') return;
      if (received.outcome === 'accept') await this.#accepted(received, topic);
      // Our own, back from the broker.
      else if (received.error.code !== 'SELF') throw received.error;
    } catch (error) {
      this.#options.refused.add(what, error, from);
    }
  }

  async #accepted({ envelope, content, reservation }: ReceivedEnvelope, topic: Exclude<MessageTopic, { kind: 'inbox' }>): Promise<void> {
    const { store, intake, ages } = this.#options;
    const origin = nodeIdOf(envelope.source);
    if (topic.kind === 'broadcast') {
      try {
        // Before its effect: after a kill in between it is lost, as it is when the node was away, and never runs twice.
        await store.transaction(reservation.statements);
      } catch (error) {
        reservation.release();
        throw error;
      }
    }
    reservation.confirm();
    if (topic.kind === 'event' && topic.serviceId !== origin)
      throw new SignalboxError('INVALID_PARAMS', 'An event is of another node than its topic says.', { executed: 'no' });
    const value = parseGuarded(Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8'), bounds);
    if (!isPlainObject(value)) throw new SignalboxError('INVALID_PARAMS', 'A message of a member holds nothing.', { executed: 'no' });
    const ageMs = ages.ageMs(origin, envelope.timestampMs);
    intake.take(value, { origin, form: 'secure', ageMs, via: topic.kind }, topic);
  }

  #lane(priority: 'Low' | 'Medium', replay: ReplayGuard): SignedLane {
    const { identity, keys, cluster, epoch, offsetMs, nowMs } = this.#options;
    return new SignedLane({
      identity,
      keys,
      cluster,
      epoch,
      priority,
      replay,
      offsetMs: (publicKey) => offsetMs(nodeIdOf(publicKey)),
      nowMs,
    });
  }
}
