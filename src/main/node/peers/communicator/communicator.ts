import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import type { PeerPriority } from '../../../../common/contract/peers.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import { laggingNowMs } from '../../clock/index.ts';
import type { Startable } from '../../startable.ts';
import type { Store } from '../../store/index.ts';
import { type Logger, RepeatSampler } from '../../telemetry/index.ts';
import type { PeerOversight } from '../oversight.ts';
import type { LoneEnvelope, PeerOrigin, PeerTransport, WayChange } from '../transport.ts';
import type { Communicator, ConductKind, Delivery, DeliveryOutcome, PeerContext, PeerHandler, PeerMessage, SendOptions } from '../types.ts';
import { AnswerRoom } from './answer-room.ts';
import { Channels, type QueuedByPriority } from './channels.ts';
import { noTotals, type PeerCounts } from './counts.ts';
import { type DeadLetter, DeadLetters } from './dead-letters.ts';
import { DurableOutbox } from './durable-outbox.ts';
import { communicatorLimits } from './limits.ts';
import { errorMessage } from './network-errors.ts';
import { OutgoingMessage } from './outgoing-message.ts';
import { ReceivedIds } from './received-ids.ts';
import { type KnownHandler, Receiver } from './receiver.ts';
import { Requests, timeoutOf } from './requests.ts';
import { batchType, newMessageId, readTaken, takenType } from './wire.ts';

const { defaultTtlSeconds, ttlSeconds: mostTtlSeconds, messageBytes, handledBytes, sweepMs, pruneMs } = communicatorLimits;

const circuitStates = { opened: 'open', probed: 'halfOpen', closed: 'closed' } as const;

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

/** What waits for a peer, is on its way to it, and has passed. */
export interface PeerFigures {
  readonly queued: QueuedByPriority;
  readonly inFlight: { readonly messages: number; readonly sizeBytes: number };
  readonly counts: Readonly<PeerCounts>;
}

/** The same of all peers together, as `peers.statistics` has it. */
export interface CommunicatorTotals extends Omit<PeerCounts, 'sent' | 'refused' | 'moved'> {
  readonly queued: QueuedByPriority;
  readonly durable: { readonly messages: number; readonly sizeBytes: number };
  readonly sent: Readonly<Record<PeerPriority, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly demoted: number;
  readonly batches: number;
  /** Messages that nobody could make anything of, since the start. */
  readonly deadLetters: number;
  /** Ways that are left alone now. */
  readonly openWays: number;
}

