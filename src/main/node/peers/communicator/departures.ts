import type { CarrierKind } from '../../../../common/contract/nodes.ts';
import type { PeerOversight } from '../oversight.ts';
import type { PeerTransport, TransportWay } from '../transport.ts';
import { BatchWriter } from './batch-writer.ts';
import type { Batches } from './batches.ts';
import type { PeerCounts, TotalCounts } from './counts.ts';
import type { Endings } from './endings.ts';
import { communicatorLimits } from './limits.ts';
import type { OutgoingMessage } from './outgoing-message.ts';
import type { SendQueue } from './send-queue.ts';

const { batchMessages, aloneAfter, defaultTtlSeconds } = communicatorLimits;

export interface DeparturesOptions {
  /** This node, and the peer. */
  readonly source: string;
  readonly nodeId: string;
  readonly transport: PeerTransport;
  readonly oversight: PeerOversight;
  readonly counts: PeerCounts;
  readonly totals: TotalCounts;
  /** The next sequence number of a batch. */
  readonly nextSeq: () => number;
  /** Clocks: one that is never set, and one that never runs ahead. */
  readonly monotonicMs: () => number;
  readonly laggingMs: () => number;
}

/** What departures take messages from, and where these go. */
interface Stations {
  readonly queue: SendQueue;
  readonly batches: Batches;
  readonly endings: Endings;
}

/** The next message of those that wait, without taking it. */
export type Peek = () => OutgoingMessage | undefined;

/** Messages that leave together, with their bytes. */
interface Gathered {
  readonly messages: readonly OutgoingMessage[];
  readonly sizeBytes: number;
}

/** Puts messages to one peer on their way: which of them leave together, and by which way. */
export class Departures {
  readonly #options: DeparturesOptions;
  readonly #stations: Stations;
  readonly #writer: BatchWriter;
  #sent = 0;

  constructor(options: DeparturesOptions, stations: Stations) {
    this.#options = options;
    this.#stations = stations;
    this.#writer = new BatchWriter(options.source, options.nodeId);
  }

  /** Messages that left, since the start. */
  get sent(): number {
    return this.#sent;
  }

  /** Sends one batch of what `peek` finds. @returns false: nothing could be sent */
  sendBatch(peek: Peek, mostBytes: number, isUrgent: boolean): boolean {
    const first = this.#nextFresh(peek);
    if (first === undefined) return true;
    const { nodeId, transport } = this.#options;
    const node = transport.node(nodeId);
    const way = this.#chooseWay(first);
    if (node?.online !== true || way === undefined) return false;
    if (!node.acknowledges) return this.sendAlone(this.#stations.queue.take(first), way.kind);
    // A way that is tried again gets one message, which goes another way when it is lost.
    const most = way.circuit === 'closed' ? batchMessages : 1;
    return this.post(this.#gather(peek, first, most, mostBytes), way, isUrgent);
  }

  /** Sends messages that wait no more, together. @returns false: they wait again, or have ended */
  post({ messages, sizeBytes }: Gathered, way: TransportWay, isUrgent: boolean): boolean {
    const { nodeId, transport, totals, monotonicMs, nextSeq } = this.#options;
    const { batches, endings } = this.#stations;
    const seq = nextSeq();
    let kind: CarrierKind | undefined;
    try {
      const options = { ttlSeconds: defaultTtlSeconds, kind: way.kind, probe: way.circuit !== 'closed' };
      kind = transport.send(nodeId, this.#writer.write(seq, messages), options);
    } catch (error) {
      endings.couldNotSend(messages, error);
      return false;
    }
    if (kind === undefined) {
      this.putBack(messages);
      return false;
    }
    const repeats = messages[0]?.attempts ?? 0;
    for (const message of messages) this.#count(message, kind);
    totals.batches++;
    batches.add({ seq, way: kind, messages, sizeBytes, isUrgent, sentMs: monotonicMs(), ordinal: this.#sent, repeats, passedBy: 0 });
    this.#sent += messages.length;
    return true;
  }

  /** Sends a message to a node that acknowledges nothing: it has taken what was handed to its way. @returns see {@link post} */
  sendAlone(message: OutgoingMessage, kind: CarrierKind): boolean {
    const { nodeId, transport, totals, counts } = this.#options;
    const { endings } = this.#stations;
    const { messageId, priority, timestampMs, ttlSeconds } = message;
    try {
      if (transport.send(nodeId, message.payload, { ttlSeconds, kind, lone: { messageId, priority, timestampMs } }) === undefined) {
        this.putBack([message]);
        return false;
      }
    } catch (error) {
      endings.couldNotSend([message], error);
      return false;
    }
    counts.sent++;
    totals.sent[priority]++;
    this.#sent++;
    endings.finish(message, { outcome: 'taken', latencyMs: 0 });
    return true;
  }

  /** They were sent in vain, and are the next again. */
  putBack(messages: readonly OutgoingMessage[]): void {
    for (const message of messages.toReversed()) this.#stations.queue.putBack(message);
  }

  #count(message: OutgoingMessage, kind: CarrierKind): void {
    const { nodeId, totals, counts, oversight } = this.#options;
    message.attempts++;
    if (message.attempts > 1 && message.lastWay !== kind) {
      counts.moved++;
      oversight.observe(nodeId, { kind: 'moved', from: message.lastWay ?? null, to: kind });
    }
    message.lastWay = kind;
    counts.sent++;
    totals.sent[message.priority]++;
  }

  #gather(peek: Peek, first: OutgoingMessage, most: number, mostBytes: number): Gathered {
    const { queue } = this.#stations;
    const messages = [queue.take(first)];
    let { sizeBytes } = first;
    // What a peer did not acknowledge goes with nothing that it may take.
    while (messages.length < most && first.attempts <= aloneAfter) {
      const next = this.#nextFresh(peek);
      if (next === undefined || sizeBytes + next.sizeBytes > mostBytes || next.attempts > aloneAfter) break;
      sizeBytes += next.sizeBytes;
      messages.push(queue.take(next));
    }
    return { messages, sizeBytes };
  }

  /** The next that is not too old. */
  #nextFresh(peek: Peek): OutgoingMessage | undefined {
    const { queue } = this.#stations;
    const nowMs = this.#options.laggingMs();
    for (let message = peek(); message !== undefined; message = peek()) {
      if (!message.isExpired(nowMs)) return message;
      queue.end(message, { outcome: 'expired' });
    }
    return undefined;
  }

  /** The best way whose circuit lets something through; another than the last for what was lost on it, while there is one. */
  #chooseWay({ attempts, lastWay }: OutgoingMessage): TransportWay | undefined {
    const { nodeId, transport } = this.#options;
    const ways = transport.ways(nodeId).filter(({ kind, available, circuit }) => {
      if (!available || circuit === 'closed') return available;
      // One at a time tries whether the way works again.
      return circuit === 'halfOpen' && !this.#stations.batches.isOn(kind);
    });
    const others = attempts > 0 ? ways.filter(({ kind, circuit }) => kind !== lastWay && circuit === 'closed') : [];
    return others[0] ?? ways[0];
  }
}
