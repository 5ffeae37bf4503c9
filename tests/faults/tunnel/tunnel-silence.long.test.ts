import { expect, test } from 'vitest';
import { exchangeRaw } from '../../helpers/raw-http.ts';
import { startTunnel, tunnelHost } from '../../helpers/tunnel-fixture.ts';
import { startTunnelOrigin } from '../../helpers/tunnel-origin.ts';

test('a service that never answers is 504 after ten seconds, and is told that nobody waits any more', async () => {
  const origin = await startTunnelOrigin();
  const { publicPort, gateway } = await startTunnel(origin.target);
  const startedMs = performance.now();
  const answer = await exchangeRaw(publicPort, `GET /never HTTP/1.1\r\nHost: ${tunnelHost}\r\n\r\n`);
  const tookMs = performance.now() - startedMs;
  expect(answer).toMatchObject({ status: 504, complete: true });
  expect(tookMs).toBeGreaterThan(9_500);
  expect(tookMs).toBeLessThan(15_000);
  await expect.poll(() => origin.last('/never')?.aborted).toBe(true);
  expect(gateway.totals.inFlight).toBe(0);
});
