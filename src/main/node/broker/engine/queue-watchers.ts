import type { QueueId } from '../machine/types.ts';

/** Who waits for messages of a queue. Each is told once; whoever wants to know more asks again. */
export class QueueWatchers {
  readonly #byQueue = new Map<QueueId, Set<() => void>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @returns takes the watch back; harmless when it was told meanwhile */
  watch(queueId: QueueId, told: () => void): () => void {
    const watchers = this.#byQueue.get(queueId) ?? new Set();
    this.#byQueue.set(queueId, watchers);
    watchers.add(told);
    this.#size += 1;
    return () => {
      if (!watchers.delete(told)) return;
      this.#size -= 1;
      if (watchers.size === 0 && this.#byQueue.get(queueId) === watchers) this.#byQueue.delete(queueId);
    };
  }

  /** Something was appended to the queue, or it is gone. */
  tell(queueId: QueueId): void {
    const watchers = this.#byQueue.get(queueId);
    if (watchers === undefined) return;
    this.#byQueue.delete(queueId);
    const told = [...watchers];
    watchers.clear();
    this.#size -= told.length;
    for (const each of told) each();
  }

  /** Nobody leads here any more: all are told, and find out for themselves. */
  tellAll(): void {
    for (const queueId of [...this.#byQueue.keys()]) this.tell(queueId);
  }
}
