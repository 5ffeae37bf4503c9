import type { CoreState } from './core-state.ts';
import type { BrokerId } from './types.ts';

/**
 * A leader hands over (Raft thesis 3.10): it takes nothing new, lets the chosen one catch up and tells it to stand at once. When that has not
 * come about within an election timeout, it goes on leading.
 */
export class Transfer {
  readonly #state: CoreState;
  #to: BrokerId | null = null;
  #deadlineMs = 0;

  constructor(state: CoreState) {
    this.#state = state;
  }

  get to(): BrokerId | null {
    return this.#to;
  }

  start(to: BrokerId, nowMs: number): void {
    this.#to = to;
    this.#deadlineMs = nowMs + this.#state.timing.electionMaxMs;
  }

  tick(nowMs: number): void {
    const gone = this.#to !== null && !this.#state.voters.includes(this.#to);
    if (gone || nowMs >= this.#deadlineMs) this.#to = null;
  }
}
