/** At least 200 kills of the leader and 100,000 acknowledged appends, with every other fault between them; and the same with five brokers. */
import { randomInt } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { BrokerSlot } from '../../helpers/broker-processes.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { clockAhead, clockBehind, clockEnvironment, hasFakeTime } from './clock.ts';
import { diskFaults } from './disk-faults.ts';
import { compileShim, LyingDisk } from './lying-disk.ts';
import { everyCommit, type Fault, killLeader } from './nemesis.ts';
import { powerFaults } from './power-faults.ts';
import { run } from './run.ts';

const leaderKills = 200;
const acknowledgedLeast = 100_000;
/** Another fault comes after that many kills of the leader. */
const killsBetween = 3;

it('200 kills of the leader and everything else', { timeout: 3 * 3_600_000 }, async () => {
  const disks = new Map<BrokerSlot, LyingDisk>();
  const shim = await compileShim(await temporaryFolder());
  const withClocks = await hasFakeTime();
  const others: Fault[] = [...everyCommit, ...diskFaults];
  if (shim !== undefined) others.push(...powerFaults((slot) => disks.get(slot) as LyingDisk));
  if (withClocks) others.push(clockAhead, clockBehind);
  console.log(
    `${shim === undefined ? 'without' : 'with'} disks that lose what was not flushed, ${withClocks ? 'with' : 'without'} clocks that jump`,
  );
  let acknowledged = 0;
  let kills = 0;
  const report = await run({
    brokers: 3,
    queues: ['orders', 'alarms', 'readings'],
    producers: { stamped: 8, plain: 2 },
    producerPauseMs: 10,
    holdMs: [200, 2_500],
    equip: async (slots) => {
      for (const slot of slots) {
        await mkdir(slot.data, { recursive: true });
        const preloads: string[] = [];
        if (shim !== undefined) {
          const disk = new LyingDisk(shim, slot.data, slot.folder);
          await disk.begin();
          disks.set(slot, disk);
          slot.onDiskReplaced = () => disk.forget();
          Object.assign(slot.environment, disk.environment());
          preloads.push(slot.environment.LD_PRELOAD ?? '');
        }
        if (withClocks) {
          Object.assign(slot.environment, await clockEnvironment(slot));
          preloads.push(slot.environment.LD_PRELOAD ?? '');
        }
        if (preloads.length > 0) slot.environment.LD_PRELOAD = preloads.join(':');
      }
    },
    faults: killsAndOthers(others, () => kills < leaderKills || acknowledged < acknowledgedLeast),
    onFault: (fault, soFar) => {
      acknowledged = soFar;
      if (fault === killLeader.name) kills++;
      console.log(`${kills} kills of the leader, ${soFar} acknowledged appends, after ${fault}`);
    },
  });
  console.log(report);
  expect(report.violations).toEqual([]);
  expect(report.strangeErrors).toEqual([]);
});

it('five brokers', { timeout: 3_600_000 }, async () => {
  const report = await run({
    brokers: 5,
    queues: ['orders', 'alarms'],
    producers: { stamped: 4, plain: 2 },
    producerPauseMs: 10,
    holdMs: [500, 3_500],
    faults: [...everyCommit, ...diskFaults, ...everyCommit].values(),
  });
  console.log(report);
  expect(report.violations).toEqual([]);
  expect(report.strangeErrors).toEqual([]);
});

/** Kills of the leader, and after a few of them another fault, each in turn from a place that is different each time. */
function* killsAndOthers(others: readonly Fault[], goesOn: () => boolean) {
  let next = randomInt(others.length);
  while (goesOn()) {
    for (let kill = 0; kill < killsBetween && goesOn(); kill++) yield killLeader;
    yield others[next++ % others.length] as Fault;
  }
}
