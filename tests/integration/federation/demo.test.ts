import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entry, runCommand } from '../../helpers/headless-node.ts';

describe('the demo runs a cluster that the command line', () => {
  const nodes: { name: string; nodeId: string; dataFolder: string }[] = [];
  let child: ChildProcess;
  let ended: Promise<unknown[]>;
  /** Runs a command at the first node. */
  const run = (...words: string[]) => runCommand([...words, '--data', nodes[0]?.dataFolder ?? '']);
  const runJson = async (...words: string[]) => JSON.parse((await run(...words, '--json')).stdout);

  beforeAll(async () => {
    const demo = spawn(process.execPath, [entry, 'demo', '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
    child = demo;
    ended = once(demo, 'exit');
    const lines = createInterface({ input: demo.stdout })[Symbol.asyncIterator]();
    while (nodes.length < 3) nodes.push(JSON.parse((await lines.next()).value ?? ''));
  });
  afterAll(() => void child?.kill('SIGKILL'));

  it('lists', async () => {
    const listed = await run('nodes', '--json');
    const rows = listed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ name, status }) => [name, status]).sort()).toEqual([
      ['depot-gw', 'online'],
      ['mill-02', 'online'],
      ['press-07', 'online'],
    ]);
    expect((await run('nodes')).stdout).toMatch(/press-07 \(this one\) .* online/);
  });

  it('shows the traffic of', async () => {
    const activity = await run('nodes', '--activity');
    expect(activity).toMatchObject({ code: 0, stderr: '' });
    expect(activity.stdout).toMatch(
      /^node +calls\/s +p50 +p95 +errors\/s.*^press-07 +\d.*^all +\d.*^method +calls\/s.*^events\.publish +\d/ms,
    );
    expect(await runJson('nodes', '--activity')).toMatchObject({
      asked: 3,
      answered: 3,
      nodes: [{ name: 'depot-gw', error: null }, {}, {}],
    });
    const topics = await run('nodes', '--topics');
    expect(topics).toMatchObject({ code: 0, stderr: '' });
    expect(topics.stdout).toMatch(/^mill-02 +\d.*^all +\d.*^topic +node +events\/s.*^\/site\/temperature +press-07 +\d/ms);
    expect((await run('nodes', '--activity', '--topics')).code).toBe(2);
  });

  it('calls all of, any of, and every one of', async () => {
    const all = await run('call', 'node.status', '--all', '--json');
    expect([all.code, all.stdout.trim().split('\n').length]).toEqual([0, 3]);
    const partial = await run('call', 'node.status', '--all', 'mill-02,nobody');
    expect([partial.code, partial.stdout]).toEqual([7, expect.stringContaining('NODE_UNREACHABLE')]);
    expect(await runJson('call', 'node.status', '--any', 'mill')).toMatchObject({ name: 'mill-02' });
    expect((await run('call', 'node.status', '--any', 'oven')).code).toBe(3);
    const broadcast = await run('call', 'node.status', '--broadcast', '--json');
    expect([broadcast.code, JSON.parse(broadcast.stdout)]).toEqual([0, { accepted: true }]);
  });

  it('does not call at two targets at once, or at none', async () => {
    for (const target of [
      ['--all', '--broadcast'],
      ['--any', 'x', '--node', 'y'],
      ['--node', ''],
      ['--all', 'mill-02,'],
    ])
      expect((await run('call', 'node.status', ...target)).code).toBe(2);
  });

  it('keeps values in the stores of, with copies at the others', async () => {
    await expect
      .poll(async () => (await runJson('call', 'store.list', '--params', '{"prefix":"site/"}')).items[0]?.replicas)
      .toMatchObject([{ state: 'current' }, { state: 'current' }]);
    expect(await run('store', 'get', 'site/contact', '--owner', 'press-07', '--node', 'mill-02')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Ines, [+0-9 ]+$/),
    });
  });

  it('measures, and follows the events of', async () => {
    expect(await runJson('nodes', 'ping', 'mill-02')).toMatchObject({ name: 'mill-02', rttMs: expect.any(Number) });
    expect(await runJson('mqtt', 'status')).toMatchObject({
      mode: 'hub',
      link: { state: 'connected' },
      hub: { clients: 3, restarts: 0 },
    });
    expect((await run('mqtt', 'status')).stdout).toMatch(/^connection +connected since/m);
    const events = await run('subscribe', 'mill-02/site/#', '--count', '2', '--json');
    expect(
      events.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ meta: { identity: nodes[1]?.nodeId } }, {}]);
  });

  it('keeps queues on three nodes of, one of which may be lost', async () => {
    const group = () => runJson('broker', 'groups');
    await expect.poll(group).toMatchObject({ writable: true, voters: 3 });
    expect((await group()).members.map(({ name }: { name: string }) => name).sort()).toEqual(['depot-gw', 'mill-02', 'press-07']);
    expect((await run('queue', 'list')).stdout).toMatch(/^alarms +\d.*^orders +\d.*^readings +\d/ms);
    const appended = await runCommand(['queue', 'append', 'orders', '--data', nodes[2]?.dataFolder ?? ''], { input: '1\n{"rush":true}\n' });
    expect(appended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Appended 2 messages, \d+ to \d+\.\n$/) });
    const rush = await run('queue', 'peek', 'orders', '--filter', 'value.rush == true');
    expect(rush).toMatchObject({ code: 0, stdout: expect.stringContaining('{"rush":true}') });
  });

  it('restarts a node of, and that leaves nothing behind', async () => {
    expect((await run('call', 'node.restart', '--node', 'mill-02')).code).toBe(0);
    const mill = () => runJson('call', 'nodes.get', '--params', '{"node":"mill-02"}');
    await expect.poll(mill).toMatchObject({ status: 'online', epoch: 2 });

    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    await expect(access(nodes[0]?.dataFolder ?? '')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

it('the demo says how many nodes it can run', async () => {
  expect(await runCommand(['demo', '--nodes', '51'])).toMatchObject({ code: 2, stderr: expect.stringContaining('from 1 to 50') });
});
