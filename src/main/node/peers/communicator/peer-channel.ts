import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import { peerPriorities } from '../../../../common/contract/peers.ts';
import { SignalboxError } from '../../../../common/errors.ts';
import type { DeliveryOutcome } from '../types.ts';
import { AckWatch } from './ack-watch.ts';
import { type Batch, Batches } from './batches.ts';
import { Departures, type DeparturesOptions } from './departures.ts';
import { Endings, type EndingsOptions } from './endings.ts';
import { communicatorLimits } from './limits.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import { Pace } from './pace.ts';
import { Rests } from './rests.ts';
import { SendQueue } from './send-queue.ts';
import { SendWindow } from './window.ts';
import { errorOf, type Refusal } from './wire.ts';

const { batchBytes, batchMs, urgentInFlight, sentPastOne } = communicatorLimits;

export type PeerChannelOptions = DeparturesOptions & EndingsOptions;

/**
 * Sends messages to one peer: gathers them into batches, keeps few enough on their way that an urgent one is never behind many others, and
 * sends again, another way if there is one, what was not acknowledged in time.
 */
export class PeerChannel {
  readonly queue: SendQueue;
  readonly #options: PeerChannelOptions;
  readonly #window: SendWindow;
  readonly #batches = new Batches();
  readonly #rests: Rests;
  readonly #pace: Pace;
  readonly #endings: Endings;
  readonly #departures: Departures;
  readonly #acks: AckWatch;
  #gathering: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  #expiring: NodeJS.Immediate | undefined;
  #stopped = false;

  constructor(options: PeerChannelOptions) {
    this.#options = options;
    const { nodeId, transport, room, monotonicMs } = options;
    this.#window = new SendWindow(monotonicMs);
    this.#pace = new Pace(monotonicMs);
    this.#rests = new Rests({ onOver: () => this.send(), monotonicMs });
    this.queue = new SendQueue({
      name: () => transport.node(nodeId)?.name ?? nodeId,
      room,
      onEnd: (message, outcome) => this.#endings.end(message, outcome),
      monotonicMs,
    });
    this.#endings = new Endings(options, this.queue, this.#rests);
    this.#departures = new Departures(options, { queue: this.queue, batches: this.#batches, endings: this.#endings });
    this.#acks = new AckWatch({ batches: this.#batches, window: this.#window, onOverdue: (way) => this.#overdue(way), monotonicMs });
  }

  /** Nothing waits and nothing is on its way. */
  get isIdle(): boolean {
    return this.queue.lanes.size === 0 && this.#batches.size === 0;
  }

  /** Messages and bytes on their way. */
  get inFlight(): { readonly messages: number; readonly sizeBytes: number } {
    return this.#batches.figures();
  }

