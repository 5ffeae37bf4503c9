import type { GroupId } from '../core/types.ts';
import type { QueueId, Segment } from '../machine/types.ts';

interface Held {
  readonly segment: Segment;
  readonly groupId: GroupId;
  /** Log index of the entry that appended it. */
  readonly index: number;
}

/**
 * The newest messages of all groups of a broker, bounded by bytes: what was appended lately is read without the disk. What a state file
 * does not hold yet is never let go, so a message is always here or there.
 */
export class MessageTail {
  readonly #maxBytes: number;
  /** In the order they came; `#head` is the oldest. */
  #held: (Held | undefined)[] = [];
  #head = 0;
  #bytes = 0;
  readonly #byQueue = new Map<QueueId, Segment[]>();
  readonly #stored = new Map<GroupId, number>();

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get sizeBytes(): number {
    return this.#bytes;
  }

  add(groupId: GroupId, index: number, segment: Segment): void {
    this.#held.push({ segment, groupId, index });
    this.#bytes += segment.data.byteLength;
    const segments = this.#byQueue.get(segment.queueId);
    if (segments === undefined) this.#byQueue.set(segment.queueId, [segment]);
    else segments.push(segment);
    if (this.#bytes > this.#maxBytes) this.#shrink();
  }

  /** The state file of a group holds everything up to this log index. */
  stored(groupId: GroupId, index: number): void {
    this.#stored.set(groupId, index);
    if (this.#bytes > this.#maxBytes) this.#shrink();
  }

  /** First sequence held of a queue; undefined: none. */
  first(queueId: QueueId): number | undefined {
    return this.#byQueue.get(queueId)?.[0]?.firstSequence;
  }

  /** Segments with messages from a sequence on, oldest first; empty when the sequence is older than what is held. */
  from(queueId: QueueId, sequence: number): readonly Segment[] {
    const segments = this.#byQueue.get(queueId);
    if (segments === undefined || segments[0] === undefined || sequence < segments[0].firstSequence) return [];
    return segments.slice(placeOf(segments, sequence));
  }

  /** The queue is gone, with all its messages. */
  forget(queueId: QueueId): void {
    this.#byQueue.delete(queueId);
  }

  /** The group was replaced by a snapshot, or is no longer here. */
  forgetGroup(groupId: GroupId): void {
    const kept: Held[] = [];
    for (const held of this.#held.slice(this.#head)) {
      if (held === undefined) continue;
      if (held.groupId !== groupId) kept.push(held);
      else {
        this.#byQueue.delete(held.segment.queueId);
        this.#bytes -= held.segment.data.byteLength;
      }
    }
    this.#held = kept;
    this.#head = 0;
    this.#stored.delete(groupId);
  }

  #shrink(): void {
    while (this.#bytes > this.#maxBytes) {
      const oldest = this.#held[this.#head];
      if (oldest === undefined || oldest.index > (this.#stored.get(oldest.groupId) ?? 0)) break;
      this.#held[this.#head++] = undefined;
      this.#bytes -= oldest.segment.data.byteLength;
      const segments = this.#byQueue.get(oldest.segment.queueId);
      if (segments?.[0] !== oldest.segment) continue;
      segments.shift();
      if (segments.length === 0) this.#byQueue.delete(oldest.segment.queueId);
    }
    if (this.#head > 1_024 && this.#head * 2 > this.#held.length) {
      this.#held = this.#held.slice(this.#head);
      this.#head = 0;
    }
  }
}

/** Index of the segment that holds a sequence, or of the first one after it. */
function placeOf(segments: readonly Segment[], sequence: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const { firstSequence, count } = segments[middle] as Segment;
    if (firstSequence + count <= sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
