/** Connections between agent and gateway that carry nothing any more and do not end: a pulled cable, or one direction that is lost. */
import { expect, test } from 'vitest';
import { type Direction, type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts';
import { exchangeRaw, openRaw } from '../../helpers/raw-http.ts';
import { startTunnel, tunnelHost } from '../../helpers/tunnel-fixture.ts';
import { small, startTunnelOrigin } from '../../helpers/tunnel-origin.ts';

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: ${tunnelHost}\r\n\r\n`;
const linkTiming = { heartbeatMs: 100, missedHeartbeats: 2 };

test.each([
  ['nothing', undefined],
  ['nothing of the agent', 'in' as Direction],
  ['nothing of the gateway', 'out' as Direction],
])('a connection that carries %s is given up by both ends, its answers break off, and it is made anew', async (_name, direction) => {
  const origin = await startTunnelOrigin();
  let proxy = {} as FaultProxy;
  const between = async (agentsPort: number) => {
    proxy = await startFaultProxy(agentsPort);
    return proxy.port;
  };
  const { gateway, agent, publicPort } = await startTunnel(origin.target, { between, linkTiming, gateway: { linkTiming } });
  const client = await openRaw(publicPort);
  client.send(get('/bulk?bytes=400000000'));
  await client.until(({ byteLength }) => byteLength > 100_000);
  proxy.stall(direction);
  expect(await client.closed()).toBe('reset');
  expect((await client.answer()).complete).toBe(false);
  await expect.poll(() => origin.last('/bulk')?.aborted).toBe(true);
  await expect.poll(() => agent.status().openLinks).toBe(0);
  await expect.poll(() => gateway.sessions.every(({ links }) => links === 0)).toBe(true);
  proxy.resume();
  proxy.cut();
  await expect.poll(() => agent.status().state).toBe('up');
  expect((await exchangeRaw(publicPort, get('/small')))?.body.toString()).toBe(small);
  expect(gateway.sessions.length).toBe(1);
});
