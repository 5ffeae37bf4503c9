import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LogEntry } from '../../../../../src/common/contract/logs.ts';
import { nodeLimits } from '../../../../../src/main/node/limits.ts';
import { Logs, Problems } from '../../../../../src/main/node/telemetry/index.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';

async function readLines(file: string): Promise<Record<string, unknown>[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The field `number` of every line of the rotated files, oldest first. A file may be on its way to another name. */
async function readNumbers(folder: string): Promise<number[]> {
  const files = ['node.2.log', 'node.1.log', 'node.log'].map((name) => join(folder, name));
  const lines = await Promise.all(files.map((file) => readLines(file).catch(() => [])));
  return lines.flat().map((line) => (line.fields as { number: number }).number);
}

test('a line goes to the file, to the tail and to who listens, the same in each', async () => {
  const folder = await temporaryFolder();
  const logs = new Logs({ folder, level: 'info', nowMs: () => 1_700_000_000_000 });
  const heard: LogEntry[] = [];
  logs.onEntry((entry) => heard.push(entry));
  logs.logger('store').warn('store.slow', 'The disk took 100 % of a %s second.', { durationMs: 1_000 });
  await logs.start();
  logs.logger('store').info('store.fine', 'Better now.');
  await logs.stop();

  const first = {
    timestamp: 1_700_000_000_000,
    level: 'warn',
    log: 'store',
    event: 'store.slow',
    message: 'The disk took 100 % of a %s second.',
    fields: { durationMs: 1_000 },
  };
  expect(heard[0]).toEqual(first);
  expect(logs.tail({ name: 'store', lines: 10 }).entries).toEqual(heard);
  const [line, second] = await readLines(join(folder, 'node.log'));
  expect(line).toEqual({
    level: 'warn',
    log: 'store',
    time: first.timestamp,
    event: first.event,
    fields: first.fields,
    msg: first.message,
  });
  expect(second).toMatchObject({ event: 'store.fine' });
});

test('each log has a level of its own', () => {
  const logs = new Logs({ level: 'info' });
  const router = logs.logger('router');
  const store = logs.logger('store');
  expect(logs.setLevel('router', 'debug')).toEqual(['router']);
  router.debug('router.x', 'kept');
  store.debug('store.x', 'not kept');
  expect(logs.tail({ name: 'all', lines: 10 }).entries.map(({ log }) => log)).toEqual(['router']);
  expect(logs.setLevel('all', 'debug')).toEqual(['store']);
  expect(logs.logger('later')).toBeDefined();
  expect(logs.list()).toEqual([
    { name: 'later', level: 'debug', lines: 0 },
    { name: 'router', level: 'debug', lines: 1 },
    { name: 'store', level: 'debug', lines: 0 },
  ]);
});

test('a tail is the newest lines of the asked level, in order over all logs', () => {
  let nowMs = 0;
  const logs = new Logs({ level: 'trace', nowMs: () => ++nowMs });
  for (let index = 0; index < 6; index++) logs.logger(index % 2 === 0 ? 'a' : 'b')[index < 3 ? 'debug' : 'error'](`line.${index}`, '');
  expect(logs.tail({ name: 'all', lines: 4 }).entries.map(({ event }) => event)).toEqual(['line.2', 'line.3', 'line.4', 'line.5']);
  expect(logs.tail({ name: 'a', lines: 9, level: 'error' }).entries.map(({ event }) => event)).toEqual(['line.4']);
});

test('what a log keeps in memory is bounded by lines and by bytes, and says what it lost', () => {
  const logs = new Logs({ level: 'info' });
  const many = logs.logger('many');
  for (let index = 0; index < nodeLimits.logRingEntries + 10; index++) many.info('line', String(index));
  const tail = logs.tail({ name: 'many', lines: 5_000 });
  expect(tail.entries).toHaveLength(nodeLimits.logRingEntries);
  expect(tail.entries[0]?.message).toBe('10');
  expect(tail.dropped).toBe(10);

  const large = logs.logger('large');
  const lineBytes = 4_000;
  for (let index = 0; index < 1_000; index++) large.info('line', 'x'.repeat(lineBytes));
  const kept = logs.tail({ name: 'large', lines: 5_000 }).entries.length;
  expect(kept * lineBytes).toBeLessThanOrEqual(nodeLimits.logRingBytes);
  expect(kept).toBeGreaterThan(200);
});

test('planted secrets reach neither file nor tail nor listener', async () => {
  const folder = await temporaryFolder();
  const logs = new Logs({ folder, level: 'info' });
  const heard: LogEntry[] = [];
  logs.onEntry((entry) => heard.push(entry));
  await logs.start();
  const canary = 'canary-7f3a9c';
  const failure = new Error(`GET /ws?token=${canary}&x=1 failed`, { cause: { password: canary } });
  logs.logger('http').error('http.failed', `Authorization: Bearer ${canary}`, {
    password: canary,
    passwordSha256: canary,
    nested: [{ deep: { access_token: canary, 'Set-Cookie': canary, refreshToken: canary } }],
    headers: { Authorization: canary, cookie: canary, 'proxy-authorization': canary },
    url: `http://127.0.0.1/ws?token=${canary}`,
    secret: { still: canary },
    failure,
  });
  await logs.stop();
  const file = await readFile(join(folder, 'node.log'), 'utf8');
  expect(file).toContain('http.failed');
  for (const place of [file, JSON.stringify(heard), JSON.stringify(logs.tail({ name: 'all', lines: 10 }))])
    expect(place).not.toContain(canary);
});

test('fields that cannot be written as JSON do not harm the writer', () => {
  const logs = new Logs({ level: 'info' });
  const circle: Record<string, unknown> = { name: 'circle' };
  circle.self = circle;
  const fields = {
    circle,
    big: 12n,
    call: () => 1,
    nothing: undefined,
    bad: Number.NaN,
    bytes: new Uint8Array(3),
    when: new Date(Number.NaN),
  };
  logs.logger('a').info('odd', 'odd', fields);
  logs.logger('a').info('huge', 'huge', Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`k${index}`, 'x'.repeat(4_000)])));
  const [odd, huge] = logs.tail({ name: 'a', lines: 2 }).entries;
  expect(odd?.fields).toMatchObject({ big: '12', bad: 'NaN', bytes: '(3 bytes)', when: 'invalid date' });
  expect(JSON.stringify(huge?.fields).length).toBeLessThan(nodeLimits.logLineBytes);
});

