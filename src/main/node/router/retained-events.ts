import type { Limits } from '../../../common/limits.ts';
import { levelsMatch } from '../../../common/topics.ts';
import type { SharedEvent } from './shared-event.ts';

interface Retained {
  readonly levels: readonly string[];
  readonly event: SharedEvent;
}

/** Last values of topics that have a state, bounded by count and bytes; the longest unchanged goes first. */
export class RetainedEvents {
  readonly #limits: Limits;
  readonly #events = new Map<string, Retained>();
  #bytes = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  keep(levels: readonly string[], event: SharedEvent): void {
    const key = levels.join('/');
    this.#forget(key);
    this.#events.set(key, { levels, event });
    this.#bytes += event.sizeBytes;
    for (const oldest of this.#events.keys()) {
      if (this.#events.size <= this.#limits.retainedTopics && this.#bytes <= this.#limits.retainedBytes) break;
      this.#forget(oldest);
    }
  }

  /** Last values of the topics a filter matches. */
  matching(filter: readonly string[]): SharedEvent[] {
    const found: SharedEvent[] = [];
    for (const { levels, event } of this.#events.values()) if (levelsMatch(filter, levels)) found.push(event);
    return found;
  }

  /** Forgets everything below a first level: the node that said it is gone. */
  forgetBelow(first: string): void {
    for (const [key, { levels }] of this.#events) if (levels[0] === first) this.#forget(key);
  }

  #forget(key: string): void {
    const retained = this.#events.get(key);
    if (retained === undefined) return;
    this.#events.delete(key);
    this.#bytes -= retained.event.sizeBytes;
  }
}
