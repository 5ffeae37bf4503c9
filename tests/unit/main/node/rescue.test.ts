import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createKeyFileStore, loadOrCreateIdentity } from '../../../../src/main/node/identity/index.ts';
import { backup, inspect, reset } from '../../../../src/main/node/rescue.ts';
import { createStore } from '../../../../src/main/node/store/index.ts';
import { Logs } from '../../../../src/main/node/telemetry/index.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

async function dataFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'config.json'), '{"version":1,"values":{}}');
  await loadOrCreateIdentity({ folder, secrets: createKeyFileStore(folder) });
  const store = createStore({
    file: join(folder, 'node.db'),
    migrations: [{ id: 'item-1', sql: 'CREATE TABLE item (x BLOB) STRICT' }],
    logger: new Logs({ level: 'info' }).logger('store'),
  });
  await store.start();
  await store.run('INSERT INTO item VALUES (?)', [new Uint8Array(50_000)]);
  await store.stop();
  return folder;
}

const nowMs = Date.UTC(2026, 10, 21, 12);

test('a whole folder has no damage', async () => {
  const folder = await dataFolder();
  const reports = await inspect(folder);
  expect(reports.map(({ file, kind, damage }) => [file, kind, damage])).toEqual([
    [join(folder, 'config.json'), 'settings', null],
    [join(folder, 'node.db'), 'database', null],
    [join(folder, 'identity.json'), 'identity', null],
  ]);
  expect(await inspect(await temporaryFolder())).toEqual([]);
});

test('each damaged file is named with size and date, and nothing is changed by looking', async () => {
  const folder = await dataFolder();
  const database = await readFile(join(folder, 'node.db'));
  database.fill(0xee, 4_096, 40_960);
  await writeFile(join(folder, 'node.db'), database);
  await writeFile(join(folder, 'config.json'), '{');
  await writeFile(join(folder, 'identity.json'), '[]');
  const before = await readdir(folder);
  const reports = await inspect(folder);
  expect(reports.map(({ kind, sizeBytes }) => [kind, sizeBytes])).toEqual([
    ['settings', 1],
    ['database', database.length],
    ['identity', 2],
  ]);
  for (const { damage, modifiedAt } of reports) {
    expect(damage).not.toBeNull();
    expect(Math.abs(Date.now() - modifiedAt)).toBeLessThan(3_600_000);
  }
  expect(await readdir(folder)).toEqual(before);
  expect(await readFile(join(folder, 'node.db'))).toEqual(database);
});

test('a backup has everything of the node, without earlier backups and the profile of the window', async () => {
  const folder = await dataFolder();
  await mkdir(join(folder, 'logs'));
  await writeFile(join(folder, 'logs', 'node.log'), 'a line\n');
  await mkdir(join(folder, 'desktop'));
  const copy = await backup(folder, nowMs);
  expect(copy).toBe(join(folder, 'rescue-2026-11-21T12-00-00-000Z'));
  expect((await readdir(copy)).sort()).toEqual(['config.json', 'identity.json', 'identity.key', 'logs', 'node.db']);
  expect(await readFile(join(copy, 'logs', 'node.log'), 'utf8')).toBe('a line\n');
  const second = await backup(folder, nowMs + 1);
  expect(await readdir(second)).not.toContain('rescue-2026-11-21T12-00-00-000Z');
  await expect(backup(folder, nowMs)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
});

test('a reset moves the file and its journals aside, and only files of the node', async () => {
  const folder = await dataFolder();
  await writeFile(join(folder, 'node.db-wal'), 'journal');
  const content = await readFile(join(folder, 'node.db'));
  const aside = await reset(folder, join(folder, 'node.db'), nowMs);
  expect(aside).toBe(join(folder, 'node.db.damaged-2026-11-21T12-00-00-000Z'));
  expect(await readFile(aside)).toEqual(content);
  expect(await readFile(`${aside}-wal`, 'utf8')).toBe('journal');
  expect(await readdir(folder)).not.toContain('node.db');
  await expect(reset(folder, 'node.db')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await reset(folder, 'config.json', nowMs);
  for (const file of ['identity.key', '../config.json', 'logs', '/etc/passwd', ''])
    await expect(reset(folder, file), file).rejects.toMatchObject({ code: 'INVALID_PARAMS' });
});

test('the key-value store is looked at and can be moved aside, as the ledger is', async () => {
  const folder = await dataFolder();
  for (const name of ['ledger.db', 'store.db']) await writeFile(join(folder, name), 'no database '.repeat(400));
  const damaged = (await inspect(folder)).filter(({ damage }) => damage !== null);
  expect(damaged.map(({ kind }) => kind)).toEqual(['ledger', 'values']);
  expect(await reset(folder, 'store.db', nowMs)).toMatch(/store\.db\.damaged-/);
});
