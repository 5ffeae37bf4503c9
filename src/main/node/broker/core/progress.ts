import { Fifo } from './fifo.ts';
import type { CoreLimits } from './options.ts';
import type { BrokerId, MemberProgress } from './types.ts';

/** How one member follows, as its leader knows (Raft paper 5.3; the states are etcd's). */
export class Progress {
  readonly brokerId: BrokerId;
  voter: boolean;
  /**
   * `probing`: where the logs agree is not known, so one message at a time; `replicating`: entries are sent without waiting for answers;
   * `snapshot`: the log no longer holds what it needs, and nothing is sent until a snapshot is there.
   */
  state: MemberProgress['state'] = 'probing';
  /** Of the next entry to be sent. */
  nextIndex: number;
  /** Durable on its disk and equal to the leader's log. */
  matchIndex = 0;
  /** A probe is on the way; no other before an answer or the next heartbeat. */
  paused = false;
  /** Entries are on their way from the disk. */
  loading = false;
  /** How much to ask the disk for; more when one entry was all that came. */
  loadBytes: number;
  /** By the clock of `step`; null: not in this term. */
  heardAtMs: number | null = null;
  /** The last round of heartbeats that it answered. */
  answeredRound = 0;
  /** What had been sent before the last round of heartbeats: an answer to that round that knows less tells of a loss. */
  sentBeforeRound = 0;
  readonly #inFlight = new Fifo<{ readonly lastIndex: number; readonly bytes: number }>();
  #inFlightBytes = 0;

  constructor(brokerId: BrokerId, voter: boolean, nextIndex: number, loadBytes: number) {
    this.brokerId = brokerId;
    this.voter = voter;
    this.nextIndex = nextIndex;
    this.loadBytes = loadBytes;
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  hasRoom(limits: CoreLimits): boolean {
    return this.#inFlight.size < limits.inFlightMessages && this.#inFlightBytes < limits.inFlightBytes;
  }

  /** Entries up to `lastIndex` went out and are taken to arrive. */
  sent(lastIndex: number, bytes: number): void {
    this.nextIndex = lastIndex + 1;
    if (this.state === 'probing') this.paused = true;
    else this.#add(lastIndex, bytes);
  }

  #add(lastIndex: number, bytes: number): void {
    this.#inFlight.push({ lastIndex, bytes });
    this.#inFlightBytes += bytes;
  }

  /** Its disk holds everything up to here. True when that is news. */
  matched(index: number): boolean {
    if (index <= this.matchIndex) return false;
    this.matchIndex = index;
    this.nextIndex = Math.max(this.nextIndex, index + 1);
    for (let first = this.#inFlight.first; first !== undefined && first.lastIndex <= index; first = this.#inFlight.first) {
      this.#inFlightBytes -= first.bytes;
      this.#inFlight.shift();
    }
    return true;
  }

  /** Sends from here on without waiting. */
  replicate(): void {
    this.state = 'replicating';
    this.paused = false;
  }

  /** Finds out anew where the logs agree. */
  probe(nextIndex: number): void {
    this.state = 'probing';
    this.nextIndex = Math.max(nextIndex, this.matchIndex + 1);
    this.paused = false;
    this.#inFlight.clear();
    this.#inFlightBytes = 0;
  }

  awaitSnapshot(): void {
    this.probe(this.nextIndex);
    this.state = 'snapshot';
  }

  /** A new connection: perhaps to a broker that was started anew, on a disk that holds less than it said before. */
  forget(lastIndex: number): void {
    this.matchIndex = 0;
    this.loading = false;
    this.probe(lastIndex + 1);
  }
}
