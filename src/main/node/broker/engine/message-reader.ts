import type { GroupId } from '../core/types.ts';
import { readSegment } from '../machine/index.ts';
import type { QueueId, QueueMessage, Segment } from '../machine/types.ts';
import type { StateStore } from '../state/types.ts';
import type { MessageTail } from './message-tail.ts';

export interface MessageRange {
  readonly queueId: QueueId;
  /** Inclusive. */
  readonly fromSequence: number;
  readonly toSequence: number;
  readonly limit: number;
  /** At least one message is given whatever its size. */
  readonly maxBytes: number;
}

/** Reads messages of a group: the newest from memory, older ones from its state file. */
export class MessageReader {
  readonly #groupId: GroupId;
  readonly #tail: MessageTail;
  readonly #store: StateStore;

  constructor(options: { readonly groupId: GroupId; readonly tail: MessageTail; readonly store: StateStore }) {
    this.#groupId = options.groupId;
    this.#tail = options.tail;
    this.#store = options.store;
  }

  /** Without waiting; undefined: some of it is only on the disk, see {@link forward}. */
  fromMemory({ queueId, fromSequence, toSequence, limit, maxBytes }: MessageRange): QueueMessage[] | undefined {
    const first = this.#tail.first(queueId);
    if (first === undefined || fromSequence < first) return toSequence < fromSequence ? [] : undefined;
    const messages: QueueMessage[] = [];
    let leftBytes = maxBytes;
    for (const segment of this.#tail.from(queueId, fromSequence)) {
      if (segment.firstSequence > toSequence || messages.length >= limit || (leftBytes <= 0 && messages.length > 0)) break;
      const query = { fromSequence, toSequence, limit: limit - messages.length, maxBytes: leftBytes };
      for (const message of readSegment(segment.data, query)) {
        if (messages.length > 0 && message.data.byteLength > leftBytes) return messages;
        messages.push(message);
        leftBytes -= message.data.byteLength;
      }
    }
    return messages;
  }

  /** Oldest first. @throws SignalboxError `STORAGE_CORRUPT`, `STORAGE_FAILED` */
  async forward(range: MessageRange): Promise<readonly QueueMessage[]> {
    const recent = this.fromMemory(range);
    if (recent !== undefined) return recent;
    const { queueId, fromSequence, toSequence, limit, maxBytes } = range;
    const first = this.#tail.first(queueId) ?? Number.MAX_SAFE_INTEGER;
    const old = await this.#store.read(this.#groupId, {
      queueId,
      fromSequence,
      toSequence: Math.min(toSequence, first - 1),
      limit,
      maxBytes,
      direction: 'forward',
    });
    const oldBytes = old.reduce((sum, { data }) => sum + data.byteLength, 0);
    const last = old.at(-1)?.sequence;
    // Only where the old ones reach up to the recent ones: the disk may have stopped at its bound.
    if (old.length >= limit || oldBytes >= maxBytes || first > toSequence || (last !== undefined && last < first - 1)) return old;
    const rest = this.fromMemory({
      queueId,
      fromSequence: Math.max(first, fromSequence),
      toSequence,
      limit: limit - old.length,
      maxBytes: maxBytes - oldBytes,
    });
    return rest === undefined ? old : [...old, ...rest];
  }

  /** Newest first, from `toSequence` down. */
  async backward(range: MessageRange): Promise<readonly QueueMessage[]> {
    const { queueId, fromSequence, toSequence, limit, maxBytes } = range;
    const first = this.#tail.first(queueId) ?? Number.MAX_SAFE_INTEGER;
    const newest: QueueMessage[] = [];
    let leftBytes = maxBytes;
    if (toSequence >= first) {
      const low = Math.max(fromSequence, first, toSequence - limit + 1);
      const recent = this.fromMemory({ queueId, fromSequence: low, toSequence, limit, maxBytes: Number.MAX_SAFE_INTEGER }) ?? [];
      for (const message of recent.toReversed()) {
        if (newest.length > 0 && message.data.byteLength > leftBytes) return newest;
        newest.push(message);
        leftBytes -= message.data.byteLength;
      }
    }
    if (newest.length >= limit || fromSequence >= first || leftBytes <= 0) return newest;
    const old = await this.#store.read(this.#groupId, {
      queueId,
      fromSequence,
      toSequence: Math.min(toSequence, first - 1),
      limit: limit - newest.length,
      maxBytes: leftBytes,
      direction: 'backward',
    });
    return [...newest, ...old];
  }

  /** The first sequence whose time is at or after `timeMs`; one more than the last when there is none. */
  async sequenceAt(queueId: QueueId, timeMs: number, lastSequence: number): Promise<number> {
    const first = this.#tail.first(queueId);
    const segments = first === undefined ? [] : this.#tail.from(queueId, first);
    const recent = segments.find((segment) => segment.lastTimeMs >= timeMs);
    if (recent === undefined) return first === undefined ? this.#store.sequenceAt(this.#groupId, queueId, timeMs) : lastSequence + 1;
    if (recent !== segments[0] || recent.firstTimeMs < timeMs) return timeWithin(recent, timeMs);
    // Nothing recent is older: the disk may have something at or after that time, too.
    return Math.min(await this.#store.sequenceAt(this.#groupId, queueId, timeMs), recent.firstSequence);
  }
}

function timeWithin(segment: Segment, timeMs: number): number {
  const range = { fromSequence: 0, toSequence: Number.MAX_SAFE_INTEGER, limit: segment.count, maxBytes: Number.MAX_SAFE_INTEGER };
  return readSegment(segment.data, range).find((message) => message.timeMs >= timeMs)?.sequence ?? segment.firstSequence + segment.count;
}
