import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../../helpers/headless-node.ts';

const entry = join(import.meta.dirname, '../../../src/main/cli/index.ts');

it('the demo runs a cluster with traffic that the command line shows, and leaves nothing behind', { timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, [entry, 'demo', '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nodes: { name: string; nodeId: string; dataFolder: string }[] = [];
  while (nodes.length < 3) nodes.push(JSON.parse((await lines.next()).value ?? ''));
  const data = ['--data', nodes[0]?.dataFolder ?? ''];

  const listed = await runCommand(['nodes', '--json', ...data]);
  const rows = listed.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.map(({ name, status }) => [name, status]).sort()).toEqual([
    ['depot-gw', 'online'],
    ['mill-02', 'online'],
    ['press-07', 'online'],
  ]);
  expect((await runCommand(['nodes', ...data])).stdout).toMatch(/press-07 \(this one\) .* online/);

  const activity = await runCommand(['nodes', '--activity', ...data]);
  expect(activity).toMatchObject({ code: 0, stderr: '' });
  expect(activity.stdout).toMatch(
    /^node +calls\/s +p50 +p95 +errors\/s.*^press-07 +\d.*^all +\d.*^method +calls\/s.*^events\.publish +\d/ms,
  );
  const asJson = await runCommand(['nodes', '--activity', '--json', ...data]);
  expect(JSON.parse(asJson.stdout)).toMatchObject({ asked: 3, answered: 3, nodes: [{ name: 'depot-gw', error: null }, {}, {}] });
  const topics = await runCommand(['nodes', '--topics', ...data]);
  expect(topics).toMatchObject({ code: 0, stderr: '' });
  expect(topics.stdout).toMatch(/^mill-02 +\d.*^all +\d.*^topic +node +events\/s.*^\/site\/temperature +press-07 +\d/ms);
  expect((await runCommand(['nodes', '--activity', '--topics', ...data])).code).toBe(2);

  const all = await runCommand(['call', 'node.status', '--all', '--json', ...data]);
  expect([all.code, all.stdout.trim().split('\n').length]).toEqual([0, 3]);
  const partial = await runCommand(['call', 'node.status', '--all', 'mill-02,nobody', ...data]);
  expect([partial.code, partial.stdout]).toEqual([7, expect.stringContaining('NODE_UNREACHABLE')]);
  const any = await runCommand(['call', 'node.status', '--any', 'mill', '--json', ...data]);
  expect(JSON.parse(any.stdout)).toMatchObject({ name: 'mill-02' });
  expect((await runCommand(['call', 'node.status', '--any', 'oven', ...data])).code).toBe(3);
  const broadcast = await runCommand(['call', 'node.status', '--broadcast', '--json', ...data]);
  expect([broadcast.code, JSON.parse(broadcast.stdout)]).toEqual([0, { accepted: true }]);
  expect((await runCommand(['call', 'node.status', '--all', '--broadcast', ...data])).code).toBe(2);
  for (const target of [
    ['--any', 'x', '--node', 'y'],
    ['--node', ''],
    ['--all', 'mill-02,'],
  ])
    expect((await runCommand(['call', 'node.status', ...target, ...data])).code).toBe(2);

  const ping = await runCommand(['nodes', 'ping', 'mill-02', '--json', ...data]);
  expect(JSON.parse(ping.stdout)).toMatchObject({ name: 'mill-02', rttMs: expect.any(Number) });
  const mqtt = await runCommand(['mqtt', 'status', '--json', ...data]);
  expect(JSON.parse(mqtt.stdout)).toMatchObject({ mode: 'hub', link: { state: 'connected' }, hub: { clients: 3, restarts: 0 } });
  expect((await runCommand(['mqtt', 'status', ...data])).stdout).toMatch(/^connection +connected since/m);
  const events = await runCommand(['subscribe', 'mill-02/site/#', '--count', '2', '--json', ...data]);
  expect(
    events.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([{ meta: { identity: nodes[1]?.nodeId } }, {}]);

  expect((await runCommand(['call', 'node.restart', '--node', 'mill-02', ...data])).code).toBe(0);
  const mill = async () =>
    JSON.parse((await runCommand(['call', 'nodes.get', '--params', '{"node":"mill-02"}', '--json', ...data])).stdout);
  await expect.poll(mill, { timeout: 20_000 }).toMatchObject({ status: 'online', epoch: 2 });

  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
  await expect(access(nodes[0]?.dataFolder ?? '')).rejects.toMatchObject({ code: 'ENOENT' });
});

it('the demo says how many nodes it can run', async () => {
  expect(await runCommand(['demo', '--nodes', '51'])).toMatchObject({ code: 2, stderr: expect.stringContaining('from 1 to 50') });
});
