/** Machines on one isolated network find each other: no default route, no address typed. */
import { performance } from 'node:perf_hooks';
import { expect, onTestFinished, test } from 'vitest';
import type { ResultOf } from '../../../src/common/contract/index.ts';
import type { NearbyNode } from '../../../src/common/contract/joining.ts';
import { type HeadlessNode, runCommand, startHeadless } from '../../helpers/headless-node.ts';
import { createIsolatedNetwork, type IsolatedMachine, namespaceObstacle } from '../../helpers/network-namespaces.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const obstacle = namespaceObstacle();
const isolated = test.skipIf(obstacle !== undefined);
const waiting = { timeout: 30_000, interval: 100 };

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

    await right.readdress();
    await expect.poll(async () => (await member(hub, 'press-07'))?.state, { timeout: 60_000, interval: 200 }).toBe('linked');
    await expect.poll(async () => (await member(hub, 'press-07'))?.addresses[0], { timeout: 60_000 }).toBe(`${right.address}:7422`);

    expect(await press.run('config', 'set', 'links.discovery=off')).toMatchObject({ code: 0 });
    await expect.poll(async () => (await nearby(hub)).map(({ address }) => address), waiting).not.toContain(`${right.address}:7422`);
  },
);
