import type { PeerPriority } from '../../../../common/contract/peers.ts';
import { SignalboxError, toErrorShape } from '../../../../common/errors.ts';
import type { Statement, Store } from '../../store/index.ts';
import type { Logger } from '../../telemetry/index.ts';
import { communicatorLimits } from './limits.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

const { durablePerPeer, durableMessages, durableBytes } = communicatorLimits;

/** A message as it lies on the disk. */
export interface StoredMessage {
  readonly messageId: string;
  readonly nodeId: string;
  readonly priority: PeerPriority;
  readonly timestampMs: number;
  readonly ttlSeconds: number;
  readonly supersedes: string | null;
  readonly payload: string;
}

/** Messages that survive a restart: each is on the disk from before `send` resolves until it has ended. */
export class DurableOutbox {
  readonly #store: Store;
  readonly #logger: Logger;
  readonly #perPeer = new Map<string, number>();
  /** Ended, and still on the disk. */
  #ended = new Set<string>();
  #removing: Promise<void> | undefined;
  #messages = 0;
  #sizeBytes = 0;

  constructor({ store, logger }: { readonly store: Store; readonly logger: Logger }) {
    this.#store = store;
    this.#logger = logger;
  }

  /** What lies on the disk. */
  get figures(): { readonly messages: number; readonly sizeBytes: number } {
    return { messages: this.#messages, sizeBytes: this.#sizeBytes };
  }

  /** What a former start left, the oldest first. @throws SignalboxError `STORAGE_FULL`, `STORAGE_CORRUPT` */
  load(): Promise<readonly StoredMessage[]> {
    return this.#store.all<StoredMessage>(
      `SELECT message_id AS messageId, node_id AS nodeId, priority, timestamp_ms AS timestampMs, ttl_seconds AS ttlSeconds, supersedes, payload
       FROM peer_outbox ORDER BY timestamp_ms, rowid`,
    );
  }

  /** A message that was loaded waits again. */
  adopt(message: OutgoingMessage): void {
    this.#count(message, 1);
  }

  /**
   * Puts a message on the disk; it is there when this resolves.
   *
   * @throws SignalboxError `QUEUE_FULL`, `STORAGE_FULL`
   */
  async add(message: OutgoingMessage): Promise<void> {
    if (
      (this.#perPeer.get(message.nodeId) ?? 0) >= durablePerPeer ||
      this.#messages >= durableMessages ||
      this.#sizeBytes + message.sizeBytes > durableBytes
    )
      throw new SignalboxError('QUEUE_FULL', 'Too many messages wait on the disk for other nodes already. This one was not taken.', {
        executed: 'no',
      });
    this.#count(message, 1);
    try {
      await this.#store.run(
        `INSERT INTO peer_outbox (message_id, node_id, priority, timestamp_ms, ttl_seconds, supersedes, payload) VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [
          message.messageId,
          message.nodeId,
          message.priority,
          message.timestampMs,
          message.ttlSeconds,
          message.supersedes ?? null,
          message.payload,
        ],
      );
    } catch (error) {
      this.#count(message, -1);
      throw error;
    }
  }

  /** A message has ended: it leaves the disk soon, with others. */
  ended(message: OutgoingMessage): void {
    this.#count(message, -1);
    this.#ended.add(message.messageId);
    this.#removing ??= this.#removeSoon();
  }

  /** Removes from the disk what has ended by now. */
  async flush(): Promise<void> {
    await this.#removing;
    await this.#remove();
  }

  async #removeSoon(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#removing = undefined;
    await this.#remove();
  }

  /** One that could not be removed is sent once more after a restart, and is a repeat there. */
  async #remove(): Promise<void> {
    if (this.#ended.size === 0) return;
    const ended = this.#ended;
    this.#ended = new Set();
    const statements: Statement[] = [...ended].map((id) => ({ sql: 'DELETE FROM peer_outbox WHERE message_id = ?', params: [id] }));
    try {
      await this.#store.transaction(statements);
    } catch (error) {
      for (const id of ended) this.#ended.add(id);
      this.#logger.warn('peers.outboxNotCleared', 'Messages that were delivered could not be removed from the disk yet.', {
        messages: ended.size,
        error: toErrorShape(error),
      });
    }
  }

  #count({ nodeId, sizeBytes }: OutgoingMessage, sign: 1 | -1): void {
    this.#messages += sign;
    this.#sizeBytes += sign * sizeBytes;
    const ofPeer = (this.#perPeer.get(nodeId) ?? 0) + sign;
    if (ofPeer > 0) this.#perPeer.set(nodeId, ofPeer);
    else this.#perPeer.delete(nodeId);
  }
}
