/** What is older than the retention moves to an archive, and nothing is lost on the way. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { EntryDraft } from '../../../../../src/main/node/ledger/entry.ts';
import { Sealer, type SealerOptions } from '../../../../../src/main/node/ledger/sealer.ts';
import { entriesOf, openRecorder, recorderId, recorderSigner } from '../../../../helpers/recorder-fixture.ts';
import { smallDisk, whyNoSmallDisk } from '../../../../helpers/small-disk.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const dayMs = 86_400_000;

function note(text: string): EntryDraft {
  return {
    at: 0,
    kind: 'note',
    actor: 'ada',
    roles: [],
    via: 'cli',
    act: 'ledger.note',
    target: null,
    outcome: 'done',
    code: null,
    text,
    params: { text },
  };
}

/** A chain that has a block a day, and a sealer that keeps three days. */
async function openDays(days: number, options: Partial<SealerOptions> = {}) {
  const clock = { nowMs: 0 };
  const folder = await temporaryFolder();
  const opened = await openRecorder(folder, { nowMs: () => clock.nowMs });
  onTestFinished(opened.stop);
  for (let day = 1; day <= days; day++) {
    clock.nowMs = day * dayMs;
    await opened.recorder.add(note(`day ${day}`));
  }
  const archives = join(folder, 'ledger-archive');
  const sealer = new Sealer({
    store: opened.store,
    recorder: opened.recorder,
    nodeId: recorderId,
    signer: recorderSigner,
    name: () => 'press-07',
    folder: archives,
    retentionDays: () => 3,
    nowMs: () => clock.nowMs,
    ...options,
  });
  return { ...opened, sealer, clock, archives };
}

test('old blocks are archived, sealed and taken out; the rest verifies from the checkpoint on', async () => {
  const { sealer, store, archives } = await openDays(10);
  const before = await store.chain(recorderId);
  const sealed = await sealer.seal();
  expect(sealed.archiveFile).toBe(join(archives, `ledger-0-${sealed.sealedHeight}.jsonl`));
  const after = await store.chain(recorderId);
  expect(after?.firstHeight).toBe(sealed.sealedHeight + 1);
  expect(after?.entries).toBe((before?.entries ?? 0) - sealed.archivedEntries + 1);
  expect(await store.details(2)).toBeUndefined();
  expect(await store.verify(recorderId)).toMatchObject({ fault: null });
  const lines = (await readFile(sealed.archiveFile as string, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string });
  expect(lines.filter(({ type }) => type === 'block')).toHaveLength(sealed.sealedHeight + 1);
  expect(lines.filter(({ type }) => type === 'details').length).toBeGreaterThan(0);
  const [newest] = (await entriesOf(store)).slice(-1);
  expect(newest?.entry.kind).toBe('checkpoint');
  // Nothing has become old since.
  expect(await sealer.seal()).toMatchObject({ archivedEntries: 0, archiveFile: null, sealedHeight: sealed.sealedHeight });
});

test('one archive follows the other', async () => {
  const { sealer, recorder, store, clock, archives } = await openDays(6);
  const first = await sealer.seal();
  for (let day = 7; day <= 12; day++) {
    clock.nowMs = day * dayMs;
    await recorder.add(note(`day ${day}`));
  }
  const second = await sealer.seal();
  expect((await readdir(archives)).sort()).toEqual(
    [`ledger-0-${first.sealedHeight}.jsonl`, `ledger-${first.sealedHeight + 1}-${second.sealedHeight}.jsonl`].sort(),
  );
  expect(await store.verify(recorderId)).toMatchObject({ fault: null });
});

test('what was sealed and not taken out any more is taken out at the next start', async () => {
  const opened = await openDays(10);
  const prune = opened.store.prune.bind(opened.store);
  opened.store.prune = () => Promise.reject(new Error('the node was killed'));
  await expect(opened.sealer.seal()).rejects.toThrow('the node was killed');
  expect((await opened.store.chain(recorderId))?.firstHeight).toBe(0);
  expect(await opened.store.verify(recorderId)).toMatchObject({ fault: null });
  opened.store.prune = prune;
  await opened.sealer.finish();
  expect((await opened.store.chain(recorderId))?.firstHeight).toBeGreaterThan(0);
  expect(await opened.store.verify(recorderId)).toMatchObject({ fault: null });
});

test('an archive that was cut off is written anew', async () => {
  const opened = await openDays(10);
  const add = opened.recorder.add.bind(opened.recorder);
  const sealer = new Sealer({
    store: opened.store,
    recorder: { add: () => Promise.reject(new Error('the node was killed')) },
    nodeId: recorderId,
    signer: recorderSigner,
    name: () => 'press-07',
    folder: opened.archives,
    retentionDays: () => 3,
    nowMs: () => opened.clock.nowMs,
  });
  await expect(sealer.seal()).rejects.toThrow('the node was killed');
  expect((await opened.store.chain(recorderId))?.firstHeight).toBe(0);
  const [name] = await readdir(opened.archives);
  await writeFile(join(opened.archives, `${name}.partial`), 'half a li');
  await add(note('goes on'));
  expect((await opened.sealer.seal()).archivedEntries).toBeGreaterThan(0);
  expect(await readdir(opened.archives)).toEqual([name]);
});

test('without a retention everything stays', async () => {
  const { sealer, store } = await openDays(5, { retentionDays: () => null });
  expect(await sealer.seal()).toMatchObject({ archivedEntries: 0, archiveFile: null, sealedHeight: -1 });
  expect((await store.chain(recorderId))?.firstHeight).toBe(0);
});

const noDisk = whyNoSmallDisk();

test.skipIf(noDisk !== undefined)('a full disk seals nothing and loses nothing', async () => {
  const disk = await smallDisk(262_144);
  const { sealer, store } = await openDays(10, { folder: join(disk.folder, 'archive') });
  await disk.fill();
  await expect(sealer.seal()).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  expect(await store.chain(recorderId)).toMatchObject({ firstHeight: 0, fault: null });
  expect((await entriesOf(store)).some(({ entry }) => entry.kind === 'checkpoint')).toBe(false);
  await disk.free();
  expect((await sealer.seal()).archivedEntries).toBeGreaterThan(0);
  expect(await store.verify(recorderId)).toMatchObject({ fault: null });
});

test.skipIf(noDisk !== undefined)('a full disk under the ledger: acts wait, and each is written once when there is room', async () => {
  const disk = await smallDisk(4_194_304);
  await mkdir(disk.folder);
  const opened = await openRecorder(disk.folder);
  onTestFinished(opened.stop);
  await opened.recorder.add(note('before'));
  await disk.fill();
  const waits = Promise.all(Array.from({ length: 200 }, (_none, index) => opened.recorder.add(note(`${index} ${'x'.repeat(900)}`))));
  await expect.poll(() => opened.problems.list().map(({ id }) => id)).toContain('ledger.waiting');
  await disk.free();
  await waits;
  const texts = (await entriesOf(opened.store)).map(({ entry }) => entry.text?.split(' ')[0]);
  expect(texts.slice(2)).toEqual(Array.from({ length: 200 }, (_none, index) => String(index)));
  expect(await opened.store.verify(recorderId)).toMatchObject({ fault: null });
  await expect.poll(() => opened.problems.list()).toEqual([]);
});