/** Messages between this node and its peers (seed 3, CloudNodeCommunicator). */
export class PeerCommunicator implements Communicator, Startable {
  readonly #options: PeerCommunicatorOptions;
  readonly #nowMs: () => number;
  readonly #laggingMs: () => number;
  readonly #handlers = new Map<string, KnownHandler>();
  readonly #requests = new Requests();
  readonly #deadLetters = new DeadLetters();
  readonly #answers = new AnswerRoom();
  readonly #totals = noTotals();
  readonly #channels: Channels;
  readonly #receiver: Receiver;
  readonly #received: ReceivedIds;
  readonly #outbox: DurableOutbox;
  readonly #reachable = new Set<string>();
  readonly #onReachable = new Set<(nodeId: string) => void>();
  readonly #onWayChange = new Set<(change: WayChange) => void>();
  /** Ways whose circuit is not closed. */
  readonly #openWays = new Set<string>();
  readonly #unknownTypes = new RepeatSampler();
  #sweeping: NodeJS.Timeout | undefined;
  #pruning: NodeJS.Timeout | undefined;
  #pruned: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: PeerCommunicatorOptions) {
    this.#options = options;
    const { transport, oversight, store, logger, nodeId } = options;
    this.#nowMs = options.nowMs ?? Date.now;
    this.#laggingMs = options.laggingMs ?? laggingNowMs;
    const monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#outbox = new DurableOutbox({ store, logger });
    this.#received = new ReceivedIds(store);
    this.#channels = new Channels({
      transport,
      oversight,
      totals: this.#totals,
      onSettled: (message, outcome) => this.#settled(message, outcome),
      onDeadLetter: (message, reason) => this.#keepUnwanted(message, reason),
      monotonicMs,
      laggingMs: this.#laggingMs,
    });
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
      onUnknownType: (id, type, requestId) => this.#answerUnknown(id, type, requestId),
      nowMs: this.#nowMs,
      monotonicMs,
    });
    transport.listen({
      received: (message, origin, sizeBytes, lone) => this.#take(message, origin, sizeBytes, lone),
      changed: (id) => this.#changed(id),
      drained: (id) => this.#channels.get(id)?.send(),
      wayChanged: (change) => {
        oversight.observe(change.nodeId, { kind: 'circuit', way: change.kind, state: circuitStates[change.circuit] });
        const way = `${change.nodeId} ${change.kind}`;
        if (change.circuit === 'closed') this.#openWays.delete(way);
        else this.#openWays.add(way);
        for (const listener of this.#onWayChange) listener(change);
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
    const nowMs = this.#nowMs();
    for (const stored of await this.#outbox.load()) {
      const message = this.#message(stored.nodeId, stored.payload, {
        ...stored,
        durable: true,
        supersedes: stored.supersedes ?? undefined,
        queuedAtMs: this.#laggingMs() - Math.max(0, nowMs - stored.timestampMs),
      });
      this.#outbox.adopt(message);
      this.#channels.of(stored.nodeId).add(message);
    }
    this.#sweeping = setInterval(() => this.#sweep(), sweepMs).unref();
    this.#pruning = setInterval(() => this.#prune(), pruneMs).unref();
    for (const { nodeId } of this.#options.transport.nodes()) this.#changed(nodeId);
  }

  /** Ends what waits in memory; what is durable goes on at the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
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
    return this.#sendText(nodeId, message.type, JSON.stringify(message), options);
  }

  async broadcast(message: PeerMessage, options: SendOptions): Promise<ReadonlyMap<string, Delivery>> {
    const payload = JSON.stringify(message);
    checkSize(payload, message.type);
    const sent = this.#options.oversight.peers().map(async (nodeId) => {
      try {
        return [nodeId, await this.#send(nodeId, payload, options)] as const;
      } catch (error) {
        if (!(error instanceof SignalboxError)) throw error;
        return [nodeId, notSent(this.#nowMs(), error)] as const;
      }
    });
    return new Map(await Promise.all(sent));
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

  answer(request: PeerMessage, { origin, priority }: PeerContext, message: PeerMessage): void {
    this.#answer(origin.nodeId, { ...message, request_id: request.request_id }, { priority, ttlSeconds: 60 });
  }

  on(type: string, handler: PeerHandler, mostBytes: number = handledBytes): void {
    this.#handlers.set(type, { handle: handler, mostBytes });
  }

  conduct(nodeId: string, kind: ConductKind, why: string): void {
    this.#options.oversight.conduct(nodeId, kind, why);
  }

  reachable(): readonly string[] {
    const { oversight } = this.#options;
    const scored = [...this.#reachable].flatMap((nodeId) =>
      oversight.place(nodeId) === 'removed' ? [] : [{ nodeId, score: oversight.score(nodeId) }],
    );
    return scored.sort((a, b) => b.score - a.score).map(({ nodeId }) => nodeId);
  }

  onReachable(listener: (nodeId: string) => void): () => void {
    this.#onReachable.add(listener);
    return () => this.#onReachable.delete(listener);
  }

  /** Told when the circuit of a way opens, is probed or closes. @returns stops it */
  onWayChange(listener: (change: WayChange) => void): () => void {
    this.#onWayChange.add(listener);
    return () => this.#onWayChange.delete(listener);
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
    this.#checkPeer(nodeId);
    const sent = this.#newMessage(nodeId, payload, { priority, ttlSeconds: Math.max(1, timeoutMs / 1_000) });
    this.#channels.of(nodeId).sendFirst(sent);
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
      openWays: this.#openWays.size,
    };
  }

  /** Messages that nobody could make anything of, the newest first, and how many there were. */
  deadLetters(): { readonly count: number; readonly letters: readonly DeadLetter[] } {
    return { count: this.#deadLetters.count, letters: this.#deadLetters.list() };
  }

  async #sendText(nodeId: string, type: string, payload: string, options: SendOptions): Promise<OutgoingMessage> {
    checkSize(payload, type);
    return this.#send(nodeId, payload, options);
  }

  async #send(nodeId: string, payload: string, options: SendOptions): Promise<OutgoingMessage> {
    this.#checkPeer(nodeId);
    const message = this.#newMessage(nodeId, payload, options);
    const { durable } = message;
    if (durable) await this.#outbox.add(message);
    // It is on the disk, and goes at the next start.
    if (this.#stopped) return message;
    try {
      this.#channels.of(nodeId).add(message);
    } catch (error) {
      if (durable) this.#outbox.ended(message);
      throw error;
    }
    return message;
  }

  #newMessage(nodeId: string, payload: string, options: SendOptions): OutgoingMessage {
    const { priority, ttlSeconds = defaultTtlSeconds, durable = false, supersedes } = options;
    const nowMs = this.#nowMs();
    return this.#message(nodeId, payload, {
      messageId: newMessageId(nowMs),
      priority,
      timestampMs: nowMs,
      queuedAtMs: this.#laggingMs(),
      ttlSeconds: Math.min(mostTtlSeconds, Math.max(0, Math.ceil(ttlSeconds))),
      durable,
      supersedes,
    });
  }

  #message(
    nodeId: string,
    payload: string,
    fields: Omit<ConstructorParameters<typeof OutgoingMessage>[0], 'nodeId' | 'source' | 'payload' | 'payloadBytes'>,
  ): OutgoingMessage {
    return new OutgoingMessage({ ...fields, nodeId, source: this.#options.nodeId, payload, payloadBytes: Buffer.byteLength(payload) });
  }

  /** @throws SignalboxError `NOT_FOUND`, `FORBIDDEN`, `CANCELLED` */
  #checkPeer(nodeId: string): void {
    if (this.#stopped) throw new SignalboxError('CANCELLED', 'This node stops. Nothing was sent.', { executed: 'no' });
    const place = this.#options.oversight.place(nodeId);
    if (place === 'removed')
      throw new SignalboxError(
        'FORBIDDEN',
        `The node ${this.#nameOf(nodeId)} was taken out of the peers of this node. Add it again first.`,
        {
          executed: 'no',
        },
      );
    if (place === 'unknown')
      throw new SignalboxError('NOT_FOUND', `No peer ${nodeId} is known here. Nothing was sent.`, { executed: 'no' });
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
    const isReachable = this.#options.transport.node(nodeId)?.online === true;
    const wasReachable = this.#reachable.has(nodeId);
    if (isReachable) this.#reachable.add(nodeId);
    else this.#reachable.delete(nodeId);
    this.#channels.get(nodeId)?.changed();
    if (isReachable && !wasReachable) for (const listener of this.#onReachable) listener(nodeId);
  }

  #settled(message: OutgoingMessage, _outcome: DeliveryOutcome): void {
    if (message.durable) this.#outbox.ended(message);
  }

  #keepUnwanted({ nodeId, messageId, payload }: OutgoingMessage, reason: string): void {
    const { type } = JSON.parse(payload) as PeerMessage;
    this.#deadLetters.add({ at: this.#nowMs(), nodeId, direction: 'sent', messageId, type, reason, content: payload });
  }

  #answerUnknown(nodeId: string, type: string, requestId: string | undefined): void {
    const { logger } = this.#options;
    const suppressed = this.#unknownTypes.take(`${nodeId} ${type}`);
    if (suppressed !== undefined)
      logger.warn('peers.unknownType', 'A peer sent a message of a type that this version does not know.', { nodeId, type, suppressed });
    const answer = errorMessage('ProtocolError', `This node does not know the type ${type}.`, requestId);
    // Without a request one answer says as much as many.
    const options: SendOptions = { priority: 'Low', ttlSeconds: 60, ...(requestId === undefined && { supersedes: 'ProtocolError' }) };
    this.#answer(nodeId, answer, options);
  }

  /** Never throws: whoever asked has a timeout. */
  #answer(nodeId: string, message: PeerMessage, options: SendOptions): void {
    const { logger } = this.#options;
    const payload = JSON.stringify(message);
    const release = this.#answers.reserve(nodeId, payload.length);
    if (release === undefined) return;
    void this.#sendText(nodeId, message.type, payload, options)
      .then(({ settled }) => settled)
      .catch((error: unknown) =>
        logger.debug('peers.notAnswered', 'A request of a peer could not be answered.', { nodeId, type: message.type, error }),
      )
      .finally(release);
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

function checkSize(payload: string, type: string): void {
  if (payload.length * 3 <= messageBytes || Buffer.byteLength(payload) <= messageBytes) return;
  throw new SignalboxError('TOO_LARGE', `A message of the type ${type} is larger than ${messageBytes} bytes. Send it in parts.`, {
    executed: 'no',
  });
}

function notSent(nowMs: number, error: SignalboxError): Delivery {
  return { messageId: newMessageId(nowMs), settled: Promise.resolve({ outcome: 'refused', error }) };
}
