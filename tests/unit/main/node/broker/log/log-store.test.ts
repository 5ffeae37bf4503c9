import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../../../../../../src/main/node/broker/core/types.ts';
import { configurationOf, EntryMaker, groupA, groupB, logStore, persist, start } from '../../../../../helpers/log-store.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const plain = (entries: readonly LogEntry[]) => entries.map((entry) => ({ ...entry, data: Buffer.from(entry.data).toString() }));

describe('a log store', () => {
  test('is empty at first, and a new group begins where it is told', async () => {
    const { store } = logStore(await temporaryFolder());
    expect(await store.open()).toEqual({ images: [], damaged: [] });
    await store.createGroup(groupA, configurationOf(groupA), start);
    expect(await store.image(groupA)).toEqual({
      groupId: groupA,
      hardState: { term: 0, votedFor: null },
      compacted: start,
      last: start,
      terms: [],
      configuration: configurationOf(groupA),
      configurations: [configurationOf(groupA)],
      impaired: false,
      guardedIndex: 0,
    });
    await expect(store.createGroup(groupA, configurationOf(groupA), start)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(store.image(groupB)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(store.write([{ groupId: groupB, persist: persist([]) }])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('gives back after a restart what was written, of each group its own', async () => {
    const folder = await temporaryFolder();
    const first = logStore(folder).store;
    await first.open();
    await first.createGroup(groupA, configurationOf(groupA), start);
    await first.createGroup(groupB, configurationOf(groupB), start);
    const makerA = new EntryMaker();
    const makerB = new EntryMaker();
    const entriesA = [...makerA.many(1, 3), makerA.configuration(groupA, 2), ...makerA.many(2, 2)];
    const entriesB = makerB.many(7, 2);
    await first.write([
      { groupId: groupA, persist: persist(entriesA, { hardState: { term: 2, votedFor: 'B-OTHER' } }) },
      { groupId: groupB, persist: persist(entriesB) },
    ]);
    await first.close();

    const { store } = logStore(folder);
    const { images, damaged } = await store.open();
    expect(damaged).toEqual([]);
    expect(images).toEqual([
      {
        groupId: groupA,
        hardState: { term: 2, votedFor: 'B-OTHER' },
        compacted: start,
        last: makerA.last,
        terms: [
          { term: 1, firstIndex: 1 },
          { term: 2, firstIndex: 4 },
        ],
        configuration: configurationOf(groupA, 4),
        configurations: [configurationOf(groupA), configurationOf(groupA, 4)],
        impaired: false,
        guardedIndex: 6,
      },
      expect.objectContaining({ groupId: groupB, last: makerB.last, guardedIndex: 2 }),
    ]);
    expect(plain(await store.read(groupA, 1, 1_000))).toEqual(plain(entriesA));
    expect(plain(await store.read(groupB, 2, 1_000))).toEqual(plain(entriesB.slice(1)));
  });

  test('reads at least one entry and no more bytes than asked for', async () => {
    const { store } = logStore(await temporaryFolder());
    await store.open();
    await store.createGroup(groupA, configurationOf(groupA), start);
    const maker = new EntryMaker();
    const entries = Array.from({ length: 5 }, () => maker.next(1, Buffer.alloc(1_000, 7)));
    await store.write([{ groupId: groupA, persist: persist(entries) }]);
    const indexes = async (from: number, maxBytes: number) => (await store.read(groupA, from, maxBytes)).map(({ index }) => index);
    expect(await indexes(1, 1)).toEqual([1]);
    expect(await indexes(2, 2_500)).toEqual([2, 3]);
    expect(await indexes(4, 100_000)).toEqual([4, 5]);
    expect(await indexes(6, 100_000)).toEqual([]);
  });

  test('replaces the end of a log in one write', async () => {
    const folder = await temporaryFolder();
    const first = logStore(folder).store;
    await first.open();
    await first.createGroup(groupA, configurationOf(groupA), start);
    const maker = new EntryMaker();
    await first.write([{ groupId: groupA, persist: persist(maker.many(1, 2)) }]);
    const kept = maker.last;
    await first.write([{ groupId: groupA, persist: persist([maker.configuration(groupA, 1), ...maker.many(1, 3)]) }]);
    const other = new EntryMaker(kept);
    await first.write([
      { groupId: groupA, persist: persist(other.many(3, 1), { truncateFrom: 3, hardState: { term: 3, votedFor: null } }) },
    ]);
    expect(await first.image(groupA)).toMatchObject({
      last: other.last,
      configuration: configurationOf(groupA),
      configurations: [configurationOf(groupA)],
      impaired: false,
    });
    await first.close();
    const { images } = await logStore(folder).store.open();
    expect(images).toMatchObject([{ last: other.last, impaired: false, guardedIndex: 3 }]);
  });

  test('refuses entries that do not follow, and is as it was before', async () => {
    const { store } = logStore(await temporaryFolder());
    await store.open();
    await store.createGroup(groupA, configurationOf(groupA), start);
    await store.createGroup(groupB, configurationOf(groupB), start);
    const maker = new EntryMaker();
    const [one, two, three] = maker.many(1, 3) as [LogEntry, LogEntry, LogEntry];
    await store.write([{ groupId: groupA, persist: persist([one]) }]);
    await expect(
      store.write([
        { groupId: groupB, persist: persist([one]) },
        { groupId: groupA, persist: persist([three], { hardState: { term: 9, votedFor: null } }) },
      ]),
    ).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await store.image(groupA)).toMatchObject({ hardState: { term: 0 }, last: { index: 1 } });
    expect(await store.image(groupB)).toMatchObject({ last: { index: 0 } });
    await store.write([{ groupId: groupA, persist: persist([two, three]) }]);
    expect(await store.image(groupA)).toMatchObject({ last: maker.last });
  });

  test('keeps the order of writes that come while one is under way', async () => {
    const { store } = logStore(await temporaryFolder());
    await store.open();
    await store.createGroup(groupA, configurationOf(groupA), start);
    await store.createGroup(groupB, configurationOf(groupB), start);
    const makers = { [groupA]: new EntryMaker(), [groupB]: new EntryMaker() };
    const done: number[] = [];
    await Promise.all(
      Array.from({ length: 200 }, async (_, at) => {
        const groupId = at % 3 === 0 ? groupB : groupA;
        await store.write([{ groupId, persist: persist([(makers[groupId] as EntryMaker).next(1, `${at}`)]) }]);
        done.push(at);
      }),
    );
    expect(done).toEqual(Array.from({ length: 200 }, (_, at) => at));
    expect(await store.image(groupA)).toMatchObject({ last: makers[groupA]?.last });
    expect(await store.image(groupB)).toMatchObject({ last: makers[groupB]?.last });
    const { writes, flushP50Ms, flushP99Ms, sizeBytes } = store.sample();
    expect(writes).toBeLessThan(200);
    expect(flushP50Ms).toBeGreaterThan(0);
    expect(flushP99Ms).toBeGreaterThanOrEqual(flushP50Ms);
    expect(sizeBytes).toBeGreaterThan(0);
    expect(store.stalledMs()).toBe(0);
  });

  test('says for how long the oldest write has been waiting', async () => {
    const { store } = logStore(await temporaryFolder());
    await store.open();
    await store.createGroup(groupA, configurationOf(groupA), start);
    const written = store.write([{ groupId: groupA, persist: persist(new EntryMaker().many(1, 1)) }]);
    expect(store.stalledMs()).toBeGreaterThanOrEqual(0);
    await written;
    expect(store.stalledMs()).toBe(0);
  });

  test('drops what a durable state holds, and goes on from there after a restart', async () => {
    const folder = await temporaryFolder();
    const first = logStore(folder).store;
    await first.open();
    await first.createGroup(groupA, configurationOf(groupA), start);
    const maker = new EntryMaker();
    const entries = [...maker.many(1, 1_500), maker.configuration(groupA, 1)];
    const to = maker.last;
    await first.write([{ groupId: groupA, persist: persist([...entries, ...maker.many(2, 5)]) }]);
    await first.compact(groupA, to);
    await first.compact(groupA, { index: 3, term: 1, checksum: 0 });
    const expected = {
      compacted: to,
      last: maker.last,
      terms: [{ term: 2, firstIndex: to.index + 1 }],
      configuration: configurationOf(groupA, to.index),
      configurations: [configurationOf(groupA, to.index)],
    };
    expect(await first.image(groupA)).toMatchObject(expected);
    expect((await first.read(groupA, 1, 100)).map(({ index }) => index)[0]).toBe(to.index + 1);
    await first.close();
    const { store } = logStore(folder);
    expect((await store.open()).images).toMatchObject([expected]);
    await store.write([{ groupId: groupA, persist: persist(maker.many(2, 1)) }]);
  });

  test('does not cut a log that the state does not stand for', async () => {
    const { store } = logStore(await temporaryFolder());
    await store.open();
    await store.createGroup(groupA, configurationOf(groupA), start);
    const maker = new EntryMaker();
    await store.write([{ groupId: groupA, persist: persist(maker.many(1, 5)) }]);
    await expect(store.compact(groupA, { ...maker.last, checksum: 12 })).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    await expect(store.compact(groupA, { ...maker.last, index: 9 })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await store.image(groupA)).toMatchObject({ compacted: start });
  });

  test('begins anew after a snapshot, with term and vote as they were', async () => {
    const folder = await temporaryFolder();
    const first = logStore(folder).store;
    await first.open();
    await first.createGroup(groupA, configurationOf(groupA), start);
    await first.write([
      { groupId: groupA, persist: persist(new EntryMaker().many(1, 10), { hardState: { term: 4, votedFor: 'B-OTHER' } }) },
    ]);
    const at = { index: 500, term: 3, checksum: 99 };
    await first.restart(groupA, at, configurationOf(groupA, 480));
    const maker = new EntryMaker(at);
    await first.write([{ groupId: groupA, persist: persist(maker.many(4, 2)) }]);
    await first.close();
    const { images } = await logStore(folder).store.open();
    expect(images).toMatchObject([
      {
        hardState: { term: 4, votedFor: 'B-OTHER' },
        compacted: at,
        last: maker.last,
        configurations: [configurationOf(groupA, 480)],
        impaired: false,
        guardedIndex: 502,
      },
    ]);
  });

  test('keeps the newest configuration that it knew while it gets entries from before that again', async () => {
    const { store } = logStore(await temporaryFolder());
    await store.open();
    await store.createGroup(groupA, configurationOf(groupA), start);
    await store.restart(groupA, start, configurationOf(groupA, 9));
    const maker = new EntryMaker();
    const entries = [...maker.many(1, 1), maker.configuration(groupA, 1), ...maker.many(1, 1)];
    await store.write([{ groupId: groupA, persist: persist(entries) }]);
    await store.compact(groupA, maker.last);
    expect(await store.image(groupA)).toMatchObject({ configurations: [configurationOf(groupA, 9)] });
    await store.write([{ groupId: groupA, persist: persist([...maker.many(1, 5), maker.configuration(groupA, 1), ...maker.many(1, 1)]) }]);
    await store.compact(groupA, maker.last);
    expect(await store.image(groupA)).toMatchObject({ configurations: [configurationOf(groupA, 9)], compacted: { index: 10 } });
  });

  test('forgets a removed group, which may come back as a new one', async () => {
    const folder = await temporaryFolder();
    const first = logStore(folder).store;
    await first.open();
    await first.createGroup(groupA, configurationOf(groupA), start);
    await first.write([{ groupId: groupA, persist: persist(new EntryMaker().many(1, 10)) }]);
    await first.removeGroup(groupA);
    await expect(first.read(groupA, 1, 100)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await first.close();
    const { store } = logStore(folder);
    expect(await store.open()).toEqual({ images: [], damaged: [] });
    await store.createGroup(groupA, configurationOf(groupA), start);
    expect(await store.image(groupA)).toMatchObject({ last: start, impaired: false });
  });

  test('empties its journal beside the commits, and stays whole', async () => {
    const folder = await temporaryFolder();
    const first = logStore(folder).store;
    await first.open();
    await first.createGroup(groupA, configurationOf(groupA), start);
    const maker = new EntryMaker();
    for (let round = 0; round < 60; round++)
      await first.write([{ groupId: groupA, persist: persist([maker.next(1, Buffer.alloc(1_000_000, round))]) }]);
    await first.close();
    const { images } = await logStore(folder).store.open();
    expect(images).toMatchObject([{ last: maker.last, impaired: false }]);
  });
});
