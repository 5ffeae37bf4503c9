/** Two members on networks of their own that reach a third one and not each other, and no broker anywhere. */
import { expect, onTestFinished, test } from 'vitest';
import type { ResultOf } from '../../../src/common/contract/index.ts';
import { type HeadlessNode, runCommand, startHeadless } from '../../helpers/headless-node.ts';
import { createNetworkNamespace, namespaceObstacle } from '../../helpers/network-namespaces.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const obstacle = namespaceObstacle();
const waiting = { interval: 200 };

/** A node on a network of its own, worked from its own command line. */
interface FieldNode extends HeadlessNode {
  run(...args: readonly string[]): ReturnType<typeof runCommand>;
  read<T>(...args: readonly string[]): Promise<T>;
}

async function startFieldNode(name: string, host: string, through: readonly string[] = []): Promise<FieldNode> {
  const folder = await temporaryFolder();
  const settings = [`node.name=${name}`, `links.host=${host}`, 'links.port=0', 'links.discovery=off'];
  const node = await startHeadless(folder, ['--no-console', ...settings.flatMap((setting) => ['--set', setting])], through);
  onTestFinished(() => void node.child.kill('SIGKILL'));
  const run = (...args: readonly string[]) => runCommand([...args, '--json', '--data', folder], { through });
  return {
    ...node,
    run,
    read: async <T>(...args: readonly string[]) => {
      const { stdout, stderr } = await run(...args);
      if (stdout === '') throw new Error(stderr);
      return JSON.parse(stdout) as T;
    },
  };
}

test.skipIf(obstacle !== undefined)(
  `members that cannot reach each other work through a common neighbour, which passes nothing on for who was removed${
    obstacle ? ` (${obstacle})` : ''
  }`,
  { timeout: 180_000 },
  async () => {
    const [west, east] = [await createNetworkNamespace('hw'), await createNetworkNamespace('ie')];
    const hub = await startFieldNode('hub-01', '0.0.0.0');
    const press = await startFieldNode('press-07', west.insideAddress, west.through);
    const kiln = await startFieldNode('kiln-02', east.insideAddress, east.through);
    await hub.run('cluster', 'create', 'North yard');
    for (const [node, { hostAddress }] of [
      [press, west],
      [kiln, east],
    ] as const) {
      const invite = await hub.read<ResultOf<'membership.invite'>>('cluster', 'invite', '--roles', 'peer,operator');
      const port = invite.addresses[0]?.split(':').at(-1);
      expect(await node.run('cluster', 'join', invite.code, '--at', `${hostAddress}:${port}`)).toMatchObject({ code: 0 });
    }

    const seen = async (from: FieldNode, name: string) => {
      const { nodes } = await from.read<ResultOf<'nodes.list'>>('call', 'nodes.list');
      return nodes.find((node) => node.name === name);
    };
    await expect.poll(() => seen(press, 'kiln-02'), waiting).toMatchObject({ via: 'relay', secure: true, status: 'online' });
    await expect.poll(() => seen(kiln, 'press-07'), waiting).toMatchObject({ via: 'relay', secure: true });
    expect(await seen(press, 'hub-01')).toMatchObject({ via: 'link' });
    expect(await press.read<ResultOf<'node.status'>>('call', 'node.status', '--node', 'kiln-02')).toMatchObject({ nodeId: kiln.nodeId });
    const params = JSON.stringify({ topic: '/site/note', data: 'Valve 3 checked' });
    expect(await press.run('call', 'events.publish', '--node', 'kiln-02', '--params', params)).toMatchObject({ code: 0 });

    // The neighbour is gone, and with it the only way; it is there again when the neighbour is.
    await east.pull();
    await east.cut();
    await expect.poll(async () => (await seen(press, 'kiln-02'))?.status, waiting).toBe('offline');
    await east.plug();
    await expect.poll(() => seen(press, 'kiln-02'), waiting).toMatchObject({ via: 'relay', status: 'online' });
    await expect.poll(() => press.run('call', 'node.status', '--node', 'kiln-02'), waiting).toMatchObject({ code: 0 });

    await hub.run('cluster', 'revoke', 'press-07', '--yes');
    await expect.poll(async () => (await seen(kiln, 'press-07')) === undefined, waiting).toBe(true);
    expect(await press.run('call', 'node.status', '--node', 'kiln-02')).not.toMatchObject({ code: 0 });
  },
);
