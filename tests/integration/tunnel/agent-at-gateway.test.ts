/** Agent and gateway over real sockets: over TLS, with somebody in between, with raw connections, and with each other's ends. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { createServer as createTlsServer, connect as tlsConnect } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Agent, type AgentOptions } from '../../../src/main/node/tunnel/agent/index.ts';
import { freePort } from '../../helpers/free-port.ts';
import { ask, startGateway, testKey, testToken } from '../../helpers/gateway-fixture.ts';
import { testCertificate, testCertificateKey } from '../../helpers/test-certificate.ts';
import { until } from '../../helpers/until.ts';

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function service(): Promise<number> {
  return listen(createHttpServer((request, response) => response.end(`you asked for ${request.url}`)));
}

function startAgent(url: string, port: number, options: Partial<AgentOptions> = {}): Agent {
  const agent = new Agent({
    agentId: 'press-07',
    gateway: { url, ...testKey, legacy: false, verify: 'token' },
    kind: 'http',
    target: { host: '127.0.0.1', port },
    hostHeader: 'target',
    access: { basicAuth: null, allowedAddresses: [], requestsPerSecond: null },
    publicPort: null,
    links: 1,
    nodeId: undefined,
    software: 'test',
    timing: { firstRetryMs: 10, longestRetryMs: 20 },
    ...options,
  });
  onTestFinished(() => agent.stop(0));
  agent.start();
  return agent;
}

const settled = async (agent: Agent) => {
  await until(() => !['connecting', 'off'].includes(agent.status().state));
  return agent.status();
};

describe('Over TLS', () => {
  test('a gateway with a certificate of its own is known by its proof', async () => {
    const { secureUrl, publicPort } = await startGateway();
    const agent = startAgent(secureUrl, await service());
    expect(await settled(agent)).toMatchObject({ state: 'up' });
    expect(await ask(publicPort, 'press-07', '/orders')).toEqual({ status: 200, body: 'you asked for /orders' });
  });

  test('and is refused where its certificate must be of a known authority', async () => {
    const { secureUrl } = await startGateway();
    const gateway = { url: secureUrl, ...testKey, legacy: false, verify: 'authority' } as const;
    expect(await settled(startAgent(secureUrl, 1, { gateway }))).toMatchObject({ state: 'failed', lastError: { code: 'PIN' } });
  });

  test('the sign-in of the first system, which has no proof, always wants a known authority', async () => {
    const { secureUrl } = await startGateway();
    const gateway = { url: secureUrl, ...testKey, legacy: true, verify: 'token' } as const;
    expect(await settled(startAgent(secureUrl, 1, { gateway }))).toMatchObject({ state: 'failed', lastError: { code: 'PIN' } });
  });

  /** security.md row 54. */
  test('somebody in between who passes every byte on has two channels, and is refused by both ends', async () => {
    const { gateway, secureUrl } = await startGateway();
    const { port } = new URL(secureUrl);
    const between = createTlsServer({ cert: testCertificate, key: testCertificateKey }, (near) => {
      const far = tlsConnect({ host: '127.0.0.1', port: Number(port), rejectUnauthorized: false });
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
      near.pipe(far).pipe(near);
    });
    const agent = startAgent(`wss://127.0.0.1:${await listen(between)}`, 1);
    expect(await settled(agent)).toMatchObject({ state: 'failed', lastError: { code: 'UNAUTHENTICATED' } });
    expect(gateway.sessions).toHaveLength(0);
  });
});

describe('With each other', () => {
  test('an agent in whose place another has come stays away', async () => {
    const { url, gateway } = await startGateway();
    const first = startAgent(url, 1);
    await settled(first);
    const second = startAgent(url, 1);
    await settled(second);
    await until(() => first.status().state === 'failed');
    expect(first.status()).toMatchObject({ nextTryAt: null, lastError: { code: 'CONFLICT' } });
    expect(gateway.sessions).toHaveLength(1);
    expect(second.status().state).toBe('up');
  });

  test('an agent comes back to a gateway that was gone, and requests pass again', async () => {
    const first = await startGateway();
    const port = Number(new URL(first.url).port);
    const agent = startAgent(first.url, await service(), { links: 2 });
    await until(() => agent.status().openLinks === 2);
    await first.gateway.stop();
    await until(() => agent.status().openLinks === 0);
    const second = await startGateway({
      agents: { host: '127.0.0.1', port, certificate: { certificate: testCertificate, key: testCertificateKey }, allowPlain: false },
    });
    await until(() => agent.status().openLinks === 2);
    expect((await ask(second.publicPort, 'press-07')).status).toBe(200);
  });

  test('a revoked token ends the session, and the agent says so', async () => {
    const { url, gateway } = await startGateway();
    const agent = startAgent(url, 1);
    await settled(agent);
    gateway.setTokens([]);
    await until(() => agent.status().state === 'failed');
    expect(agent.status().lastError).toMatchObject({ code: 'REVOKED' });
  });

  test('a service that is not there is a 502, one that is not to be reached too', async () => {
    const { url, publicPort } = await startGateway();
    const agent = startAgent(url, 1, { target: { host: 'camera.lan', port: 80 }, resolve: () => Promise.resolve(['169.254.169.254']) });
    await settled(agent);
    expect((await ask(publicPort, 'press-07')).status).toBe(502);
    expect(agent.figures().service).toMatchObject({ state: 'down', detail: expect.stringContaining('may not lead') });
  });
});

describe('Raw connections', () => {
  test('bytes and both ends pass through a public port', async () => {
    const publicPort = await freePort();
    const { url } = await startGateway({
      tcpPorts: [publicPort],
      tokens: [{ ...testToken, kinds: ['tcp'] }],
    });
    const echo = createTcpServer({ allowHalfOpen: true }, (socket) => {
      let asked = '';
      socket.on('data', (chunk) => {
        asked += String(chunk);
      });
      socket.on('end', () => socket.end(`${asked}, said the service`));
    });
    const agent = startAgent(url, await listen(echo), { kind: 'tcp' });
    await settled(agent);
    expect(agent.status().place).toMatchObject({ publicPort, publicUrls: [expect.stringContaining(String(publicPort))] });
    const client = connect({ host: '127.0.0.1', port: publicPort, allowHalfOpen: true });
    client.end('hello');
    expect(await text(client)).toBe('hello, said the service');
    await until(() => agent.inFlight === 0);
  });
});
