import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LogPosition } from '../../../../../../src/main/node/broker/core/types.ts';
import { configurationOf, EntryMaker, groupA, groupB, logFileOf, logStore, persist, start } from '../../../../../helpers/log-store.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const entryBytes = 2_000;
const marked = (text: string) => Buffer.from(text.padEnd(entryBytes, '.'));

/** Two groups of 40 entries each in term 3, with a vote of the first; closed. */
async function filled(folder: string): Promise<{ readonly lastA: LogPosition; readonly lastB: LogPosition }> {
  const { store } = logStore(folder);
  await store.open();
  const [makerA, makerB] = [new EntryMaker(), new EntryMaker()];
  await store.createGroup(groupA, configurationOf(groupA), start);
  await store.createGroup(groupB, configurationOf(groupB), start);
  for (let at = 1; at <= 40; at++)
    await store.write([
      { groupId: groupA, persist: persist([makerA.next(3, marked(`A${at};`))], { hardState: { term: 3, votedFor: 'B-OTHER' } }) },
      { groupId: groupB, persist: persist([makerB.next(3, marked(`B${at};`))]) },
    ]);
  await store.close();
  return { lastA: makerA.last, lastB: makerB.last };
}

async function change(file: string, work: (bytes: Buffer) => void): Promise<void> {
  const bytes = await readFile(file);
  work(bytes);
  await writeFile(file, bytes);
}

function flipBit(bytes: Buffer, at: number): void {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
}

