/**
 * Writes of kept items: what is typed is written a moment later, once, in order; a write that fails for want of a node is
 * kept and tried again.
 */

import type { WorkspaceKind } from '../../../../common/contract/workspace.ts';
import { SignalboxError } from '../../../../common/errors.ts';

export interface KeptItemWriter {
  put(kind: WorkspaceKind, id: string, value: unknown): Promise<unknown>;
  remove(kind: WorkspaceKind, id: string): Promise<unknown>;
}

interface Waiting {
  readonly kind: WorkspaceKind;
  readonly id: string;
  /** Undefined: to be removed. */
  readonly value: unknown;
}

export class SavingQueue {
  readonly #writer: KeptItemWriter;
  readonly #delayMs: number;
  readonly #onFailure: (error: SignalboxError | undefined) => void;
  readonly #waiting = new Map<string, Waiting>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;

  /**
   * @param delayMs how long the last change waits for a further one
   * @param onFailure told with the error of a failed write, and with undefined when everything is written again
   */
  constructor(options: {
    readonly writer: KeptItemWriter;
    readonly delayMs: number;
    readonly onFailure: (error: SignalboxError | undefined) => void;
  }) {
    this.#writer = options.writer;
    this.#delayMs = options.delayMs;
    this.#onFailure = options.onFailure;
  }

  /** Keeps a value, soon. */
  save(kind: WorkspaceKind, id: string, value: object): void {
    this.#add({ kind, id, value });
  }

  /** Keeps a value at once: what a person did, not what is still being typed. */
  saveNow(kind: WorkspaceKind, id: string, value: object): void {
    this.save(kind, id, value);
    void this.flush();
  }

  /** Forgets an item, soon. */
  remove(kind: WorkspaceKind, id: string): void {
    this.#add({ kind, id, value: undefined });
  }

  /** Writes everything that waits, now. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running ??= this.#write().then((failed) => {
      this.#running = undefined;
      // Came while the last write was ending.
      if (failed === undefined && this.#waiting.size > 0) return this.flush();
    });
    return this.#running;
  }

  /** Lets go of what waits, for another person's items. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#waiting.clear();
  }

  #add(item: Waiting): void {
    this.#waiting.set(`${item.kind}/${item.id}`, item);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), this.#delayMs);
  }

  async #write(): Promise<SignalboxError | undefined> {
    let failed: SignalboxError | undefined;
    for (let item = this.#next(); item !== undefined && failed?.retryable !== true; item = this.#next()) {
      const key = `${item.kind}/${item.id}`;
      this.#waiting.delete(key);
      try {
        if (item.value === undefined) await this.#writer.remove(item.kind, item.id);
        else await this.#writer.put(item.kind, item.id, item.value);
      } catch (error) {
        failed = error instanceof SignalboxError ? error : new SignalboxError('INTERNAL', String(error));
        // Written again when the node is back, unless something newer waits already.
        if (failed.retryable && !this.#waiting.has(key)) this.#waiting.set(key, item);
      }
    }
    this.#onFailure(failed);
    return failed;
  }

  #next(): Waiting | undefined {
    return this.#waiting.values().next().value;
  }
}
