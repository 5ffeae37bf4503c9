/**
 * What happens to the disk of one broker while it is down, and to its place in the group: one at a time, and mended before the next, as a
 * majority that loses its disks loses what was on them.
 */
import { randomInt } from 'node:crypto';
import { cp, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrokerSlot, demand, joinGroup } from '../../helpers/broker-processes.ts';
import { type Battlefield, type Fault, someFollower } from './nemesis.ts';

/** The end of the journal is what was written last. */
const endBytes = 65_536;

/** The journal of the log ends somewhere in what was written last, as a disk leaves it that writes out of order. */
export const tornLog: Fault = {
  name: 'journal of a follower cut off',
  inject: (field) =>
    damageFollower(field, async (slot) => {
      const file = journalOf(slot);
      const { size } = await stat(file);
      const handle = await open(file, 'r+');
      await handle.truncate(Math.max(0, size - randomInt(endBytes)));
      await handle.close();
    }),
};

export const zeroedPage: Fault = {
  name: 'journal of a follower with a page of zeros',
  inject: (field) => damageFollower(field, (slot) => overwrite(slot, Buffer.alloc(4_096))),
};

export const flippedBit: Fault = {
  name: 'journal of a follower with one bit flipped',
  inject: (field) => damageFollower(field, (slot) => overwrite(slot, undefined)),
};

export const lostJournal: Fault = {
  name: 'journal of a follower deleted',
  inject: (field) =>
    damageFollower(field, async (slot) => {
      await rm(journalOf(slot), { force: true });
      await rm(join(slot.data, 'log.db-shm'), { force: true });
    }),
};

/** Its disk comes back as it was some time ago: a restored backup, a snapshot of a virtual machine. */
export const olderDisk: Fault = {
  name: 'disk of a follower set back in time',
  inject: async (field) => {
    const slot = await someFollower(field);
    const copy = join(slot.folder, 'older');
    await slot.kill();
    await cp(slot.data, copy, { recursive: true });
    await slot.start();
    await field.moreAcknowledged(100);
    await slot.kill();
    await rm(slot.data, { recursive: true });
    await cp(copy, slot.data, { recursive: true });
    await rm(copy, { recursive: true });
    await slot.onDiskReplaced();
    return () => comeBack(field, slot);
  },
};

/** An empty disk under the old name and address. */
export const wipedDisk: Fault = {
  name: 'disk of a follower wiped',
  inject: async (field) => {
    const slot = await someFollower(field);
    await slot.wipe();
    return () => comeBack(field, slot);
  },
};

/** It is killed once more while it gets its copy of everything. */
export const killedWhileJoining: Fault = {
  name: 'kill -9 of a broker that joins',
  inject: async (field) => {
    const slot = await someFollower(field);
    await slot.wipe();
    return async () => {
      await slot.start();
      const joining = replace(field, slot).catch(() => 'killed');
      await new Promise((resolve) => setTimeout(resolve, randomInt(500)));
      await slot.kill();
      await joining;
      await comeBack(field, slot);
    };
  },
};

/** The leader dies while an empty broker gets its copy of everything from it. */
export const leaderKilledWhileJoining: Fault = {
  name: 'kill -9 of the leader while a broker joins',
  inject: async (field) => {
    const slot = await someFollower(field);
    await slot.wipe();
    return async () => {
      await slot.start();
      const joining = replace(field, slot).catch(() => 'the leader died');
      await new Promise((resolve) => setTimeout(resolve, randomInt(500)));
      const leader = await field.leader();
      await leader.kill();
      await joining;
      await leader.start();
      await comeBack(field, slot);
    };
  },
};

/** A broker is taken out of the group and comes back as a new member. */
export const leftAndJoined: Fault = {
  name: 'a follower leaves and joins again',
  inject: async (field) => {
    const slot = await someFollower(field);
    await retry(async () =>
      demand(await field.leader(), { operation: 'REMOVE_BROKER', cluster_id: field.groupId, broker_id: slot.brokerId }),
    );
    return () => retry(() => replace(field, slot));
  },
};

