import type { BrokerId, MembershipChange } from '../../src/main/node/broker/core/types.ts';
import { FigureEight } from './figure-eight.ts';
import { fairWeather } from './network.ts';
import type { SimulatedBroker } from './simulated-broker.ts';
import type { World } from './world.ts';

/** Each seed has some kinds of trouble and lacks others: all at once would hide what a few do. */
export const troubleKinds = [
  'crash',
  'figureEight',
  'blackout',
  'pause',
  'partition',
  'oneWay',
  'weather',
  'clock',
  'slowDisk',
  'diskFailure',
  'timeTravel',
  'membership',
  'transfer',
  'compaction',
] as const;
export type Trouble = (typeof troubleKinds)[number];

/** Makes trouble, as a seed has it. */
export class Nemesis {
  readonly #world: World;
  readonly troubles: readonly Trouble[];
  readonly #everyMs: number;
  #stopped = false;

  /** @param only Else some kinds, by chance. @param everyMs Else a pace by chance. */
  constructor(world: World, only?: readonly Trouble[], everyMs?: number) {
    this.#world = world;
    const { random } = world;
    const troubles = only ?? troubleKinds.filter(() => random.chance(0.4));
    // A lost disk costs a vote until it is repaired: with two voters, or so few after some were removed, nobody could be elected again.
    const mayLoseDisk = world.voters >= 3 && !troubles.includes('membership');
    this.troubles = troubles.filter((trouble) => mayLoseDisk || trouble !== 'timeTravel');
    this.#everyMs = everyMs ?? random.between(100, 2_000);
    if (this.troubles.includes('diskFailure')) world.diskFailure = 0.002;
    this.#plan();
  }

  stop(): void {
    this.#stopped = true;
  }

  #plan(): void {
    const { events, random } = this.#world;
    events.in(this.#everyMs * random.between(0.2, 1.8), () => {
      if (this.#stopped) return;
      const trouble = random.pick(this.troubles);
      if (trouble !== undefined) this.#make(trouble);
      this.#plan();
    });
  }

  #make(trouble: Trouble): void {
    const { events, random, network } = this.#world;
    const broker = random.chance(0.5) ? this.#world.leader : random.pick([...this.#world.brokers.values()]);
    if (broker === undefined) return;
    switch (trouble) {
      case 'crash':
        this.#crash(broker, random.between(10, 4_000));
        break;
      case 'figureEight':
        new FigureEight(this.#world).begin();
        break;
      case 'blackout':
        for (const each of this.#world.brokers.values()) this.#crash(each, random.between(10, 3_000));
        break;
      case 'pause':
        broker.pausedUntilMs = events.nowMs + random.between(50, 6_000);
        break;
      case 'partition':
        this.#partition();
        break;
      case 'oneWay':
        for (const to of this.#world.brokers.keys()) if (random.chance(0.6)) network.cut(broker.brokerId, to);
        this.#healLater();
        break;
      case 'weather':
        network.weather = {
          loss: random.pick([0, 0.02, 0.2]) ?? 0,
          duplication: random.pick([0, 0.1]) ?? 0,
          delayMinMs: 0.2,
          delayMaxMs: random.pick([1, 20, 300]) ?? 1,
          straggling: random.pick([0, 0.05]) ?? 0,
        };
        break;
      case 'clock':
        broker.jumpClock(random.between(0, 4_000));
        break;
      case 'slowDisk':
        broker.flushMs = random.pick([0.2, 1, 30, 400, 5_000]) ?? 1;
        break;
      case 'diskFailure':
        break;
      case 'timeTravel':
        this.#travel(broker);
        break;
      case 'membership':
        this.#changeMembers();
        break;
      case 'transfer':
        this.#world.leader?.step({ type: 'transfer', to: broker.brokerId });
        break;
      case 'compaction':
        broker.save(random.integer(0, 10));
        break;
    }
  }

  #crash(broker: SimulatedBroker, forMs: number): void {
    if (broker.core === undefined || this.#stopped) return;
    broker.crash();
    this.#world.events.in(forMs, () => this.#world.restart(broker));
  }

  #partition(): void {
    const { random, network, brokers } = this.#world;
    const side = new Map<BrokerId, boolean>([...brokers.keys()].map((id) => [id, random.chance(0.5)]));
    for (const from of brokers.keys()) for (const to of brokers.keys()) if (side.get(from) !== side.get(to)) network.cut(from, to);
    this.#healLater();
  }

  #healLater(): void {
    this.#world.events.in(this.#world.random.between(100, 6_000), () => this.#world.network.heal());
  }

  /** One broker at a time may have lost what it acknowledged: more than a minority of lost disks nobody can repair. */
  #travel(broker: SimulatedBroker): void {
    const { brokers, events, random } = this.#world;
    const hurt = [...brokers.values()].some((other) => other !== broker && other.lostDisk);
    if (hurt || broker.core === undefined) return;
    broker.crash();
    broker.travelBack();
    events.in(random.between(10, 1_000), () => this.#world.restart(broker));
  }

  #changeMembers(): void {
    const { leader, random, brokers } = this.#world;
    const members = leader?.core?.status(0).configuration.members;
    if (leader === undefined || members === undefined) return;
    const member = random.pick(members);
    const stranger = random.pick([...brokers.keys()].filter((id) => members.every((one) => one.brokerId !== id)));
    const learner = members.find((one) => !one.voter);
    const voters = members.filter((one) => one.voter).length;
    const change = random.integer(0, 3);
    if (change === 0 && stranger !== undefined) this.#change(leader, { type: 'addLearner', member: this.#world.member(stranger, false) });
    else if (change === 1 && learner !== undefined) this.#change(leader, { type: 'promote', brokerId: learner.brokerId });
    else if (change === 2 && member !== undefined && voters > 1) this.#change(leader, { type: 'remove', brokerId: member.brokerId });
    else if (member !== undefined) this.#change(leader, { type: 'readdress', brokerId: member.brokerId, host: 'elsewhere', port: 9401 });
  }

  #change(leader: SimulatedBroker, change: MembershipChange): void {
    leader.step({ type: 'changeMembership', proposalId: -1, change });
  }

  /** All is well again: everything runs, and nothing is lost any more. */
  heal(): void {
    const world = this.#world;
    world.healed = true;
    world.network.heal();
    world.network.weather = fairWeather;
    world.diskFailure = 0;
    for (const broker of world.brokers.values()) {
      broker.flushMs = 1;
      broker.pausedUntilMs = 0;
      world.restart(broker);
    }
  }
}
