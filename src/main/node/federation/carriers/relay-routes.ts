import { carrierLimits } from './limits.ts';

/** How many relays a way to a member passes. */
export interface Route {
  readonly nodeId: string;
  readonly hops: number;
}

/** Which neighbour leads to which member, as the neighbours say. A list takes the place of the neighbour's former one. */
export class RelayRoutes {
  /** By neighbour, then by member. */
  readonly #listed = new Map<string, ReadonlyMap<string, number>>();
  readonly #mayRelay: (neighbour: string) => boolean;

  /** @param mayRelay whether a neighbour is trusted with what is for others (security.md 2.7, threshold -10) */
  constructor(mayRelay: (neighbour: string) => boolean = () => true) {
    this.#mayRelay = mayRelay;
  }

  /** @returns members whose way through this neighbour is new or gone */
  learn(neighbour: string, routes: readonly Route[]): readonly string[] {
    const before = this.#listed.get(neighbour) ?? new Map<string, number>();
    const usable = routes.filter(({ nodeId, hops }) => nodeId !== neighbour && hops >= 1 && hops <= carrierLimits.relayHops);
    const after = new Map(usable.map(({ nodeId, hops }) => [nodeId, hops]));
    this.#listed.set(neighbour, after);
    return [...new Set([...before.keys(), ...after.keys()])].filter((nodeId) => before.get(nodeId) !== after.get(nodeId));
  }

  /** The neighbour is not linked any more. @returns members that it led to */
  drop(neighbour: string): readonly string[] {
    const led = [...(this.#listed.get(neighbour)?.keys() ?? [])];
    this.#listed.delete(neighbour);
    return led;
  }

  /**
   * The neighbour with the shortest way to a member, of those that are trusted with it.
   *
   * @param except neighbours that it must not be: what came from one is never sent back to it
   */
  next(nodeId: string, except: readonly string[] = []): { readonly neighbour: string; readonly hops: number } | undefined {
    let best: { readonly neighbour: string; readonly hops: number } | undefined;
    for (const [neighbour, led] of this.#listed) {
      const hops = led.get(nodeId);
      if (hops === undefined || except.includes(neighbour) || !this.#mayRelay(neighbour)) continue;
      if (hops < (best?.hops ?? Number.POSITIVE_INFINITY)) best = { neighbour, hops };
    }
    return best;
  }

  /** Members that a neighbour is linked with itself. */
  linkedWith(neighbour: string): readonly string[] {
    return [...(this.#listed.get(neighbour) ?? [])].flatMap(([nodeId, hops]) => (hops === 1 ? [nodeId] : []));
  }

  /** Every member that some neighbour leads to. */
  reachable(): ReadonlySet<string> {
    return new Set([...this.#listed.values()].flatMap((led) => [...led.keys()]));
  }
}
