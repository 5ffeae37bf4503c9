import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createEventsService } from '../../../../../src/main/node/services/events.ts';
import { connectRecorded, createRouterFixture, endOfTurn, type RecordedClient } from '../../../../helpers/router-fixture.ts';

const mebibyte = 1_048_576;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function open(limits: Parameters<typeof createRouterFixture>[0] = {}) {
  const fixture = createRouterFixture(limits);
  const { router } = fixture;
  router.register(createEventsService({ router }));
  router.register({ 'config.validate': () => ({ valid: true, issues: [], restartNeeded: [] }) });
  const slow = connectRecorded(router);
  const quick = connectRecorded(router);
  for (const client of [slow, quick]) await subscribe(client);
  return { ...fixture, slow, quick };
}

async function subscribe(client: RecordedClient): Promise<void> {
  client.request({ requestid: 's', method: 'subscribe_channel', params: { topic: '/site/#' } });
  await endOfTurn();
}

describe('a client that does not read', () => {
  test('loses the oldest events, learns how many, and holds up nobody', async () => {
    const { router, slow, quick } = await open({ limits: { queuedEventsPerClient: 10 } });
    slow.bufferedBytes = mebibyte + 1;
    for (let n = 1; n <= 30; n++) {
      router.publish('/site/a', n);
      await endOfTurn();
    }
    expect(slow.events).toEqual([]);
    expect(quick.events).toHaveLength(30);
    slow.bufferedBytes = 0;
    vi.advanceTimersByTime(250);
    expect(slow.events.map(({ data }) => data)).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
    expect(slow.events.map(({ meta }) => meta.dropped)).toEqual([20, ...Array.from({ length: 9 }, () => undefined)]);
    expect(quick.events.every(({ meta }) => meta.dropped === undefined)).toBe(true);
    expect(router.snapshot().events).toMatchObject({ published: 30, delivered: 40, dropped: 20 });
  });

  test('loses by bytes as well as by number, and each topic says its own loss', async () => {
    const { router, slow } = await open({ limits: { queuedEventBytesPerClient: 2_000 } });
    slow.bufferedBytes = mebibyte + 1;
    for (let n = 1; n <= 10; n++) router.publish(n % 2 === 0 ? '/site/even' : '/site/odd', 'x'.repeat(300));
    await endOfTurn();
    slow.bufferedBytes = 0;
    vi.advanceTimersByTime(250);
    expect(slow.events.length).toBeLessThan(5);
    const lost = slow.events.reduce((sum, { meta }) => sum + (meta.dropped ?? 0), 0);
    expect(lost + slow.events.length).toBe(10);
    expect(new Set(slow.events.filter(({ meta }) => meta.dropped !== undefined).map(({ topic }) => topic)).size).toBe(2);
  });

  test('loses nothing of a burst while it keeps up', async () => {
    const { router, slow } = await open({ limits: { queuedEventsPerClient: 10 } });
    for (let n = 0; n < 1_000; n++) router.publish('/site/a', n);
    await endOfTurn();
    expect(slow.events).toHaveLength(1_000);
    expect(router.snapshot().events.dropped).toBe(0);
  });

  test('is closed with 1013 after 30 s; others stay', async () => {
    const { router, slow, quick, lines } = await open();
    slow.bufferedBytes = mebibyte + 1;
    router.publish('/site/a', 1);
    await endOfTurn();
    vi.advanceTimersByTime(29_000);
    expect(slow.closes).toEqual([]);
    vi.advanceTimersByTime(1_500);
    expect(slow.closes).toMatchObject([{ code: 1013 }]);
    expect(quick.closes).toEqual([]);
    expect(lines.map(({ event }) => event)).toContain('router.slow_client_closed');
    expect(router.snapshot().clients.ws).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is closed when answers pile up beyond 4 MiB and none is taken', async () => {
    const { slow } = await open();
    slow.bufferedBytes = 4 * mebibyte + 1;
    slow.request({ requestid: 'r1', method: 'config.validate', params: { values: {} } });
    expect(slow.answerTo('r1')).toMatchObject({ status: 'success' });
    vi.advanceTimersByTime(250);
    expect(slow.closes).toMatchObject([{ code: 1013 }]);
  });

  test('with one large answer on its way is left alone while it takes it', async () => {
    const { slow } = await open();
    slow.bufferedBytes = 8 * mebibyte;
    slow.request({ requestid: 'r1', method: 'config.validate', params: { values: {} } });
    for (let left = 7; left >= 0; left--) {
      slow.bufferedBytes = left * mebibyte;
      vi.advanceTimersByTime(250);
    }
    expect(slow.closes).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is closed at once when its buffer is full', async () => {
    const { slow } = await open();
    slow.bufferedBytes = 16 * mebibyte + 1;
    slow.request({ requestid: 'r1', method: 'config.validate', params: { values: {} } });
    expect(slow.closes).toMatchObject([{ code: 1013 }]);
  });

  test('is closed when progress messages fill its buffer', () => {
    const { router, slow } = openWithProgress();
    slow.bufferedBytes = 17 * mebibyte;
    slow.request({ requestid: 'p', method: 'logs.tail', params: { name: 'all' } });
    expect(slow.closes).toMatchObject([{ code: 1013 }]);
    expect(router.snapshot().clients.ws).toBe(0);
  });
});

/** A client of a method that reports progress and does not end. */
function openWithProgress() {
  const { router } = createRouterFixture();
  router.register({
    'logs.tail': (_params, { progress }) => {
      progress({ step: 1 });
      return new Promise(() => undefined);
    },
  });
  return { router, slow: connectRecorded(router) };
}
