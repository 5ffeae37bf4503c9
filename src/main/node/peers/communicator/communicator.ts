import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import type { PeerPriority } from '../../../../common/contract/peers.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { laggingNowMs } from '../../clock/index.ts';
import type { Startable } from '../../startable.ts';
import type { Store } from '../../store/index.ts';
import type { Logger } from '../../telemetry/index.ts';
import type { PeerOversight } from '../oversight.ts';
import type { LoneEnvelope, PeerOrigin, PeerTransport, WayChange } from '../transport.ts';
import type { Communicator, ConductKind, Delivery, DeliveryOutcome, PeerContext, PeerHandler, PeerMessage, SendOptions } from '../types.ts';
import type { KnownHandler } from './admission.ts';
import { Answers } from './answers.ts';
import { Channels } from './channels.ts';
import { noTotals } from './counts.ts';
import { type DeadLetter, DeadLetters } from './dead-letters.ts';
import { DurableOutbox } from './durable-outbox.ts';
import type { CommunicatorTotals, PeerFigures } from './figures.ts';
import { communicatorLimits } from './limits.ts';
import { checkSize, Outbound } from './outbound.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import { ReachablePeers } from './reachable-peers.ts';
import { ReceivedIds } from './received-ids.ts';
import { Receiver } from './receiver.ts';
import { Requests, timeoutOf } from './requests.ts';
import { WayWatch } from './way-watch.ts';
import { batchType, readTaken, takenType } from './wire.ts';

const { handledBytes, sweepMs, pruneMs } = communicatorLimits;

export interface PeerCommunicatorOptions {
  readonly nodeId: string;
  readonly transport: PeerTransport;
  readonly oversight: PeerOversight;
  readonly store: Store;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly nowMs?: () => number;
  /** The same by a clock that never runs ahead: for the life of what waits. */
  readonly laggingMs?: () => number;
  /** A clock that is never set. */
  readonly monotonicMs?: () => number;
}

