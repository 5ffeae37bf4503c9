import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Role } from '../../../../../src/common/roles.ts';
import { filtersOverlap, levelsMatch } from '../../../../../src/common/topics.ts';
import { createEventsService } from '../../../../../src/main/node/services/events.ts';
import {
  connectRecorded,
  createRouterFixture,
  endOfTurn,
  principalWith,
  type RecordedClient,
  testNodeId,
} from '../../../../helpers/router-fixture.ts';

function open(options: Parameters<typeof createRouterFixture>[0] = {}) {
  const fixture = createRouterFixture(options);
  fixture.router.register(createEventsService({ router: fixture.router }));
  return fixture;
}

let nextId = 1;

async function subscribe(client: RecordedClient, topic: string, extra = {}) {
  const requestid = `s${nextId++}`;
  client.request({ requestid, method: 'subscribe_channel', params: { topic }, ...extra });
  await endOfTurn();
  return client.answerTo(requestid);
}

async function unsubscribe(client: RecordedClient, topic: string) {
  const requestid = `u${nextId++}`;
  client.request({ requestid, method: 'unsubscribe_channel', params: { topic } });
  await endOfTurn();
  return client.answerTo(requestid);
}

describe('events', () => {
  test('reach those who subscribed, once each, joined per turn, numbered by topic', async () => {
    const { router } = open();
    const client = connectRecorded(router);
    const other = connectRecorded(router);
    await subscribe(client, '/site/+');
    await subscribe(client, '/site/#');
    await subscribe(client, '/site/a');
    await subscribe(other, '/elsewhere');
    router.publish('/site/a', 1);
    router.publish('/site/b', 2);
    router.publish('/site/a', 3);
    expect(client.events).toEqual([]);
    await endOfTurn();
    expect(client.events.map(({ topic, data, meta }) => [topic, data, meta.seq])).toEqual([
      ['/site/a', 1, 1],
      ['/site/b', 2, 1],
      ['/site/a', 3, 2],
    ]);
    expect(other.events).toEqual([]);
  });

  test('of this node under its id or name carry that in their topic', async () => {
    const { router } = open();
    const client = connectRecorded(router);
    for (const topic of [`${testNodeId}/site/a`, 'press-07/site/a', '+/site/a']) await subscribe(client, topic);
    router.publish('/site/a', 1);
    await endOfTurn();
    expect(client.events.map(({ topic }) => topic).sort()).toEqual([`${testNodeId}/site/a`, 'press-07/site/a'].sort());
  });

  test('a subscription that names this node is a local one', async () => {
    const { router } = open();
    const client = connectRecorded(router);
    expect(await subscribe(client, '/site/a', { serviceId: 'press-07' })).toMatchObject({ data: { topic: '/site/a' } });
    expect(await subscribe(client, '/site/a', { serviceId: '*' })).toMatchObject({ data: { topic: '+/site/a' } });
  });

  test('of an unknown node cannot be had, and it is said which', async () => {
    const { router } = open();
    const client = connectRecorded(router);
    const answer = await subscribe(client, 'node-b/stats');
    expect(answer).toMatchObject({ code: 'NODE_UNREACHABLE', executed: 'no', message: expect.stringContaining('node-b') });
  });

  test.each([['stats'], ['/a//b'], ['/a/#/b'], ['/a+'], ['/\u0007']])('a topic like %j is refused', async (topic) => {
    const { router } = open();
    expect(await subscribe(connectRecorded(router), topic)).toMatchObject({ code: 'INVALID_PARAMS' });
  });

  test('everything at once is for operators, and who is refused is written down', async () => {
    const { router, audits } = open();
    expect(await subscribe(connectRecorded(router, { role: 'viewer' }), '/#')).toMatchObject({ code: 'FORBIDDEN' });
    expect(await subscribe(connectRecorded(router, { role: 'viewer' }), '+/#')).toMatchObject({ code: 'FORBIDDEN' });
    expect(await subscribe(connectRecorded(router, { role: 'viewer' }), '/+/#')).toMatchObject({ code: 'FORBIDDEN' });
    expect(await subscribe(connectRecorded(router, { role: 'viewer' }), '/tunnels/press-07')).toMatchObject({ code: 'FORBIDDEN' });
    expect(await subscribe(connectRecorded(router, { role: 'viewer' }), '/+/press-07')).toMatchObject({ code: 'FORBIDDEN' });
    for (const entries of ['/ledger/entries', '/ledger/+', '+/ledger/#'])
      expect(await subscribe(connectRecorded(router, { role: 'viewer' }), entries)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await subscribe(connectRecorded(router, { role: 'viewer' }), '/ledger')).toMatchObject({ status: 'success' });
    expect(await subscribe(connectRecorded(router, { role: 'viewer' }), '/logging/#')).toMatchObject({ status: 'success' });
    expect(await subscribe(connectRecorded(router, { role: 'operator' }), '/#')).toMatchObject({ status: 'success' });
    expect(audits).toMatchObject([{ act: 'subscribe_channel', params: { topic: '/#' }, outcome: 'refused', code: 'FORBIDDEN' }]);
  });

  test('everything at once ends with the role it needs, and comes back with it; the rest goes on', async () => {
    const { router } = open();
    let role: Role = 'operator';
    const client = connectRecorded(router, { principal: () => principalWith(role, 'eve@test') });
    const other = connectRecorded(router, { role: 'operator' });
    for (const topic of ['/#', '/site/+']) await subscribe(client, topic);
    await subscribe(other, '/#');
    role = 'viewer';
    router.rolesChanged();
    router.publish('/secret', 1);
    router.publish('/site/a', 2);
    await endOfTurn();
    expect(client.events.map(({ topic }) => topic)).toEqual(['/site/a']);
    expect(other.events).toHaveLength(2);
    role = 'admin';
    router.rolesChanged();
    expect(await subscribe(client, '/#')).toMatchObject({ status: 'success' });
  });

  test('up to 64 subscriptions a connection; a repeat is not a further one', async () => {
    const { router } = open();
    const client = connectRecorded(router);
    for (let n = 0; n < 64; n++) expect(await subscribe(client, `/site/${n}`)).toMatchObject({ status: 'success' });
    expect(await subscribe(client, '/site/0')).toMatchObject({ status: 'success' });
    expect(await subscribe(client, '/site/65')).toMatchObject({ code: 'OVERLOADED', executed: 'no' });
    await unsubscribe(client, '/site/3');
    expect(await subscribe(client, '/site/65')).toMatchObject({ status: 'success' });
  });

  test('last values of topics with a state come with the subscription', async () => {
    const { router } = open();
    router.publish('/site/door', 'open', { retain: true });
    router.publish('/site/door', 'shut', { retain: true });
    router.publish('/site/note', 'gone');
    const client = connectRecorded(router);
    await subscribe(client, '/site/+');
    expect(client.events.map(({ data, meta }) => [data, meta.seq])).toEqual([['shut', 2]]);
  });

  test('last values are bounded; the oldest goes first', async () => {
    const { router } = open({ limits: { retainedTopics: 2 } });
    for (const name of ['a', 'b', 'c']) router.publish(`/site/${name}`, name, { retain: true });
    const client = connectRecorded(router);
    await subscribe(client, '/site/+');
    expect(client.events.map(({ data }) => data)).toEqual(['b', 'c']);
  });

  test('stop with the connection', async () => {
    const { router } = open();
    const client = connectRecorded(router);
    await subscribe(client, '/site/a');
    client.client.closed();
    expect(router.publishCounted('/site/a', 1).subscribers).toBe(0);
    expect(router.snapshot().events.subscriptions).toBe(0);
  });
});