export const leaderLeftAndJoined: Fault = {
  name: 'the leader leaves and joins again',
  inject: async (field) => {
    const slot = await field.leader();
    await demand(slot, { operation: 'LEAVE_CLUSTER', cluster_id: field.groupId }, 60_000);
    return () => retry(() => replace(field, slot));
  },
};

export const diskFaults: readonly Fault[] = [
  leaderKilledWhileJoining,
  leaderLeftAndJoined,
  tornLog,
  zeroedPage,
  flippedBit,
  lostJournal,
  olderDisk,
  wipedDisk,
  killedWhileJoining,
  leftAndJoined,
];

async function damageFollower(field: Battlefield, damage: (slot: BrokerSlot) => Promise<void>) {
  const slot = await someFollower(field);
  await slot.kill();
  await damage(slot);
  await slot.onDiskReplaced();
  return () => comeBack(field, slot);
}

function journalOf(slot: BrokerSlot): string {
  return join(slot.data, 'log.db-wal');
}

/** Puts bytes somewhere near the end of the journal, or flips one bit there. */
async function overwrite(slot: BrokerSlot, bytes: Buffer | undefined): Promise<void> {
  const file = journalOf(slot);
  const { size } = await stat(file);
  if (size === 0) return;
  const at = Math.max(0, size - 1 - randomInt(Math.min(size, endBytes)));
  const handle = await open(file, 'r+');
  const there = Buffer.alloc(1);
  await handle.read(there, 0, 1, at);
  await handle.write(bytes ?? Buffer.of((there[0] ?? 0) ^ (1 << randomInt(8))), 0, bytes?.length ?? 1, at);
  await handle.close();
}

/**
 * Starts it, and does what an operator does with a broker that cannot go on with what is on its disk: removes it and has it join anew.
 * Resolves when it follows with a vote.
 */
async function comeBack(field: Battlefield, slot: BrokerSlot): Promise<void> {
  if (!slot.isRunning) await slot.start().catch(() => undefined);
  if (slot.isRunning && (await follows(field, slot))) return;
  await slot.wipe();
  await slot.start();
  await retry(() => replace(field, slot));
}

/** Whether it takes its place again by itself: it catches up and votes. */
async function follows(field: Battlefield, slot: BrokerSlot): Promise<boolean> {
  const untilMs = performance.now() + 10_000;
  while (performance.now() < untilMs) {
    const leader = await field.leader();
    const answer = await leader.ask({ operation: 'GROUP_LIST' }).catch(() => undefined);
    const groups = (answer?.groups ?? []) as {
      cluster_id: string;
      members: { broker_id: string; role: string; status: string; impaired: boolean; lag: number | null }[];
    }[];
    const member = groups
      .find(({ cluster_id }) => cluster_id === field.groupId)
      ?.members.find(({ broker_id }) => broker_id === slot.brokerId);
    if (member === undefined) return false;
    if (member.role === 'replica' && member.status === 'active' && !member.impaired && (member.lag ?? 1_000) < 100) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

/** Takes whatever stood at this address out of the group, and lets the broker that is there now in. */
async function replace(field: Battlefield, slot: BrokerSlot): Promise<void> {
  const leader = await field.leader();
  const { brokers } = await demand(leader, { operation: 'CLUSTER_QUERY', cluster_id: field.groupId });
  for (const { broker_id, port } of brokers as { broker_id: string; port: number }[])
    if (port === slot.port && broker_id !== slot.brokerId)
      await demand(leader, { operation: 'REMOVE_BROKER', cluster_id: field.groupId, broker_id });
  await joinGroup(slot, field.groupId, leader);
}

/** Leaders change and changes of members wait for one another: tries again until it is done. */
async function retry(attempt: () => Promise<unknown>): Promise<void> {
  for (let left = 50; ; left--) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
