import { copyFile, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StateRow } from '../../../../../../src/main/node/broker/machine/types.ts';
import type { MessageQuery, StateStore } from '../../../../../../src/main/node/broker/state/index.ts';
import { configurationOf, groupA, groupB } from '../../../../../helpers/log-store.ts';
import { applied, at, queueOne, queueTwo, segment, stateStore } from '../../../../../helpers/state-store.ts';
import { temporaryFolder } from '../../../../../helpers/temporary-folder.ts';

const row = (key: string, value: string | null, table: StateRow['table'] = 'client'): StateRow => ({ table, key, value });

async function sequences(store: StateStore, query: Partial<MessageQuery>): Promise<number[]> {
  const whole = { queueId: queueOne, fromSequence: 0, toSequence: Number.MAX_SAFE_INTEGER, limit: 1_000, maxBytes: 1_000_000 };
  const messages = await store.read(groupA, { ...whole, direction: 'forward', ...query });
  for (const { sequence, data } of messages) expect(Buffer.from(data).toString()).toBe(`${sequence}`);
  return messages.map(({ sequence }) => sequence);
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, offset) => from + offset);

describe('a state store', () => {
  test('is empty at first and keeps rows, messages and the place in the log together', async () => {
    const folder = await temporaryFolder();
    const first = stateStore(folder);
    expect(await first.open(groupA)).toEqual({ applied: { index: 0, term: 0, checksum: 0 }, configuration: null, rows: [] });
    await first.apply(
      groupA,
      [
        applied(1, { segments: [segment(queueOne, 1, 3, 1_000)] }),
        applied(2, { segments: [segment(queueTwo, 1, 1, 1_001)], rows: [row('one', '{"a":1}'), row('two', '2', 'queue')] }),
      ],
      at(2),
    );
    await first.apply(
      groupA,
      [applied(3, { rows: [row('one', '{"a":2}'), row('three', '3', 'block'), row('two', null, 'queue')] })],
      at(3),
    );
    await first.close();

    const second = stateStore(folder);
    const image = await second.open(groupA);
    expect(image.applied).toEqual(at(3));
    expect(image.rows).toEqual([row('three', '3', 'block'), row('one', '{"a":2}')]);
    expect(await sequences(second, {})).toEqual([1, 2, 3]);
    expect(await sequences(second, { queueId: queueTwo })).toEqual([1]);
    expect(
      await second.read(groupA, { queueId: queueOne, fromSequence: 2, toSequence: 2, limit: 1, maxBytes: 1, direction: 'forward' }),
    ).toEqual([
      {
        sequence: 2,
        timeMs: 1_000,
        clientId: 'C-00001',
        key: 'key 1',
        headers: { number: '2' },
        encoding: 'bytes',
        data: new Uint8Array([50]),
      },
    ]);
  });

  test('refuses what was applied already, and groups that are not open', async () => {
    const store = stateStore(await temporaryFolder());
    await store.open(groupA);
    await store.apply(groupA, [], at(5));
    await expect(store.apply(groupA, [], at(5))).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(store.apply(groupB, [], at(6))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(store.open(groupA)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  test('reads ranges forward and backward, within limits of messages and bytes', async () => {
    const store = stateStore(await temporaryFolder());
    await store.open(groupA);
    const segments = range(0, 9).map((number) => segment(queueOne, number * 5 + 1, 5, 1_000 + number));
    await store.apply(groupA, [applied(1, { segments: [...segments, segment(queueTwo, 1, 5, 1)] })], at(1));
    expect(await sequences(store, {})).toEqual(range(1, 50));
    expect(await sequences(store, { fromSequence: 8, toSequence: 17 })).toEqual(range(8, 17));
    expect(await sequences(store, { fromSequence: 8, limit: 4 })).toEqual(range(8, 11));
    expect(await sequences(store, { fromSequence: 51 })).toEqual([]);
    expect(await sequences(store, { direction: 'backward', limit: 7 })).toEqual(range(44, 50).reverse());
    expect(await sequences(store, { direction: 'backward', fromSequence: 3, toSequence: 12 })).toEqual(range(3, 12).reverse());
    expect(await sequences(store, { direction: 'backward', toSequence: 0 })).toEqual([]);
    // Two characters each from 10 on.
    expect(await sequences(store, { fromSequence: 14, maxBytes: 7 })).toEqual([14, 15, 16]);
    expect(await sequences(store, { toSequence: 16, maxBytes: 7, direction: 'backward' })).toEqual([16, 15, 14]);
    expect(await sequences(store, { fromSequence: 15, maxBytes: 1 })).toEqual([15]);
    expect(await sequences(store, { limit: 0 })).toEqual([]);
    expect(await sequences(store, { queueId: 'Q-AAAAA99999' })).toEqual([]);
  });

  test('finds the place of a time', async () => {
    const store = stateStore(await temporaryFolder());
    await store.open(groupA);
    expect(await store.sequenceAt(groupA, queueOne, 5)).toBe(1);
    const segments = range(0, 99).map((number) => segment(queueOne, number * 3 + 1, 3, 1_000 + number * 10));
    await store.apply(groupA, [applied(1, { segments })], at(1));
    for (const number of [0, 1, 2, 49, 50, 98, 99]) {
      expect(await store.sequenceAt(groupA, queueOne, 1_000 + number * 10)).toBe(number * 3 + 1);
      expect(await store.sequenceAt(groupA, queueOne, 1_000 + number * 10 - 1)).toBe(number * 3 + 1);
    }
    expect(await store.sequenceAt(groupA, queueOne, 0)).toBe(1);
    expect(await store.sequenceAt(groupA, queueOne, 1_991)).toBe(301);
    await store.apply(groupA, [applied(2, { trims: [{ queueId: queueOne, upTo: 152 }] })], at(2));
    expect(await store.sequenceAt(groupA, queueOne, 0)).toBe(153);
    expect(await store.sequenceAt(groupA, queueOne, 1_510)).toBe(154);
    await store.apply(groupA, [applied(3, { trims: [{ queueId: queueOne, upTo: 300 }] })], at(3));
    expect(await store.sequenceAt(groupA, queueOne, 0)).toBe(301);
  });

  test('hides trimmed messages at once, in the middle of a segment too, and deletes them by and by', async () => {
    const folder = await temporaryFolder();
    const first = stateStore(folder);
    await first.open(groupA);
    const segments = range(0, 1_999).map((number) => segment(queueOne, number * 2 + 1, 2, 1_000));
    await first.apply(groupA, [applied(1, { segments: [...segments, segment(queueTwo, 1, 5, 1)] })], at(1));
    await first.apply(groupA, [applied(2, { trims: [{ queueId: queueOne, upTo: 3_995 }] })], at(2));
    expect(await sequences(first, {})).toEqual(range(3_996, 4_000));
    await first.close();

    const second = stateStore(folder);
    await second.open(groupA);
    expect(await sequences(second, {})).toEqual(range(3_996, 4_000));
    await second.apply(groupA, [applied(3, { deleted: [queueTwo] })], at(3));
    expect(await sequences(second, { queueId: queueTwo })).toEqual([]);
    await second.apply(groupA, [applied(4, { trims: [{ queueId: queueOne, upTo: 4_000 }] })], at(4));
    await second.apply(groupA, [applied(5, { segments: [segment(queueOne, 4_001, 1, 1_000)] })], at(5));
    expect(await sequences(second, { direction: 'backward' })).toEqual([4_001]);
    // What is swept shows in a copy of the file: only what is left takes room.
    await expect.poll(async () => segmentsIn((await second.snapshot(groupA, configurationOf(groupA))).path)).toBe(1);
  });

  test('does not store messages that came and went within one batch', async () => {
    const store = stateStore(await temporaryFolder());
    await store.open(groupA);
    await store.apply(
      groupA,
      [
        applied(1, { segments: [segment(queueOne, 1, 5, 1), segment(queueTwo, 1, 5, 1)] }),
        applied(2, { segments: [segment(queueOne, 6, 5, 1)], trims: [{ queueId: queueOne, upTo: 7 }] }),
        applied(3, { deleted: [queueTwo] }),
      ],
      at(3),
    );
    expect(await sequences(store, {})).toEqual([8, 9, 10]);
    expect(await sequences(store, { queueId: queueTwo })).toEqual([]);
    expect(await segmentsIn((await store.snapshot(groupA, configurationOf(groupA))).path)).toBe(1);
  });

  test('keeps what a queue was given after one with its id was deleted, in one batch and over several', async () => {
    const folder = await temporaryFolder();
    const first = stateStore(folder);
    await first.open(groupA);
    const given = [segment(queueOne, 1, 300, 1)];
    await first.apply(groupA, [applied(1, { segments: given })], at(1));
    // Deleted, given messages again, and trimmed: by one entry, and by several of one batch.
    await first.apply(
      groupA,
      [applied(2, { deleted: [queueOne], segments: [segment(queueOne, 1, 5, 2)], trims: [{ queueId: queueOne, upTo: 2 }] })],
      at(2),
    );
    expect(await sequences(first, {})).toEqual([3, 4, 5]);
    await first.apply(
      groupA,
      [
        applied(3, { segments: [segment(queueOne, 6, 5, 3)], trims: [{ queueId: queueOne, upTo: 9 }] }),
        applied(4, { deleted: [queueOne] }),
        applied(5, { segments: [segment(queueOne, 1, 4, 5)] }),
        applied(6, { trims: [{ queueId: queueOne, upTo: 1 }] }),
      ],
      at(6),
    );
    expect(await sequences(first, {})).toEqual([2, 3, 4]);
    await first.close();
    const second = stateStore(folder);
    await second.open(groupA);
    expect(await sequences(second, {})).toEqual([2, 3, 4]);
    await expect.poll(async () => segmentsIn((await second.snapshot(groupA, configurationOf(groupA))).path)).toBe(1);
  });

  test('says which place is on the disk', async () => {
    const folder = await temporaryFolder();
    const store = stateStore(folder);
    await store.open(groupA);
    await store.apply(groupA, [applied(1, { segments: [segment(queueOne, 1, 3, 1_000)], rows: [row('one', '1')] })], at(1));
    expect(await store.sync(groupA)).toEqual(at(1));
    // Without its journal, as if a power cut had taken it.
    const elsewhere = await temporaryFolder();
    await mkdir(join(elsewhere, 'groups', groupA), { recursive: true });
    await copyFile(join(folder, 'groups', groupA, 'state.db'), join(elsewhere, 'groups', groupA, 'state.db'));
    const other = stateStore(elsewhere);
    expect(await other.open(groupA)).toEqual({ applied: at(1), configuration: null, rows: [row('one', '1')] });
    expect(await sequences(other, {})).toEqual([1, 2, 3]);
  });
});

describe('a snapshot', () => {
  test('is a whole state in one file, made while work goes on, and is put in the place of another', async () => {
    const folder = await temporaryFolder();
    const source = stateStore(folder);
    await source.open(groupA);
    const configuration = configurationOf(groupA, 3);
    for (let index = 1; index <= 20; index++)
      await source.apply(
        groupA,
        [applied(index, { segments: [segment(queueOne, (index - 1) * 10 + 1, 10, index)], rows: [row('n', `${index}`)] })],
        at(index),
      );
    const making = source.snapshot(groupA, configuration);
    await source.apply(groupA, [applied(21, { segments: [segment(queueOne, 201, 10, 21)], rows: [row('n', '21')] })], at(21));
    const snapshot = await making;
    expect(snapshot.configuration).toEqual(configuration);
    expect(snapshot.position.index).toBeGreaterThanOrEqual(20);
    expect(snapshot.sizeBytes).toBe((await readFile(snapshot.path)).length);

    const target = stateStore(await temporaryFolder());
    await target.open(groupA);
    await target.apply(groupA, [applied(1, { segments: [segment(queueTwo, 1, 1, 1)], rows: [row('old', '1')] })], at(1));
    const brought = join(await temporaryFolder(), 'brought.db');
    await copyFile(snapshot.path, brought);
    const image = await target.install(groupA, brought, snapshot.sha256);
    const last = snapshot.position.index;
    expect(image).toEqual({ applied: snapshot.position, configuration, rows: [row('n', `${last}`)] });
    expect(await sequences(target, {})).toEqual(range(1, last * 10));
    expect(await sequences(target, { queueId: queueTwo })).toEqual([]);
    await target.apply(groupA, [applied(last + 1, { segments: [segment(queueOne, last * 10 + 1, 1, 99)] })], at(last + 1));
    expect(await sequences(target, { direction: 'backward', limit: 1 })).toEqual([last * 10 + 1]);
  });

  test('has the members as of its place in the log', async () => {
    const store = stateStore(await temporaryFolder());
    await store.open(groupA);
    await store.apply(groupA, [applied(5, {})], at(5));
    const versionOf = async (version: number) => (await store.snapshot(groupA, configurationOf(groupA, version))).configuration.version;
    expect(await versionOf(3)).toBe(3);
    await store.apply(groupA, [applied(8, {})], at(8), configurationOf(groupA, 7));
    expect(await versionOf(3)).toBe(7);
    expect(await versionOf(7)).toBe(7);
    // Not applied yet: it may come to nothing.
    expect(await versionOf(9)).toBe(7);
    await store.apply(groupA, [applied(9, {})], at(9));
    expect(await versionOf(9)).toBe(9);
  });

  test('is kept until the next one, until it is released, or until the next start', async () => {
    const folder = await temporaryFolder();
    const first = stateStore(folder);
    await first.open(groupA);
    const names = async () => (await readdir(join(folder, 'groups', groupA))).filter((name) => name.startsWith('snapshot'));
    await first.apply(groupA, [], at(1));
    await first.snapshot(groupA, configurationOf(groupA));
    await first.apply(groupA, [], at(2));
    const second = await first.snapshot(groupA, configurationOf(groupA));
    expect(await names()).toEqual(['snapshot-2.db']);
    await first.release(second.path);
    expect(await names()).toEqual([]);
    await first.snapshot(groupA, configurationOf(groupA));
    await first.close();
    expect(await names()).toEqual(['snapshot-2.db']);
    expect(await stateStore(folder).open(groupA)).toMatchObject({ applied: at(2) });
    expect(await names()).toEqual([]);
  });

  test('that is not what was sent, or of another group, is refused, and the state stays', async () => {
    const store = stateStore(await temporaryFolder());
    await store.open(groupA);
    await store.apply(groupA, [applied(1, { segments: [segment(queueOne, 1, 3, 1)] })], at(1));
    const snapshot = await store.snapshot(groupA, configurationOf(groupA));
    const bytes = await readFile(snapshot.path);
    const damaged = join(await temporaryFolder(), 'damaged.db');
    await writeFile(damaged, bytes.subarray(0, bytes.length - 4_096));
    await expect(store.install(groupA, damaged, snapshot.sha256)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    await expect(store.install(groupB, snapshot.path, snapshot.sha256)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    await store.apply(groupA, [applied(2, { segments: [segment(queueOne, 4, 1, 1)] })], at(2));
    expect(await sequences(store, {})).toEqual([1, 2, 3, 4]);
  });
});

describe('a backup', () => {
  test('is a snapshot where it is wanted, and becomes the state of a new group', async () => {
    const folder = await temporaryFolder();
    const store = stateStore(folder);
    await store.open(groupA);
    const rows = [
      row('', '{"timeMs":5}', 'group'),
      row(queueOne, '{"name":"orders"}', 'queue'),
      row(`${queueOne}/C-00001`, '{"position":2}'),
    ];
    await store.apply(groupA, [applied(4, { segments: [segment(queueOne, 1, 3, 1)], rows })], at(4));
    const path = join(await temporaryFolder(), 'backup.db');
    const backup = await store.export(groupA, configurationOf(groupA), path);
    expect(backup).toMatchObject({ path, position: at(4), sizeBytes: (await stat(path)).size });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await expect(store.export(groupA, configurationOf(groupA), path)).rejects.toMatchObject({ code: 'CONFLICT' });
    // Not one of those that the next snapshot replaces.
    await store.snapshot(groupA, configurationOf(groupA));
    const before = await readFile(path);

    expect(await store.restore(groupB, path)).toEqual(at(4));
    expect(await readFile(path)).toEqual(before);
    await expect(store.restore(groupB, path)).rejects.toMatchObject({ code: 'CONFLICT' });
    const image = await store.open(groupB);
    const renamed = queueOne.replace('AAAAA', 'BBBBB');
    expect(image).toEqual({
      applied: at(4),
      configuration: null,
      rows: [row(`${renamed}/C-00001`, '{"position":2}'), row('', '{"timeMs":5}', 'group'), row(renamed, '{"name":"orders"}', 'queue')],
    });
    const query = { queueId: renamed, fromSequence: 1, toSequence: 9, limit: 10, maxBytes: 1_000, direction: 'forward' } as const;
    expect(await store.read(groupB, query)).toHaveLength(3);
    expect(await sequences(store, {})).toEqual([1, 2, 3]);
  });

  test('that is cut off, or something else, is refused', async () => {
    const store = stateStore(await temporaryFolder());
    await store.open(groupA);
    await store.apply(groupA, [applied(1, { segments: [segment(queueOne, 1, 100, 1, 1_000)] })], at(1));
    const path = join(await temporaryFolder(), 'backup.db');
    await store.export(groupA, configurationOf(groupA), path);
    await truncate(path, 40_000);
    await expect(store.restore(groupB, path)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    await writeFile(path, 'something else');
    await expect(store.restore(groupB, path)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
  });
});

describe('a damaged state', () => {
  async function damage(folder: string, change: (bytes: Buffer) => void): Promise<void> {
    const file = join(folder, 'groups', groupA, 'state.db');
    const bytes = await readFile(file);
    change(bytes);
    await writeFile(file, bytes);
  }

  async function filled(): Promise<string> {
    const folder = await temporaryFolder();
    const store = stateStore(folder);
    await store.open(groupA);
    const rows = [row('a-key-to-find', '{"value":"a-value-to-find"}')];
    await store.apply(groupA, [applied(1, { segments: [segment(queueOne, 1, 3, 1, 20_000)], rows })], at(1));
    await store.close();
    return folder;
  }

  test('is not opened when a row is not what was written', async () => {
    const folder = await filled();
    await damage(folder, (bytes) => flipBit(bytes, bytes.indexOf('a-value-to-find')));
    await expect(stateStore(folder).open(groupA)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
  });

  test('does not give messages that are not what was written', async () => {
    const folder = await filled();
    await damage(folder, (bytes) => flipBit(bytes, bytes.indexOf(Buffer.alloc(2_000, 2))));
    const store = stateStore(folder);
    await store.open(groupA);
    const query = { queueId: queueOne, fromSequence: 1, toSequence: 3, limit: 10, maxBytes: 100_000, direction: 'forward' } as const;
    await expect(store.read(groupA, query)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT', data: { queueId: queueOne } });
  });

  test('is not opened when it is no database, and can be replaced by a snapshot', async () => {
    const folder = await filled();
    const other = stateStore(await temporaryFolder());
    await other.open(groupA);
    await other.apply(groupA, [applied(1, { segments: [segment(queueOne, 1, 4, 1)] })], at(9));
    const snapshot = await other.snapshot(groupA, configurationOf(groupA));
    await damage(folder, (bytes) => void bytes.fill(7, 0, 4_096));
    // A killed broker leaves its journal.
    await writeFile(join(folder, 'groups', groupA, 'state.db-wal'), Buffer.alloc(10_000, 7));
    const store = stateStore(folder);
    await expect(store.open(groupA)).rejects.toMatchObject({ code: 'STORAGE_CORRUPT' });
    expect(await store.install(groupA, snapshot.path, snapshot.sha256)).toMatchObject({ applied: at(9) });
    expect(await sequences(store, {})).toEqual([1, 2, 3, 4]);
    await store.close();
    expect(await stateStore(folder).open(groupA)).toMatchObject({ applied: at(9) });
  });
});

function flipBit(bytes: Buffer, at: number): void {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
}

async function segmentsIn(path: string): Promise<number> {
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(path, { readonly: true });
  try {
    return database.prepare<[], number>('SELECT COUNT(*) FROM segment').pluck().get() ?? 0;
  } finally {
    database.close();
  }
}
