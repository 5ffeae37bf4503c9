import { expect, it } from 'vitest';
import { startCluster } from '../../helpers/federated-router.ts';

it('a clock that is set while its node runs keeps nobody from reaching it for long', async () => {
  // Within the two minutes that are tolerated before and after, but three minutes from one to the other.
  let aheadMs = 90_000;
  const [alpha, bravo] = await startCluster(
    'Mosquitto',
    { name: 'alpha' },
    { name: 'bravo', federation: { nowMs: () => Date.now() + aheadMs } },
  );
  const call = (from: typeof alpha, to: typeof alpha) =>
    from
      .client()
      .call('nodes.clock', {}, { serviceId: to.nodeId, timeoutMs: 1_000 })
      .then(
        () => 'answered',
        () => 'failed',
      );
  const seesClock = (watcher: typeof alpha, node: typeof alpha, offsetMs: number) =>
    Math.abs((watcher.federation.directory.get(node.nodeId)?.clockOffsetMs ?? Number.NaN) - offsetMs) < 5_000;
  await expect.poll(() => seesClock(alpha, bravo, 90_000) && seesClock(bravo, alpha, -90_000)).toBe(true);
  aheadMs = -90_000;
  await expect.poll(() => call(alpha, bravo)).toBe('answered');
  await expect.poll(() => call(bravo, alpha)).toBe('answered');
});
