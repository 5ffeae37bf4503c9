/** What a queue knows of its messages without holding them: how large each is and when it came, in blocks, four bytes a message. */
import { machineLimits } from './limits.ts';
import type { QueueId } from './types.ts';

/** Consecutive messages of a queue. Times are known of the first and the last only. */
export class Block {
  readonly queueId: QueueId;
  readonly firstSequence: number;
  readonly firstTimeMs: number;
  lastTimeMs: number;
  count = 0;
  /** Nothing of it is held any more. */
  gone = false;
  /** Bytes of the first n + 1 messages. */
  #sums: Uint32Array;

  constructor(queueId: QueueId, firstSequence: number, timeMs: number, room = 4) {
    this.queueId = queueId;
    this.firstSequence = firstSequence;
    this.firstTimeMs = timeMs;
    this.lastTimeMs = timeMs;
    this.#sums = new Uint32Array(room);
  }

  get lastSequence(): number {
    return this.firstSequence + this.count - 1;
  }

  /** Of all its messages, held or not. */
  get bytes(): number {
    return this.bytesOf(this.count);
  }

  /** Bytes of its first messages. */
  bytesOf(count: number): number {
    return count === 0 ? 0 : (this.#sums[count - 1] as number);
  }

  add(sizeBytes: number, timeMs: number): void {
    if (this.count === this.#sums.length) this.#grow();
    this.#sums[this.count] = this.bytes + sizeBytes;
    this.count++;
    this.lastTimeMs = timeMs;
  }

  /** It gets no more messages: gives back what it does not need. */
  close(): void {
    if (this.#sums.length > this.count) this.#sums = this.#sums.slice(0, this.count);
  }

  /** Sizes as pairs of size and how many messages in a row have it. */
  sizes(): readonly number[] {
    const pairs: number[] = [];
    for (let at = 0; at < this.count; at++) {
      const size = (this.#sums[at] as number) - this.bytesOf(at);
      if (pairs.at(-2) === size) pairs[pairs.length - 1] = (pairs.at(-1) as number) + 1;
      else pairs.push(size, 1);
    }
    return pairs;
  }

  #grow(): void {
    const grown = new Uint32Array(Math.min(machineLimits.blockMessages, this.#sums.length * 2));
    grown.set(this.#sums);
    this.#sums = grown;
  }
}

/** The blocks of a queue, oldest first, and the messages they hold: all from `firstSequence` to `lastSequence`. */
export class BlockList {
  readonly #queueId: QueueId;
  #blocks: Block[] = [];
  /** Blocks before this one are gone; the array is cut now and then. */
  #head = 0;
  #firstSequence = 1;
  #lastSequence = 0;
  #bytes = 0;

  constructor(queueId: QueueId, firstSequence: number, lastSequence: number) {
    this.#queueId = queueId;
    this.#firstSequence = firstSequence;
    this.#lastSequence = lastSequence;
  }

  get firstSequence(): number {
    return this.#firstSequence;
  }

  get lastSequence(): number {
    return this.#lastSequence;
  }

  get messages(): number {
    return this.#lastSequence - this.#firstSequence + 1;
  }

  /** Of the messages held, as records. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Of the oldest block; a message of it that is held may be younger. */
  get oldestTimeMs(): number | null {
    return this.#blocks[this.#head]?.firstTimeMs ?? null;
  }

  /** Blocks of which something is held, oldest first. */
  held(): readonly Block[] {
    return this.#blocks.slice(this.#head);
  }

  /** Takes over a block that was stored; they come oldest first. */
  restore(block: Block): void {
    this.#blocks.push(block);
    const gone = Math.max(0, this.#firstSequence - block.firstSequence);
    this.#bytes += block.bytes - block.bytesOf(gone);
  }

  /**
   * Adds messages at the end.
   *
   * @param spanMs longest time that a block may span
   * @param touched told of each block that changed
   */
  append(sizes: readonly number[], timeMs: number, spanMs: number, touched: (block: Block) => void): void {
    let block = this.#blocks.at(-1);
    for (const sizeBytes of sizes) {
      if (block === undefined || block.gone || block.count === machineLimits.blockMessages || timeMs - block.firstTimeMs > spanMs) {
        // It may have got some of these messages before it was full.
        if (block !== undefined && !block.gone) touched(block);
        block?.close();
        block = new Block(this.#queueId, this.#lastSequence + 1, timeMs);
        this.#blocks.push(block);
        touched(block);
      }
      block.add(sizeBytes, timeMs);
      this.#lastSequence++;
      this.#bytes += sizeBytes;
    }
    if (block !== undefined) touched(block);
  }

  /**
   * How many messages from a sequence on fit into a bound of bytes; one at least, where there is one.
   *
   * @param from held by the queue
   */
  countFrom(from: number, max: number, maxBytes: number): number {
    const most = Math.min(max, this.#lastSequence - from + 1);
    let count = 0;
    let bytes = 0;
    for (let at = this.#indexOf(from); count < most; at++) {
      const block = this.#blocks[at] as Block;
      const offset = from + count - block.firstSequence;
      const before = block.bytesOf(offset);
      for (let next = offset; next < block.count && count < most; next++) {
        if (count > 0 && bytes + block.bytesOf(next + 1) - before > maxBytes) return count;
        count++;
      }
      bytes += block.bytes - before;
    }
    return count;
  }

  /** The last sequence of the blocks whose messages are all older than a time; `firstSequence - 1` when there are none. */
  lastOlderThan(timeMs: number): number {
    let upTo = this.#firstSequence - 1;
    for (let at = this.#head; at < this.#blocks.length && (this.#blocks[at] as Block).lastTimeMs < timeMs; at++)
      upTo = (this.#blocks[at] as Block).lastSequence;
    return upTo;
  }

  /** The last sequence that must go so that at most so many bytes remain; `firstSequence - 1` when none must. */
  lastAbove(maxBytes: number): number {
    let upTo = this.#firstSequence - 1;
    let excess = this.#bytes - maxBytes;
    for (let at = this.#head; excess > 0 && at < this.#blocks.length; at++) {
      const block = this.#blocks[at] as Block;
      const gone = upTo + 1 - block.firstSequence;
      const before = block.bytesOf(gone);
      let count = block.count;
      if (block.bytes - before >= excess) {
        count = gone;
        while (block.bytesOf(count) - before < excess) count++;
      }
      excess -= block.bytesOf(count) - before;
      upTo = block.firstSequence + count - 1;
    }
    return upTo;
  }

  /** Lets go of everything up to a sequence. @returns what went */
  dropUpTo(sequence: number, touched: (block: Block) => void): { readonly messages: number; readonly bytes: number } {
    const upTo = Math.min(sequence, this.#lastSequence);
    const messages = Math.max(0, upTo - this.#firstSequence + 1);
    const before = this.#bytes;
    while (this.#firstSequence <= upTo) {
      const block = this.#blocks[this.#head] as Block;
      const offset = this.#firstSequence - block.firstSequence;
      const count = Math.min(block.lastSequence, upTo) - block.firstSequence + 1;
      this.#bytes -= block.bytesOf(count) - block.bytesOf(offset);
      this.#firstSequence = block.firstSequence + count;
      if (count < block.count) break;
      block.gone = true;
      this.#head++;
      touched(block);
    }
    this.#cutArray();
    return { messages, bytes: before - this.#bytes };
  }

  #cutArray(): void {
    if (this.#head < 64 || this.#head * 2 < this.#blocks.length) return;
    this.#blocks = this.#blocks.slice(this.#head);
    this.#head = 0;
  }

  #indexOf(sequence: number): number {
    let low = this.#head;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.#blocks[middle] as Block).firstSequence <= sequence) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
