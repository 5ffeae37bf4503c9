import { federationLimits } from './limits.ts';
import type { LinkMessage } from './link-message.ts';

interface Kept {
  readonly message: LinkMessage;
  readonly bytes: number;
  readonly keptAtMs: number;
}

/** Messages that wait for the broker: bounded by count, bytes and age, the oldest lost first and counted. */
export class OfflineOutbox {
  readonly #nowMs: () => number;
  readonly #kept: Kept[] = [];
  #bytes = 0;
  #dropped = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#kept.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Messages that were too many, too large or too old. */
  get dropped(): number {
    return this.#dropped;
  }

  add(message: LinkMessage): void {
    const bytes = message.topic.length + message.payload.length;
    this.#expire();
    while (
      this.#kept.length > 0 &&
      (this.#kept.length >= federationLimits.outboxMessages || this.#bytes + bytes > federationLimits.outboxBytes)
    )
      this.#loseOldest();
    this.#kept.push({ message, bytes, keptAtMs: this.#nowMs() });
    this.#bytes += bytes;
  }

  /** Empties it: what is still young enough, oldest first. */
  take(): readonly LinkMessage[] {
    this.#expire();
    this.#bytes = 0;
    return this.#kept.splice(0).map(({ message }) => message);
  }

  #expire(): void {
    const oldestMs = this.#nowMs() - federationLimits.outboxMs;
    while (this.#kept[0] !== undefined && this.#kept[0].keptAtMs < oldestMs) this.#loseOldest();
  }

  #loseOldest(): void {
    const lost = this.#kept.shift();
    if (lost === undefined) return;
    this.#bytes -= lost.bytes;
    this.#dropped++;
  }
}
