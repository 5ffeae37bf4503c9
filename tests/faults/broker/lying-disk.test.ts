/** The shim must lose what was not flushed and nothing else, or what it proves of brokers is worth nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { compileShim, type DiskMood, LyingDisk } from './lying-disk.ts';

const library = createRequire(import.meta.url).resolve('better-sqlite3');
const rows = 300;
/** Commits rows one by one, and says after each how many there are. */
const writer = (synchronous: string) => `
  const database = new (require(${JSON.stringify(library)}))(process.argv[1]);
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE rows (number INTEGER)');
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.pragma('synchronous = ${synchronous}');
  const insert = database.prepare('INSERT INTO rows VALUES (?)');
  let number = 0;
  const step = () => { insert.run(++number); process.send(number, () => setImmediate(step)); };
  step();`;

// Before the tests, which are passed over where there is no compiler.
const shimFolder = await mkdtemp(join(tmpdir(), 'signalbox-shim-'));
const shim = await compileShim(shimFolder);
afterAll(() => rm(shimFolder, { recursive: true }));

/** Rows that a process had said it wrote when it was killed, and those that are there after the power cut. */
async function cutPower(synchronous: 'FULL' | 'OFF', mood: DiskMood = {}): Promise<{ readonly told: number; readonly there: number }> {
  const folder = await temporaryFolder();
  const data = join(folder, 'data');
  await mkdir(data);
  const disk = new LyingDisk(shim ?? '', data, folder);
  await disk.begin(mood);
  const file = join(data, 'rows.db');
  const child = spawn(process.execPath, ['-e', writer(synchronous), file], {
    env: { ...process.env, ...disk.environment() },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = 0;
  await new Promise<void>((resolve) =>
    child.on('message', (number) => {
      told = Number(number);
      if (told === rows) resolve();
    }),
  );
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  await disk.loseUnflushed();
  const database = new Database(file);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  const isMade = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'rows'").get() !== undefined;
  const there = isMade ? Number(database.prepare('SELECT COUNT(*) FROM rows').pluck().get()) : 0;
  database.close();
  return { told, there };
}

it.skipIf(shim === undefined)('keeps what was flushed', async () => {
  const { told, there } = await cutPower('FULL');
  expect(there).toBeGreaterThanOrEqual(told);
});

it.skipIf(shim === undefined)('loses what was not flushed', async () => {
  const { told, there } = await cutPower('OFF');
  expect(told).toBeGreaterThanOrEqual(rows);
  expect(there).toBe(0);
});

it.skipIf(shim === undefined)('loses what a disk only said to have flushed', async () => {
  const { told, there } = await cutPower('FULL', { lies: true });
  expect(told).toBeGreaterThanOrEqual(rows);
  expect(there).toBeLessThan(rows);
});

it.skipIf(shim === undefined)('keeps what was flushed on a slow disk', async () => {
  const { told, there } = await cutPower('FULL', { flushDelayMs: 2 });
  expect(there).toBeGreaterThanOrEqual(told);
});
