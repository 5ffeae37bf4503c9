/** What a client sees when an agent, a gateway, a service or the network between them is lost in the middle of something. */
import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts';
import { exchangeRaw, openRaw } from '../../helpers/raw-http.ts';
import { agentOptions, startTunnel, startTunnelProcesses, tunnelHost } from '../../helpers/tunnel-fixture.ts';
import { bulkHash, small, startTunnelOrigin } from '../../helpers/tunnel-origin.ts';
import { startAgentProcess, startGatewayProcess } from '../../helpers/tunnel-processes.ts';
import { until } from '../../helpers/until.ts';

const megabyte = 1_048_576;
const get = (path: string, extra = '', version = '1.1') => `GET ${path} HTTP/${version}\r\nHost: ${tunnelHost}\r\n${extra}\r\n`;

/** An endless download of which much has come. */
async function download(port: number, framing: string, version = '1.1') {
  const client = await openRaw(port);
  client.send(get(`/bulk?bytes=${400 * megabyte}&framing=${framing}`, '', version));
  await client.until(({ byteLength }) => byteLength > megabyte);
  return client;
}

/** How the end of an answer is told to the client, and by the service. */
const framings = [
  ['a length', 'length', '1.1'],
  ['chunks', 'chunked', '1.1'],
  ['the end of the connection', 'chunked', '1.0'],
  ['the end of both connections', 'close', '1.0'],
  ['the end of the connection of the service', 'close', '1.1'],
] as const;

test('an answer is broken off when the service, the agent or the gateway dies; it never looks complete, however its end is told', async () => {
  const origin = await startTunnelOrigin();
  const { gateway, agent, publicPort } = await startTunnelProcesses(origin.target);
  const downloads = () => Promise.all(framings.map(([, framing, version]) => download(publicPort, framing, version)));

  const ofService = await downloads();
  origin.crash();
  for (const [index, client] of ofService.entries()) {
    expect(await client.closed(), framings[index]?.[0]).toBe('reset');
    expect((await client.answer()).complete).toBe(false);
  }

  const ofAgent = await downloads();
  await agent.kill();
  for (const [index, client] of ofAgent.entries()) {
    expect(await client.closed(), framings[index]?.[0]).toBe('reset');
    expect((await client.answer()).complete).toBe(false);
  }
  await expect.poll(() => origin.seen.every(({ aborted }) => aborted)).toBe(true);

  const second = startAgentProcess(agentOptions(gateway, { target: origin.target }));
  await second.up();
  const ofGateway = await downloads();
  await gateway.kill();
  for (const [index, client] of ofGateway.entries()) {
    await client.closed();
    // The system ends the connections of a killed process in order: nothing can tell a client of HTTP/1.0 that something is missing.
    if (framings[index]?.[2] === '1.1') expect((await client.answer()).complete).toBe(false);
  }
  await expect.poll(() => origin.seen.every(({ aborted }) => aborted)).toBe(true);
});

test('a request that comes while the agent is away waits for it', async () => {
  const origin = await startTunnelOrigin();
  // Longer than a process takes to start on a busy machine.
  const { gateway, agent, publicPort } = await startTunnelProcesses(origin.target, { gateway: { graceMs: 25_000 } });
  await agent.kill();
  const waiting = exchangeRaw(publicPort, get('/small'));
  startAgentProcess(agentOptions(gateway, { target: origin.target }));
  expect(await waiting).toMatchObject({ status: 200, body: Buffer.from(small) });
});

test('a request that comes while the agent is away, and that nobody takes up, is refused', async () => {
  const origin = await startTunnelOrigin();
  let proxy = {} as FaultProxy;
  const between = async (agentsPort: number) => {
    proxy = await startFaultProxy(agentsPort);
    return proxy.port;
  };
  const { publicPort, gateway } = await startTunnel(origin.target, { between, gateway: { graceMs: 3_000 } });
  proxy.refuse();
  await until(() => gateway.sessions.every(({ links }) => links === 0));
  expect((await exchangeRaw(publicPort, get('/small')))?.status).toBeGreaterThanOrEqual(502);
  await expect.poll(async () => (await exchangeRaw(publicPort, get('/small')))?.status).toBe(404);
});

test('a client that leaves is told to the service, which then sends no more than a window', async () => {
  const origin = await startTunnelOrigin();
  const { publicPort } = await startTunnel(origin.target);
  const client = await openRaw(publicPort);
  client.send(get(`/bulk?bytes=${400 * megabyte}`));
  await client.until(({ byteLength }) => byteLength > 0);
  client.socket.pause();
  client.socket.destroy();
  await expect.poll(() => origin.last('/bulk')?.aborted).toBe(true);
  const sent = origin.last('/bulk')?.sentBytes ?? 0;
  expect(sent).toBeLessThan(64 * megabyte);
  expect((await exchangeRaw(publicPort, get('/small')))?.status).toBe(200);
});

