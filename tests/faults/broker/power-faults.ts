/** What a disk does to brokers that run on it: it loses at a power cut what was not flushed, is slow, stands still, or is full. */
import { randomInt } from 'node:crypto';
import type { BrokerSlot } from '../../helpers/broker-processes.ts';
import type { LyingDisk } from './lying-disk.ts';
import { type Battlefield, type Fault, someFollower } from './nemesis.ts';

/** Faults of the disks that the brokers have been given. */
export function powerFaults(diskOf: (slot: BrokerSlot) => LyingDisk): readonly Fault[] {
  const cutPower = async (slots: readonly BrokerSlot[]) => {
    await Promise.all(slots.map((slot) => slot.kill()));
    await Promise.all(slots.map((slot) => diskOf(slot).loseUnflushed()));
    return async () => {
      await Promise.all(slots.map((slot) => slot.start()));
    };
  };
  const mood = (name: string, of: (field: Battlefield) => Promise<BrokerSlot>, change: () => Parameters<LyingDisk['be']>[0]): Fault => ({
    name,
    inject: async (field) => {
      const disk = diskOf(await of(field));
      await disk.be(change());
      return () => disk.be({});
    },
  });
  return [
    { name: 'power cut for all at once', inject: ({ slots }) => cutPower(slots) },
    { name: 'power cut for the leader', inject: async ({ leader }) => cutPower([await leader()]) },
    { name: 'power cut for a follower', inject: async (field) => cutPower([await someFollower(field)]) },
    mood(
      'flushes of the leader late by 20 to 200 ms',
      ({ leader }) => leader(),
      () => ({ flushDelayMs: 20 + randomInt(180) }),
    ),
    mood(
      'disk of the leader stands still',
      ({ leader }) => leader(),
      () => ({ flushDelayMs: 4_000 }),
    ),
    mood(
      'disk of the leader is full',
      ({ leader }) => leader(),
      () => ({ isFull: true }),
    ),
    mood('disk of a follower is full', someFollower, () => ({ isFull: true })),
  ];
}
