import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { MetricPoint } from '../../../../../src/common/contract/system.ts';
import { systemStatsSchema } from '../../../../../src/common/contract/system.ts';
import { HealthWatch } from '../../../../../src/main/node/services/health-watch.ts';
import { NodeSampler } from '../../../../../src/main/node/services/node-sampler.ts';
import { createSystemService } from '../../../../../src/main/node/services/system.ts';
import { createStore } from '../../../../../src/main/node/store/index.ts';
import { HostMonitor, Logs, MetricHistory, Problems } from '../../../../../src/main/node/telemetry/index.ts';
import { connectRecorded, createRouterFixture, principalWith } from '../../../../helpers/router-fixture.ts';
import { temporaryFolder } from '../../../../helpers/temporary-folder.ts';
import { until } from '../../../../helpers/until.ts';

/** A second of the node passes when the test says so; everything else is real. */
async function startSampler() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const folder = await temporaryFolder();
  const logger = new Logs({ level: 'info' }).logger('system');
  const { router } = createRouterFixture();
  const history = new MetricHistory(1);
  const host = new HostMonitor({ folder });
  const store = createStore({ file: join(folder, 'node.db'), migrations: [], logger });
  await store.start();
  const sampler = new NodeSampler({ router, host, history, health: new HealthWatch(new Problems()), logger });
  router.register(createSystemService({ host, history, sampler, store, extraProcesses: () => [] }));
  await sampler.start();
  onTestFinished(async () => {
    await sampler.stop();
    await store.stop();
  });
  const second = async () => {
    await sampler.settled();
    vi.advanceTimersByTime(1_000);
    await sampler.settled();
  };
  return { router, history, second, sampler };
}

test('the topics are published each second while somebody listens, and only then', async () => {
  const { router, second } = await startSampler();
  const client = connectRecorded(router);
  await second();
  expect(router.snapshot().events.published).toBe(0);
  await router.subscribeClient(client.client.id, '/stats', principalWith('viewer'));
  await second();
  await second();
  await until(() => client.events.length === 2);
  for (const { topic, name, data } of client.events) {
    expect([topic, name]).toEqual(['/stats', 'data_generated']);
    systemStatsSchema.parse(data);
  }
  await router.subscribeClient(client.client.id, '/metrics', principalWith('viewer'));
  router.unsubscribeClient(client.client.id, '/stats');
  await second();
  await until(() => client.events.length === 3);
  expect(client.events[2]).toMatchObject({ topic: '/metrics', data: { timestamp: Date.now(), clients: 1 } });
  client.client.closed();
  await second();
  expect(router.snapshot().events.published).toBe(3);
});

test('calls and events of each second are in the history', async () => {
  const { router, second } = await startSampler();
  const principal = principalWith('viewer');
  await second();
  for (let index = 0; index < 4; index++) await router.call('system.processes', {}, { principal });
  await router.call('system.processes', { wrong: 1 } as never, { principal }).catch(() => undefined);
  router.publish('/site/a', 1);
  await second();
  const { points, intervalMs } = await router.call('system.history', {}, { principal });
  expect(intervalMs).toBe(1_000);
  expect(
    points.map(({ rpcPerSecond, rpcErrorsPerSecond, eventsPerSecond }: MetricPoint) => [rpcPerSecond, rpcErrorsPerSecond, eventsPerSecond]),
  ).toEqual([
    [0, 0, 0],
    [5, 1, 1],
  ]);
});

test('information is that of this machine and of these processes', async () => {
  const { router, second } = await startSampler();
  const principal = principalWith('viewer');
  await second();
  const info = await router.call('system.info', {}, { principal });
  expect(info).toMatchObject({
    os: { platform: process.platform, arch: process.arch },
    runtime: { node: process.versions.node, electron: null },
  });
  expect(info.runtime.sqlite).toMatch(/^3\.\d+/);
  systemStatsSchema.parse(await router.call('system.stats', {}, { principal }));
  const { processes } = await router.call('system.processes', {}, { principal });
  expect(processes).toMatchObject([
    { kind: 'main', pid: process.pid, memoryBytes: expect.any(Number), cpuPercent: expect.any(Number) },
    { kind: 'worker', name: 'store', memoryBytes: expect.any(Number) },
  ]);
});
