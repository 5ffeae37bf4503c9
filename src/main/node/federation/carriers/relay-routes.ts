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
  /** By neighbour, then by member: until when nothing for the member is sent through it while another leads there. */
  readonly #silent = new Map<string, Map<string, number>>();
  readonly #mayRelay: (neighbour: string) => boolean;
  readonly #monotonicMs: () => number;

  /**
   * @param mayRelay whether a neighbour is trusted with what is for others (security.md 2.7, threshold -10)
   * @param monotonicMs a clock that is never set
   */
  constructor(mayRelay: (neighbour: string) => boolean = () => true, monotonicMs: () => number = () => performance.now()) {
    this.#mayRelay = mayRelay;
    this.#monotonicMs = monotonicMs;
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
    this.#silent.delete(neighbour);
    return led;
  }

  /**
   * Nothing that was sent to a member through the neighbour of now was acknowledged: others go before it for a while.
   *
   * @returns whether another leads there, so that the way is another one from now on
   */
  avoidNext(nodeId: string, forMs: number): boolean {
    const before = this.next(nodeId)?.neighbour;
    if (before === undefined) return false;
    const silent = this.#silent.get(before) ?? new Map<string, number>();
    this.#silent.set(before, silent);
    const untilMs = this.#monotonicMs() + forMs;
    // Once all of them were tried in vain it is the member that does not answer.
    const hadTurn = this.#isSilent(before, nodeId);
    silent.set(nodeId, untilMs);
    const after = this.next(nodeId)?.neighbour;
    return !hadTurn && after !== before && after !== undefined && !this.#isSilent(after, nodeId);
  }

  /**
   * The neighbour with the shortest way to a member, of those that are trusted with it.
   *
   * @param except neighbours that it must not be: what came from one is never sent back to it
   */
  next(nodeId: string, except: readonly string[] = []): { readonly neighbour: string; readonly hops: number } | undefined {
    let best: { readonly neighbour: string; readonly hops: number } | undefined;
    let leastCost = Number.POSITIVE_INFINITY;
    for (const [neighbour, led] of this.#listed) {
      const hops = led.get(nodeId);
      if (hops === undefined || except.includes(neighbour) || !this.#mayRelay(neighbour)) continue;
      const cost = this.#isSilent(neighbour, nodeId) ? hops + carrierLimits.relayHops : hops;
      if (cost >= leastCost) continue;
      leastCost = cost;
      best = { neighbour, hops };
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

  #isSilent(neighbour: string, nodeId: string): boolean {
    const ofNeighbour = this.#silent.get(neighbour);
    const untilMs = ofNeighbour?.get(nodeId);
    if (untilMs === undefined) return false;
    if (this.#monotonicMs() < untilMs) return true;
    ofNeighbour?.delete(nodeId);
    return false;
  }
}
