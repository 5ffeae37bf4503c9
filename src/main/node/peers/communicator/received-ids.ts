import type { Statement, Store } from '../../store/index.ts';
import { communicatorLimits } from './limits.ts';

const { durableSeen, durableSeenPerPeer } = communicatorLimits;

interface Row {
  readonly nodeId: string;
  readonly messageId: string;
  readonly untilMs: number;
}

/** Which durable messages of peers had their effect, over restarts of this node: until nobody can send them any more. */
export class ReceivedIds {
  readonly #store: Store;
  readonly #byPeer = new Map<string, Map<string, number>>();
  #size = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Reads what is known, and forgets what is over. @throws SignalboxError `STORAGE_FULL`, `STORAGE_CORRUPT` */
  async load(nowMs: number): Promise<void> {
    await this.prune(nowMs);
    const rows = await this.#store.all<Row>(
      'SELECT node_id AS nodeId, message_id AS messageId, until_ms AS untilMs FROM peer_received ORDER BY until_ms',
    );
    for (const { nodeId, messageId, untilMs } of rows) this.remember(nodeId, messageId, untilMs);
  }

  has(nodeId: string, messageId: string): boolean {
    return this.#byPeer.get(nodeId)?.has(messageId) === true;
  }

  /**
   * False: so many are remembered that no more of this peer can be taken without forgetting one (security.md 2.6: fails closed). A peer may have
   * as many as there is room left, so that there is room for one more however many of them fill it together.
   */
  hasRoom(nodeId: string): boolean {
    return (this.#byPeer.get(nodeId)?.size ?? 0) < Math.min(durableSeenPerPeer, durableSeen - this.#size);
  }

  /** Writes that a message had its effect: in the same transaction as the effect it has it once. It fails when it had it already. */
  statement(nodeId: string, messageId: string, untilMs: number): Statement {
    return { sql: 'INSERT INTO peer_received (node_id, message_id, until_ms) VALUES (?, ?, ?)', params: [nodeId, messageId, untilMs] };
  }

  /** The statement above was run. */
  remember(nodeId: string, messageId: string, untilMs: number): void {
    const ids = this.#byPeer.get(nodeId) ?? new Map<string, number>();
    this.#byPeer.set(nodeId, ids);
    if (!ids.has(messageId)) this.#size++;
    ids.set(messageId, untilMs);
  }

  /** Forgets what nobody can send any more. @throws SignalboxError `STORAGE_FULL` */
  async prune(nowMs: number): Promise<void> {
    await this.#store.run('DELETE FROM peer_received WHERE until_ms < ?', [nowMs]);
    for (const [nodeId, ids] of this.#byPeer) {
      for (const [messageId, untilMs] of ids) {
        if (untilMs >= nowMs) continue;
        ids.delete(messageId);
        this.#size--;
      }
      if (ids.size === 0) this.#byPeer.delete(nodeId);
    }
  }
}