describe('a log whose end is gone', () => {
  test('has no vote when the file is an older copy, until it has caught up', async () => {
    const folder = await temporaryFolder();
    const { store } = logStore(folder);
    await store.open();
    await store.createGroup(groupA, configurationOf(groupA), start);
    const maker = new EntryMaker();
    await store.write([{ groupId: groupA, persist: persist(maker.many(2, 10)) }]);
    await store.close();
    const old = join(folder, 'old');
    await copyFile(logFileOf(folder), old);
    const again = logStore(folder).store;
    await again.open();
    const rest = maker.many(2, 5);
    await again.write([{ groupId: groupA, persist: persist(rest, { hardState: { term: 9, votedFor: 'B-OTHER' } }) }]);
    await again.close();
    await copyFile(old, logFileOf(folder));

    const third = logStore(folder).store;
    const { images } = await third.open();
    // The vote in term 9 is forgotten, so none is given in it.
    expect(images).toMatchObject([{ last: { index: 10 }, impaired: true, guardedIndex: 15, hardState: { term: 9, votedFor: 'B-OWN01' } }]);
    await third.write([{ groupId: groupA, persist: persist(rest.slice(0, 4)) }]);
    expect(await third.image(groupA)).toMatchObject({ impaired: true });
    await third.close();
    const fourth = logStore(folder).store;
    expect((await fourth.open()).images).toMatchObject([{ last: { index: 14 }, impaired: true, guardedIndex: 15 }]);
    await fourth.write([{ groupId: groupA, persist: persist(rest.slice(4)) }]);
    await fourth.close();
    expect((await logStore(folder).store.open()).images).toMatchObject([{ last: maker.last, impaired: false }]);
  });

  test('whose guard is lost has its vote again for good once it is said to have caught up', async () => {
    const folder = await temporaryFolder();
    const { lastA } = await filled(folder);
    await rm(join(folder, 'synced-through'));
    const { store } = logStore(folder);
    expect((await store.open()).images).toMatchObject([{ impaired: true }, { impaired: true }]);
    store.recovered(groupA);
    await store.close();
    expect((await logStore(folder).store.open()).images).toMatchObject([
      { groupId: groupA, impaired: false, guardedIndex: lastA.index },
      { groupId: groupB, impaired: true, guardedIndex: Number.MAX_SAFE_INTEGER },
    ]);
  });

  test('has no vote when it was begun anew right after a crash that left the guard a moment behind', async () => {
    const folder = await temporaryFolder();
    const { store } = logStore(folder);
    await store.open();
    await store.createGroup(groupA, configurationOf(groupA), start);
    const maker = new EntryMaker();
    const entries = maker.many(2, 10);
    await store.write([{ groupId: groupA, persist: persist(entries.slice(0, 5), { hardState: { term: 2, votedFor: null } }) }]);
    const behind = join(folder, 'behind');
    await copyFile(join(folder, 'synced-through'), behind);
    await store.write([{ groupId: groupA, persist: persist(entries.slice(5)) }]);
    await store.close();
    await copyFile(behind, join(folder, 'synced-through'));

    const second = logStore(folder).store;
    expect((await second.open()).images).toMatchObject([{ last: { index: 10 }, impaired: false }]);
    await second.restart(groupA, start, configurationOf(groupA));
    await second.write([{ groupId: groupA, persist: persist(entries.slice(0, 7)) }]);
    await second.close();
    expect((await logStore(folder).store.open()).images).toMatchObject([{ last: { index: 7 }, impaired: true, guardedIndex: 10 }]);
  });

  test('has no vote when the journal was deleted or cut off', async () => {
    for (const lose of [(journal: string) => rm(journal), (journal: string) => truncate(journal, 50_000)]) {
      const folder = await temporaryFolder();
      const { store } = logStore(folder);
      await store.open();
      await store.createGroup(groupA, configurationOf(groupA), start);
      await store.createGroup(groupB, configurationOf(groupB), start);
      const maker = new EntryMaker();
      for (let round = 0; round < 30; round++) await store.write([{ groupId: groupA, persist: persist(maker.many(1, 1)) }]);
      // Raises the guard to what the log holds, at once.
      await store.write([{ groupId: groupA, persist: persist([], { hardState: { term: 1, votedFor: null } }) }]);
      // As a killed process leaves them.
      const copy = await temporaryFolder();
      for (const name of ['log.db', 'log.db-wal', 'synced-through']) await copyFile(join(folder, name), join(copy, name));
      await lose(join(copy, 'log.db-wal'));
      const { images, damaged } = await logStore(copy).store.open();
      const found = [...images, ...damaged].find(({ groupId }) => groupId === groupA);
      // Either it ends too early, or nothing of it is left: never as if all were well.
      expect(found).toBeDefined();
      if (found !== undefined && 'impaired' in found) expect(found).toMatchObject({ impaired: true, guardedIndex: 30 });
      else expect(found).toMatchObject({ index: 0 });
    }
  });

  test('does not start when nothing of it is left, and begins anew after a snapshot, with no vote in a term that is over', async () => {
    const folder = await temporaryFolder();
    const { lastA } = await filled(folder);
    await rm(logFileOf(folder));
    const { store, told } = logStore(folder);
    expect(await store.open()).toEqual({
      images: [],
      damaged: [
        { groupId: groupA, index: 0, configuration: null, detail: expect.any(String) },
        { groupId: groupB, index: 0, configuration: null, detail: expect.any(String) },
      ],
    });
    expect(told.events).toEqual(['broker.logDamaged', 'broker.logDamaged']);
    await expect(store.write([{ groupId: groupA, persist: persist([]) }])).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    await store.restart(groupA, { ...lastA, index: 35 }, configurationOf(groupA, 1));
    expect(await store.image(groupA)).toMatchObject({
      hardState: { term: 3, votedFor: 'B-OWN01' },
      last: { index: 35 },
      impaired: true,
      guardedIndex: 40,
    });
    await store.removeGroup(groupB);
    await store.close();
    expect(await logStore(folder).store.open()).toMatchObject({ images: [{ groupId: groupA, impaired: true }], damaged: [] });
  });

  test('has no vote when it began anew before the place that it had reached', async () => {
    const folder = await temporaryFolder();
    const { lastA } = await filled(folder);
    const { store } = logStore(folder);
    await store.open();
    await store.restart(groupA, { index: 30, term: 3, checksum: 1 }, configurationOf(groupA));
    expect(await store.image(groupA)).toMatchObject({ last: { index: 30 }, impaired: true, guardedIndex: 40 });
    await store.close();
    const again = logStore(folder).store;
    expect((await again.open()).images[0]).toMatchObject({ last: { index: 30 }, impaired: true, guardedIndex: 40 });
    await again.restart(groupA, lastA, configurationOf(groupA));
    expect(await again.image(groupA)).toMatchObject({ last: lastA, impaired: false });
  });

  test('has no vote for ever when the guard is gone: nobody can tell', async () => {
    const folder = await temporaryFolder();
    await filled(folder);
    for (let round = 0; round < 2; round++) {
      if (round === 0) await rm(join(folder, 'synced-through'));
      const { store, told } = logStore(folder);
      const { images } = await store.open();
      expect(images).toMatchObject([
        { groupId: groupA, impaired: true, guardedIndex: Number.MAX_SAFE_INTEGER },
        { groupId: groupB, impaired: true, guardedIndex: Number.MAX_SAFE_INTEGER },
      ]);
      expect(told.events).toEqual(round === 0 ? ['broker.guardLost', 'broker.guardLost'] : []);
      await store.close();
    }
  });

  test('is still recognised when the newer half of the guard was torn', async () => {
    const folder = await temporaryFolder();
    await filled(folder);
    const guard = join(folder, 'synced-through');
    await change(guard, (bytes) => {
      const newer = bytes.readBigUInt64BE(8) > bytes.readBigUInt64BE(16_384 + 8) ? 0 : 16_384;
      flipBit(bytes, newer + 40);
    });
    const { store } = logStore(folder);
    expect((await store.open()).images).toMatchObject([{ impaired: false }, { impaired: false }]);
  });
});

