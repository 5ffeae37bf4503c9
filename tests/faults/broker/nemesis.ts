/** What is done to brokers: each fault breaks something and says how to mend it. */
import { randomInt } from 'node:crypto';
import type { BrokerSlot } from '../../helpers/broker-processes.ts';
import type { FaultProxy } from '../../helpers/fault-proxy.ts';

export interface Battlefield {
  readonly groupId: string;
  /** Those that belong to the group. */
  readonly slots: readonly BrokerSlot[];
  /** The way from one broker to another, on which they dial. */
  readonly link: (from: BrokerSlot, to: BrokerSlot) => FaultProxy;
  /** The broker that leads now; waits until one does. */
  readonly leader: () => Promise<BrokerSlot>;
  /** Resolves when that many more appends have been acknowledged. */
  readonly moreAcknowledged: (count: number) => Promise<void>;
}

/** Mends what was broken. */
export type Mend = () => Promise<void> | void;

export interface Fault {
  readonly name: string;
  readonly inject: (field: Battlefield) => Promise<Mend>;
}

export const killLeader: Fault = {
  name: 'kill -9 of the leader',
  inject: async ({ leader }) => {
    const slot = await leader();
    await slot.kill();
    return () => slot.start();
  },
};

export const killFollower: Fault = {
  name: 'kill -9 of a follower',
  inject: async (field) => {
    const slot = await someFollower(field);
    await slot.kill();
    return () => slot.start();
  },
};

export const killAll: Fault = {
  name: 'kill -9 of all at once',
  inject: async ({ slots }) => {
    await Promise.all(slots.map((slot) => slot.kill()));
    return async () => {
      await Promise.all(slots.map((slot) => slot.start()));
    };
  },
};

export const freezeLeader: Fault = {
  name: 'SIGSTOP of the leader',
  inject: async ({ leader }) => {
    const slot = await leader();
    slot.freeze();
    return () => slot.thaw();
  },
};

export const isolateLeader: Fault = {
  name: 'leader cut off from all',
  inject: async (field) => {
    const slot = await field.leader();
    const links = linksOf(field, slot);
    for (const link of links) link.stall();
    return () => mend(links);
  },
};

/** As {@link isolateLeader}, but everybody notices: what was on the way is lost, and all begin anew afterwards. */
export const severLeader: Fault = {
  name: 'connections of the leader cut and refused',
  inject: async (field) => {
    const links = linksOf(field, await field.leader());
    for (const link of links) link.refuse();
    return () => mend(links);
  },
};

/** The connections between the leader and the others carry in one direction only. */
export const halfOpenLeader: Fault = {
  name: 'leader heard by nobody, or hears nobody',
  inject: async (field) => {
    const slot = await field.leader();
    const others = field.slots.filter((other) => other !== slot);
    const mute = randomInt(2) === 0;
    const links = linksOf(field, slot);
    for (const other of others) {
      field.link(slot, other).stall(mute ? 'in' : 'out');
      field.link(other, slot).stall(mute ? 'out' : 'in');
    }
    return () => mend(links);
  },
};

/** Two halves that do not hear each other, and one broker that both hear; with three, the leader loses one of two followers. */
export const bridge: Fault = {
  name: 'two halves and a bridge between them',
  inject: async (field) => {
    const shuffled = field.slots.toSorted(() => randomInt(3) - 1);
    const [, ...rest] = shuffled;
    const half = rest.length >> 1;
    const links = rest.slice(0, half).flatMap((a) => rest.slice(half).flatMap((b) => [field.link(a, b), field.link(b, a)]));
    for (const link of links) link.refuse();
    return () => mend(links);
  },
};

export const slowLinks: Fault = {
  name: 'links of the leader late by 50 to 400 ms',
  inject: async (field) => {
    const links = linksOf(field, await field.leader());
    for (const link of links) link.delay(50 + randomInt(350));
    return () => mend(links);
  },
};

/** Frames end in the middle, on every link, again and again. */
export const tornFrames: Fault = {
  name: 'connections cut inside a frame',
  inject: (field) => {
    const links = field.slots.flatMap((slot) => linksOf(field, slot));
    for (const link of links) link.cutInside();
    return Promise.resolve(() => mend(links));
  },
};

/** The faults of the run that belongs to every commit: kill, pause, partition. */
export const everyCommit: readonly Fault[] = [
  killLeader,
  freezeLeader,
  isolateLeader,
  killAll,
  halfOpenLeader,
  tornFrames,
  severLeader,
  killFollower,
  bridge,
  slowLinks,
];

function linksOf({ slots, link }: Battlefield, slot: BrokerSlot): FaultProxy[] {
  return slots.filter((other) => other !== slot).flatMap((other) => [link(slot, other), link(other, slot)]);
}

function mend(links: readonly FaultProxy[]): void {
  for (const link of links) {
    link.resume();
    link.allow();
    link.delay(0);
  }
}

/** Any of those that do not lead. */
export async function someFollower({ slots, leader }: Battlefield): Promise<BrokerSlot> {
  const leading = await leader();
  const others = slots.filter((slot) => slot !== leading);
  return others[randomInt(others.length)] as BrokerSlot;
}
