/** The gateway of a node, as a person has it: settings, tokens, routes, sessions, and what is shown when it cannot run. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import type { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { ResultOf } from '../../../src/common/contract/index.ts';
import { createSelfSigned } from '../../../src/main/node/certificates/index.ts';
import { freePort } from '../../helpers/free-port.ts';
import { ask } from '../../helpers/gateway-fixture.ts';
import { startMember } from '../../helpers/member-node.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { signIn } from '../../helpers/tunnel-agent.ts';

const freePorts = { 'gateway.agentsPort': 0, 'gateway.publicPort': 0 };
type Member = Awaited<ReturnType<typeof startMember>>;

async function gatewayIs({ client }: Member, state: ResultOf<'gateway.status'>['state']): Promise<ResultOf<'gateway.status'>> {
  const status = () => client.call('gateway.status', {});
  await expect.poll(async () => (await status()).state, { interval: 20 }).toBe(state);
  return status();
}

async function running(settings: Record<string, unknown> = {}) {
  const member = await startMember('alpha', { ...freePorts, 'gateway.enabled': true, ...settings });
  const status = await gatewayIs(member, 'running');
  return { member, call: member.client.call.bind(member.client), status, url: status.agentsUrl ?? '', publicPort: status.public.port ?? 0 };
}

test('a person turns it on, makes a token, and an agent answers through it', async () => {
  const member = await startMember('alpha', freePorts);
  expect(await member.client.call('gateway.status', {})).toMatchObject({ state: 'off', agentsUrl: null });
  await member.client.call('config.set', { values: { 'gateway.enabled': true } });
  const status = await gatewayIs(member, 'running');
  expect(status).toMatchObject({ exposure: 'thisMachine', domain: 'localhost', public: { tls: false } });
  expect((await member.client.call('nodes.list', {})).nodes[0]?.capabilities).toContain('gateway');
  const { listeners } = await member.client.call('node.status', {});
  expect(listeners.slice(-2)).toMatchObject([
    { name: 'gateway for agents', port: status.agents.port, state: 'listening', detail: status.agentsUrl },
    { name: 'gateway for clients', port: status.public.port, state: 'listening' },
  ]);
  const key = await member.client.call('gateway.createToken', { name: 'Presses', agentIds: ['press-*'] });
  await signIn(status.agentsUrl ?? '', key);
  expect(await ask(status.public.port ?? 0, 'press-07', '/orders')).toEqual({ status: 200, body: 'agent GET /orders' });
  const { sessions } = await member.client.call('gateway.sessions', {});
  expect(sessions).toMatchObject([{ agentId: 'press-07', tokenId: key.tokenId, state: 'up', links: 1, requests: 1 }]);
  const { routes } = await member.client.call('gateway.routes', {});
  expect(routes).toMatchObject([{ routeId: null, agentId: 'press-07', host: 'press-07.localhost', state: 'up' }]);
  await expect.poll(async () => (await member.client.call('gateway.tokens', {})).tokens[0]?.lastUsedAt).not.toBeNull();
  await member.client.call('config.set', { values: { 'gateway.enabled': false } });
  await gatewayIs(member, 'off');
});

test('a token that is revoked closes its sessions, one that is rotated lets the former secret in for its grace', async () => {
  const { call, url } = await running();
  const key = await call('gateway.createToken', { name: 'Presses' });
  const agent = await signIn(url, key);
  const rotated = await call('gateway.rotateToken', { tokenId: key.tokenId, graceMs: 60_000 });
  expect(rotated.secret).not.toBe(key.secret);
  expect((await call('gateway.sessions', {})).sessions).toHaveLength(1);
  await signIn(url, rotated, { agentId: 'press-08' });
  await signIn(url, key, { agentId: 'press-09' });
  await call('gateway.rotateToken', { tokenId: key.tokenId });
  expect((await agent.ended).code).toBe('revoked');
  await expect(signIn(url, rotated)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  const other = await call('gateway.createToken', { name: 'Lathes' });
  const lathe = await signIn(url, other, { agentId: 'lathe-01' });
  expect(await call('gateway.revokeToken', { tokenId: other.tokenId })).toEqual({ closedSessions: 1 });
  expect((await lathe.ended).code).toBe('revoked');
});

test('an administrator closes a session', async () => {
  const { call, url } = await running();
  const agent = await signIn(url, await call('gateway.createToken', { name: 'Presses' }));
  const [session] = (await call('gateway.sessions', {})).sessions;
  expect(await call('gateway.closeSession', { sessionId: session?.sessionId ?? '' })).toEqual({});
  expect((await agent.ended).code).not.toBe('lost');
  await expect(call('gateway.closeSession', { sessionId: session?.sessionId ?? '' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a route leads a host of its own to an agent, by its rules', async () => {
  const { call, url, publicPort } = await running();
  await signIn(url, await call('gateway.createToken', { name: 'Presses' }));
  const access = { basicAuth: { username: 'ada', password: 'lovelace' }, allowedAddresses: [], requestsPerSecond: null };
  const { routeId } = await call('gateway.createRoute', { host: 'orders.localhost', agentId: 'press-07', access });
  expect((await ask(publicPort, 'orders')).status).toBe(401);
  expect((await call('gateway.routes', {})).routes.find((route) => route.routeId === routeId)).toMatchObject({
    host: 'orders.localhost',
    state: 'up',
    access: { basicAuth: { username: 'ada' } },
  });
  await expect(call('gateway.createRoute', { host: 'orders.localhost', agentId: 'press-08' })).rejects.toMatchObject({ code: 'CONFLICT' });
  await call('gateway.deleteRoute', { routeId });
  expect((await ask(publicPort, 'orders')).status).toBe(404);
});

test('tokens and routes outlive a restart, and no secret lies open in the data folder', async () => {
  const folder = await temporaryFolder();
  const settings = { ...freePorts, 'gateway.enabled': true };
  const first = await startMember('alpha', settings, folder);
  const key = await first.client.call('gateway.createToken', { name: 'Presses', duplicates: 'pool' });
  const access = { basicAuth: { username: 'ada', password: 'a password of a route' }, allowedAddresses: [], requestsPerSecond: null };
  await first.client.call('gateway.createRoute', { host: 'orders.example.com', pathPrefix: '/api', agentId: 'press-07', access });
  await first.stop();
  for (const name of (await readdir(folder)).filter((file) => file.startsWith('node.db'))) {
    const bytes = await readFile(join(folder, name));
    expect(bytes.includes(key.secret), name).toBe(false);
    expect(bytes.includes('a password of a route'), name).toBe(false);
  }
  const second = await startMember('alpha', settings, folder);
  const { agentsUrl } = await gatewayIs(second, 'running');
  await signIn(agentsUrl ?? '', key);
  const { tokens } = await second.client.call('gateway.tokens', {});
  expect(tokens).toMatchObject([{ tokenId: key.tokenId, name: 'Presses', duplicates: 'pool', sessions: 1 }]);
  const { routes } = await second.client.call('gateway.routes', {});
  expect(routes).toContainEqual(expect.objectContaining({ host: 'orders.example.com', pathPrefix: '/api', state: 'up' }));
});

test('a request waits for its agent when the gateway is started anew', async () => {
  const publicPort = await freePort();
  const member = await startMember('alpha', { ...freePorts, 'gateway.publicPort': publicPort });
  const call = member.client.call.bind(member.client);
  await call('config.set', { values: { 'gateway.enabled': true } });
  const { agentsUrl: url } = await gatewayIs(member, 'running');
  const key = await call('gateway.createToken', { name: 'Presses' });
  const agent = await signIn(url ?? '', key);
  await expect.poll(async () => (await call('gateway.tokens', {})).tokens[0]?.lastUsedAt).not.toBeNull();
  await call('config.set', { values: { 'gateway.enabled': false } });
  await agent.ended;
  await gatewayIs(member, 'off');
  await call('config.set', { values: { 'gateway.enabled': true } });
  const { agentsUrl } = await gatewayIs(member, 'running');
  const asked = ask(publicPort, 'press-07', '/late');
  await expect.poll(async () => (await call('gateway.routes', {})).routes).toMatchObject([{ state: 'grace' }]);
  await signIn(agentsUrl ?? '', key, {}, 'again');
  expect(await asked).toEqual({ status: 200, body: 'again GET /late' });
});

test('a plain public port beyond this machine is refused, with what to do', async () => {
  const member = await startMember('alpha', { ...freePorts, 'gateway.enabled': true, 'gateway.publicHost': '0.0.0.0' });
  const { detail } = await gatewayIs(member, 'failed');
  expect(detail).toContain('gateway.publicTls');
  expect((await member.client.call('node.status', {})).problems.map(({ id }) => id)).toContain('gateway.failed');
  await member.client.call('config.set', { values: { 'gateway.publicTls': 'own' } });
  expect(await gatewayIs(member, 'running')).toMatchObject({ public: { tls: true } });
  expect((await member.client.call('node.status', {})).problems.map(({ id }) => id)).not.toContain('gateway.failed');
});

test('a thread that ends by a fault is shown as failed, with the reason, and is started anew by the setting', async () => {
  const threads: Worker[] = [];
  const note = (thread: Worker) => threads.push(thread);
  const member = await startMember('alpha', freePorts);
  process.on('worker', note);
  await member.client.call('config.set', { values: { 'gateway.enabled': true } });
  await gatewayIs(member, 'running');
  process.off('worker', note);
  await threads[0]?.terminate();
  const { detail } = await gatewayIs(member, 'failed');
  expect(detail).toContain('Its thread ended unexpectedly');
  expect((await member.client.call('node.status', {})).problems.map(({ id }) => id)).toContain('gateway.failed');
  await member.client.call('config.set', { values: { 'gateway.enabled': false } });
  await gatewayIs(member, 'off');
  await member.client.call('config.set', { values: { 'gateway.enabled': true } });
  await gatewayIs(member, 'running');
});

test('the public port shows the certificate of the host that is named, and a pair that cannot be used is told', async () => {
  const folder = await temporaryFolder();
  const { certificate, key } = await createSelfSigned({ commonName: 'press', hosts: ['*.plant.test'], notAfterMs: Date.now() + 9e9 });
  await writeFile(join(folder, 'plant.crt'), certificate);
  await writeFile(join(folder, 'plant.key'), key);
  await writeFile(join(folder, 'lathe.crt'), 'not a certificate');
  const { fingerprint256: fingerprint } = new X509Certificate(certificate);
  const { publicPort, call } = await running({
    'gateway.publicTls': 'files',
    'gateway.certificates': folder,
    'gateway.domain': 'plant.test',
  });
  const shown = async (servername: string) => {
    const socket = connect({ port: publicPort, host: '127.0.0.1', servername, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256;
  };
  expect(await shown('press-07.plant.test')).toBe(fingerprint);
  expect(await shown('elsewhere.test')).not.toBe(fingerprint);
  expect(await call('gateway.status', {})).toMatchObject({ public: { tls: true } });
  const { problems } = await call('node.status', {});
  expect(problems.find(({ id }) => id === 'gateway.certificates')?.detail).toContain('lathe');
});

test.each(['gateway.agentsPort', 'gateway.publicPort'])('a taken %s is told, and the node goes on', async (setting) => {
  const port = await freePort();
  const taken = createServer().listen(port, '127.0.0.1');
  const member = await startMember('alpha', { ...freePorts, 'gateway.enabled': true, [setting]: port });
  const { detail } = await gatewayIs(member, 'failed');
  expect(detail).toContain(`${port}`);
  expect(detail).toContain(setting);
  await new Promise((resolve) => taken.close(resolve));
});