test('an upload that breaks off reaches the service as one that broke off', async () => {
  const origin = await startTunnelOrigin();
  const { publicPort } = await startTunnel(origin.target);
  for (const framing of ['Content-Length: 1000000', 'Transfer-Encoding: chunked']) {
    const client = await openRaw(publicPort);
    client.send(`POST /sink?${framing.length} HTTP/1.1\r\nHost: ${tunnelHost}\r\n${framing}\r\n\r\n3e8\r\n${'x'.repeat(1_000)}\r\n`);
    await expect.poll(() => origin.last('/sink')?.bodyBytes).toBeGreaterThan(0);
    client.socket.destroy();
    await expect.poll(() => origin.last('/sink')?.aborted).toBe(true);
  }
});

test('a service that stalls in the middle, and clients that read nothing, hold up nobody else, and memory stays flat', async () => {
  const origin = await startTunnelOrigin();
  const { gateway, agent, publicPort } = await startTunnelProcesses(origin.target);
  for (let round = 0; round < 200; round++) await exchangeRaw(publicPort, get('/small', 'Connection: close\r\n'));
  const before = { gateway: (await gateway.figures()).rssBytes, agent: await agent.rssBytes() };
  const stalled = await openRaw(publicPort);
  stalled.send(get(`/bulk?bytes=${megabyte}&stallAfter=100000`));
  await stalled.until(({ byteLength }) => byteLength > 100_000);
  const slow = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const client = await openRaw(publicPort);
      client.socket.pause();
      client.send(get(`/bulk?bytes=${1_000 * megabyte}`));
      return client;
    }),
  );
  await expect.poll(() => origin.seen.filter(({ sentBytes }) => sentBytes > megabyte).length).toBe(4);
  for (let round = 0; round < 200; round++)
    expect((await exchangeRaw(publicPort, get('/small', 'Connection: close\r\n')))?.body.byteLength).toBe(1_024);
  const after = { gateway: (await gateway.figures()).rssBytes, agent: await agent.rssBytes() };
  expect(after.gateway - before.gateway).toBeLessThan(40 * megabyte);
  expect(after.agent - before.agent).toBeLessThan(40 * megabyte);
  for (const client of [stalled, ...slow]) client.socket.destroy();
  await expect.poll(async () => (await gateway.figures()).totals.inFlight).toBe(0);
});

test('agents whose gateway starts again all come back, no faster than they are let in, and no request is lost meanwhile', async () => {
  const origin = await startTunnelOrigin();
  const count = 20;
  const first = await startGatewayProcess();
  const agentIds = Array.from({ length: count }, (_, index) => `press-${index}`);
  const agents = startAgentProcess(agentOptions(first, { target: origin.target, agentIds }));
  await agents.up();
  await first.kill();
  const { agentsPort, publicPort } = first;
  const second = await startGatewayProcess({ agentsPort, publicPort });
  await expect.poll(async () => (await second.figures()).sessions).toBe(count);
  for (const agentId of agentIds)
    expect((await exchangeRaw(publicPort, get('/small').replace('press-07', agentId)))?.body.toString()).toBe(small);
  expect((await second.figures()).signedIn).toBe(count);
});

test('a connection cut in the middle of a frame is made anew', async () => {
  const origin = await startTunnelOrigin();
  let proxy = {} as FaultProxy;
  const between = async (agentsPort: number) => {
    proxy = await startFaultProxy(agentsPort);
    return proxy.port;
  };
  const { publicPort } = await startTunnel(origin.target, { between });
  for (let round = 0; round < 3; round++) {
    const client = await download(publicPort, 'length');
    proxy.cutInside();
    expect(await client.closed()).toBe('reset');
    expect((await client.answer()).complete).toBe(false);
    expect(await exchangeRaw(publicPort, get('/small'))).toMatchObject({ status: 200 });
  }
});

test('bytes that the network holds back come in order and whole', async () => {
  const origin = await startTunnelOrigin();
  let proxy = {} as FaultProxy;
  const between = async (agentsPort: number) => {
    proxy = await startFaultProxy(agentsPort);
    return proxy.port;
  };
  const { publicPort } = await startTunnel(origin.target, { between });
  proxy.delay(20);
  const size = 8 * megabyte;
  const answer = await new Promise<import('node:http').IncomingMessage>((resolve) => {
    request({ port: publicPort, path: `/bulk?bytes=${size}`, headers: { host: tunnelHost } }, resolve).end();
  });
  const { createHash } = await import('node:crypto');
  expect(
    createHash('sha256')
      .update(await buffer(answer))
      .digest('hex'),
  ).toBe(bulkHash(size));
});
