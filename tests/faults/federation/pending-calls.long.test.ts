import { expect, it } from 'vitest';
import { median } from '../../bench/harness.ts';
import { startFarNode } from '../../helpers/far-process.ts';
import { failure, startFederatedRouter, untilReachability } from '../../helpers/federated-router.ts';
import { startMosquitto } from '../../helpers/mosquitto.ts';

const clientCount = 16;
/** Together just below what may wait for one node. */
const callsEach = 250;
const rounds = 9;
const mostMs = 50;

it('four thousand calls that wait for a killed node end as soon as its loss is known', async () => {
  const broker = await startMosquitto();
  const near = await startFederatedRouter({ name: 'near', url: broker.url });
  const clients = Array.from({ length: clientCount }, () => near.client());
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const far = await startFarNode({ name: `far-${round}`, url: broker.url });
    await untilReachability(near, far.nodeId, 'online');
    const calls = clients.flatMap((client) =>
      Array.from({ length: callsEach }, () => failure(client.call('config.get', {}, { serviceId: far.nodeId, timeoutMs: 600_000 }))),
    );
    await expect.poll(() => near.federation.gateway.pending.countOf(far.nodeId)).toBe(clientCount * callsEach);
    let knownAtMs = 0;
    const unlisten = near.federation.directory.listen({ lost: () => (knownAtMs = performance.now()) });
    far.child.kill('SIGKILL');
    const errors = await Promise.all(calls);
    times.push(performance.now() - knownAtMs);
    unlisten();
    expect(new Set(errors.map(({ code, executed }) => `${code} ${executed}`))).toEqual(new Set(['NODE_LOST maybe']));
  }
  console.log(`${clientCount * callsEach} calls had their error after ${times.map((ms) => ms.toFixed(1)).join(', ')} ms`);
  expect(median(times)).toBeLessThanOrEqual(mostMs);
});
