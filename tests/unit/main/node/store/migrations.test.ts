import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nodeLimits } from '../../../../../src/main/node/limits.ts';
import { createStore, type Migration, type WorkerStore } from '../../../../../src/main/node/store/index.ts';
import { Logs } from '../../../../../src/main/node/telemetry/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

const first: Migration = { id: 'item-1', sql: 'CREATE TABLE item (name TEXT NOT NULL) STRICT' };
const second: Migration = { id: 'item-2', sql: 'ALTER TABLE item ADD COLUMN size INTEGER NOT NULL DEFAULT 7' };

async function open(file: string, migrations: readonly Migration[]): Promise<WorkerStore> {
  const store = createStore({ file, migrations, logger: new Logs({ level: 'info' }).logger('store') });
  onTestFinished(() => store.stop());
  await store.start();
  return store;
}

test('an older file is brought up to date, and a copy of it is kept', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'node.db');
  const old = await open(file, [first]);
  await old.run("INSERT INTO item VALUES ('kept')");
  await old.stop();

  const store = await open(file, [first, second]);
  expect(await store.all('SELECT * FROM item')).toEqual([{ name: 'kept', size: 7 }]);
  await store.stop();
  const [copy] = (await readdir(folder)).filter((name) => name.startsWith('node.db.backup-'));
  await copyFile(join(folder, copy ?? ''), join(folder, 'copy.db'));
  const before = await open(join(folder, 'copy.db'), [first]);
  expect(await before.all('SELECT * FROM item')).toEqual([{ name: 'kept' }]);

  await (await open(file, [first, second])).stop();
  expect((await readdir(folder)).filter((name) => name.startsWith('node.db.backup-'))).toEqual([copy]);
});

test('a new file needs no copy, and only the newest copies are kept', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'node.db');
  const migrations: Migration[] = [first];
  await (await open(file, migrations)).stop();
  expect(await readdir(folder)).toEqual(['node.db']);
  for (let step = 0; step < nodeLimits.storeBackups + 2; step++) {
    migrations.push({ id: `step-${step}`, sql: `CREATE TABLE step_${step} (x INTEGER) STRICT` });
    await (await open(file, migrations)).stop();
  }
  expect((await readdir(folder)).filter((name) => name.startsWith('node.db.backup-'))).toHaveLength(nodeLimits.storeBackups);
});

test('a migration that was edited after its release is refused by name', async () => {
  const file = join(await temporaryFolder(), 'node.db');
  await (await open(file, [first])).stop();
  const edited = { ...first, sql: 'CREATE TABLE item (name TEXT) STRICT' };
  await expect(open(file, [edited])).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('item-1') });
  await open(file, [{ ...first, sql: `\n  ${first.sql}\n` }]);
});

test('a file of a newer version is refused and left alone', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'node.db');
  await (await open(file, [first, second])).stop();
  await expect(open(file, [first])).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('newer version') });
  expect(await readdir(folder)).toEqual(['node.db']);
  await open(file, [first, second]);
});

test('a migration that fails leaves the file as it was', async () => {
  const file = join(await temporaryFolder(), 'node.db');
  const broken = { id: 'item-2', sql: 'CREATE TABLE other (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1)' };
  await (await open(file, [first])).stop();
  await expect(open(file, [first, broken])).rejects.toMatchObject({ code: 'INTERNAL' });
  const store = await open(file, [first]);
  expect(await store.all("SELECT name FROM sqlite_schema WHERE name = 'other'")).toEqual([]);
});
