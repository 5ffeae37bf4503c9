import type { SimulatedBroker } from './simulated-broker.ts';
import type { World } from './world.ts';

/**
 * The story of figure 8 of the Raft paper, with chances in its times: a leader brings entries to one follower only and falls; another is
 * elected and falls with an entry that nobody else has; the first leads again and falls while it brings its old entries to others; then the
 * second comes back, whose log ends in a newer term. Nothing that the first counted meanwhile may have been taken for committed.
 */
export class FigureEight {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  begin(): void {
    const { random, events, brokers } = this.#world;
    const first = this.#world.leader;
    const voters = [...brokers.values()].slice(0, this.#world.voters);
    const companion = random.pick(voters.filter((broker) => broker !== first));
    if (first === undefined || companion === undefined) return;
    const { brokerId } = first;
    for (const other of voters) if (other !== first && other !== companion) this.#cut(first, other);
    this.#later(random.between(400, 1_200), () => {
      first.crash();
      // It has the old entries too, and would be elected before the others.
      companion.pausedUntilMs = events.nowMs + 8_000;
      this.#healOnceQuiet(() =>
        this.#onceLed(
          (second) => second.brokerId !== brokerId,
          (second) => this.#second(first, second, voters),
        ),
      );
    });
  }

  #second(first: SimulatedBroker, second: SimulatedBroker, voters: readonly SimulatedBroker[]): void {
    const { random } = this.#world;
    for (const other of voters) if (other !== second) this.#cut(second, other);
    this.#later(random.between(20, 100), () => {
      second.crash();
      this.#healOnceQuiet(() => {
        this.#world.restart(first);
        this.#onceLed(
          () => true,
          (third) => this.#third(second, third),
        );
      });
    });
  }

  #third(second: SimulatedBroker, third: SimulatedBroker): void {
    const { random } = this.#world;
    this.#later(random.between(100, 600), () => {
      third.crash();
      this.#world.restart(second);
      this.#later(random.between(3_000, 6_000), () => this.#world.restart(third));
    });
  }

  /** What was sent before a cut and is still on its way does not get through either. */
  #healOnceQuiet(then: () => void): void {
    const { network } = this.#world;
    this.#later(network.weather.delayMaxMs, () => {
      network.heal();
      then();
    });
  }

  /** Unless all trouble has ended by then. */
  #later(delayMs: number, run: () => void): void {
    this.#world.events.in(delayMs, () => {
      if (!this.#world.healed) run();
    });
  }

  #cut(one: SimulatedBroker, other: SimulatedBroker): void {
    this.#world.network.cut(one.brokerId, other.brokerId);
    this.#world.network.cut(other.brokerId, one.brokerId);
  }

  /** As soon as such a broker leads, within some seconds. */
  #onceLed(matches: (leader: SimulatedBroker) => boolean, then: (leader: SimulatedBroker) => void, tries = 1_000): void {
    const { leader } = this.#world;
    if (leader !== undefined && matches(leader)) then(leader);
    else if (tries > 0) this.#later(10, () => this.#onceLed(matches, then, tries - 1));
  }
}
