import { BlockList } from './blocks.ts';
import type { ClientRecord } from './client-record.ts';
import { machineLimits } from './limits.ts';
import { ProducerTable } from './producers.ts';
import type { QueueId, QueueOptions, QueueState } from './types.ts';

/** One queue in memory: options, blocks, clients, producers. */
export class Queue {
  readonly queueId: QueueId;
  readonly name: string;
  readonly createdAtMs: number;
  options: QueueOptions;
  readonly blocks: BlockList;
  /** Messages that retention has dropped. */
  dropped: number;
  gone = false;
  readonly clients = new Map<string, ClientRecord>();
  readonly producers = new ProducerTable();

  constructor(state: Pick<QueueState, 'queueId' | 'name' | 'options' | 'createdAtMs' | 'firstSequence' | 'lastSequence' | 'dropped'>) {
    this.queueId = state.queueId;
    this.name = state.name;
    this.options = state.options;
    this.createdAtMs = state.createdAtMs;
    this.dropped = state.dropped;
    this.blocks = new BlockList(state.queueId, state.firstSequence, state.lastSequence);
  }

  /** Longest time that a block may span, so that a message stays at most a twentieth longer than the queue's age limit. */
  get blockSpanMs(): number {
    const { maxAgeMs } = this.options;
    return maxAgeMs === null ? machineLimits.blockSpanMs : Math.floor(maxAgeMs / 20);
  }

  /** Up to where messages must go to keep within the options; `firstSequence - 1`: none. */
  overflowingUpTo(timeMs: number): number {
    const { maxMessages, maxBytes } = this.options;
    let upTo = this.agedUpTo(timeMs);
    if (this.options.overflow === 'reject') return upTo;
    if (maxMessages !== null) upTo = Math.max(upTo, this.blocks.lastSequence - maxMessages);
    return maxBytes === null ? upTo : Math.max(upTo, this.blocks.lastAbove(maxBytes));
  }

  /** Up to where messages are too old. */
  agedUpTo(timeMs: number): number {
    const { maxAgeMs } = this.options;
    return maxAgeMs === null ? this.blocks.firstSequence - 1 : this.blocks.lastOlderThan(timeMs - maxAgeMs);
  }

  /** True when a queue that refuses has no room. */
  isFullFor(messages: number, bytes: number): boolean {
    const { maxMessages, maxBytes, overflow } = this.options;
    if (overflow !== 'reject') return false;
    return (
      (maxMessages !== null && this.blocks.messages + messages > maxMessages) || (maxBytes !== null && this.blocks.bytes + bytes > maxBytes)
    );
  }

  state(): QueueState {
    const { firstSequence, lastSequence, messages, bytes, oldestTimeMs } = this.blocks;
    const { queueId, name, options, createdAtMs, dropped } = this;
    return { queueId, name, options, createdAtMs, firstSequence, lastSequence, messages, bytes, oldestTimeMs, dropped };
  }
}

/** All queues of a group, by id and by name. */
export interface QueueDirectory {
  readonly byId: Map<QueueId, Queue>;
  readonly byName: Map<string, Queue>;
}