/** Messages between this node and its peers (seed 3, CloudNodeCommunicator). */
export class PeerCommunicator implements Communicator, Startable {
  readonly #options: PeerCommunicatorOptions;
  readonly #nowMs: () => number;
  readonly #handlers = new Map<string, KnownHandler>();
  readonly #requests = new Requests();
  readonly #deadLetters = new DeadLetters();
  readonly #totals = noTotals();
  readonly #channels: Channels;
  readonly #outbox: DurableOutbox;
  readonly #outbound: Outbound;
  readonly #answers: Answers;
  readonly #received: ReceivedIds;
  readonly #receiver: Receiver;
  readonly #reachable: ReachablePeers;
  readonly #ways: WayWatch;
  #sweeping: NodeJS.Timeout | undefined;
  #pruning: NodeJS.Timeout | undefined;
  #pruned: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: PeerCommunicatorOptions) {
    this.#options = options;
    const { transport, oversight, store, logger, nodeId } = options;
    const { nowMs = Date.now, laggingMs = laggingNowMs, monotonicMs = () => performance.now() } = options;
    this.#nowMs = nowMs;
    this.#outbox = new DurableOutbox({ store, logger });
    this.#received = new ReceivedIds(store);
    this.#reachable = new ReachablePeers(transport, oversight);
    this.#ways = new WayWatch(oversight);
    this.#channels = new Channels({
      source: nodeId,
      transport,
      oversight,
      totals: this.#totals,
      onSettled: (message) => {
        if (message.durable) this.#outbox.ended(message);
      },
      onDeadLetter: (message, reason) => this.#keepUnwanted(message, reason),
      monotonicMs,
      laggingMs,
    });
    this.#outbound = new Outbound({ transport, oversight, channels: this.#channels, outbox: this.#outbox, nowMs, laggingMs });
    this.#answers = new Answers(this.#outbound, logger);
    this.#receiver = new Receiver({
      nodeId,
      transport,
      oversight,
      handlers: this.#handlers,
      requests: this.#requests,
      deadLetters: this.#deadLetters,
      received: this.#received,
      store,
      logger,
      countsOf: (id) => this.#channels.countsOf(id),
      totals: this.#totals,
      onUnknownType: (id, type, requestId) => this.#answers.unknownType(id, type, requestId),
      nowMs,
      monotonicMs,
    });
    transport.listen({
      received: (message, origin, sizeBytes, lone) => this.#take(message, origin, sizeBytes, lone),
      changed: (id) => this.#changed(id),
      drained: (id) => this.#channels.get(id)?.send(),
      wayChanged: (change) => {
        this.#ways.changed(change);
        this.#channels.get(change.nodeId)?.send();
      },
    });
  }

  /**
   * Sends what a former start left, and what was asked for before.
   *
   * @throws SignalboxError `STORAGE_FULL`, `STORAGE_CORRUPT`
   */
  async start(): Promise<void> {
    await this.#received.load(this.#nowMs());
    await this.#outbound.load();
    this.#sweeping = setInterval(() => this.#sweep(), sweepMs).unref();
    this.#pruning = setInterval(() => this.#prune(), pruneMs).unref();
    for (const { nodeId } of this.#options.transport.nodes()) this.#changed(nodeId);
  }

  /** Ends what waits in memory; what is durable goes on at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#outbound.stop();
    clearInterval(this.#sweeping);
    clearInterval(this.#pruning);
    const error = new SignalboxError('CANCELLED', 'This node stops.', { executed: 'maybe' });
    this.#requests.failAll(error);
    this.#receiver.stop();
    for (const channel of this.#channels.all()) channel.stop(error);
    await this.#pruned;
    await this.#outbox.flush();
  }

  async send(nodeId: string, message: PeerMessage, options: SendOptions): Promise<Delivery> {
    const payload = JSON.stringify(message);
    checkSize(payload, message.type);
    return this.#outbound.send(nodeId, payload, options);
  }

  async broadcast(message: PeerMessage, options: SendOptions): Promise<ReadonlyMap<string, Delivery>> {
    const payload = JSON.stringify(message);
    checkSize(payload, message.type);
    return this.#outbound.sendAll(payload, options);
  }

  async request(
    nodeId: string,
    message: PeerMessage,
    options: SendOptions & { readonly timeoutMs: number; readonly signal?: AbortSignal },
  ): Promise<PeerMessage> {
    const { timeoutMs, signal } = options;
    return this.#requests.ask({
      nodeId,
      name: this.#nameOf(nodeId),
      type: message.type,
      timeoutMs,
      signal,
      send: (requestId) =>
        this.send(nodeId, { ...message, request_id: requestId }, { ttlSeconds: Math.ceil(timeoutMs / 1_000), ...options }),
    });
  }

  answer(request: PeerMessage, context: PeerContext, message: PeerMessage): void {
    this.#answers.answer(request, context, message);
  }

  on(type: string, handler: PeerHandler, mostBytes: number = handledBytes): void {
    this.#handlers.set(type, { handle: handler, mostBytes });
  }

  conduct(nodeId: string, kind: ConductKind, why: string): void {
    this.#options.oversight.conduct(nodeId, kind, why);
  }

  reachable(): readonly string[] {
    return this.#reachable.list();
  }

  onReachable(listener: (nodeId: string) => void): () => void {
    return this.#reachable.listen(listener);
  }

  /** Told when the circuit of a way opens, is probed or closes. @returns stops it */
  onWayChange(listener: (change: WayChange) => void): () => void {
    return this.#ways.listen(listener);
  }

  /**
   * Sends a message before all that waits for a peer, by a way that works, or by one whose circuit is open when none does.
   *
   * @throws SignalboxError `NODE_UNREACHABLE`, and what {@link send} throws of a message that is not durable
   */
  sendFirst(nodeId: string, message: PeerMessage, options: SendOptions): Delivery {
    const payload = JSON.stringify(message);
    checkSize(payload, message.type);
    const sent = this.#outbound.make(nodeId, payload, options);
    this.#channels.of(nodeId).sendFirst(sent, 'working');
    return sent;
  }

  /**
   * Measures how long a peer takes to acknowledge a message, which also passes a circuit that is open.
   *
   * @throws SignalboxError `TIMEOUT`, `NODE_UNREACHABLE`, what {@link send} throws, and the refusal of the peer
   */
  async probe(
    nodeId: string,
    message: PeerMessage,
    priority: PeerPriority,
    timeoutMs: number,
  ): Promise<{ readonly kind: CarrierKind; readonly latencyMs: number }> {
    const payload = JSON.stringify(message);
    const sent = this.#outbound.make(nodeId, payload, { priority, ttlSeconds: Math.max(1, timeoutMs / 1_000) });
    this.#channels.of(nodeId).sendFirst(sent, 'best');
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<DeliveryOutcome>((resolve) => {
      timer = setTimeout(() => resolve({ outcome: 'expired' }), timeoutMs);
    });
    const outcome = await Promise.race([sent.settled, over]);
    clearTimeout(timer);
    if (outcome.outcome === 'expired') throw timeoutOf(this.#nameOf(nodeId), message.type, timeoutMs);
    if (outcome.outcome !== 'taken') throw outcome.error;
    return { kind: sent.lastWay ?? 'link', latencyMs: outcome.latencyMs };
  }

  /** Ends what waits for a peer, also on the disk. @returns how many messages */
  discard(nodeId: string, priority: PeerPriority | 'all'): number {
    return this.#channels.discard(nodeId, priority, new SignalboxError('CANCELLED', 'An operator discarded it.', { executed: 'maybe' }));
  }

  figures(nodeId: string): PeerFigures {
    return {
      queued: this.#channels.queued(nodeId),
      inFlight: this.#channels.get(nodeId)?.inFlight ?? { messages: 0, sizeBytes: 0 },
      counts: this.#channels.countsOf(nodeId),
    };
  }

  totals(): CommunicatorTotals {
    const { sent, taken, received, repeated, expired, dropped, refused, batches } = this.#totals;
    return {
      queued: this.#channels.queued(),
      durable: this.#outbox.figures,
      sent: { ...sent },
      taken,
      received,
      repeated,
      expired,
      dropped: dropped + this.#answers.refused,
      refused: Object.fromEntries(refused),
      demoted: this.#channels.demoted + this.#receiver.demoted,
      batches,
      deadLetters: this.#deadLetters.count,
      openWays: this.#ways.open,
    };
  }

  /** Messages that nobody could make anything of, the newest first, and how many there were. */
  deadLetters(): { readonly count: number; readonly letters: readonly DeadLetter[] } {
    return { count: this.#deadLetters.count, letters: this.#deadLetters.list() };
  }

  #take(message: Readonly<Record<string, unknown>>, origin: PeerOrigin, sizeBytes: number, lone: LoneEnvelope | undefined): void {
    if (this.#stopped) return;
    const { nodeId } = origin;
    const { oversight } = this.#options;
    oversight.observe(nodeId, { kind: 'heard' });
    if (message.type === batchType) this.#receiver.batch(message, origin, sizeBytes);
    else if (message.type === takenType) {
      const { seq, refused } = readTaken(message);
      if (this.#channels.get(nodeId)?.acknowledged(seq, refused) !== true) this.#totals.strayAnswers++;
    } else if (lone !== undefined) this.#receiver.lone(message as PeerMessage, origin, sizeBytes, lone);
  }

  #changed(nodeId: string): void {
    const isNew = this.#reachable.look(nodeId);
    this.#channels.get(nodeId)?.changed();
    if (isNew) this.#reachable.tell(nodeId);
  }

  #keepUnwanted({ nodeId, messageId, payload }: OutgoingMessage, reason: string): void {
    const { type } = JSON.parse(payload) as PeerMessage;
    this.#deadLetters.add({ at: this.#nowMs(), nodeId, direction: 'sent', messageId, type, reason, content: payload });
  }

  #sweep(): void {
    for (const channel of this.#channels.all()) channel.sweep();
  }

  #prune(): void {
    this.#pruned = this.#received
      .prune(this.#nowMs())
      .catch((error: unknown) => this.#options.logger.warn('peers.notPruned', 'Old ids of messages could not be removed.', { error }));
  }

  #nameOf(nodeId: string): string {
    return this.#options.transport.node(nodeId)?.name ?? nodeId;
  }
}
