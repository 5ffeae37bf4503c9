import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { type KnownKeys, nodeIdOf, type Signer } from '../../identity/index.ts';
import { agreementKind, agreementSender, isSessionRefusal, readSessionHead, refuseSession, TokenBucket } from '../../trust/index.ts';
import type { ClusterView } from './cluster-view.ts';
import { secureLimits } from './limits.ts';
import { MemberSession, type Outbound } from './member-session.ts';
import { keyOfNode } from './node-keys.ts';

export interface MemberSessionsOptions {
  readonly identity: Signer;
  readonly keys: KnownKeys;
  /** Undefined while the node is in no cluster. */
  readonly cluster: () => ClusterView | undefined;
  /** Counts the starts of this node. */
  readonly epoch: () => number;
  /** Hands bytes to the carrier that is named, or the best of those that need them sealed. False: nothing was sent. */
  readonly post: (nodeId: string, bytes: Uint8Array, confirmed: boolean, kind?: CarrierKind) => boolean;
  /** Members that are there, for when nobody says who sent something. */
  readonly online: () => readonly string[];
  /** How far a node's clock is ahead of ours; undefined while unmeasured. */
  readonly offsetMs: (nodeId: string) => number | undefined;
  /** A message is about to be refused for its time. */
  readonly onTimeRefused: (nodeId: string) => void;
  /** Takes what a member said. @param sentMs by its clock, milliseconds since the epoch */
  readonly onBody: (nodeId: string, body: Uint8Array, sentMs: number, kind: CarrierKind) => void;
  readonly nowMs: () => number;
}

/** The sessions with all other members over carriers that nobody trusts, found by node for what goes out and by key id for what comes in. */
export class MemberSessions {
  readonly #options: MemberSessionsOptions;
  readonly #sessions = new Map<string, MemberSession>();
  readonly #byKeyId = new Map<string, MemberSession>();
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #offeredForUnknownMs = new Map<string, number>();

  constructor(options: MemberSessionsOptions) {
    this.#options = options;
  }

  /** Sessions with keys. */
  get open(): number {
    let open = 0;
    for (const session of this.#sessions.values()) if (session.isOpen) open++;
    return open;
  }

  /**
   * Seals content for a member and sends it, or keeps it until keys are agreed on.
   *
   * @returns false: nothing was sent and nothing is kept
   * @throws SignalboxError `NOT_MEMBER`, `REVOKED` (this node, or the other), `OVERLOADED`, `TOO_LARGE`; nothing was sent
   */
  send(nodeId: string, message: Outbound): boolean {
    return this.#of(nodeId).send(message);
  }

  /**
   * Takes session messages and what is said to agree on keys.
   *
   * @param via the way it came
   * @throws SignalboxError for whatever is refused: `DECRYPT`, `BAD_SIGNATURE`, `REPLAYED`, `EXPIRED`, `FUTURE`, `NOT_MEMBER`, `REVOKED`,
   *   `WRONG_CLUSTER`, `SELF`, `KEY_WEAK`, `OVERLOADED`, `INVALID_PARAMS`, `TOO_LARGE`, `VERSION`
   */
  receive(bytes: Buffer, via: CarrierKind): void {
    const kind = isSessionRefusal(bytes) ? 'refusal' : agreementKind(bytes);
    if (kind === undefined) this.#message(bytes, via);
    else this.#agreement(kind, bytes);
  }

  /** The session with a node ends, and what waits for it is given up: the node has started anew, or is no member any more. */
  forget(nodeId: string, error: SignalboxError): void {
    const session = this.#sessions.get(nodeId);
    if (session === undefined) return;
    this.#sessions.delete(nodeId);
    for (const [keyId, held] of this.#byKeyId) if (held === session) this.#byKeyId.delete(keyId);
    session.end(error);
  }

  /** Every session ends. */
  forgetAll(error: SignalboxError): void {
    for (const nodeId of [...this.#sessions.keys()]) this.forget(nodeId, error);
    this.#buckets.clear();
    this.#offeredForUnknownMs.clear();
  }

  /** The nodes with which there is, or is to be, a session. */
  nodeIds(): readonly string[] {
    return [...this.#sessions.keys()];
  }

  #message(bytes: Buffer, via: CarrierKind): void {
    const { onBody, cluster } = this.#options;
    const { timestampMs } = readSessionHead(bytes);
    const session = this.#byKeyId.get(bytes.toString('hex', 1, 9));
    if (session === undefined) {
      this.#offerForUnknown();
      throw new SignalboxError('DECRYPT', 'A message is of a session that this node does not hold.', {
        executed: 'no',
        data: { reason: 'missingKey' },
      });
    }
    const { nodeId } = session;
    const body = this.#open(session, bytes);
    // Its membership may have ended by time, of which nobody is told.
    cluster()?.memberOf(session.publicKey);
    onBody(nodeId, body, timestampMs, via);
  }

  #open(session: MemberSession, bytes: Buffer): Uint8Array {
    const { nowMs, offsetMs, onTimeRefused } = this.#options;
    try {
      return session.open(bytes, { nowMs: nowMs(), offsetMs: offsetMs(session.nodeId) });
    } catch (error) {
      if (error instanceof SignalboxError && (error.code === 'EXPIRED' || error.code === 'FUTURE')) onTimeRefused(session.nodeId);
      throw error;
    }
  }

  #agreement(kind: 'offer' | 'accept' | 'refusal', bytes: Buffer): void {
    const { cluster } = this.#options;
    const view = cluster();
    if (view === undefined)
      throw new SignalboxError('NOT_MEMBER', 'Session keys were offered, and this node is in no cluster.', { executed: 'no' });
    const sender = agreementSender(bytes);
    const nodeId = nodeIdOf(sender);
    this.#checkRate(nodeId, view, sender);
    if (kind === 'offer') {
      this.#offered(bytes, nodeId, sender, view);
      return;
    }
    const session = this.#sessions.get(nodeId);
    if (session === undefined)
      throw new SignalboxError('INVALID_PARAMS', 'An answer about session keys came that nobody asked for.', { executed: 'no' });
    if (kind === 'accept') session.takeAcceptance(bytes);
    // Counted here too: who is turned away finds out why.
    else throw session.takeRefusal(bytes);
  }

  #offered(offer: Buffer, nodeId: string, sender: Uint8Array, view: ClusterView): void {
    const { identity, keys, post } = this.#options;
    try {
      view.memberOf(sender);
    } catch (error) {
      // Told only to who has proven the key, and signed: nobody else can turn a node away.
      if (error instanceof SignalboxError && keys.isSigned(sender, offer.subarray(0, -64), offer.subarray(-64)))
        post(nodeId, refuseSession(offer, error, identity, { clusterId: view.clusterId, receiver: sender }), true);
      throw error;
    }
    this.#of(nodeId).takeOffer(offer);
  }

  /** Before any signature is looked at (security.md row 51): each member has its own measure, strangers share one. */
  #checkRate(nodeId: string, view: ClusterView, sender: Uint8Array): void {
    const name = isMember(view, sender) ? nodeId : '';
    let bucket = this.#buckets.get(name);
    if (bucket === undefined) {
      bucket = new TokenBucket(secureLimits.agreementsPerSecond, secureLimits.agreementBurst, performance.now());
      this.#buckets.set(name, bucket);
    }
    if (!bucket.take(performance.now()))
      throw new SignalboxError('OVERLOADED', 'Session keys are offered faster than they are looked at.', { executed: 'no' });
  }

