import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DamagedFileError } from '../../../../../src/main/node/damaged-file-error.ts';
import { nodeLimits } from '../../../../../src/main/node/limits.ts';
import { createStore, loadSqlite, type Migration, type StoreOptions, type WorkerStore } from '../../../../../src/main/node/store/index.ts';
import { Logs, Problems } from '../../../../../src/main/node/telemetry/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const items: Migration = { id: 'items-1', sql: 'CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, body BLOB) STRICT' };

function storeOn(file: string, options: Partial<StoreOptions> = {}): WorkerStore {
  const store = createStore({ file, migrations: [items], logger: new Logs({ level: 'trace' }).logger('store'), ...options });
  onTestFinished(() => store.stop());
  return store;
}

async function openStore(options: Partial<StoreOptions> = {}): Promise<WorkerStore> {
  const store = storeOn(join(await temporaryFolder(), 'test.db'), options);
  await store.start();
  return store;
}

const insert = 'INSERT INTO item (name, body) VALUES (?, ?)';

test('values of every kind come back as they went in', async () => {
  const store = await openStore();
  expect(await store.run(insert, ['a', Uint8Array.of(1, 2, 255)])).toEqual({ changes: 1, lastInsertRowid: 1 });
  await store.run(insert, ['ü€😀', null]);
  const rows = await store.all<{ name: string; body: Uint8Array | null }>('SELECT name, body FROM item ORDER BY id');
  expect(rows.map(({ name, body }) => [name, body === null ? null : [...body]])).toEqual([
    ['a', [1, 2, 255]],
    ['ü€😀', null],
  ]);
  expect(await store.get('SELECT name FROM item WHERE id = 9')).toBeUndefined();
  expect(await store.get('SELECT ? AS big', [5n])).toEqual({ big: 5 });
});

