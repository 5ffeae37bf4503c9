/** Joining between two networks that have a cable between them and no route to anything else. */
import { expect, onTestFinished, test } from 'vitest';
import type { ResultOf } from '../../../src/common/contract/index.ts';
import { runCommand, startHeadless } from '../../helpers/headless-node.ts';
import { createNetworkNamespace, namespaceObstacle } from '../../helpers/network-namespaces.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const obstacle = namespaceObstacle();

test.skipIf(obstacle !== undefined)(
  `a node on another machine joins, is linked, and is found again when the cable was pulled${obstacle ? ` (${obstacle})` : ''}`,
  async () => {
    const { through, hostAddress, pull, plug } = await createNetworkNamespace('mem');
    const [hubFolder, pressFolder] = [await temporaryFolder(), await temporaryFolder()];
    const settings = (name: string) => [
      '--no-console',
      '--set',
      `node.name=${name}`,
      '--set',
      'links.host=0.0.0.0',
      '--set',
      'links.port=0',
    ];
    const hub = await startHeadless(hubFolder, settings('hub-01'));
    onTestFinished(() => void hub.child.kill('SIGKILL'));
    const press = await startHeadless(pressFolder, settings('press-07'), through);
    onTestFinished(() => void press.child.kill('SIGKILL'));
    const atHub = (...args: readonly string[]) => runCommand([...args, '--json', '--data', hubFolder]);
    const atPress = (...args: readonly string[]) => runCommand([...args, '--json', '--data', pressFolder], { through });

    await atHub('cluster', 'create', 'North yard');
    const invite = JSON.parse((await atHub('cluster', 'invite')).stdout) as ResultOf<'membership.invite'>;
    const port = invite.addresses[0]?.split(':').at(-1);
    expect(await atPress('cluster', 'join', invite.code, '--at', `${hostAddress}:${port}`)).toMatchObject({ code: 0 });
    const pressAtHub = async () => {
      const { members } = JSON.parse((await atHub('cluster', 'members')).stdout) as ResultOf<'membership.members'>;
      return members.find(({ name }) => name === 'press-07');
    };
    await expect.poll(async () => (await pressAtHub())?.state).toBe('linked');
    // An address of its own machine means nothing here.
    expect((await pressAtHub())?.addresses.filter((known) => known.startsWith('127.'))).toEqual([]);

    await pull();
    await expect.poll(async () => (await pressAtHub())?.state).toBe('notLinked');
    await plug();
    await expect.poll(async () => (await pressAtHub())?.state).toBe('linked');
  },
);
