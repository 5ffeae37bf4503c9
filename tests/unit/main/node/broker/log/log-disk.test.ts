import { describe, expect, test } from 'vitest';
import { configurationOf, EntryMaker, groupA, logFileOf, logStore, persist, start } from '../../../../../helpers/log-store.ts';
import { smallDisk, whyNoSmallDisk } from '../../../../../helpers/small-disk.ts';
import { applied, at, queueOne, segment, stateStore } from '../../../../../helpers/state-store.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const noSmallDisk = whyNoSmallDisk();

describe.skipIf(noSmallDisk !== undefined)(`on a full disk${noSmallDisk === undefined ? '' : ` (not run: ${noSmallDisk})`}`, () => {
  test('a log takes nothing, keeps what it has, and works again when there is room', async () => {
    const disk = await smallDisk(4_000_000);
    const { store } = logStore(disk.folder);
    await store.open();
    await store.createGroup(groupA, configurationOf(groupA), start);
    const maker = new EntryMaker();
    await store.write([{ groupId: groupA, persist: persist(maker.many(1, 10)) }]);
    const before = maker.last;
    await disk.fill();
    const large = maker.next(1, Buffer.alloc(500_000, 1));
    for (let attempt = 0; attempt < 3; attempt++)
      await expect(store.write([{ groupId: groupA, persist: persist([large]) }])).rejects.toMatchObject({
        code: 'STORAGE_FULL',
        executed: 'no',
      });
    expect(await store.image(groupA)).toMatchObject({ last: before, impaired: false });
    expect(await store.read(groupA, 1, 1_000)).toHaveLength(10);
    await disk.free();
    await store.write([{ groupId: groupA, persist: persist([large]) }]);
    await store.close();
    expect((await logStore(disk.folder).store.open()).images).toMatchObject([{ last: maker.last, impaired: false }]);
  });

  test('a log that is full in the middle of much writing has exactly what was acknowledged', async () => {
    const disk = await smallDisk(6_000_000);
    const first = logStore(disk.folder).store;
    await first.open();
    await first.createGroup(groupA, configurationOf(groupA), start);
    const maker = new EntryMaker();
    let acknowledged = start;
    const refused = await (async () => {
      for (;;)
        try {
          await first.write([{ groupId: groupA, persist: persist([maker.next(1, Buffer.alloc(50_000, 1))]) }]);
          acknowledged = maker.last;
        } catch (error) {
          return error;
        }
    })();
    expect(refused).toMatchObject({ code: 'STORAGE_FULL' });
    expect(acknowledged.index).toBeGreaterThan(20);
    expect(await first.image(groupA)).toMatchObject({ last: acknowledged });
    await first.close().catch(() => undefined);
    expect((await logStore(disk.folder).store.open()).images).toMatchObject([{ last: acknowledged, impaired: false }]);
  });

  test('a state takes nothing, keeps what it has, and works again when there is room', async () => {
    const disk = await smallDisk(4_000_000);
    const store = stateStore(disk.folder);
    await store.open(groupA);
    await store.apply(groupA, [applied(1, { segments: [segment(queueOne, 1, 3, 1)] })], at(1));
    await disk.fill();
    const large = [applied(2, { segments: [segment(queueOne, 4, 1, 1, 500_000)], trims: [{ queueId: queueOne, upTo: 2 }] })];
    await expect(store.apply(groupA, large, at(2))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await expect(store.snapshot(groupA, configurationOf(groupA))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    const query = { queueId: queueOne, fromSequence: 1, toSequence: 9, limit: 9, maxBytes: 1_000_000, direction: 'forward' } as const;
    expect(await store.read(groupA, query)).toHaveLength(3);
    await disk.free();
    await store.apply(groupA, large, at(2));
    expect((await store.read(groupA, query)).map(({ sequence }) => sequence)).toEqual([3, 4]);
    await store.close();
    expect(await stateStore(disk.folder).open(groupA)).toMatchObject({ applied: at(2) });
  });
});

test('a log that another program holds is not written, and is written when it is let go', async () => {
  const folder = await temporaryFolder();
  const { store } = logStore(folder);
  await store.open();
  await store.createGroup(groupA, configurationOf(groupA), start);
  const maker = new EntryMaker();
  const entries = maker.many(1, 1);
  const { default: Database } = await import('better-sqlite3');
  const other = new Database(logFileOf(folder));
  other.exec('BEGIN IMMEDIATE');
  await expect(store.write([{ groupId: groupA, persist: persist(entries) }])).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  other.exec('ROLLBACK');
  other.close();
  await store.write([{ groupId: groupA, persist: persist(entries) }]);
  expect(await store.image(groupA)).toMatchObject({ last: maker.last });
});