  /** @throws SignalboxError `NOT_MEMBER`, `REVOKED`, `INVALID_PARAMS` for an id that is none of a key */
  #of(nodeId: string): MemberSession {
    const { identity, keys, cluster, epoch, post, nowMs } = this.#options;
    const view = cluster();
    if (view === undefined) throw new SignalboxError('NOT_MEMBER', 'This node is in no cluster.', { executed: 'no' });
    let session = this.#sessions.get(nodeId);
    if (session !== undefined) return session;
    const peer = keyOfNode(nodeId);
    const { name } = view.memberOf(peer);
    const created = new MemberSession({
      nodeId,
      name: () => name,
      parties: { identity, clusterId: view.clusterId, peer, epoch: epoch() },
      keys,
      post: (bytes, confirmed, kind) => post(nodeId, bytes, confirmed, kind),
      keysChanged: () => this.#index(created),
      nowMs,
    });
    session = created;
    this.#sessions.set(nodeId, session);
    return session;
  }

  #index(session: MemberSession): void {
    const held = new Set(session.keyIds);
    for (const [keyId, of] of this.#byKeyId) if (of === session && !held.has(keyId)) this.#byKeyId.delete(keyId);
    for (const keyId of held) this.#byKeyId.set(keyId, session);
  }

  /**
   * Somebody speaks under keys that are not held here: a member that does not know yet that this node lost them. It is offered new ones; who
   * it is nobody says, so those are asked with whom there are none.
   */
  #offerForUnknown(): void {
    const nowTick = performance.now();
    let left: number = secureLimits.unknownKeysNodes;
    for (const nodeId of this.#options.online()) {
      if (left === 0) return;
      if (this.#sessions.get(nodeId)?.isOpen === true) continue;
      if (nowTick - (this.#offeredForUnknownMs.get(nodeId) ?? Number.NEGATIVE_INFINITY) < secureLimits.unknownKeysMs) continue;
      this.#offeredForUnknownMs.set(nodeId, nowTick);
      this.#of(nodeId).wake();
      left--;
    }
  }
}

function isMember(view: ClusterView, key: Uint8Array): boolean {
  try {
    view.memberOf(key);
    return true;
  } catch {
    return false;
  }
}
