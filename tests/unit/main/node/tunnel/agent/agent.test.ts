import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Agent, type AgentOptions } from '../../../../../../src/main/node/tunnel/agent/index.ts';
import { ScriptedGateway } from '../../../../../helpers/scripted-gateway.ts';
import { requestHead, StreamRecord } from '../../../../../helpers/tunnel-streams.ts';
import { until } from '../../../../../helpers/until.ts';

const secret = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';

async function service(listener: RequestListener): Promise<number> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function gateway(): Promise<ScriptedGateway> {
  const made = await ScriptedGateway.start(secret);
  onTestFinished(() => made.stop());
  return made;
}

function agent(url: string, port: number, options: Partial<AgentOptions> = {}): Agent {
  const made = new Agent({
    agentId: 'press-07',
    gateway: { url, tokenId: 'T-1', secret, legacy: false, verify: 'token' },
    kind: 'http',
    target: { host: '127.0.0.1', port },
    hostHeader: 'target',
    access: { basicAuth: null, allowedAddresses: [], requestsPerSecond: null },
    publicPort: null,
    links: 1,
    nodeId: undefined,
    software: 'test',
    timing: { firstRetryMs: 10, longestRetryMs: 20, failedRetryMs: 30_000 },
    ...options,
  });
  onTestFinished(() => made.stop(0));
  made.start();
  return made;
}