test('the file is put aside at its size and the number of files is bounded', async () => {
  const folder = await temporaryFolder();
  const logs = new Logs({ folder, level: 'info', maxFileBytes: 4_096, files: 3 });
  await logs.start();
  const logger = logs.logger('a');
  for (let round = 0; round < 12; round++) {
    for (let index = 0; index < 20; index++) logger.info('line', 'x'.repeat(200), { number: round * 20 + index });
    await expect.poll(() => readNumbers(folder)).toContain(round * 20 + 19);
  }
  await logs.stop();
  // The last line may have filled the file: the next one is begun with the next line.
  const files = (await readdir(folder)).filter((name) => name !== 'node.log');
  expect(files.sort()).toEqual(['node.1.log', 'node.2.log']);
  for (const name of ['node.1.log', 'node.2.log']) expect((await stat(join(folder, name))).size).toBeGreaterThanOrEqual(4_096);
  const numbers = await readNumbers(folder);
  expect(numbers.at(-1)).toBe(239);
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
});

test('a log folder that cannot be used is a problem, not the end', async () => {
  const folder = await temporaryFolder();
  const blocked = join(folder, 'logs');
  await writeFile(blocked, 'a file where a folder should be');
  const problems = new Problems();
  const logs = new Logs({ folder: blocked, level: 'info', problems });
  await logs.start();
  logs.logger('a').info('line', 'still readable');
  await logs.stop();
  expect(problems.list().map(({ id }) => id)).toEqual(['logs.notWritten']);
  expect(logs.tail({ name: 'a', lines: 1 }).entries).toHaveLength(1);
});

test('starting twice on one folder adds to the file', async () => {
  const folder = join(await temporaryFolder(), 'logs');
  await mkdir(folder);
  for (const round of [1, 2]) {
    const logs = new Logs({ folder, level: 'info' });
    await logs.start();
    logs.logger('a').info('round', String(round));
    await logs.stop();
    await logs.stop();
  }
  expect((await readLines(join(folder, 'node.log'))).map(({ msg }) => msg)).toEqual(['1', '2']);
});
