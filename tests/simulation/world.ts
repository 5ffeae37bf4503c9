import type { CoreLimits } from '../../src/main/node/broker/core/index.ts';
import type { BrokerId, GroupConfiguration, GroupMember } from '../../src/main/node/broker/core/types.ts';
import { EventQueue } from './event-queue.ts';
import { History } from './history.ts';
import { Invariants } from './invariants.ts';
import { Nemesis, type Trouble } from './nemesis.ts';
import { Network, type NetworkWeather } from './network.ts';
import { type PlantedFault, plant } from './planted-faults.ts';
import { Random } from './random.ts';
import { SimulatedBroker } from './simulated-broker.ts';
import { SimulatedClient } from './simulated-client.ts';
import { Violation } from './violation.ts';

export interface Scenario {
  readonly seed: number;
  readonly planted?: PlantedFault;
  /** Else some, by chance. */
  readonly troubles?: readonly Trouble[];
  /** Between one and the next, simulated milliseconds on average. */
  readonly everyMs?: number;
  /** At first; else a number by chance. */
  readonly voters?: number;
  /** Before any trouble. */
  readonly weather?: NetworkWeather;
  /** Else they are small or the usual ones, by chance. */
  readonly limits?: Partial<CoreLimits>;
  /** How long the trouble lasts, in simulated milliseconds. */
  readonly troubleMs?: number;
}

export interface RunResult {
  readonly troubles: readonly Trouble[];
  readonly acknowledged: number;
  readonly reads: number;
  readonly takes: number;
  readonly elections: number;
  readonly committed: number;
  /** From the end of all trouble until an append was acknowledged. */
  readonly healedAfterMs: number;
}

/** So that all bounds are met within a few seconds. */
export const smallLimits: Partial<CoreLimits> = {
  inFlightMessages: 4,
  messageBytes: 300,
  tailEntries: 8,
  tailBytes: 2_000,
  uncommittedEntries: 30,
};
const spares = 2;
const healingMaxMs = 60_000;

/** All brokers of one group, what lies between them, their clients, and the trouble they are in: all of it from one seed. */
export class World {
  readonly events = new EventQueue();
  readonly random: Random;
  readonly network: Network;
  readonly invariants = new Invariants();
  readonly history = new History();
  readonly brokers = new Map<BrokerId, SimulatedBroker>();
  readonly planted: PlantedFault | undefined;
  readonly limits: Partial<CoreLimits>;
  /** All trouble is over. */
  healed = false;
  /** At first. */
  readonly voters: number;
  /** Probability that a flush fails. */
  diskFailure = 0;

  constructor({ seed, planted, voters, weather, limits }: Scenario) {
    this.random = new Random(seed);
    this.planted = planted;
    this.network = new Network(this.events, this.random);
    if (weather !== undefined) this.network.weather = weather;
    this.limits = limits ?? (this.random.chance(0.5) ? smallLimits : {});
    this.voters = voters ?? this.random.pick([1, 2, 3, 3, 3, 4, 5]) ?? 3;
    const ids = Array.from({ length: this.voters + spares }, (_, at) => `B-${String.fromCharCode(65 + at).repeat(5)}`);
    const configuration: GroupConfiguration = {
      groupId: 'G-SIMUL',
      version: 0,
      members: ids.slice(0, this.voters).map((id) => this.member(id, true)),
    };
    for (const [at, id] of ids.entries()) {
      const own = at < this.voters ? configuration : { ...configuration, members: [] };
      this.brokers.set(id, new SimulatedBroker(id, own, this));
    }
  }

  member(brokerId: BrokerId, voter: boolean): GroupMember {
    return { brokerId, voter, nodeId: null, host: 'here', port: 9401 };
  }

  /** The leader of the highest term among those that are up. */
  get leader(): SimulatedBroker | undefined {
    let leader: SimulatedBroker | undefined;
    for (const broker of this.brokers.values()) {
      if (broker.core?.role === 'leader' && (leader?.core === undefined || broker.core.term > leader.core.term)) leader = broker;
    }
    return leader;
  }

  /** Whom a client asks: mostly one that leads, or believes so. */
  someBroker(): SimulatedBroker | undefined {
    const all = [...this.brokers.values()];
    const leaders = all.filter((broker) => broker.core?.role === 'leader');
    return this.random.pick(leaders.length > 0 && this.random.chance(0.9) ? leaders : all);
  }

  restart(broker: SimulatedBroker): void {
    if (broker.core === undefined) broker.start();
  }
}

/**
 * Runs a seed: trouble for a while, then none, then all must be well.
 *
 * @throws Violation a rule was broken
 */
export function run(scenario: Scenario): RunResult {
  plant(scenario.planted);
  try {
    return runWorld(new World(scenario), scenario);
  } finally {
    plant(undefined);
  }
}

function runWorld(world: World, { troubles, everyMs, troubleMs = 20_000 }: Scenario): RunResult {
  const { events, history, brokers } = world;
  for (const broker of brokers.values()) broker.start();
  const clients = Array.from({ length: 4 }, (_, at) => new SimulatedClient(`C${at}`, world));
  const nemesis = new Nemesis(world, troubles, everyMs);
  events.runFor(troubleMs);
  nemesis.stop();
  nemesis.heal();
  const healedAfterMs = heal(world);
  for (const client of clients) client.stop();
  catchUp(world);
  finish(world);
  const { acknowledged, reads, takes } = history;
  const { elections, committed } = world.invariants;
  return { troubles: nemesis.troubles, acknowledged: acknowledged.size, reads, takes, elections, committed, healedAfterMs };
}

/** In the end there is a leader, and all members have what it has. */
function catchUp(world: World): void {
  const { events, brokers } = world;
  const behind = (): string | undefined => {
    const { leader } = world;
    if (leader?.core?.ready !== true) return 'nobody leads';
    const { members } = leader.core.status(events.nowMs).configuration;
    const late = members.map(({ brokerId }) => brokers.get(brokerId)).find((broker) => broker?.appliedIndex !== leader.appliedIndex);
    return late && `${late.brokerId} applied ${late.appliedIndex}, the leader ${leader.appliedIndex}`;
  };
  events.runFor(1_000);
  for (let waitedMs = 0; behind() !== undefined && waitedMs < healingMaxMs; waitedMs += 100) events.runFor(100);
  const detail = behind();
  if (detail !== undefined) throw new Violation('all catch up', detail);
}

/** Availability: once nothing is broken any more, appends are acknowledged again. */
function heal(world: World): number {
  const { events, history } = world;
  const before = history.acknowledged.size;
  for (let waitedMs = 0; waitedMs < healingMaxMs; waitedMs += 100) {
    events.runFor(100);
    if (history.acknowledged.size > before) return waitedMs;
  }
  throw new Violation('availability', `nothing was acknowledged in ${healingMaxMs / 1_000} s after all was healed`);
}

/** Everything that was acknowledged is there, once. */
function finish({ leader, history }: World): void {
  const values = leader?.values ?? [];
  for (const [value, position] of history.acknowledged) {
    if (values[position - 1] !== value) throw new Violation('nothing acknowledged is lost', `${value} is not at ${position}`);
  }
  if (new Set(values).size !== values.length)
    throw new Violation('nothing is there twice', `${values.length - new Set(values).size} values are`);
}
