import { federationLimits } from './limits.ts';

export interface StrangerFollowsOptions {
  /** Ends everything that a sender follows here. */
  readonly end: (origin: string) => void;
}

/**
 * Senders that follow topics here and have no status, such as a person with `mosquitto_pub`: no will says when they are gone, so
 * they are taken for gone when they have not asked again for a while.
 */
export class StrangerFollows {
  readonly #end: (origin: string) => void;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor({ end }: StrangerFollowsOptions) {
    this.#end = end;
  }

  /** One of them begins to follow a topic, or says again that it does. */
  asked(origin: string): void {
    const timer = this.#timers.get(origin);
    if (timer !== undefined) timer.refresh();
    else this.#timers.set(origin, setTimeout(() => this.#expire(origin), federationLimits.strangerFollowMs).unref());
  }

  /** It has a status now, or follows nothing any more. */
  forget(origin: string): void {
    clearTimeout(this.#timers.get(origin));
    this.#timers.delete(origin);
  }

  forgetAll(): void {
    for (const origin of [...this.#timers.keys()]) this.forget(origin);
  }

  #expire(origin: string): void {
    this.#timers.delete(origin);
    this.#end(origin);
  }
}
