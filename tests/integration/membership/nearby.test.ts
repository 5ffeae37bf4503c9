/** Machines on one isolated network find each other: no default route, no address typed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { expect, onTestFinished, test } from 'vitest';
import type { ResultOf } from '../../../src/common/contract/index.ts';
import type { NearbyNode } from '../../../src/common/contract/joining.ts';
import { type HeadlessNode, runCommand, startHeadless } from '../../helpers/headless-node.ts';
import { createIsolatedNetwork, type IsolatedMachine, namespaceObstacle } from '../../helpers/network-namespaces.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const obstacle = namespaceObstacle();
const isolated = test.skipIf(obstacle !== undefined);
const waiting = { interval: 100 };

interface Machine {
  readonly node: HeadlessNode;
  run(...args: readonly string[]): ReturnType<typeof runCommand>;
  read<T>(...args: readonly string[]): Promise<T>;
}

async function start({ through }: IsolatedMachine, name: string, ...settings: readonly string[]): Promise<Machine> {
  const folder = await temporaryFolder();
  const all = [`node.name=${name}`, 'links.host=0.0.0.0', 'links.port=7422', ...settings];
  const node = await startHeadless(folder, ['--no-console', ...all.flatMap((setting) => ['--set', setting])], through);
  onTestFinished(() => void node.child.kill('SIGKILL'));
  const run = (...args: readonly string[]) => runCommand([...args, '--data', folder], { through });
  return { node, run, read: async (...args) => JSON.parse((await run(...args, '--json')).stdout) };
}

const floodFile = join(import.meta.dirname, '../../helpers/multicast-flood.ts');

/** Runs a program of Node on a machine; ended with the test. */
function startProgram({ through }: IsolatedMachine, ...args: readonly string[]) {
  const [program, ...words] = [...through, process.execPath, ...args];
  const child = spawn(program as string, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function nearby(machine: Machine): Promise<readonly NearbyNode[]> {
  const { stdout } = await machine.run('cluster', 'nearby', '--json');
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function member(machine: Machine, name: string) {
  const { members } = await machine.read<ResultOf<'membership.members'>>('cluster', 'members');
  return members.find((known) => known.name === name);
}

isolated(
  `a new member joins within ten seconds of the last character typed, and is found again at another address${obstacle ? ` (${obstacle})` : ''}`,
  { timeout: 180_000 },
  async () => {
    const [left, right] = (await createIsolatedNetwork('nby', 2)) as [IsolatedMachine, IsolatedMachine];
    const [hub, press] = await Promise.all([start(left, 'hub-01'), start(right, 'press-07')]);
    await hub.run('cluster', 'create', 'North yard');
    const { code } = await hub.read<ResultOf<'membership.invite'>>('cluster', 'invite');
    // The node gives up after ten seconds: that it has joined is that it was in time.
    const typedMs = performance.now();
    const joined = await press.run('cluster', 'join', code);
    console.info(`joined ${Math.round(performance.now() - typedMs)} ms after the code was typed, the start of the command included`);
    expect(joined).toMatchObject({ code: 0, stdout: 'Joined the cluster North yard with 2 members.\n' });
    await expect.poll(async () => (await member(hub, 'press-07'))?.state, waiting).toBe('linked');
    const heard = { name: 'hub-01', cluster: 'North yard', address: `${left.address}:7422`, takesRequests: true };
    expect(await nearby(press)).toMatchObject([heard]);
    expect(await nearby(hub)).toMatchObject([{ name: 'press-07', cluster: 'North yard', takesRequests: false }]);

    // Neither knows where the other is now, but for what it hears.
    await Promise.all([left.readdress(), right.readdress()]);
    const found = async () => {
      const { state, addresses } = (await member(hub, 'press-07')) ?? {};
      return { state, address: addresses?.[0] };
    };
    await expect.poll(found, { timeout: 90_000, interval: 200 }).toEqual({ state: 'linked', address: `${right.address}:7422` });

    expect(await press.run('config', 'set', 'links.discovery=off')).toMatchObject({ code: 0 });
    await expect.poll(async () => (await nearby(hub)).map(({ address }) => address), waiting).not.toContain(`${right.address}:7422`);
  },
);

isolated(
  `row 60: a flood of names, one that borrows a short id and packets out of bounds keep nobody from joining and being linked${obstacle ? ` (${obstacle})` : ''}`,
  { timeout: 180_000 },
  async () => {
    const machines = await createIsolatedNetwork('fld', 3);
    const [left, right, foe] = machines as [IsolatedMachine, IsolatedMachine, IsolatedMachine];
    const [hub, press] = await Promise.all([start(left, 'hub-01'), start(right, 'press-07')]);
    await hub.run('cluster', 'create', 'North yard');
    const { code } = await hub.read<ResultOf<'membership.invite'>>('cluster', 'invite');
    const flood = startProgram(foe, floodFile, foe.address, hub.node.nodeId.slice(0, 8));
    await once(flood.stdout, 'data');
    expect(await press.run('cluster', 'join', code)).toMatchObject({ code: 0 });
    await expect.poll(async () => (await member(hub, 'press-07'))?.state, waiting).toBe('linked');
    const heard = await nearby(press);
    const ofFoe = heard.filter(({ address }) => address.startsWith(`${foe.address}:`));
    expect(ofFoe.length).toBeGreaterThan(0);
    expect(ofFoe.length).toBeLessThanOrEqual(16);
    expect(heard.filter(({ address }) => address === `${left.address}:7422`)).toMatchObject([{ name: 'hub-01' }]);
    expect(JSON.stringify(heard)).not.toMatch(/[<>]|x{60}/);
    expect((await member(press, 'hub-01'))?.addresses).not.toContainEqual(expect.stringContaining(foe.address));
  },
);

isolated(
  `a node asks one that it found by name, and its person reads six digits to the admin${obstacle ? ` (${obstacle})` : ''}`,
  { timeout: 180_000 },
  async () => {
    const [left, right] = (await createIsolatedNetwork('ask', 2)) as [IsolatedMachine, IsolatedMachine];
    const [hub, press] = await Promise.all([start(left, 'hub-01'), start(right, 'press-07')]);
    await hub.run('cluster', 'create', 'North yard');
    await expect.poll(async () => (await nearby(press)).map(({ name }) => name), waiting).toEqual(['hub-01']);
    let shown = '';
    const onOutput = (stdout: string) => {
      shown = stdout;
    };
    const asking = runCommand(['cluster', 'ask', '--at', 'hub-01', '--yes', '--data', press.node.dataFolder], {
      through: right.through,
      onOutput,
    });
    await expect.poll(async () => (await hub.run('cluster', 'requests')).stdout, waiting).toMatch(/^press-07 +a number/m);
    await expect.poll(() => shown, waiting).toMatch(/^\d{6} /);
    const number = shown.slice(0, 6);
    expect(await hub.run('cluster', 'admit', 'press-07', '--number', number, '--roles', 'peer,operator')).toMatchObject({ code: 0 });
    expect(await asking).toMatchObject({ code: 0, stdout: expect.stringContaining('Joined the cluster North yard with 2 members.') });
    expect(await member(hub, 'press-07')).toMatchObject({ roles: ['peer', 'operator'] });
  },
);

isolated(
  `a node that may not use multicast DNS, or is told not to, says so and works all the same${obstacle ? ` (${obstacle})` : ''}`,
  async () => {
    const [only] = (await createIsolatedNetwork('bsy', 1)) as [IsolatedMachine];
    const holder = startProgram(only, '-e', "require('dgram').createSocket('udp4').bind(5353, () => console.log('held'))");
    await once(holder.stdout, 'data');
    const hub = await start(only, 'hub-01');
    const heard = async () => (await hub.run('cluster', 'nearby')).stderr;
    expect(await heard()).toContain('Multicast DNS cannot be used here (EADDRINUSE). Addresses of other nodes can be typed.');
    expect(await hub.run('config', 'set', 'links.discovery=off')).toMatchObject({ code: 0 });
    await expect.poll(heard, waiting).toContain('Finding nodes is off');
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
    expect(await hub.run('config', 'set', 'links.discovery=on')).toMatchObject({ code: 0 });
    await expect.poll(heard, waiting).toBe('');
    expect(await hub.run('cluster', 'create', 'North yard')).toMatchObject({ code: 0 });
  },
);
