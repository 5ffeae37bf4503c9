import { SignalboxError } from '../../../../common/errors.ts';
import type { PeerOversight } from '../oversight.ts';
import type { PeerTransport } from '../transport.ts';
import type { Delivery, SendOptions } from '../types.ts';
import type { Channels } from './channels.ts';
import type { DurableOutbox } from './durable-outbox.ts';
import { communicatorLimits } from './limits.ts';
import { newMessageId } from './message-id.ts';
import { type MessageTerms, OutgoingMessage } from './outgoing-message.ts';

const { defaultTtlSeconds, ttlSeconds: mostTtlSeconds, messageBytes } = communicatorLimits;

export interface OutboundOptions {
  readonly transport: PeerTransport;
  readonly oversight: PeerOversight;
  readonly channels: Channels;
  readonly outbox: DurableOutbox;
  /** Milliseconds since the epoch; the same by a clock that never runs ahead. */
  readonly nowMs: () => number;
  readonly laggingMs: () => number;
}

/** Takes what this node says to its peers: who may be told what, what is on the disk before it is sent, and which channel it goes to. */
export class Outbound {
  readonly #options: OutboundOptions;
  #lastTerms: MessageTerms | undefined;
  #stopped = false;

  constructor(options: OutboundOptions) {
    this.#options = options;
  }

  /** What a former start left waits again. @throws SignalboxError `STORAGE_FULL`, `STORAGE_CORRUPT` */
  async load(): Promise<void> {
    const { outbox, channels, nowMs, laggingMs } = this.#options;
    for (const { messageId, nodeId, payload, priority, timestampMs, ttlSeconds, supersedes } of await outbox.load()) {
      const queuedAtMs = laggingMs() - Math.max(0, nowMs() - timestampMs);
      const terms: MessageTerms = { priority, timestampMs, queuedAtMs, ttlSeconds, durable: true };
      const message = new OutgoingMessage({ messageId, nodeId, payload, terms, supersedes: supersedes ?? undefined });
      outbox.adopt(message);
      channels.of(nodeId).add(message);
    }
  }

  /** Takes nothing more. */
  stop(): void {
    this.#stopped = true;
  }

  /**
   * Takes a message for one peer; what is durable is on the disk when this resolves.
   *
   * @param payload its content as JSON text, within {@link checkSize}
   * @throws SignalboxError `NOT_FOUND`, `FORBIDDEN`, `CANCELLED`, `QUEUE_FULL`, `STORAGE_FULL`
   */
  async send(nodeId: string, payload: string, options: SendOptions): Promise<OutgoingMessage> {
    const { outbox, channels } = this.#options;
    const message = this.make(nodeId, payload, options);
    try {
      if (message.durable) await outbox.add(message);
      // Once this node stops, what is on the disk goes at the next start.
      if (!this.#stopped) this.#add(message);
    } catch (error) {
      if (error instanceof SignalboxError && error.code === 'QUEUE_FULL') channels.hadNoRoom(nodeId);
      throw error;
    }
    return message;
  }

  /** Takes a message for every peer; one that cannot be sent it does not hold up the others. @returns by node id */
  async sendAll(payload: string, options: SendOptions): Promise<ReadonlyMap<string, Delivery>> {
    const sent = this.#options.oversight.peers().map(async (nodeId) => {
      try {
        return [nodeId, await this.send(nodeId, payload, options)] as const;
      } catch (error) {
        if (!(error instanceof SignalboxError)) throw error;
        const settled = Promise.resolve({ outcome: 'refused', error } as const);
        return [nodeId, { messageId: newMessageId(this.#options.nowMs()), settled }] as const;
      }
    });
    return new Map<string, Delivery>(await Promise.all(sent));
  }

  /** A message for a peer that may be sent one. @throws SignalboxError `NOT_FOUND`, `FORBIDDEN`, `CANCELLED` */
  make(nodeId: string, payload: string, options: SendOptions): OutgoingMessage {
    this.#checkPeer(nodeId);
    return new OutgoingMessage({ nodeId, payload, terms: this.#termsOf(options), supersedes: options.supersedes });
  }

  #add(message: OutgoingMessage): void {
    const { outbox, channels } = this.#options;
    try {
      channels.of(message.nodeId).add(message);
    } catch (error) {
      if (message.durable) outbox.ended(message);
      throw error;
    }
  }

  #termsOf({ priority, ttlSeconds: asked = defaultTtlSeconds, durable = false }: SendOptions): MessageTerms {
    const timestampMs = this.#options.nowMs();
    const queuedAtMs = this.#options.laggingMs();
    const ttlSeconds = Math.min(mostTtlSeconds, Math.max(0, Math.ceil(asked)));
    const last = this.#lastTerms;
    const isOfNow = last?.timestampMs === timestampMs && last.queuedAtMs === queuedAtMs;
    if (isOfNow && last.priority === priority && last.ttlSeconds === ttlSeconds && last.durable === durable) return last;
    this.#lastTerms = { priority, timestampMs, queuedAtMs, ttlSeconds, durable };
    return this.#lastTerms;
  }

  #checkPeer(nodeId: string): void {
    const { oversight, transport } = this.#options;
    if (this.#stopped) throw new SignalboxError('CANCELLED', 'This node stops. Nothing was sent.', { executed: 'no' });
    const place = oversight.place(nodeId);
    if (place === 'unknown')
      throw new SignalboxError('NOT_FOUND', `No peer ${nodeId} is known here. Nothing was sent.`, { executed: 'no' });
    if (place !== 'removed') return;
    const name = transport.node(nodeId)?.name ?? nodeId;
    throw new SignalboxError('FORBIDDEN', `The node ${name} was taken out of the peers of this node. Add it again first.`, {
      executed: 'no',
    });
  }
}

/** @param type of the message, for people @throws SignalboxError `TOO_LARGE` */
export function checkSize(payload: string, type: string): void {
  // No character of the text has more than three bytes.
  if (payload.length * 3 <= messageBytes || Buffer.byteLength(payload) <= messageBytes) return;
  throw new SignalboxError('TOO_LARGE', `A message of the type ${type} is larger than ${messageBytes} bytes. Send it in parts.`, {
    executed: 'no',
  });
}