  /** @throws SignalboxError `QUEUE_FULL` */
  add(message: OutgoingMessage): void {
    this.queue.add(message);
    if (message.lane !== 'Critical') this.#sendSoon();
    else if (this.#sendUrgent()) this.#acks.watch();
  }

  /**
   * Sends a message before all that waits, also where the circuit is open.
   *
   * @param which the best way, to see whether it works, or one that does while there is one
   * @throws SignalboxError `NODE_UNREACHABLE`, `QUEUE_FULL`
   */
  sendFirst(message: OutgoingMessage, which: 'best' | 'working'): void {
    const { nodeId, transport, room } = this.#options;
    const ways = transport.ways(nodeId).filter(({ available }) => available);
    const working = which === 'working' ? ways.find(({ circuit }) => circuit === 'closed') : undefined;
    const way = working ?? ways[0];
    if (transport.node(nodeId)?.online !== true || way === undefined) throw unreachable(this.queue.name);
    if (!room.take(message)) throw new SignalboxError('QUEUE_FULL', 'Too much waits for other nodes already.', { executed: 'no' });
    if (transport.node(nodeId)?.acknowledges === false) this.#departures.sendAlone(message, way.kind);
    else this.#departures.post({ messages: [message], sizeBytes: message.sizeBytes }, way, true);
    this.#acks.watch();
  }

  /** The ways to the peer have changed: what was on one that is gone goes another way at once. */
  changed(): void {
    const open = new Set(this.#options.transport.ways(this.#options.nodeId).flatMap(({ kind, available }) => (available ? [kind] : [])));
    this.#giveUp(this.#batches.all().filter(({ way }) => !open.has(way)));
    this.send();
  }

  /** The peer says what it took of a batch. @returns false: no such batch was sent */
  acknowledged(seq: number, refusals: readonly Refusal[]): boolean {
    const { nodeId, transport, monotonicMs } = this.#options;
    const wasFull = this.#batches.sharedBytes * 2 >= this.#window.sizeBytes;
    const found = this.#batches.acknowledged(seq);
    if (found === undefined) return false;
    const { batch, isLate } = found;
    const latencyMs = monotonicMs() - batch.sentMs;
    transport.answered(nodeId, batch.way);
    this.#window.acknowledged(latencyMs, batch.sizeBytes, wasFull && !isLate);
    if (!isLate) this.#sendLostAgain(batch);
    this.#settle(batch, refusals, latencyMs, isLate);
    this.send();
    return true;
  }

  /** Sends what may leave now. */
  send(): void {
    if (this.#stopped) return;
    this.#sendUrgent();
    this.#sendShared();
    this.#acks.watch();
  }

  /** Ends what is too old, and what is for the live session alone while there is none (wire.md 3, ttl 0); then tries again. */
  sweep(): void {
    if (this.#expiring === undefined) this.#expire();
    if (this.#options.transport.node(this.#options.nodeId)?.online !== true) this.#endLive();
    else this.send();
  }

  /** Ends what waits: what is durable stays on the disk. */
  stop(error: SignalboxError): void {
    this.#stopped = true;
    clearTimeout(this.#gathering);
    clearImmediate(this.#soon);
    clearImmediate(this.#expiring);
    this.#rests.stop();
    this.#acks.stop();
    for (const batch of this.#batches.all())
      for (const message of batch.messages) if (!message.durable) this.#endings.end(message, { outcome: 'dropped', error });
    for (const priority of peerPriorities) this.queue.endAll(priority, { outcome: 'dropped', error }, ({ durable }) => !durable);
  }

  #sendSoon(): void {
    if (this.#batches.sharedBytes === 0) this.#soon ??= setImmediate(() => this.#sendNow());
    else if (this.queue.lanes.sizeBytes >= this.#window.batchBytes) this.#soon ??= setImmediate(() => this.#sendNow());
    else this.#gathering ??= setTimeout(() => this.#sendNow(), batchMs).unref();
  }

  #sendNow(): void {
    this.#soon = undefined;
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.send();
  }

  /** @returns whether there was something urgent */
  #sendUrgent(): boolean {
    const { lanes } = this.queue;
    if (this.#stopped || lanes.peekUrgent() === undefined) return false;
    while (this.#batches.urgent < urgentInFlight && lanes.peekUrgent() !== undefined && !this.#rests.isResting(true))
      if (!this.#departures.sendBatch(() => lanes.peekUrgent(), batchBytes, true)) break;
    return true;
  }

  #sendShared(): void {
    const { nodeId, transport } = this.#options;
    const { lanes } = this.queue;
    for (let next = lanes.peekShared(); next !== undefined && !this.#rests.isResting(false); next = lanes.peekShared()) {
      const { oldest } = this.#batches;
      if (oldest !== undefined && this.#departures.sent - oldest.ordinal > sentPastOne) return;
      const roomBytes = (next.lane === 'Low' ? this.#window.lowBytes : this.#window.sizeBytes) - this.#batches.sharedBytes;
      if (roomBytes <= 0 || (roomBytes < this.#window.batchBytes && lanes.sizeBytes > roomBytes)) return;
      const waitMs = transport.isCongested(nodeId) ? batchMs : this.#pace.waitMs;
      if (waitMs > 0) {
        this.#gathering ??= setTimeout(() => this.#sendNow(), waitMs).unref();
        return;
      }
      const sentBefore = this.#departures.sent;
      if (!this.#departures.sendBatch(() => lanes.peekShared(), Math.min(roomBytes, this.#window.batchBytes), false)) return;
      this.#pace.sent(this.#departures.sent - sentBefore);
    }
  }

  #settle(batch: Batch, refusals: readonly Refusal[], latencyMs: number, isLate: boolean): void {
    const { nodeId, oversight } = this.#options;
    const refused = new Map(refusals.map((refusal) => [refusal.message_id, refusal]));
    const outcome: DeliveryOutcome = { outcome: 'taken', latencyMs };
    let taken = 0;
    for (const message of batch.messages) {
      const refusal = refused.size === 0 ? undefined : refused.get(message.messageId);
      if (refusal !== undefined) refused.delete(message.messageId);
      if (message.outcome !== undefined) continue;
      if (refusal !== undefined) {
        // One that was given up waits, or is on its way, again: what is said of that counts.
        if (!isLate) this.#refused(message, errorOf(refusal), batch.way);
      } else {
        this.#endings.finish(message, outcome);
        taken++;
      }
    }
    // Once for all of them: they took the same time, and to judge a peer by each would cost more than to send it.
    if (taken > 0) oversight.observe(nodeId, { kind: 'settled', outcome: 'taken', latencyMs, way: batch.way });
    if (refused.size > 0) oversight.conduct(nodeId, 'behaviour', 'it refused messages that it was not sent');
    else if (refusals.length === 0) this.#rests.accepted();
  }

  /** Part by part, in later turns of the event loop. */
  #expire(): void {
    this.#expiring = this.queue.expire(this.#options.laggingMs()) ? undefined : setImmediate(() => this.#expire());
  }

  #endLive(): void {
    if (!this.queue.hasLive) return;
    const outcome: DeliveryOutcome = { outcome: 'refused', error: unreachable(this.queue.name) };
    for (const priority of peerPriorities) this.queue.endAll(priority, outcome, ({ ttlSeconds }) => ttlSeconds === 0);
  }

  /** The peer refused a message. */
  #refused(message: OutgoingMessage, error: SignalboxError, way: CarrierKind): void {
    if (error.code === 'OVERLOADED') {
      this.#window.collapse();
      this.#rests.busy();
    }
    this.#endings.failed(message, error, way);
  }

  /** What left well before a batch that is acknowledged is lost, unless its handlers take long: then it is a repeat there. */
  #sendLostAgain(acknowledged: Batch): void {
    const { monotonicMs } = this.#options;
    const lost = this.#batches.passed(acknowledged).filter(({ sentMs }) => monotonicMs() - sentMs > this.#window.usualMs);
    this.#giveUp(lost);
    if (lost.length > 0) this.#window.shrink();
  }

  /** No acknowledgement came in time: what left on that way counts as lost, and as one failure of it. */
  #overdue(way: CarrierKind): void {
    const { nodeId, transport, oversight } = this.#options;
    this.#giveUp(this.#batches.all().filter((batch) => batch.way === way));
    this.#window.collapse();
    oversight.observe(nodeId, { kind: 'settled', outcome: 'timeout', way });
    transport.failed(nodeId, way);
    this.send();
  }

  /** What is in batches that are lost is the next again. */
  #giveUp(lost: readonly Batch[]): void {
    for (const batch of lost.toReversed()) {
      this.#batches.giveUp(batch);
      this.#departures.putBack(batch.messages);
    }
  }
}

function unreachable(name: string): SignalboxError {
  return new SignalboxError('NODE_UNREACHABLE', `No way leads to ${name} now, and the message is not to wait for one.`, { executed: 'no' });
}
