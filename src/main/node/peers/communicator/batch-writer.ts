import type { PeerPriority } from '../../../../common/contract/peers.ts';
import { batchType } from './wire.ts';

/** What stands in a batch of one message. */
export interface WrittenMessage {
  readonly messageId: string;
  /** Milliseconds since the epoch. */
  readonly timestampMs: number;
  readonly ttlSeconds: number;
  readonly priority: PeerPriority;
  readonly durable: boolean;
  /** Its content, as JSON text already, so that nothing is encoded twice. */
  readonly payload: string;
}

/**
 * Writes batches of one node for another. What all envelopes have in common is written once, and what they have in common with the one before
 * is not written again: messages of one turn are of one time.
 */
export class BatchWriter {
  readonly #nodes: string;
  #last: WrittenMessage | undefined;
  /** What stood in the last envelope between its id and its content. */
  #middle = '';

  constructor(source: string, target: string) {
    this.#nodes = `","source_node_id":"${source}","target_node_id":"${target}"`;
  }

  /** The text of a batch. Its pieces are joined once: a text for each envelope would be copied twice before it leaves. */
  write(seq: number, messages: readonly WrittenMessage[]): string {
    const pieces = [`{"type":"${batchType}","seq":${seq},"envelopes":[`];
    for (const message of messages)
      pieces.push(
        pieces.length === 1 ? '{"message_id":"' : ',{"message_id":"',
        message.messageId,
        this.#after(message),
        message.payload,
        '}',
      );
    pieces.push(']}');
    // Held on to, the last would keep its content.
    this.#last = undefined;
    return pieces.join('');
  }

  #after(message: WrittenMessage): string {
    const { timestampMs, ttlSeconds, priority, durable } = message;
    const last = this.#last;
    const isSame =
      last?.timestampMs === timestampMs && last.ttlSeconds === ttlSeconds && last.priority === priority && last.durable === durable;
    this.#last = message;
    if (isSame) return this.#middle;
    this.#middle = [
      this.#nodes,
      `,"timestamp":${Math.floor(timestampMs / 1_000)},"timestamp_ms":${timestampMs},"ttl":${ttlSeconds}`,
      `,"priority":"${priority}","is_encrypted":false,${durable ? '"durable":true,' : ''}"payload":`,
    ].join('');
    return this.#middle;
  }
}
