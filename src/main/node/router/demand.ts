import { filtersOverlap } from '../../../common/topics.ts';
import type { Logger } from '../telemetry/types.ts';

interface Demand {
  readonly levels: readonly string[];
  readonly listener: (wanted: boolean) => void;
  count: number;
}

/** Tells publishers whether anybody listens, so that what nobody wants is never made. */
export class DemandTable {
  readonly #logger: Logger;
  readonly #demands = new Set<Demand>();
  /** The local filters in force: one array for each subscription, told apart by identity. */
  readonly #filters = new Set<readonly string[]>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Begins to tell; at once when the topic is wanted already. Returns how to stop. */
  watch(levels: readonly string[], listener: (wanted: boolean) => void): () => void {
    const demand: Demand = { levels, listener, count: 0 };
    for (const filter of this.#filters) if (filtersOverlap(filter, levels)) demand.count++;
    this.#demands.add(demand);
    if (demand.count > 0) this.#tell(demand, true);
    return () => this.#demands.delete(demand);
  }

  added(filter: readonly string[]): void {
    this.#filters.add(filter);
    for (const demand of this.#demands) {
      if (filtersOverlap(filter, demand.levels) && ++demand.count === 1) this.#tell(demand, true);
    }
  }

  removed(filter: readonly string[]): void {
    if (!this.#filters.delete(filter)) return;
    for (const demand of this.#demands) {
      if (filtersOverlap(filter, demand.levels) && --demand.count === 0) this.#tell(demand, false);
    }
  }

  #tell(demand: Demand, wanted: boolean): void {
    try {
      demand.listener(wanted);
    } catch (error) {
      this.#logger.error('router.demand_listener_failed', 'A publisher failed when told whether it is wanted.', {
        topic: `/${demand.levels.join('/')}`,
        error,
      });
    }
  }
}
