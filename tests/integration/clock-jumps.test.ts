/** The system clock is set while a node runs: back by a day, forward by a year (security.md row 72). */
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createMemoryTransport } from '../../src/common/client/memory-transport.ts';
import { NodeClient } from '../../src/common/client/node-client.ts';
import { laggingNowMs, leadingNowMs } from '../../src/main/node/clock/index.ts';
import { OfflineOutbox } from '../../src/main/node/federation/offline-outbox.ts';
import { createNode, type SignalboxNode } from '../../src/main/node/node.ts';
import { attachMemory } from '../../src/main/node/router/index.ts';
import { RateWindow } from '../../src/main/node/router/rate-window.ts';
import { RepeatSampler } from '../../src/main/node/telemetry/index.ts';
import { sha256 } from '../helpers/accounts.ts';
import { signIn } from '../helpers/headless-node.ts';
import { openSocket, request, startHttp, whenOpen } from '../helpers/http-fixture.ts';
import { principalWith } from '../helpers/router-fixture.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;

beforeEach(() => {
  // The wall clock alone: timers and the monotonic clock go on, as they do when somebody sets the clock.
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function setClock(byMs: number): void {
  vi.setSystemTime(Date.now() + byMs);
}

async function startNode(): Promise<{ readonly node: SignalboxNode; readonly admin: NodeClient; readonly url: string }> {
  const node = await createNode({
    dataFolder: await temporaryFolder(),
    mode: 'headless',
    overrides: { 'http.port': 0, 'links.port': 0, 'links.discovery': 'off' },
    onRestart: () => undefined,
    environment: {},
  });
  await node.start();
  const { client: transport, node: end } = createMemoryTransport();
  attachMemory(node.router, end, { principal: () => principalWith('admin') });
  const admin = new NodeClient({ connect: () => Promise.resolve(transport) });
  onTestFinished(async () => {
    admin.close();
    await node.stop();
  });
  return { node, admin, url: node.http.url ?? '' };
}

test('set back by a day: sign-ins end when their time is really over, and calls go on', async () => {
  const node = await startHttp({}, leadingNowMs);
  await node.addUser('ada', 'operator');
  const { access, refresh } = await node.tokensOf('ada');
  setClock(-dayMs);
  const socket = openSocket(node.url, { token: access.token, protocol: 'signalbox.v1' });
  await whenOpen(socket);
  expect(await request(socket, 'users.me', {}, { timeoutMs: 5_000 })).toMatchObject({ status: 'success' });
  const renewed = await node.sessions.refresh(refresh.token);
  // Not a day earlier, as the clock would have it: whoever set it back gained nothing.
  expect(renewed.access.expiresAt).toBeGreaterThanOrEqual(access.expiresAt);
});

test('set back by a day: a join code whose time has passed does not open again', async () => {
  // Here time passes on every clock, before somebody sets one of them.
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  const { admin } = await startNode();
  await admin.call('membership.create', { name: 'North yard' });
  await admin.call('membership.invite', { minutes: 1 });
  const stateOf = async () => (await admin.call('membership.invites', {})).invites[0]?.state;
  expect(await stateOf()).toBe('open');
  vi.advanceTimersByTime(2 * minuteMs);
  expect(await stateOf()).toBe('expired');
  setClock(-dayMs);
  expect(await stateOf()).toBe('expired');
});

test('set forward by a year: what would have ended has ended, a person signs in anew, and the node says what happened', async () => {
  const { node, admin, url } = await startNode();
  await node.accounts.add({ username: 'ada', role: 'operator', passwordSha256: sha256('correct horse') });
  const token = await signIn(url, 'ada', 'correct horse');
  await admin.call('membership.create', { name: 'North yard' });
  await admin.call('membership.invite', { minutes: 10 });
  setClock(365 * dayMs);
  await expect(whenOpen(openSocket(url, { token }))).rejects.toThrow('401');
  expect((await admin.call('membership.invites', {})).invites[0]?.state).toBe('expired');
  const again = openSocket(url, { token: await signIn(url, 'ada', 'correct horse'), protocol: 'signalbox.v1' });
  await whenOpen(again);
  expect(await request(again, 'users.me', {})).toMatchObject({ status: 'success' });
  await expect.poll(() => node.problems.list().map(({ id }) => id)).toContain('clock.jumped');
});

test('a write that is repeated after the clock was set forward still takes effect once', async () => {
  const { admin } = await startNode();
  const add = () =>
    admin.call('users.add', { username: 'ada', role: 'viewer', passwordSha256: sha256('x') }, { idempotencyKey: 'add-ada-once' });
  const first = await add();
  setClock(365 * dayMs);
  expect(await add()).toEqual(first);
});

test('what waits for the broker does not expire because somebody set the clock', () => {
  const outbox = new OfflineOutbox(laggingNowMs);
  const message = { topic: 'x', payload: 'y', qos: 1, retain: false } as const;
  outbox.add(message);
  setClock(365 * dayMs);
  outbox.add(message);
  expect(outbox.take()).toHaveLength(2);
  expect(outbox.dropped).toBe(0);
});

test('rates, and lines that are told once in a while, are not silent for a day', () => {
  const sampler = new RepeatSampler();
  expect(sampler.take('x')).toBe(0);
  expect(sampler.take('x')).toBeUndefined();
  setClock(-dayMs);
  expect(sampler.take('x')).toBe(1);
  const rates = new RateWindow(5);
  rates.add(1_000_000);
  rates.add(500_000);
  expect(rates.perSecond(501_000)).toBe(0.2);
  expect(rates.isIdle(520_000)).toBe(true);
});
