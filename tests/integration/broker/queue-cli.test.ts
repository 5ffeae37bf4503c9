/** Queues and brokers from the command line, run in this process against a real node. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../../src/main/cli/run.ts';
import { createNode, type SignalboxNode } from '../../../src/main/node/node.ts';
import { deferred } from '../../helpers/federated-router.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

let node: SignalboxNode;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-'));
  node = await createNode({
    dataFolder: folder,
    mode: 'headless',
    overrides: {
      'node.name': 'press-07',
      'http.port': 0,
      'links.port': 0,
      'links.discovery': 'off',
      'broker.enabled': true,
      'broker.port': 0,
    },
    onRestart: () => undefined,
    environment: {},
  });
  await node.start();
});
afterAll(async () => {
  await node.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a command line; what is typed or piped in comes from `input`, at a terminal when `typed`. `onOutput`: it has printed something. */
async function run(words: readonly string[], input = '', { typed = false, onOutput = () => {} } = {}) {
  const streams = { stdout: new PassThrough().once('data', onOutput), stderr: new PassThrough() };
  const printed = { stdout: text(streams.stdout), stderr: text(streams.stderr) };
  const stdin = Object.assign(Readable.from([Buffer.from(input)]), { isTTY: typed });
  const code = await runCli([...words, '--data', folder], { stdin, ...streams });
  streams.stdout.end();
  streams.stderr.end();
  return { code, stdout: await printed.stdout, stderr: await printed.stderr };
}

const queue = (...words: string[]) => run(['queue', ...words]);

async function jsonLines(...words: string[]): Promise<unknown[]> {
  const { stdout } = await queue(...words, '--json');
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('a queue is created once, described, and changed', async () => {
  expect(await queue('create', 'orders', '--max-age', '7d', '--max-messages', '1000')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Created orders \(Q-[A-Z0-9]{10}\) in the group G-[A-Z0-9]{5}\.\n$/),
  });
  expect((await queue('create', 'orders', '--max-age', '7d', '--max-messages', '1000')).stdout).toMatch(/^There already: orders/);
  expect(await queue('create', 'orders', '--max-age', '1d')).toMatchObject({ code: 1, stderr: expect.stringContaining('CONFLICT') });
  expect((await queue('configure', 'orders', '--max-messages', 'none', '--overflow', 'reject')).stdout).toMatch(
    /^keeps +7 d; then it refuses$/m,
  );
  expect(await queue('configure', 'orders')).toMatchObject({ code: 2 });
  expect((await queue('list')).stdout).toMatch(/^queue +messages .*\norders +0 +0 B .* press-07 +1 of 1 /);
  expect((await queue('stats', 'orders')).stdout).toMatch(/^leader +press-07 \(B-[A-Z0-9]{5}\)\nwritable +yes\nmessages +none$/m);
});

test('messages come from the command line, lines and whole files, and go to readers and lookers', async () => {
  await queue('create', 'lines');
  expect((await queue('append', 'lines', '{"line":7}', 'Valve 3', '--key', 'k', '--header', 'site=north')).stdout).toBe(
    'Appended 2 messages, 1 to 2.\n',
  );
  const many = Array.from({ length: 1_200 }, (_, index) => index).join('\n');
  expect((await run(['queue', 'append', 'lines'], many)).stdout).toBe('Appended 1200 messages, 3 to 1202.\n');
  const file = join(await temporaryFolder(), 'picture');
  await writeFile(file, Buffer.from([0, 1, 2]));
  expect((await queue('append', 'lines', '--file', file, '--whole', '--client', 'C-CAM01')).stdout).toBe('Appended message 1203.\n');
  expect((await run(['queue', 'append', 'lines'], '')).stdout).toBe('There was nothing to append.\n');

  expect(await jsonLines('read', 'lines', '--client', 'billing', '--max', '2', '--request-id', 'r1')).toMatchObject([
    { sequence: 1, data: { line: 7 }, key: 'k', headers: { site: 'north' } },
    { sequence: 2, data: 'Valve 3' },
  ]);
  expect(await jsonLines('read', 'lines', '--client', 'billing', '--max', '2', '--request-id', 'r1')).toMatchObject([
    { sequence: 1 },
    { sequence: 2 },
  ]);
  expect((await queue('positions', 'lines')).stdout).toMatch(/^client +position +behind +last read\nbilling +2 +1201 /);
  const newest = await queue('peek', 'lines', '--limit', '1');
  expect(newest.stdout).toMatch(/^#1203 {2}.* {2}C-CAM01 {2}3 B {2}base64 AAEC\n$/);
  expect(newest.stderr).toBe('Looked at 1 message, 1203 to 1203; there are more.\n');
  expect(await jsonLines('peek', 'lines', '--from', 'first', '--filter', 'value.line == 7')).toMatchObject([{ sequence: 1 }]);
  expect(await queue('peek', 'lines', '--filter', 'value ==')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('INVALID_PARAMS'),
  });
  expect(await jsonLines('peek', 'lines', '--message', '2')).toMatchObject([{ data: 'Valve 3', cut: false }]);
  expect(await queue('peek', 'lines', '--message', '9999')).toMatchObject({ code: 1, stderr: expect.stringContaining('NOT_FOUND') });
});

