import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import { createEventsService } from '../../../../../src/main/node/services/events.ts';
import { createRpcService } from '../../../../../src/main/node/services/rpc.ts';
import { connectRecorded, createRouterFixture, endOfTurn } from '../../../../helpers/router-fixture.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function open(options: Parameters<typeof createRouterFixture>[0] = {}) {
  const fixture = createRouterFixture(options);
  fixture.router.register(createRpcService({ router: fixture.router }));
  fixture.router.register(createEventsService({ router: fixture.router }));
  fixture.router.register({
    'users.list': () => ({ users: [] }),
    'config.get': () => {
      throw new SignalboxError('NOT_FOUND', 'There is no such setting.');
    },
  });
  return { ...fixture, client: connectRecorded(fixture.router) };
}

describe('rpc.catalogue', () => {
  test('describes what the node offers, and what the caller may', () => {
    const { router } = open();
    const viewer = connectRecorded(router, { role: 'viewer' });
    viewer.request({ requestid: 'r', method: 'rpc.catalogue' });
    const { methods } = (viewer.answerTo('r') as unknown as { data: { methods: { method: string; allowed: boolean }[] } }).data;
    expect(methods.map(({ method }) => method).sort()).toEqual(
      [
        'config.get',
        'events.publish',
        'events.topics',
        'rpc.activity',
        'rpc.catalogue',
        'subscribe_channel',
        'unsubscribe_channel',
        'users.list',
      ].sort(),
    );
    expect(methods.find(({ method }) => method === 'users.list')).toMatchObject({ service: 'users', allowed: false, role: 'admin' });
    expect(methods.find(({ method }) => method === 'config.get')).toMatchObject({
      allowed: true,
      effect: 'read',
      aliases: ['get_configuration'],
      params: { type: 'object', additionalProperties: false },
    });
    expect(methods.find(({ method }) => method === 'events.publish')).toMatchObject({
      params: { required: ['topic', 'data'] },
      example: { topic: '/site/note' },
    });
  });
});

describe('rpc.activity', () => {
  test('lists the latest calls, quiet ones left out, and counts by method', () => {
    const { client } = open();
    for (const method of ['users.list', 'config.get', 'users.list', 'rpc.catalogue', 'no.such']) {
      client.request({ requestid: method, method });
    }
    client.request({ requestid: 'all', method: 'rpc.activity' });
    client.request({ requestid: 'errors', method: 'rpc.activity', params: { errorsOnly: true, method: 'config.get' } });
    const all = (client.answerTo('all') as unknown as { data: { entries: { method: string }[]; methods: unknown[] } }).data;
    expect(all.entries.map(({ method }) => method)).toEqual(['unknown', 'users.list', 'config.get', 'users.list']);
    expect(all.methods).toContainEqual(expect.objectContaining({ method: 'users.list', calls: 2, errors: 0 }));
    expect(all.methods).toContainEqual(expect.objectContaining({ method: 'config.get', calls: 1, errors: 1 }));
    expect(client.answerTo('errors')).toMatchObject({ data: { entries: [{ method: 'config.get', code: 'NOT_FOUND', via: 'ws' }] } });
  });

  test('keeps a bounded number and counts the rest', () => {
    const { client } = open({ limits: { activityEntries: 5 } });
    for (let n = 0; n < 12; n++) client.request({ requestid: `r${n}`, method: 'users.list' });
    client.request({ requestid: 'all', method: 'rpc.activity' });
    expect(client.answerTo('all')).toMatchObject({ data: { dropped: 7 } });
    expect((client.answerTo('all') as unknown as { data: { entries: { id: number }[] } }).data.entries.map(({ id }) => id)).toEqual([
      12, 11, 10, 9, 8,
    ]);
  });

  test('goes out at most four times a second, and only while somebody listens', async () => {
    const { client, router } = open();
    client.request({ requestid: 'before', method: 'users.list' });
    expect(vi.getTimerCount()).toBe(0);
    client.request({ requestid: 's', method: 'subscribe_channel', params: { topic: '/cluster/rpc' } });
    await endOfTurn();
    for (let tenth = 0; tenth < 10; tenth++) {
      client.request({ requestid: `r${tenth}`, method: 'users.list' });
      vi.advanceTimersByTime(100);
      await endOfTurn();
    }
    expect(client.events.length).toBeGreaterThanOrEqual(3);
    expect(client.events.length).toBeLessThanOrEqual(4);
    const carried = client.events.flatMap(({ data }) => (data as { entries: { method: string }[] }).entries);
    expect(carried.filter(({ method }) => method === 'users.list').length).toBeGreaterThanOrEqual(8);
    client.client.closed();
    expect(vi.getTimerCount()).toBe(0);
    expect(router.snapshot().rpc.total).toBe(12);
  });
});

describe('metrics', () => {
  test('show calls, times, events and clients with bounded labels', async () => {
    const { client, router, registry } = open();
    for (const method of ['users.list', 'config.get', 'evil-1', 'evil-2']) client.request({ requestid: method, method });
    client.request({ requestid: 's', method: 'subscribe_channel', params: { topic: '/site/a' } });
    await endOfTurn();
    router.publish('/site/a', 1);
    await endOfTurn();
    const text = await registry.metrics();
    expect(text).toContain('signalbox_rpc_requests_total{method="users.list",status="success"} 1');
    expect(text).toContain('signalbox_rpc_requests_total{method="config.get",status="NOT_FOUND"} 1');
    expect(text).toContain('signalbox_rpc_requests_total{method="unknown",status="METHOD_NOT_FOUND"} 2');
    expect(text).not.toContain('evil');
    expect(text).toMatch(/signalbox_rpc_duration_seconds_bucket\{method="users.list",le="\+Inf"\} 1/);
    expect(text).toContain('signalbox_rpc_duration_seconds_count{method="users.list"} 1');
    expect(text).toContain('signalbox_events_published_total 1');
    expect(text).toContain('signalbox_events_delivered_total 1');
    expect(text).toContain('signalbox_clients{kind="ws"} 1');
    expect(text).toContain('signalbox_rpc_in_flight 0');
    expect(await registry.metrics()).toBe(text);
    const json = await registry.getMetricsAsJSON();
    expect(json.find(({ name }) => name === 'signalbox_rpc_duration_seconds')?.values).toContainEqual(
      expect.objectContaining({ labels: { method: 'users.list', le: '+Inf' }, value: 1 }),
    );
  });

  test('give rates and quantiles of the last seconds', () => {
    const { client, router } = open();
    for (let n = 0; n < 10; n++) client.request({ requestid: `r${n}`, method: n % 5 === 0 ? 'config.get' : 'users.list' });
    vi.advanceTimersByTime(1_000);
    const { rpc, clients } = router.snapshot();
    expect(rpc).toMatchObject({ total: 10, errors: 2, inFlight: 0, perSecond: 2 });
    expect(rpc.p50Ms).toBeGreaterThan(0);
    expect(clients).toEqual({ ws: 1, ipc: 0, cli: 0, local: 0 });
    vi.advanceTimersByTime(60_000);
    expect(router.snapshot().rpc).toMatchObject({ perSecond: 0, p50Ms: null });
  });
});
