import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { failure, startFederatedRouter, untilReachability } from '../../helpers/federated-router.ts';
import { startHeadless } from '../../helpers/headless-node.ts';
import { startMosquitto } from '../../helpers/mosquitto.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

it('a node that is killed ends what waits for it, and answers again once it has started anew', async () => {
  const broker = await startMosquitto();
  const near = await startFederatedRouter({ name: 'near', url: broker.url });
  const folder = join(await temporaryFolder(), 'far');
  const start = () =>
    startHeadless(folder, ['--no-console', '--set', 'node.name=far', 'federation.mode=external', `federation.brokerUrl=${broker.url}`]);
  const first = await start();
  onTestFinished(() => void first.child.kill('SIGKILL'));
  await untilReachability(near, first.nodeId, 'online');
  const client = near.client();
  const follows = client.subscribe('far/stats');
  await follows.ready;

  // Stopped, so that the calls cannot be answered before it is killed.
  first.child.kill('SIGSTOP');
  const calls = Array.from({ length: 50 }, () => failure(client.call('node.status', {}, { serviceId: 'far', timeoutMs: 60_000 })));
  await expect.poll(() => near.federation.gateway.pending.countOf(first.nodeId)).toBeGreaterThanOrEqual(50);
  first.child.kill('SIGKILL');
  const codes = new Set((await Promise.all(calls)).map(({ code, executed }) => `${code} ${executed}`));
  expect(codes).toEqual(new Set(['NODE_LOST maybe']));

  const second = await start();
  onTestFinished(async () => void (await second.stop()));
  await untilReachability(near, first.nodeId, 'online');
  expect(near.federation.directory.get(first.nodeId)?.presence.epoch).toBe(2);
  await expect(client.call('node.status', {}, { serviceId: 'far' })).resolves.toMatchObject({ name: 'far' });
  // The subscription is back by itself.
  for await (const { meta } of follows) {
    expect(meta.identity).toBe(first.nodeId);
    break;
  }
});