test('tail begins with the newest and follows what comes', async () => {
  await queue('create', 'alarms');
  await queue('append', 'alarms', '1', '2', '3');
  const { promise: begun, resolve: onOutput } = deferred();
  const tail = run(['queue', 'tail', 'alarms', '--lines', '2', '--count', '4', '--json'], '', { onOutput });
  await begun;
  await queue('append', 'alarms', '4', '5');
  const { stdout, code } = await tail;
  expect(code).toBe(0);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).data),
  ).toEqual([2, 3, 4, 5]);
});

test('what cannot be undone is confirmed by typing its name', async () => {
  await queue('create', 'old');
  await queue('append', 'old', '1', '2', '3');
  await queue('read', 'old', '--client', 'C-1');
  for (const words of [
    ['purge', 'old'],
    ['delete', 'old'],
    ['seek', 'old', 'C-1', '0'],
  ]) {
    expect(await queue(...words)).toMatchObject({ code: 2, stdout: '' });
    expect(await run(['queue', ...words], 'no\n', { typed: true })).toMatchObject({ code: 2, stdout: '' });
  }
  expect((await run(['queue', 'seek', 'old', 'C-1', '0'], 'C-1\n', { typed: true })).stdout).toBe(
    'The next message that C-1 gets is the one after 0.\n',
  );
  expect((await queue('positions', 'old', '--forget', 'C-1')).stdout.split('\n')).toHaveLength(2);
  expect((await queue('purge', 'old', '--up-to', '2', '--yes')).stdout).toMatch(/^Removed from old: 2 messages, \d+ B\.\n$/);
  expect((await run(['queue', 'delete', 'old'], 'old\n', { typed: true })).stdout).toMatch(/^Deleted old with 1 message, \d+ B\.\n$/);
  expect(await queue('stats', 'old')).toMatchObject({ code: 1, stderr: expect.stringContaining('NOT_FOUND') });
});

test('the broker and its groups are shown; the only replica stays while there are queues', async () => {
  expect((await run(['broker', 'status'])).stdout).toMatch(/^broker +B-[A-Z0-9]{5}\nstate +running\nlistens on +127\.0\.0\.1:\d+/);
  const groups = await run(['broker', 'groups']);
  expect(groups).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^G-[A-Z0-9]{5} {2}writable {2}term \d+ .* 1 of 1 voters active\n/),
  });
  const groupId = groups.stdout.slice(0, 7);
  expect(await run(['broker', 'leave', groupId, '--yes'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/only vote .* queues?\. .*signalbox broker join .* delete the queues/s),
  });
  expect((await run(['broker', 'rebalance'])).stdout).toBe('Nothing had to move.\n');
  // A group without queues ends with its last broker.
  const other = /G-[A-Z0-9]{5}/.exec((await run(['broker', 'create'])).stdout)?.[0] ?? '';
  expect(await run(['broker', 'leave', other, '--yes'])).toMatchObject({ code: 0 });
  expect((await run(['broker', 'groups'])).stdout).not.toContain(other);
});

test('a backup is written while the group goes on, and a new group begins with it', async () => {
  await queue('create', 'kept');
  await queue('append', 'kept', '1', '2', '3');
  await queue('read', 'kept', '--client', 'C-1');
  const file = join(await temporaryFolder(), 'queues.sgbx');
  expect((await queue('backup', '--file', file)).stdout).toMatch(
    /^file +\/.*queues\.sgbx\nsize +[\d.]+ kB\nSHA-256 +[0-9a-f]{64}\nlog index +\d+$/m,
  );
  const restored = await queue('restore', file);
  expect(restored.stdout).toMatch(/^The new group G-[A-Z0-9]{5} has \d+ queues? with \d+ messages\.\n$/);
  const groupId = /G-[A-Z0-9]{5}/.exec(restored.stdout)?.[0];
  expect(await queue('peek', 'kept')).toMatchObject({ code: 1, stderr: expect.stringContaining(`${groupId}/kept`) });
  expect(await jsonLines('peek', `${groupId}/kept`, '--from', 'first')).toMatchObject([{ data: 1 }, { data: 2 }, { data: 3 }]);
  expect(await jsonLines('positions', `${groupId}/kept`)).toMatchObject([{ clientId: 'C-1', position: 1 }]);
  expect((await queue('backup')).code).toBe(2);
});
