/** What a person does: exposes a local service through a node that is a gateway, with the node as it is put together. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { NodeClient } from '../../../src/common/client/node-client.ts';
import type { TunnelInfo, TunnelRequest } from '../../../src/common/contract/tunnels.ts';
import { freePort } from '../../helpers/free-port.ts';
import { startLinkedMembers } from '../../helpers/member-cluster.ts';
import { type MemberNode, startMember } from '../../helpers/member-node.ts';

const gatewaySettings = { 'gateway.enabled': true, 'gateway.agentsPort': 0, 'gateway.publicPort': 0, 'gateway.domain': 'localhost' };

async function startService(): Promise<number> {
  const server = createServer(async (asked, answer) => {
    answer.setHeader('X-Replay', String(asked.headers['signalbox-replay'] ?? ''));
    answer.end(`${asked.method} ${asked.url} ${asked.headers.host} ${await text(asked)}`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function tunnelThatIsUp(client: NodeClient, tunnelId: string): Promise<TunnelInfo> {
  const find = async () => (await client.call('tunnels.list', {})).tunnels.find((tunnel) => tunnel.tunnelId === tunnelId);
  await expect.poll(async () => (await find())?.state).toBe('up');
  return (await find()) as TunnelInfo;
}

async function ask(url: string, path: string, body?: string): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const { port, host } = new URL(url);
  const sent = request({ host: '127.0.0.1', port, path, method: body === undefined ? 'GET' : 'POST', headers: { host }, agent: false });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  return { status: answer.statusCode, body: await text(answer) };
}

async function gatewayRuns({ client }: MemberNode): Promise<void> {
  await expect.poll(async () => (await client.call('gateway.status', {})).state).toBe('running');
}

test('a local service answers under an address of the gateway, its requests are seen, and one is sent again', async () => {
  const port = await startService();
  const member = await startMember('press-07', gatewaySettings);
  const { client, node } = member;
  await gatewayRuns(member);
  const { tunnelId } = await client.call('tunnels.create', {
    agentId: 'orders',
    gateway: { nodeId: node.nodeId },
    target: { host: 'localhost', port },
  });
  const tunnel = await tunnelThatIsUp(client, tunnelId);
  expect(tunnel).toMatchObject({
    agentId: 'orders',
    exposure: 'thisMachine',
    openLinks: 1,
    lastError: null,
    gateway: { nodeId: node.nodeId },
  });
  const [url = ''] = tunnel.publicUrls;

  const lines = client.subscribe('/tunnels/orders');
  await lines.ready;
  await client.call('tunnels.update', { tunnelId, capture: { level: 'bodies', maxBodyBytes: 65_536, redactedHeaders: [] } });
  expect(await ask(url, '/lines?open=1', 'valve 3')).toEqual({ status: 200, body: `POST /lines?open=1 localhost:${port} valve 3` });
  for await (const { data } of lines) if (!(data as TunnelRequest).open) break;

  const { requests } = await client.call('tunnels.requests', { tunnelId });
  const [line] = requests;
  expect(line).toMatchObject({ method: 'POST', path: '/lines?open=1', status: 200, requestBytes: 7 });
  const requestId = line?.requestId ?? '';
  const detail = await client.call('tunnels.request', { requestId });
  expect(Buffer.from(detail.requestBody?.base64 ?? '', 'base64').toString()).toBe('valve 3');

  const again = await client.call('tunnels.replay', { requestId });
  const replayed = async () => (await client.call('tunnels.request', { requestId: again.requestId })).responseHeaders;
  await expect.poll(replayed).toContainEqual(['X-Replay', requestId]);

  const { steps } = await client.call('tunnels.test', { tunnelId });
  expect(steps.map(({ step, ok }) => [step, ok])).toEqual([
    ['service', true],
    ['gateway', true],
    ['roundTrip', true],
  ]);

  await client.call('tunnels.delete', { tunnelId });
  await expect.poll(async () => (await ask(url, '/')).status).toBe(404);
  expect((await client.call('gateway.tokens', {})).tokens).toEqual([]);
  expect((await client.call('tunnels.list', {})).tunnels).toEqual([]);
});

test('a raw tunnel has the public port that it asks for; one that another has is refused in words, and given up for another', async () => {
  const [port, wanted, other] = await Promise.all([startService(), freePort(), freePort()]);
  const member = await startMember('press-07', { ...gatewaySettings, 'gateway.tcpPorts': `${wanted}, ${other}` });
  const { client, node } = member;
  await gatewayRuns(member);
  expect(await client.call('gateway.status', {})).toMatchObject({ tcpPorts: `${wanted}, ${other}` });
  const expose = (agentId: string, publicPort: number) =>
    client.call('tunnels.create', {
      agentId,
      kind: 'tcp',
      publicPort,
      gateway: { nodeId: node.nodeId },
      target: { host: 'localhost', port },
    });
  const first = await expose('first', wanted);
  expect(await tunnelThatIsUp(client, first.tunnelId)).toMatchObject({ publicPort: wanted, publicUrls: [`tcp://localhost:${wanted}`] });
  const { tunnelId } = await expose('second', wanted);
  const state = async () => (await client.call('tunnels.list', {})).tunnels.find((tunnel) => tunnel.tunnelId === tunnelId);
  await expect
    .poll(async () => (await state())?.lastError?.message)
    .toContain(`Port ${wanted} of the gateway is in use by another tunnel.`);
  await client.call('tunnels.update', { tunnelId, publicPort: other });
  expect(await tunnelThatIsUp(client, tunnelId)).toMatchObject({ publicPort: other });
  await client.call('tunnels.update', { tunnelId, publicPort: null });
  expect(await tunnelThatIsUp(client, tunnelId)).toMatchObject({ publicPort: other });
});

test('a tunnel is there again when its node was restarted, with a secret that is nowhere on the disk as it is', async () => {
  const port = await startService();
  const gateway = await startMember('gateway-1', gatewaySettings);
  await gatewayRuns(gateway);
  const { tokenId, secret } = await gateway.client.call('gateway.createToken', { name: 'Orders', agentIds: ['orders'] });
  const { agentsUrl } = await gateway.client.call('gateway.status', {});
  const first = await startMember('press-07');
  const access = { basicAuth: { username: 'ada', password: 'correct horse' }, allowedAddresses: [], requestsPerSecond: null };
  const { tunnelId } = await first.client.call('tunnels.create', {
    agentId: 'orders',
    gateway: { url: agentsUrl ?? '', tokenId, secret },
    target: { host: 'localhost', port },
    access,
  });
  const before = await tunnelThatIsUp(first.client, tunnelId);
  expect(before.access.basicAuth).toEqual({ username: 'ada' });
  expect((await ask(before.publicUrls[0] ?? '', '/')).status).toBe(401);
  await first.stop();
  const database = await readFile(`${first.folder}/node.db`, 'latin1');
  expect(database).not.toContain(secret);
  expect(database).not.toContain('correct horse');
  const second = await startMember('press-07', {}, first.folder);
  const after = await tunnelThatIsUp(second.client, tunnelId);
  expect((await ask(after.publicUrls[0] ?? '', '/')).status).toBe(401);
});

test('a gateway of the cluster is chosen by its node: its token is made there, in the name of who asks', async () => {
  const port = await startService();
  const [press, gateway] = await startLinkedMembers(['press-07', 'gateway-1']);
  const create = () =>
    press.client.call('tunnels.create', {
      agentId: 'orders',
      gateway: { nodeId: gateway.node.nodeId },
      target: { host: 'localhost', port },
    });
  await expect(create()).rejects.toThrow(/gateway of gateway-1 is turned off/);
  await gateway.client.call('config.set', { values: gatewaySettings });
  await gatewayRuns(gateway);
  const { tunnelId } = await create();
  const tunnel = await tunnelThatIsUp(press.client, tunnelId);
  expect((await ask(tunnel.publicUrls[0] ?? '', '/a')).body).toContain('GET /a');
  const { sessions } = await gateway.client.call('gateway.sessions', {});
  expect(sessions).toMatchObject([{ agentId: 'orders', nodeId: press.node.nodeId, protocol: 'v1' }]);
  const [{ createdBy } = { createdBy: '' }] = (await gateway.client.call('gateway.tokens', {})).tokens;
  expect(createdBy).toContain(press.node.nodeId);
});
