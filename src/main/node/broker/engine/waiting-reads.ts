import type { ReadOutcome } from '../core/types.ts';
import { brokerLimits } from '../limits.ts';

/** True: the state here is at least as new as when it was asked for. */
export type ReadDone = (confirmed: boolean) => void;

/** Reads that wait for the leader to make sure that it still is: all of one turn share one round of heartbeats (Raft thesis 6.4). */
export class WaitingReads {
  #queued: ReadDone[] = [];
  readonly #asked = new Map<number, readonly ReadDone[]>();
  /** Confirmed, and waiting for the state to reach the index. */
  #confirmed: { readonly index: number; readonly done: readonly ReadDone[] }[] = [];
  #size = 0;
  #refused = 0;

  get size(): number {
    return this.#size;
  }

  get queued(): number {
    return this.#queued.length;
  }

  get refused(): number {
    return this.#refused;
  }

  /** False: too many wait already. */
  add(done: ReadDone): boolean {
    if (this.#size >= brokerLimits.waitingReads) {
      this.#refused += 1;
      return false;
    }
    this.#queued.push(done);
    this.#size += 1;
    return true;
  }

  /** All that wait are asked for under one id. */
  ask(readId: number): void {
    this.#asked.set(readId, this.#queued);
    this.#queued = [];
  }

  answered(outcome: ReadOutcome, appliedIndex: number): void {
    const done = this.#asked.get(outcome.readId);
    if (done === undefined) return;
    this.#asked.delete(outcome.readId);
    if (outcome.ok && outcome.index > appliedIndex) this.#confirmed.push({ index: outcome.index, done });
    else this.#end(done, outcome.ok);
  }

  applied(index: number): void {
    if (this.#confirmed.length === 0) return;
    const ready = this.#confirmed.filter((waiting) => waiting.index <= index);
    if (ready.length === 0) return;
    this.#confirmed = this.#confirmed.filter((waiting) => waiting.index > index);
    for (const { done } of ready) this.#end(done, true);
  }

  fail(): void {
    const all = [this.#queued, ...this.#asked.values(), ...this.#confirmed.map(({ done }) => done)];
    this.#queued = [];
    this.#asked.clear();
    this.#confirmed = [];
    for (const done of all) this.#end(done, false);
  }

  #end(done: readonly ReadDone[], confirmed: boolean): void {
    this.#size -= done.length;
    for (const each of done) each(confirmed);
  }
}
