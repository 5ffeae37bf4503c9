import { expect, onTestFinished, test } from 'vitest';
import { nodeLimits } from '../../../../../src/main/node/limits.ts';
import { LogFeed } from '../../../../../src/main/node/services/log-feed.ts';
import { createLogsService } from '../../../../../src/main/node/services/logs.ts';
import { Logs } from '../../../../../src/main/node/telemetry/index.ts';
import { connectRecorded, createRouterFixture, endOfTurn, principalWith } from '../../../../helpers/router-fixture.ts';

async function startFeed(nowMs: () => number = () => 0) {
  const logs = new Logs({ level: 'trace', nowMs });
  const { router } = createRouterFixture({ logger: logs.logger('router') });
  const feed = new LogFeed({ logs, router, nowMs });
  router.register(createLogsService({ logs }));
  await feed.start();
  onTestFinished(() => feed.stop());
  const client = connectRecorded(router);
  return { logs, router, feed, client };
}

test('a log goes live to who listens to it, also one that is first used later', async () => {
  const { logs, router, client } = await startFeed();
  await router.subscribeClient(client.client.id, '/logging/+', principalWith('admin'));
  logs.logger('store').warn('store.slow', 'Slow.', { ms: 5 });
  await endOfTurn();
  expect(client.events.map(({ topic, data }) => [topic, data])).toEqual([
    ['/logging/store', { timestamp: 0, level: 'warn', log: 'store', event: 'store.slow', message: 'Slow.', fields: { ms: 5 } }],
  ]);
  router.unsubscribeClient(client.client.id, '/logging/+');
  await router.subscribeClient(client.client.id, '/logging/http', principalWith('admin'));
  logs.logger('store').warn('store.slow', 'Slow.');
  logs.logger('http').info('http.x', 'Heard.');
  await endOfTurn();
  expect(client.events.map(({ topic }) => topic)).toEqual(['/logging/store', '/logging/http']);
});

test('nothing is published while nobody listens', async () => {
  const { logs, router } = await startFeed();
  logs.logger('store').warn('store.slow', 'Slow.');
  expect(router.snapshot().events.published).toBe(0);
});

test('a log line about the delivery of a log line is not delivered', async () => {
  const { logs, router, client } = await startFeed();
  await router.subscribeClient(client.client.id, '/logging/#', principalWith('admin'));
  // Whoever hears of an event and logs that: the loop that would feed itself.
  const subscriber = { id: 'echo', deliver: () => logs.logger('router').debug('router.delivered', 'Delivered.') };
  const publish = router.publish.bind(router);
  router.publish = (topic, data, options) => {
    const event = publish(topic, data, options);
    subscriber.deliver();
    return event;
  };
  logs.logger('store').info('store.a', 'First.');
  logs.logger('store').info('store.b', 'Second.');
  await endOfTurn();
  expect(client.events.map(({ topic, data }) => [topic, (data as { skippedBefore?: number }).skippedBefore])).toEqual([
    ['/logging/store', undefined],
    ['/logging/store', 1],
  ]);
  expect(logs.tail({ name: 'router', lines: 10 }).entries).toHaveLength(2);
});

test('a flood of lines is bounded a second; the rest stays readable and is counted', async () => {
  let nowMs = 0;
  const { logs, router, client } = await startFeed(() => nowMs);
  await router.subscribeClient(client.client.id, '/logging/store', principalWith('admin'));
  const most = nodeLimits.logLiveLinesPerSecond;
  for (let index = 0; index < most + 25; index++) logs.logger('store').info('store.line', String(index));
  await endOfTurn();
  expect(client.events).toHaveLength(most);
  nowMs = 1_000;
  logs.logger('store').info('store.line', 'after');
  await endOfTurn();
  expect(client.events.at(-1)?.data).toMatchObject({ message: 'after', skippedBefore: 25 });
  expect(logs.tail({ name: 'store', lines: 1_000 }).entries).toHaveLength(most + 26);
});

test('logs are listed with their topics; an unknown one is not found', async () => {
  const { router, logs } = await startFeed();
  logs.logger('store').info('store.a', 'First.');
  const principal = principalWith('operator');
  expect(await router.call('logs.list', {}, { principal })).toEqual([
    { name: 'router', topic: '/logging/router', level: 'trace', lines: 0 },
    { name: 'store', topic: '/logging/store', level: 'trace', lines: 1 },
  ]);
  expect((await router.call('logs.tail', { name: 'all' }, { principal })).entries).toHaveLength(1);
  expect(await router.call('logs.setLevel', { name: 'store', level: 'error' }, { principal })).toEqual({ changed: ['store'] });
  for (const call of [
    router.call('logs.tail', { name: 'x' }, { principal }),
    router.call('logs.setLevel', { name: 'x', level: 'info' }, { principal }),
  ])
    await expect(call).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