describe('demand', () => {
  test('is told at the first subscriber and after the last, wildcards counted', async () => {
    const { router } = open();
    const told: boolean[] = [];
    const stop = router.onDemand('/stats', (wanted) => told.push(wanted));
    const one = connectRecorded(router);
    const two = connectRecorded(router);
    await subscribe(one, '/stats');
    await subscribe(two, '/#');
    await subscribe(two, 'press-07/stats');
    await unsubscribe(one, '/stats');
    expect(told).toEqual([true]);
    two.client.closed();
    expect(told).toEqual([true, false]);
    stop();
    await subscribe(one, '/stats');
    expect(told).toEqual([true, false]);
  });

  test('is told at once where somebody listens already, and a listener that fails harms nobody', async () => {
    const { router, lines } = open();
    const client = connectRecorded(router);
    await subscribe(client, '/logging/+');
    const told: boolean[] = [];
    router.onDemand('/logging/router', () => {
      throw new Error('publisher failed');
    });
    router.onDemand('/logging/http', (wanted) => told.push(wanted));
    expect(told).toEqual([true]);
    expect(lines.map(({ event }) => event)).toContain('router.demand_listener_failed');
  });

  test('filters overlap exactly when some topic matches both', () => {
    const level = fc.constantFrom('a', 'b', '+');
    const filter = fc
      .tuple(fc.array(level, { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([levels, rest]) => (rest ? [...levels, '#'] : levels));
    const topics: string[][] = [[]];
    for (let depth = 0; depth < 4; depth++) {
      for (const topic of topics.filter(({ length }) => length === depth))
        for (const next of ['a', 'b', 'c']) topics.push([...topic, next]);
    }
    fc.assert(
      fc.property(filter, filter, (one, other) => {
        const both = topics.some((topic) => topic.length > 0 && levelsMatch(one, topic) && levelsMatch(other, topic));
        expect(filtersOverlap(one, other)).toBe(both);
      }),
    );
  });
});

describe('events.publish', () => {
  test('says the number and who got it', async () => {
    const { router } = open();
    const client = connectRecorded(router);
    await subscribe(client, '/site/note');
    client.request({ requestid: 'p', method: 'events.publish', params: { topic: '/site/note', name: 'error_generated', data: { a: 1 } } });
    expect(client.answerTo('p')).toMatchObject({ data: { topic: '/site/note', seq: 1, subscribers: 1 } });
    await endOfTurn();
    expect(client.events).toMatchObject([{ name: 'error_generated', status: 'error', data: { a: 1 } }]);
  });

  test.each([
    ['/stats', 'FORBIDDEN'],
    ['/cluster/rpc', 'FORBIDDEN'],
    ['/feeds/feed-1', 'FORBIDDEN'],
    ['/site/+', 'INVALID_PARAMS'],
    ['node-b/site', 'INVALID_PARAMS'],
  ])('on %s is refused', (topic, code) => {
    const { router } = open();
    const client = connectRecorded(router);
    client.request({ requestid: 'p', method: 'events.publish', params: { topic, data: 1 } });
    expect(client.answerTo('p')).toMatchObject({ code, executed: 'no' });
  });

  test('is bounded', () => {
    const { router } = open({ limits: { publishBytes: 100 } });
    const client = connectRecorded(router);
    client.request({ requestid: 'p', method: 'events.publish', params: { topic: '/site/a', data: 'x'.repeat(200) } });
    expect(client.answerTo('p')).toMatchObject({ code: 'TOO_LARGE' });
  });
});

describe('events.topics', () => {
  test('lists topics, newest first, and counts those forgotten', () => {
    let nowMs = 10_000;
    const { router } = open({ limits: { trackedTopics: 2 }, nowMs: () => nowMs });
    for (const name of ['a', 'b', 'c', 'b']) router.publish(`/site/${name}`, { name });
    nowMs += 1_000;
    const client = connectRecorded(router);
    client.request({ requestid: 't', method: 'events.topics' });
    expect(client.answerTo('t')).toMatchObject({
      data: {
        topics: [
          { topic: '/site/b', published: 2, perSecond: 0.4, subscribers: 0, lastAt: 10_000, lastPreview: '{"name":"b"}' },
          { topic: '/site/c', published: 1 },
        ],
        dropped: 1,
      },
    });
  });
});

describe('notifications', () => {
  test('carry a message and the code of their level', async () => {
    const { router } = open();
    const client = connectRecorded(router);
    await subscribe(client, '/notifications');
    router.notify('The disk of press-07 is nearly full.', 'warning');
    await endOfTurn();
    expect(client.events).toMatchObject([
      { name: 'text_notification', data: { message: 'The disk of press-07 is nearly full.', code: 3 } },
    ]);
  });
});
