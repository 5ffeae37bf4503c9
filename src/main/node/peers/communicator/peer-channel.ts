import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import { peerPriorities } from '../../../../common/contract/peers.ts';
import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import type { PeerOversight } from '../oversight.ts';
import type { PeerTransport, TransportWay } from '../transport.ts';
import type { DeliveryOutcome } from '../types.ts';
import { type Batch, Batches } from './batches.ts';
import type { PeerCounts, TotalCounts } from './counts.ts';
import { communicatorLimits } from './limits.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import { Rests } from './rests.ts';
import { SendQueue, type SharedRoom } from './send-queue.ts';
import { SendWindow } from './window.ts';
import { batchText, errorOf, type Refusal } from './wire.ts';

const { batchMessages, batchBytes, batchMs, urgentInFlight, sentPastOne, aloneAfter, busyMs, defaultTtlSeconds } = communicatorLimits;

export interface PeerChannelOptions {
  readonly nodeId: string;
  readonly transport: PeerTransport;
  readonly oversight: PeerOversight;
  readonly room: SharedRoom;
  readonly counts: PeerCounts;
  readonly totals: TotalCounts;
  /** A message has ended. */
  readonly onSettled: (message: OutgoingMessage, outcome: DeliveryOutcome) => void;
  /** A peer refused a message for a reason that will not pass. */
  readonly onDeadLetter: (message: OutgoingMessage, reason: string) => void;
  /** The next sequence number of a batch. */
  readonly nextSeq: () => number;
  /** Clocks: one that is never set, and one that never runs ahead. */
  readonly monotonicMs: () => number;
  readonly laggingMs: () => number;
}

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
  #gathering: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  #ackTimer: NodeJS.Timeout | undefined;
  #ackLook: NodeJS.Immediate | undefined;
  /** Messages that left, since the start. */
  #sent = 0;
  #stopped = false;

  constructor(options: PeerChannelOptions) {
    this.#options = options;
    const { nodeId, transport, room, monotonicMs } = options;
    this.#window = new SendWindow(monotonicMs);
    this.#rests = new Rests({ onOver: () => this.send(), monotonicMs });
    this.queue = new SendQueue({
      name: () => transport.node(nodeId)?.name ?? nodeId,
      room,
      onEnd: (message, outcome) => this.#end(message, outcome),
      monotonicMs,
    });
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
    if (message.place?.lane === 'Critical') this.#sendUrgent();
    else this.#sendSoon();
  }

  /**
   * Sends a message before all that waits, also where the circuit is open.
   *
   * @throws SignalboxError `NODE_UNREACHABLE`, `QUEUE_FULL`
   */
  sendFirst(message: OutgoingMessage): void {
    const { nodeId, transport, room } = this.#options;
    const way = transport.ways(nodeId).find(({ available }) => available);
    if (transport.node(nodeId)?.online !== true || way === undefined) throw unreachable(this.queue.name);
    if (!room.take(message)) throw new SignalboxError('QUEUE_FULL', 'Too much waits for other nodes already.', { executed: 'no' });
    if (transport.node(nodeId)?.acknowledges === false) this.#sendAlone(message, way.kind);
    else this.#post({ messages: [message], sizeBytes: message.sizeBytes }, way, true);
  }

  /** The ways to the peer have changed: what was on one that is gone goes another way at once. */
  changed(): void {
    const open = new Set(this.#options.transport.ways(this.#options.nodeId).flatMap(({ kind, available }) => (available ? [kind] : [])));
    for (const batch of this.#batches.all().toReversed()) if (!open.has(batch.way)) this.#putBack(batch);
    this.send();
  }

  /** The peer says what it took of a batch. @returns false: no such batch was sent */
  acknowledged(seq: number, refusals: readonly Refusal[]): boolean {
    const { nodeId, transport, oversight, monotonicMs } = this.#options;
    const wasFull = this.#batches.sharedBytes * 2 >= this.#window.sizeBytes;
    const found = this.#batches.acknowledged(seq);
    if (found === undefined) return false;
    const { batch, isLate } = found;
    const latencyMs = monotonicMs() - batch.sentMs;
    transport.answered(nodeId, batch.way);
    this.#window.acknowledged(latencyMs, batch.sizeBytes, wasFull && !isLate);
    if (!isLate) this.#sendLostAgain(batch);
    const refused = new Map(refusals.map((refusal) => [refusal.message_id, refusal]));
    const outcome: DeliveryOutcome = { outcome: 'taken', latencyMs };
    let taken = 0;
    for (const message of batch.messages) {
      const refusal = refused.get(message.messageId);
      refused.delete(message.messageId);
      if (message.outcome !== undefined) continue;
      if (refusal !== undefined) {
        // One that was given up waits, or is on its way, again: what is said of that counts.
        if (!isLate) this.#refused(message, errorOf(refusal), batch.way);
      } else {
        this.#finish(message, outcome);
        taken++;
      }
    }
    // Once for all of them: they took the same time, and to judge a peer by each would cost more than to send it.
    if (taken > 0) oversight.observe(nodeId, { kind: 'settled', outcome: 'taken', latencyMs, way: batch.way });
    if (refused.size > 0) oversight.conduct(nodeId, 'behaviour', 'it refused messages that it was not sent');
    else if (refusals.length === 0) this.#rests.accepted();
    this.#watchAcks();
    this.send();
    return true;
  }

  /** Sends what may leave now. */
  send(): void {
    if (this.#stopped) return;
    this.#sendUrgent();
    this.#sendShared();
  }

  /** Ends what is too old, and what is for the live session alone while there is none (wire.md 3, ttl 0); then tries again. */
  sweep(): void {
    this.queue.expire(this.#options.laggingMs());
    if (this.#options.transport.node(this.#options.nodeId)?.online !== true) this.#endLive();
    else this.send();
  }

  /** Ends what waits: what is durable stays on the disk. */
  stop(error: SignalboxError): void {
    this.#stopped = true;
    for (const timer of [this.#gathering, this.#ackTimer]) clearTimeout(timer);
    this.#rests.stop();
    clearImmediate(this.#soon);
    clearImmediate(this.#ackLook);
    for (const batch of this.#batches.all())
      for (const message of batch.messages) if (!message.durable) this.#end(message, { outcome: 'dropped', error });
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

  #sendUrgent(): void {
    const { lanes } = this.queue;
    while (this.#batches.urgent < urgentInFlight && lanes.peekUrgent() !== undefined && !this.#rests.isResting(true))
      if (!this.#sendBatch(() => lanes.peekUrgent(), batchBytes, true)) return;
  }

  #sendShared(): void {
    const { nodeId, transport } = this.#options;
    const { lanes } = this.queue;
    while (lanes.peekShared() !== undefined && !this.#rests.isResting(false)) {
      const { oldest } = this.#batches;
      if (oldest !== undefined && this.#sent - oldest.ordinal > sentPastOne) return;
      const isLow = lanes.peekShared()?.lane === 'Low';
      const roomBytes = (isLow ? this.#window.lowBytes : this.#window.sizeBytes) - this.#batches.sharedBytes;
      if (roomBytes <= 0 || (roomBytes < this.#window.batchBytes && lanes.sizeBytes > roomBytes)) return;
      if (transport.isCongested(nodeId)) {
        this.#gathering ??= setTimeout(() => this.#sendNow(), batchMs).unref();
        return;
      }
      if (!this.#sendBatch(() => lanes.peekShared(), Math.min(roomBytes, this.#window.batchBytes), false)) return;
    }
  }

  /** Sends one batch of what `peek` finds. @returns false: nothing could be sent */
  #sendBatch(peek: () => OutgoingMessage['place'], mostBytes: number, isUrgent: boolean): boolean {
    const first = this.#nextFresh(peek);
    if (first === undefined) return true;
    const { nodeId, transport } = this.#options;
    const node = transport.node(nodeId);
    const way = this.#chooseWay(first.entry.item);
    if (node?.online !== true || way === undefined) return false;
    if (!node.acknowledges) return this.#sendAlone(this.queue.take(first), way.kind);
    // A way that is tried again gets one message, which goes another way when it is lost.
    const most = way.circuit === 'closed' ? batchMessages : 1;
    return this.#post(this.#gather(peek, first, most, mostBytes), way, isUrgent);
  }

  #gather(peek: () => OutgoingMessage['place'], first: NonNullable<OutgoingMessage['place']>, most: number, mostBytes: number) {
    const messages = [this.queue.take(first)];
    let sizeBytes = messages[0]?.sizeBytes ?? 0;
    while (messages.length < most) {
      const next = this.#nextFresh(peek);
      if (next === undefined || sizeBytes + next.entry.item.sizeBytes > mostBytes) break;
      // What a peer did not acknowledge goes with nothing that it may take.
      if (next.entry.item.attempts > aloneAfter) break;
      sizeBytes += next.entry.item.sizeBytes;
      messages.push(this.queue.take(next));
      if ((messages[0]?.attempts ?? 0) > aloneAfter) break;
    }
    return { messages, sizeBytes };
  }

  #post({ messages, sizeBytes }: { messages: OutgoingMessage[]; sizeBytes: number }, way: TransportWay, isUrgent: boolean): boolean {
    const { nodeId, transport, totals, counts, oversight, monotonicMs, nextSeq } = this.#options;
    const seq = nextSeq();
    const text = batchText(
      seq,
      messages.map((message) => message.text()),
    );
    let kind: CarrierKind | undefined;
    try {
      kind = transport.send(nodeId, text, { ttlSeconds: defaultTtlSeconds, kind: way.kind, probe: way.circuit !== 'closed' });
    } catch (error) {
      this.#couldNotSend(messages, SignalboxError.fromShape(toErrorShape(error)));
      return false;
    }
    if (kind === undefined) {
      for (const message of messages.reverse()) this.queue.putBack(message);
      return false;
    }
    const repeats = messages[0]?.attempts ?? 0;
    for (const message of messages) {
      message.attempts++;
      if (message.attempts > 1) {
        counts.moved++;
        oversight.observe(nodeId, { kind: 'moved', from: message.lastWay ?? null, to: kind });
      }
      message.lastWay = kind;
      counts.sent++;
      totals.sent[message.priority]++;
    }
    totals.batches++;
    this.#batches.add({ seq, way: kind, messages, sizeBytes, isUrgent, sentMs: monotonicMs(), ordinal: this.#sent, repeats, passedBy: 0 });
    this.#sent += messages.length;
    this.#watchAcks();
    return true;
  }

  /** A node that acknowledges nothing has taken what was handed to its way. */
  #sendAlone(message: OutgoingMessage, kind: CarrierKind): boolean {
    const { nodeId, transport, totals, counts } = this.#options;
    const { messageId, priority, timestampMs, ttlSeconds } = message;
    try {
      if (transport.send(nodeId, message.payload, { ttlSeconds, kind, lone: { messageId, priority, timestampMs } }) === undefined) {
        this.queue.putBack(message);
        return false;
      }
    } catch (error) {
      this.#couldNotSend([message], SignalboxError.fromShape(toErrorShape(error)));
      return false;
    }
    counts.sent++;
    totals.sent[priority]++;
    this.#finish(message, { outcome: 'taken', latencyMs: 0 });
    return true;
  }

  /** The next that is not too old. */
  #nextFresh(peek: () => OutgoingMessage['place']): OutgoingMessage['place'] {
    for (let place = peek(); place !== undefined; place = peek()) {
      const message = place.entry.item;
      if (!message.isExpired(this.#options.laggingMs())) return place;
      this.queue.end(message, { outcome: 'expired' });
    }
    return undefined;
  }

  /** The best way whose circuit lets something through; another than the last for what was lost on it, while there is one. */
  #chooseWay({ attempts, lastWay }: OutgoingMessage): TransportWay | undefined {
    const { nodeId, transport } = this.#options;
    const ways = transport.ways(nodeId).filter(({ kind, available, circuit }) => {
      if (!available || circuit === 'closed') return available;
      // One at a time tries whether the way works again.
      return circuit === 'halfOpen' && !this.#batches.isOn(kind);
    });
    const others = attempts > 0 ? ways.filter(({ kind, circuit }) => kind !== lastWay && circuit === 'closed') : [];
    return others[0] ?? ways[0];
  }

  #endLive(): void {
    const outcome: DeliveryOutcome = { outcome: 'refused', error: unreachable(this.queue.name) };
    for (const priority of peerPriorities) this.queue.endAll(priority, outcome, ({ ttlSeconds }) => ttlSeconds === 0);
  }

  #couldNotSend(messages: readonly OutgoingMessage[], error: SignalboxError): void {
    for (const message of [...messages].reverse()) this.#recover(message, error, undefined);
  }

  /** The peer refused a message. */
  #refused(message: OutgoingMessage, error: SignalboxError, way: CarrierKind): void {
    if (error.code === 'OVERLOADED') {
      this.#window.collapse();
      this.#rests.busy();
    }
    this.#recover(message, error, way);
  }

  #recover(message: OutgoingMessage, error: SignalboxError, way: CarrierKind | undefined): void {
    const { nodeId, oversight, transport, onDeadLetter } = this.#options;
    const recovery = oversight.recover(nodeId, error, Math.max(1, message.attempts));
    switch (recovery.action) {
      case 'retry':
        this.#rests.rest(recovery.afterMs, message.lane === 'Critical');
        this.queue.putBack(message);
        return;
      case 'rest':
        this.#rests.rest(recovery.forMs, true);
        this.queue.putBack(message);
        return;
      case 'measureClock':
        transport.measureClock(nodeId);
        this.#rests.rest(busyMs, false);
        this.queue.putBack(message);
        return;
      case 'deadLetter':
        onDeadLetter(message, recovery.reason);
        break;
      case 'stopAccepting':
      case 'fail':
        break;
    }
    this.#finish(message, { outcome: 'refused', error });
    const { code } = error;
    oversight.observe(nodeId, { kind: 'settled', outcome: 'refused', code, ...(way !== undefined && { way }) });
  }

  /** What left well before a batch that is acknowledged is lost, unless its handlers take long: then it is a repeat there. */
  #sendLostAgain(acknowledged: Batch): void {
    const { monotonicMs } = this.#options;
    const lost = this.#batches.passed(acknowledged).filter(({ sentMs }) => monotonicMs() - sentMs > this.#window.usualMs);
    for (const batch of lost.toReversed()) this.#putBack(batch);
    if (lost.length > 0) this.#window.shrink();
  }

  #watchAcks(): void {
    clearTimeout(this.#ackTimer);
    clearImmediate(this.#ackLook);
    const next = this.#nextDue();
    if (next === undefined || this.#stopped) return;
    const leftMs = next.dueMs - this.#options.monotonicMs();
    this.#ackTimer = setTimeout(
      () => {
        // When this process stood still, acknowledgements have come meanwhile and are read first.
        this.#ackLook = setImmediate(() => this.#overdue());
      },
      Math.max(1, leftMs),
    ).unref();
  }

  /** No acknowledgement came in time: what left on that way counts as lost, and as one failure of it. */
  #overdue(): void {
    const { nodeId, transport, oversight, monotonicMs } = this.#options;
    const next = this.#nextDue();
    if (next === undefined || monotonicMs() < next.dueMs) {
      this.#watchAcks();
      return;
    }
    const { way } = next;
    for (const batch of this.#batches.all().toReversed()) if (batch.way === way) this.#putBack(batch);
    this.#window.collapse();
    oversight.observe(nodeId, { kind: 'settled', outcome: 'timeout', way });
    transport.failed(nodeId, way);
    this.#watchAcks();
    this.send();
  }

  /** When the first of what is on its way counts as lost, and its way; undefined: nothing is. */
  #nextDue(): { readonly dueMs: number; readonly way: CarrierKind } | undefined {
    let next: { readonly dueMs: number; readonly way: CarrierKind } | undefined;
    for (const { sentMs, repeats, way } of this.#batches.values()) {
      const dueMs = sentMs + this.#window.ackTimeoutMs(repeats);
      if (next === undefined || dueMs < next.dueMs) next = { dueMs, way };
    }
    return next;
  }

  #putBack(batch: Batch): void {
    this.#batches.giveUp(batch);
    for (const message of [...batch.messages].reverse()) this.queue.putBack(message);
  }

  /** A message that was sent ends, perhaps while it waits to be sent again. */
  #finish(message: OutgoingMessage, outcome: DeliveryOutcome): void {
    if (!this.queue.end(message, outcome)) this.#end(message, outcome);
  }

  #end(message: OutgoingMessage, outcome: DeliveryOutcome): void {
    if (!message.settle(outcome)) return;
    const { nodeId, counts, totals, room, oversight, onSettled } = this.#options;
    room.release(message);
    if (outcome.outcome !== 'refused') {
      counts[outcome.outcome]++;
      totals[outcome.outcome]++;
    }
    if (outcome.outcome === 'expired' || outcome.outcome === 'dropped')
      oversight.observe(nodeId, { kind: 'settled', outcome: outcome.outcome });
    onSettled(message, outcome);
  }
}

function unreachable(name: string): SignalboxError {
  return new SignalboxError('NODE_UNREACHABLE', `No way leads to ${name} now, and the message is not to wait for one.`, { executed: 'no' });
}