test('requests of one turn are answered in order, and one that fails does not take the others with it', async () => {
  const store = await openStore();
  const outcomes = await Promise.allSettled([
    store.run(insert, ['a', null]),
    store.run(insert, ['a', null]),
    store.transaction([
      { sql: insert, params: ['b', null] },
      { sql: insert, params: ['a', null] },
    ]),
    store.run(insert, ['c', null]),
    store.all('SELECT name FROM item ORDER BY id'),
    store.run('INSERT INTO nowhere VALUES (1)'),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled', 'fulfilled', 'rejected']);
  expect(outcomes[1]).toMatchObject({ reason: { code: 'CONFLICT', executed: 'no' } });
  expect(outcomes[5]).toMatchObject({ reason: { code: 'INTERNAL' } });
  expect(await store.all('SELECT name FROM item ORDER BY id')).toEqual([{ name: 'a' }, { name: 'c' }]);
});

test('a transaction is all or nothing', async () => {
  const store = await openStore();
  const both = [
    { sql: insert, params: ['a', null] },
    { sql: insert, params: ['a', null] },
  ];
  await expect(store.transaction(both)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await store.get('SELECT count(*) AS rows FROM item')).toEqual({ rows: 0 });
  expect(await store.transaction([{ sql: insert, params: ['a', null] }, { sql: "UPDATE item SET name = 'b'" }])).toMatchObject([
    { changes: 1 },
    { changes: 1 },
  ]);
});

test('the file is in WAL with full synchronisation and foreign keys on; stop leaves one file', async () => {
  const folder = await temporaryFolder();
  const store = storeOn(join(folder, 'test.db'));
  await store.start();
  expect(await store.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
  expect(await store.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
  expect(await store.get('PRAGMA foreign_keys')).toEqual({ foreign_keys: 1 });
  expect(await store.sample()).toMatchObject({ memoryBytes: expect.any(Number) });
  await store.run(insert, ['a', null]);
  await store.stop();
  expect(await readdir(folder)).toEqual(['test.db']);
});

test('what waits when the store stops is written; what comes later is refused', async () => {
  const file = join(await temporaryFolder(), 'test.db');
  const store = storeOn(file);
  await store.start();
  const writes = Array.from({ length: 50 }, (_, index) => store.run(insert, [String(index), null]));
  const stopped = store.stop();
  await expect(store.run(insert, ['late', null])).rejects.toMatchObject({ executed: 'no' });
  await Promise.all(writes);
  await stopped;
  const again = storeOn(file);
  await again.start();
  expect(await again.get('SELECT count(*) AS rows FROM item')).toEqual({ rows: 50 });
});

test('a store that was never started stops', async () => {
  const store = storeOn(join(await temporaryFolder(), 'test.db'));
  await expect(store.run(insert, ['a', null])).rejects.toMatchObject({ executed: 'no' });
  await store.stop();
});

test('more than may wait is refused, and the node says so instead of growing', async () => {
  const store = await openStore();
  const body = new Uint8Array(nodeLimits.storePendingBytes / 2);
  const outcomes = await Promise.allSettled(['a', 'b', 'c'].map((name) => store.run(insert, [name, body])));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(outcomes[1]).toMatchObject({ reason: { code: 'OVERLOADED', executed: 'no', retryable: true } });
  await store.run(insert, ['d', null]);
});

test('a full disk refuses the write, is a problem of the node, and is over when space returns', async () => {
  const problems = new Problems();
  const store = await openStore({ problems });
  await store.run(insert, ['kept', null]);
  const [pages] = await store.all<{ page_count: number }>('PRAGMA page_count');
  await store.all(`PRAGMA max_page_count = ${pages?.page_count}`);
  const body = new Uint8Array(1_000_000);
  const outcomes = await Promise.allSettled([store.run(insert, ['small', null]), store.run(insert, ['large', body])]);
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  expect(outcomes[1]).toMatchObject({ reason: { code: 'STORAGE_FULL', retryable: true, executed: 'no' } });
  expect(problems.list()).toMatchObject([{ id: 'storage.failing', severity: 'crit' }]);
  expect(await store.all('SELECT name FROM item')).toEqual([{ name: 'kept' }]);
  await store.all('PRAGMA max_page_count = 1000000');
  await store.run(insert, ['large', body]);
  expect(problems.list()).toEqual([]);
});

test('a read-only database refuses the write as storage', async () => {
  const store = await openStore();
  await store.all('PRAGMA query_only = 1');
  await expect(store.run(insert, ['a', null])).rejects.toMatchObject({ code: 'STORAGE_FULL', executed: 'no' });
});

test('a database locked by another program is told from a full disk, and works again when it is free', async () => {
  const file = join(await temporaryFolder(), 'test.db');
  const store = storeOn(file);
  await store.start();
  await store.all('PRAGMA busy_timeout = 1');
  const other = new (loadSqlite(undefined))(file);
  onTestFinished(() => void other.close());
  other.exec('BEGIN IMMEDIATE');
  const both = await Promise.allSettled([store.run(insert, ['a', null]), store.run(insert, ['b', null])]);
  expect(both).toMatchObject([{ reason: { code: 'OVERLOADED', executed: 'no', retryable: true } }, { reason: { code: 'OVERLOADED' } }]);
  other.exec('ROLLBACK');
  await store.run(insert, ['a', null]);
});

test('a folder that is not there is named', async () => {
  const store = storeOn(join(await temporaryFolder(), 'missing', 'test.db'));
  await expect(store.start()).rejects.toMatchObject({ code: 'STORAGE_FULL', message: expect.stringContaining('test.db') });
  await expect(store.run(insert, ['a', null])).rejects.toMatchObject({ executed: 'no' });
});

test('a file that is no database is damaged and stays as it is', async () => {
  const file = join(await temporaryFolder(), 'test.db');
  const content = 'this was a database once '.repeat(500);
  await writeFile(file, content);
  const failure = await storeOn(file)
    .start()
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(DamagedFileError);
  expect(failure).toMatchObject({ file, kind: 'database' });
  expect(await readFile(file, 'utf8')).toBe(content);
});

test('a database with a broken page or a missing end is damaged', async () => {
  const folder = await temporaryFolder();
  for (const break_ of ['overwrite', 'truncate'] as const) {
    const file = join(folder, `${break_}.db`);
    const store = storeOn(file);
    await store.start();
    await Promise.all(Array.from({ length: 200 }, (_, index) => store.run(insert, [`name ${index}`, new Uint8Array(500)])));
    await store.stop();
    if (break_ === 'truncate') await truncate(file, 8_192);
    else {
      const bytes = await readFile(file);
      bytes.fill(0xee, 8_192, 24_576);
      await writeFile(file, bytes);
    }
    await expect(storeOn(file).start(), break_).rejects.toBeInstanceOf(DamagedFileError);
  }
});
