import { brokerLimits } from '../limits.ts';

/** Something with work to do that must not keep others waiting. */
export interface Worker {
  /** Does at most so much of it. True: there is more. */
  work(most: number): boolean;
}

/** Gives each connection its turn: one that sends ten thousand requests at once waits for its own, not others for it. */
export class Turns {
  #ready = new Set<Worker>();
  #scheduled = false;

  add(worker: Worker): void {
    this.#ready.add(worker);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#round());
  }

  remove(worker: Worker): void {
    this.#ready.delete(worker);
  }

  #round(): void {
    this.#scheduled = false;
    const ready = this.#ready;
    this.#ready = new Set();
    // One alone may do more: there is nobody whom it keeps waiting.
    const most = ready.size === 1 ? brokerLimits.requestsInFlight : brokerLimits.requestsInARow;
    for (const worker of ready) if (worker.work(most)) this.add(worker);
  }
}
