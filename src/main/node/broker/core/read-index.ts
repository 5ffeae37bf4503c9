import { Fifo } from './fifo.ts';
import type { StepOutput } from './step-output.ts';

interface WaitingRead {
  readonly readId: number;
  readonly index: number;
  /** The round of heartbeats that must be answered by a majority: begun after the read. */
  readonly round: number;
}

/**
 * Reads that see every append acknowledged before them (ReadIndex, Raft thesis 6.4): a leader answers one only when a majority has answered a
 * heartbeat sent after the read came, so that nobody else can have led meanwhile. One round answers for all that wait.
 */
export class ReadIndex {
  readonly #waiting = new Fifo<WaitingRead>();
  /** Reads that came before the leader's no-op was committed: until then it does not know what is (thesis 6.4, step 1). */
  #early: number[] = [];
  /** The last round of heartbeats sent. */
  #round = 0;
  #confirmedRound = 0;

  get round(): number {
    return this.#round;
  }

  /** A round for these reads has to be begun now: none of theirs is under way. */
  get wantsRound(): boolean {
    const first = this.#waiting.first;
    return first !== undefined && first.round > this.#round;
  }

  add(readId: number, index: number | undefined): void {
    if (index === undefined) this.#early.push(readId);
    else this.#waiting.push({ readId, index, round: this.#round + 1 });
  }

  /** The leader may serve: what waited for that waits for a round now. */
  ready(index: number): void {
    for (const readId of this.#early) this.add(readId, index);
    this.#early = [];
  }

  beginRound(): number {
    this.#round++;
    return this.#round;
  }

  /** A majority has answered this round, and so all before it. */
  confirm(round: number, output: StepOutput): void {
    if (round <= this.#confirmedRound) return;
    this.#confirmedRound = round;
    for (let first = this.#waiting.first; first !== undefined && first.round <= round; first = this.#waiting.first) {
      output.read({ readId: first.readId, ok: true, index: first.index });
      this.#waiting.shift();
    }
  }

  /** Leads no longer. */
  refuseAll(output: StepOutput): void {
    for (const readId of this.#early) output.read({ readId, ok: false, code: 'NOT_LEADER' });
    for (const { readId } of this.#waiting) output.read({ readId, ok: false, code: 'NOT_LEADER' });
    this.#early = [];
    this.#waiting.clear();
  }
}
