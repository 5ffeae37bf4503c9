/** Our agent at a gateway of the first system, which was written from the documents alone (wire.md 5, seed 5). */
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Agent } from '../../../src/main/node/tunnel/agent/index.ts';
import { hasPython, startFirstSystemGateway } from '../../helpers/first-system-tunnel/programs.ts';
import { until } from '../../helpers/until.ts';

const token = 'first-system-token';
const secret = 'first system secret';

function agent(url: string, port: number, given = secret): Agent {
  const made = new Agent({
    agentId: 'press-07',
    gateway: { url, tokenId: token, secret: given, legacy: true, verify: 'token' },
    kind: 'http',
    target: { host: 'localhost', port },
    hostHeader: 'target',
    access: { basicAuth: null, allowedAddresses: [], requestsPerSecond: null },
    publicPort: null,
    links: 2,
    nodeId: undefined,
    software: 'test',
  });
  onTestFinished(() => made.stop(0));
  made.start();
  return made;
}

async function ask(port: number, method: string, body: string): Promise<string> {
  const headers = { host: 'press-07.test', ...(body !== '' && { 'content-length': body.length }) };
  const asked = request({ host: '127.0.0.1', port, method, path: '/orders?open=1', headers, agent: false });
  asked.end(body);
  const [response] = await once(asked, 'response');
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

describe.skipIf(!hasPython)('An agent at a gateway of the first system', () => {
  test('is taken, and answers requests with their bodies', async () => {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => response.end(`${request.method} ${request.url} ${body}`));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const gateway = await startFirstSystemGateway(token, secret);
    const tunnel = agent(gateway.agentsUrl, (server.address() as AddressInfo).port);
    await until(() => tunnel.status().state === 'up');
    expect(tunnel.status().openLinks).toBe(1);
    expect(await ask(gateway.publicPort, 'GET', '')).toBe('GET /orders?open=1 ');
    const large = 'x'.repeat(200_000);
    expect(await ask(gateway.publicPort, 'POST', large)).toBe(`POST /orders?open=1 ${large}`);
  });

  test('says so when it is not taken', async () => {
    const gateway = await startFirstSystemGateway(token, secret);
    const tunnel = agent(gateway.agentsUrl, 1, 'another secret');
    await until(() => tunnel.status().state === 'failed' || tunnel.status().state === 'waiting');
    expect(tunnel.status().lastError?.message).toMatch(/gateway refused the sign-in|does not accept/);
  });
});
