import { copyFile, mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LogEntry } from '../../../../../../src/main/node/broker/core/types.ts';
import type { LogOpening, LogStore } from '../../../../../../src/main/node/broker/log/index.ts';
import { configurationOf, EntryMaker, groupA, groupB, logStore, persist, start } from '../../../../../helpers/log-store.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const names = ['log.db', 'log.db-wal', 'log.db-shm', 'synced-through'];

/** The same numbers for the same seed, below 1 (a linear congruence of Numerical Recipes). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function copyOf(folder: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of names) await copyFile(join(folder, name), join(to, name));
}

/** Files as a killed broker leaves them, half of what was written still in the journal, and a copy of an earlier moment. */
async function killedBroker(): Promise<{
  readonly now: string;
  readonly earlier: string;
  readonly entries: Readonly<Record<string, LogEntry[]>>;
}> {
  const folder = await temporaryFolder();
  const makers: Record<string, EntryMaker> = { [groupA]: new EntryMaker(), [groupB]: new EntryMaker() };
  const entries: Record<string, LogEntry[]> = { [groupA]: [], [groupB]: [] };
  const write = async (store: LogStore, rounds: number) => {
    for (let round = 0; round < rounds; round++)
      for (const groupId of [groupA, groupB]) {
        const entry = (makers[groupId] as EntryMaker).next(1, Buffer.alloc((round * 613) % 9_000, round));
        await store.write([{ groupId, persist: persist([entry]) }]);
        entries[groupId]?.push(entry);
      }
    // Brings the guard up to date.
    await store.write([{ groupId: groupA, persist: persist([], { hardState: { term: 1, votedFor: null } }) }]);
  };
  const first = logStore(folder).store;
  await first.open();
  await first.createGroup(groupA, configurationOf(groupA), start);
  await first.createGroup(groupB, configurationOf(groupB), start);
  await write(first, 40);
  await first.close();
  const second = logStore(folder).store;
  await second.open();
  await write(second, 20);
  await copyOf(folder, join(folder, 'earlier'));
  await write(second, 20);
  await copyOf(folder, join(folder, 'now'));
  await second.close();
  return { now: join(folder, 'now'), earlier: join(folder, 'earlier'), entries };
}

type Damage = (folder: string, random: () => number, earlier: string) => Promise<string>;

const filesOf = (random: () => number) => (random() < 0.5 ? 'log.db' : 'log.db-wal');

async function changed(folder: string, name: string, change: (bytes: Buffer) => void): Promise<void> {
  const bytes = await readFile(join(folder, name));
  change(bytes);
  await writeFile(join(folder, name), bytes);
}

const damages: readonly Damage[] = [
  async (folder, random) => {
    const name = filesOf(random);
    let place = 0;
    await changed(folder, name, (bytes) => {
      place = Math.floor(random() * bytes.length);
      bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << Math.floor(random() * 8)), place);
    });
    return `a bit of ${name} at ${place}`;
  },
  async (folder, random) => {
    const name = filesOf(random);
    let place = 0;
    await changed(folder, name, (bytes) => {
      place = Math.floor((random() * bytes.length) / 4_096) * 4_096;
      bytes.fill(0, place, place + 4_096);
    });
    return `zeros in ${name} at ${place}`;
  },
  async (folder, random) => {
    const name = filesOf(random);
    const { length } = await readFile(join(folder, name));
    const place = Math.floor(random() * length);
    await truncate(join(folder, name), place);
    return `${name} cut off at ${place}`;
  },
  async (folder, random, earlier) => {
    const name = filesOf(random);
    await copyFile(join(earlier, name), join(folder, name));
    return `an earlier ${name}`;
  },
  async (folder, random, earlier) => {
    for (const name of ['log.db', 'log.db-wal', 'log.db-shm']) await copyFile(join(earlier, name), join(folder, name));
    if (random() < 0.5) await rm(join(folder, 'log.db-shm'));
    return 'all of the log of an earlier moment';
  },
  async (folder) => {
    await rm(join(folder, 'log.db-wal'));
    return 'no journal';
  },
];

const rounds = 36;

test('whatever happens to the files: a log is whole, or it is known that it is not', async () => {
  const { now, earlier, entries } = await killedBroker();
  const outcomes = { whole: 0, impaired: 0, damaged: 0, refused: 0 };
  for (let seed = 1; seed <= rounds; seed++) {
    const random = randomOf(seed * 7_919);
    const folder = join(await temporaryFolder(), 'broker');
    await copyOf(now, folder);
    const what = await (damages[seed % damages.length] as Damage)(folder, random, earlier);
    const { store } = logStore(folder);
    const opening: LogOpening | undefined = await store.open().catch((error: unknown) => {
      expect(error, what).toMatchObject({ code: 'STORAGE_CORRUPT' });
      return undefined;
    });
    if (opening === undefined) {
      outcomes.refused++;
      continue;
    }
    for (const groupId of [groupA, groupB]) {
      const image = opening.images.find((each) => each.groupId === groupId);
      if (image === undefined) {
        expect(
          opening.damaged.map((each) => each.groupId),
          what,
        ).toContain(groupId);
        outcomes.damaged++;
      } else if (image.impaired) {
        expect(image.guardedIndex, what).toBe(80);
        outcomes.impaired++;
      } else {
        expect(image.last.index, `${what}, ${groupId}`).toBe(80);
        const read = await store.read(groupId, 1, 100_000_000);
        expect(
          read.map(({ checksum }) => checksum),
          what,
        ).toEqual(entries[groupId]?.map(({ checksum }) => checksum));
        outcomes.whole++;
      }
    }
    await store.close().catch(() => undefined);
  }
  // Every outcome was met, so that each was looked at.
  expect(outcomes, JSON.stringify(outcomes)).toEqual({
    whole: expect.toSatisfy((count: number) => count > 0),
    impaired: expect.toSatisfy((count: number) => count > 0),
    damaged: expect.toSatisfy((count: number) => count > 0),
    refused: expect.any(Number),
  });
});
