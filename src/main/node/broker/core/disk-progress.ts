import { Fifo } from './fifo.ts';

interface PendingWrite {
  readonly ticket: number;
  /** Last index of the log as of this write; lowered when the end is cut off meanwhile. */
  lastIndex: number;
  readonly sinceMs: number;
}

/** What of this broker's log and votes is on its disk, and what is on the way. */
export class DiskProgress {
  readonly #pending = new Fifo<PendingWrite>();
  #durableIndex: number;
  #lastTicket = 0;
  #durableTicket = 0;
  #voteTicket = 0;

  constructor(durableIndex: number) {
    this.#durableIndex = durableIndex;
  }

  get durableIndex(): number {
    return this.#durableIndex;
  }

  /** The ticket that the next write gets: a step makes at most one. */
  get nextTicket(): number {
    return this.#lastTicket + 1;
  }

  /** The write that must be done before term and vote may be relied on; undefined: they are on the disk. */
  get voteTicket(): number | undefined {
    return this.#voteTicket > this.#durableTicket ? this.#voteTicket : undefined;
  }

  /** Term or vote changed: they go with the next write. */
  voteChanged(): void {
    this.#voteTicket = this.nextTicket;
  }

  /** How long the oldest write has waited, milliseconds; 0: none does. */
  waitedMs(nowMs: number): number {
    const oldest = this.#pending.first;
    return oldest === undefined ? 0 : Math.max(0, nowMs - oldest.sinceMs);
  }

  /** A write was handed to the host. @returns its ticket. */
  written(lastIndex: number, nowMs: number): number {
    const ticket = this.nextTicket;
    this.#lastTicket = ticket;
    this.#pending.push({ ticket, lastIndex, sinceMs: nowMs });
    return ticket;
  }

  /** Everything up to this ticket is on the disk. True when that makes more of the log durable, or a vote. */
  persisted(ticket: number): boolean {
    const before = this.#durableIndex;
    const voteBefore = this.voteTicket;
    this.#durableTicket = Math.max(this.#durableTicket, ticket);
    for (let write = this.#pending.first; write !== undefined && write.ticket <= ticket; write = this.#pending.first) {
      this.#durableIndex = Math.max(this.#durableIndex, write.lastIndex);
      this.#pending.shift();
    }
    return this.#durableIndex > before || voteBefore !== this.voteTicket;
  }

  /** The log was cut off after this index: what was to become durable beyond it is another entry now. */
  truncated(lastIndex: number): void {
    this.#durableIndex = Math.min(this.#durableIndex, lastIndex);
    for (const write of this.#pending) write.lastIndex = Math.min(write.lastIndex, lastIndex);
  }

  /** The log begins anew after a snapshot that is on the disk. */
  reset(durableIndex: number): void {
    for (const write of this.#pending) write.lastIndex = durableIndex;
    this.#durableIndex = durableIndex;
  }
}