describe('a log with damage in the middle', () => {
  test('does not start, names the entry, and lets the others start', async () => {
    const folder = await temporaryFolder();
    const { lastB } = await filled(folder);
    await change(logFileOf(folder), (bytes) => flipBit(bytes, bytes.indexOf('A17;')));
    const { store, told } = logStore(folder);
    const { images, damaged } = await store.open();
    expect(images).toMatchObject([{ groupId: groupB, last: lastB, impaired: false }]);
    expect(damaged).toMatchObject([{ groupId: groupA, index: 17, configuration: configurationOf(groupA) }]);
    expect(told.events).toEqual(['broker.logDamaged']);
    for (const refused of [
      () => store.write([{ groupId: groupA, persist: persist([]) }]),
      () => store.read(groupA, 1, 100),
      () => store.image(groupA),
      () => store.compact(groupA, start),
    ])
      await expect(refused()).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    await store.write([{ groupId: groupB, persist: persist(new EntryMaker(lastB).many(3, 1)) }]);
  });

  test('can be cut there, and has no vote until it has caught up with what it had', async () => {
    const folder = await temporaryFolder();
    const { lastA } = await filled(folder);
    await change(logFileOf(folder), (bytes) => flipBit(bytes, bytes.indexOf('A17;')));
    const { store } = logStore(folder);
    await store.open();
    expect(await store.cutDamage(groupA)).toMatchObject({
      last: { index: 16 },
      impaired: true,
      guardedIndex: 40,
      hardState: { term: 3, votedFor: 'B-OTHER' },
    });
    await store.close();
    const again = logStore(folder).store;
    const { images } = await again.open();
    const last = images.find(({ groupId }) => groupId === groupA)?.last ?? start;
    expect(images).toMatchObject([{ last: { index: 16 }, impaired: true }, { impaired: false }]);
    const maker = new EntryMaker(last);
    await again.write([
      { groupId: groupA, persist: persist(Array.from({ length: 24 }, (_, at) => maker.next(3, marked(`A${17 + at};`)))) },
    ]);
    expect(maker.last).toEqual(lastA);
    await again.close();
    expect((await logStore(folder).store.open()).images).toMatchObject([{ last: lastA, impaired: false }, { impaired: false }]);
  });

  test('is found when a page is all zeros', async () => {
    const folder = await temporaryFolder();
    await filled(folder);
    await change(logFileOf(folder), (bytes) => {
      const page = Math.floor(bytes.indexOf('A17;') / 8_192) * 8_192;
      bytes.fill(0, page, page + 8_192);
    });
    const { store } = logStore(folder);
    const { images, damaged } = await store.open();
    expect(images.map(({ groupId }) => groupId)).toEqual([groupB]);
    expect(damaged).toHaveLength(1);
    expect(damaged[0]?.index).toBeGreaterThan(0);
    expect(damaged[0]?.index).toBeLessThanOrEqual(17);
    expect(await store.cutDamage(groupA)).toMatchObject({
      last: { index: (damaged[0]?.index ?? 0) - 1 },
      impaired: true,
      guardedIndex: 40,
    });
  });

  test('of the row with term and vote is found too, and only a new beginning helps', async () => {
    const folder = await temporaryFolder();
    const { lastA } = await filled(folder);
    await change(logFileOf(folder), (bytes) => {
      bytes.write('B-0THER', bytes.indexOf('B-OTHER'));
    });
    const { store } = logStore(folder);
    expect(await store.open()).toMatchObject({ images: [{ groupId: groupB }], damaged: [{ groupId: groupA, index: 0 }] });
    await expect(store.cutDamage(groupA)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    await store.restart(groupA, lastA, configurationOf(groupA));
    expect(await store.image(groupA)).toMatchObject({ hardState: { term: 3, votedFor: 'B-OWN01' }, last: lastA, impaired: false });
  });

  test('of the file as a whole lets nothing start', async () => {
    const folder = await temporaryFolder();
    await filled(folder);
    await change(logFileOf(folder), (bytes) => void bytes.fill(7, 0, 8_192));
    await expect(logStore(folder).store.open()).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
  });
});