describe('Agent', () => {
  test('signs in, carries a request to its service and the answer back', async () => {
    const port = await service((request, response) => response.end(`you asked for ${request.url}`));
    const near = await gateway();
    const tunnel = agent(near.url, port);
    const link = await near.linked(1);
    const record = new StreamRecord();
    record.stream = link.open(requestHead({ path: '/orders?open=1', bodyBytes: 0 }), record);
    await until(() => record.ends > 0);
    expect(record.heads[0]?.head.status).toBe(200);
    expect(record.body.toString()).toBe('you asked for /orders?open=1');
    expect(tunnel.status()).toMatchObject({ state: 'up', openLinks: 1, lastError: null, place: { publicUrls: ['http://press-07.test'] } });
    expect(tunnel.figures()).toMatchObject({ requests: 1, errorRatio: 0, service: { state: 'up' } });
    expect(tunnel.inFlight).toBe(0);
  });

  test('comes back when the connection is lost', async () => {
    const near = await gateway();
    const tunnel = agent(near.url, 1);
    const first = await near.linked(1);
    await until(() => tunnel.status().state === 'up');
    first.close({ code: 'lost', reason: '' });
    await near.linked(2);
    await until(() => tunnel.status().state === 'up');
    expect(near.requests[1]?.sessionKey).toBe(near.requests[0]?.sessionKey);
  });

  test('asks often for a while when a good connection is lost: the gateway most likely only starts again', async () => {
    const near = await gateway();
    const pauses: number[] = [];
    const timing = { firstRetryMs: 10, longestRetryMs: 30_000, healthyMs: 0, returnRetryMs: 20, returnForMs: 60_000 };
    let tunnel: Agent | undefined;
    const onChange = () => {
      const status = tunnel?.status();
      if (status?.state === 'waiting') pauses.push((status.nextTryAt ?? 0) - (status.lastError?.at ?? 0));
    };
    tunnel = agent(near.url, 1, { timing, random: () => 1, onChange });
    const first = await near.linked(1);
    await until(() => tunnel?.status().state === 'up');
    near.verdicts.push(...Array.from({ length: 10 }, () => ({ code: 'LIMIT', message: 'Not yet.' })));
    first.close({ code: 'lost', reason: '' });
    await near.linked(2);
    expect(pauses.length).toBeGreaterThanOrEqual(10);
    // Doubled each time it would be ten seconds by now.
    expect(Math.max(...pauses)).toBeLessThan(1_000);
  });

  test('keeps as many connections as it is told, each with its place in one session', async () => {
    const near = await gateway();
    const tunnel = agent(near.url, 1, { links: 3 });
    await near.linked(3);
    await until(() => tunnel.status().openLinks === 3);
    expect(near.requests.map(({ linkIndex }) => linkIndex).sort()).toEqual([0, 1, 2]);
    expect(new Set(near.requests.map(({ sessionKey }) => sessionKey)).size).toBe(1);
  });

  test.each([
    ['UNAUTHENTICATED', /token is unknown or revoked/],
    ['CONFLICT', /^no$/],
  ])('does not try %s again at once: it would only fail again', async (code, words) => {
    const near = await gateway();
    near.verdicts.push({ code, message: 'no' });
    const tunnel = agent(near.url, 1);
    await until(() => tunnel.status().state === 'failed');
    const { lastError, nextTryAt } = tunnel.status();
    expect(lastError).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(nextTryAt).toBeGreaterThan(Date.now() + 10_000);
    tunnel.retry();
    await near.linked(1);
    await until(() => tunnel.status().state === 'up');
    expect(tunnel.status().lastError).toBeNull();
  });

  test('waits as long as the gateway asks', async () => {
    const near = await gateway();
    near.verdicts.push({ code: 'LIMIT', message: 'The gateway is full.', retryAfterMs: 20_000 });
    const tunnel = agent(near.url, 1);
    await until(() => tunnel.status().state === 'waiting');
    expect(tunnel.status().nextTryAt).toBeGreaterThan(Date.now() + 15_000);
  });

  test('takes nothing from a gateway that does not prove itself', async () => {
    const near = await gateway();
    near.verdicts.push('wrongProof');
    const tunnel = agent(near.url, 1);
    await until(() => tunnel.status().state === 'failed');
    expect(tunnel.status().lastError?.code).toBe('BAD_SIGNATURE');
  });

  test('lets what is under way end before it stops, and takes nothing new', async () => {
    let answer: (() => void) | undefined;
    const port = await service((_request, response) => {
      answer = () => response.end('late, and whole');
    });
    const near = await gateway();
    const tunnel = agent(near.url, port);
    const link = await near.linked(1);
    const record = new StreamRecord();
    record.stream = link.open(requestHead({ bodyBytes: 0 }), record);
    await until(() => answer !== undefined);
    const stopped = tunnel.stop();
    await until(() => link.draining);
    expect(tunnel.status().state).toBe('draining');
    expect(() => link.open(requestHead({ bodyBytes: 0 }), new StreamRecord())).toThrow();
    answer?.();
    await stopped;
    await until(() => record.ends > 0);
    expect(record.body.toString()).toBe('late, and whole');
    expect(tunnel.status().state).toBe('off');
  });

  test('says that no gateway is there, and waits', async () => {
    const near = await gateway();
    const { url } = near;
    await near.stop();
    const tunnel = agent(url, 1);
    await until(() => tunnel.status().state === 'waiting');
    expect(tunnel.status().lastError?.message).toMatch(/Nothing listens on 127\.0\.0\.1/);
  });

  test('never signs in as the first system does over a plain connection to another machine', () => {
    const tunnel = agent('ws://192.0.2.1:8080', 1, {
      gateway: { url: 'ws://192.0.2.1:8080', tokenId: 'T-1', secret, legacy: true, verify: 'token' },
    });
    expect(tunnel.status()).toMatchObject({ state: 'failed', lastError: { code: 'FORBIDDEN' } });
  });

  test('answers a marked request of the self-test itself', async () => {
    let asked = 0;
    const port = await service((_request, response) => {
      asked += 1;
      response.end();
    });
    const near = await gateway();
    const tunnel = agent(near.url, port);
    const link = await near.linked(1);
    const forget = tunnel.tests.expect('mark-1');
    const record = new StreamRecord();
    record.stream = link.open(requestHead({ headers: ['signalbox-tunnel-test', 'mark-1'], bodyBytes: 0 }), record);
    await until(() => record.heads.length > 0);
    forget();
    expect([record.heads[0]?.head.headers.at(-1), asked]).toEqual(['mark-1', 0]);
  });
});
