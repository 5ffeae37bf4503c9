import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FeedBatch, FeedEvent, WaitingTopic } from '../../../../../src/common/contract/feeds.ts';
import { SignalboxError } from '../../../../../src/common/errors.ts';
import type { Role } from '../../../../../src/common/roles.ts';
import type { EventMessage, RpcSuccess } from '../../../../../src/common/wire/messages.ts';
import type { RemoteNodes } from '../../../../../src/main/node/router/index.ts';
import { createFeedsService } from '../../../../../src/main/node/services/feeds.ts';
import { connectRecorded, createRouterFixture, endOfTurn, principalWith, type RecordedClient } from '../../../../helpers/router-fixture.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Nodes `busy` and `silent`, which are followed as a test says. */
function remoteNodesWith(subscribe: RemoteNodes['subscribe']): RemoteNodes {
  const nodes = ['busy', 'silent'].map((name) => ({ nodeId: `n1-${name}`, name, capabilities: ['router'], healthy: true, load: 0 }));
  return {
    list: () => nodes,
    find: (idOrName) => nodes.find(({ nodeId, name }) => nodeId === idOrName || name === idOrName),
    call: () => Promise.reject(new SignalboxError('NODE_UNREACHABLE', 'Not for calls.')),
    broadcast: () => undefined,
    subscribe,
    onLost: () => undefined,
  };
}

function start(options: Parameters<typeof createRouterFixture>[0] = {}) {
  const fixture = createRouterFixture(options);
  fixture.router.register(createFeedsService({ router: fixture.router }));
  return { ...fixture, client: connectRecorded(fixture.router) };
}

let nextId = 1;

async function call(client: RecordedClient, method: string, params: Record<string, unknown>) {
  const requestid = `c${nextId++}`;
  client.request({ requestid, method, params });
  await endOfTurn();
  return client.answerTo(requestid);
}

async function openFeed(client: RecordedClient, params: Record<string, unknown> = {}): Promise<string> {
  const answer = await call(client, 'feeds.open', { topics: ['/site/#'], ...params });
  expect(answer).toMatchObject({ status: 'success' });
  return ((answer as RpcSuccess).data as { feedId: string }).feedId;
}

test('a feed is opened on a connection alone: another node’s would never be closed', async () => {
  const { router } = start();
  const principal = principalWith('viewer');
  await expect(router.call('feeds.open', { topics: ['/site/#'] }, { principal })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    executed: 'no',
  });
});

/** Lets one beat pass and the events of the turn go out. */
async function beat(ms = 100): Promise<void> {
  vi.advanceTimersByTime(ms);
  await endOfTurn();
}

function batches(client: RecordedClient): FeedBatch[] {
  return client.events.map(({ data }) => data as FeedBatch);
}

describe('a feed', () => {
  test('of everything at once ends with the role it needs; its other topics go on', async () => {
    const { router } = start();
    let role: Role = 'operator';
    const client = connectRecorded(router, { principal: () => principalWith(role, 'eve@test') });
    const feedId = await openFeed(client, { topics: ['/#', '/site/#'] });
    role = 'viewer';
    router.rolesChanged();
    router.publish('/secret', 1);
    router.publish('/site/a', 2);
    await beat();
    expect(batches(client).map(({ topics }) => topics)).toEqual([['/site/a']]);
    expect(await call(client, 'feeds.update', { feedId, topics: ['/#'] })).toMatchObject({ code: 'FORBIDDEN' });
    role = 'operator';
    expect(await call(client, 'feeds.update', { feedId, topics: ['/#'] })).toMatchObject({ status: 'success' });
    router.publish('/secret', 3);
    await beat(10_000);
    expect(batches(client).flatMap(({ topics }) => topics)).toContain('/secret');
  });

  test('gathers the events of a beat into one batch of columns, on its own topic', async () => {
    const { router, client } = start();
    const feedId = await openFeed(client, { topics: ['/site/b', '/site/#'], previewBytes: 5 });
    router.publish('/site/a', { text: 'one' });
    router.publish('/site/b', 2);
    router.publish('/other', 3);
    expect(client.events).toEqual([]);
    await beat();
    expect(client.events).toHaveLength(1);
    expect(client.events[0]).toMatchObject({ topic: `/feeds/${feedId}`, meta: { seq: 1 } });
    expect(batches(client)[0]).toMatchObject({
      feedId,
      batch: 1,
      ids: [1, 2],
      topics: ['/site/a', '/site/b'],
      origins: [router.nodeId, router.nodeId],
      filters: [1, 0],
      statuses: ['data', 'data'],
      previews: ['{"tex', '2'],
      received: 2,
      kept: 2,
      evicted: 0,
      skipped: 0,
    });
  });

  test('goes to its own client alone, whoever else asks for its topic or id', async () => {
    const { router, client } = start();
    const feedId = await openFeed(client);
    const other = connectRecorded(router);
    expect(await call(other, 'feeds.read', { feedId, fromId: 0 })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await call(other, 'feeds.close', { feedId })).toMatchObject({ code: 'NOT_FOUND' });
    router.publish('/site/a', 1);
    await beat();
    expect(client.events).toHaveLength(1);
    expect(other.events).toEqual([]);
  });

  test('waits for acknowledgements after two batches, counts meanwhile, and goes on with the newest', async () => {
    const { router, client } = start();
    const feedId = await openFeed(client, { maxBatchEvents: 10 });
    for (let n = 0; n < 2; n++) {
      router.publish('/site/a', n);
      await beat();
    }
    for (let n = 0; n < 35; n++) router.publish('/site/a', n);
    await beat();
    await beat();
    expect(batches(client)).toHaveLength(2);
    await call(client, 'feeds.ack', { feedId, batch: 2 });
    await beat(0);
    expect(batches(client)[2]).toMatchObject({ batch: 3, received: 37, skipped: 25, kept: 37 });
    expect(batches(client)[2]?.ids).toEqual([28, 29, 30, 31, 32, 33, 34, 35, 36, 37]);
  });

  test('tries again when no acknowledgement ever comes', async () => {
    const { router, client } = start();
    await openFeed(client);
    for (let n = 0; n < 5; n++) {
      router.publish('/site/a', n);
      await beat();
    }
    expect(batches(client)).toHaveLength(2);
    await beat(2_000);
    expect(batches(client)[2]).toMatchObject({ received: 5, ids: [3, 4, 5] });
  });

  test('that is hidden sends totals once a second, and what it missed when it is shown again', async () => {
    const { router, client } = start();
    const feedId = await openFeed(client);
    await call(client, 'feeds.update', { feedId, mode: 'counting' });
    for (let tenth = 0; tenth < 20; tenth++) {
      router.publish('/site/a', tenth);
      await beat();
    }
    expect(batches(client).length).toBeLessThanOrEqual(3);
    expect(batches(client).every(({ ids }) => ids.length === 0)).toBe(true);
    await call(client, 'feeds.update', { feedId, mode: 'live' });
    await beat();
    const last = batches(client).at(-1);
    expect(last).toMatchObject({ received: 20, skipped: 0 });
    expect(last?.ids).toHaveLength(20);
  });

  test('says when traffic has ceased, then falls silent', async () => {
    const { router, client } = start();
    const feedId = await openFeed(client);
    router.publish('/site/a', 1);
    for (let tenth = 0; tenth < 40; tenth++) {
      await beat();
      for (const { batch } of batches(client).slice(-1)) await call(client, 'feeds.ack', { feedId, batch });
    }
    expect(batches(client).some(({ perSecond }) => perSecond[0] === 1)).toBe(true);
    expect(batches(client).at(-1)?.perSecond).toEqual([0]);
    const settled = client.events.length;
    await beat(10_000);
    expect(client.events).toHaveLength(settled);
  });

  test('keeps the newest by number and bytes, and reads whole events by id within its bound', async () => {
    const { router, client } = start({ limits: { feedEvents: 100, feedReadBytes: 3_000 } });
    const feedId = await openFeed(client);
    for (let n = 1; n <= 150; n++) router.publish('/site/a', 'x'.repeat(1_000));
    await beat();
    expect(batches(client)[0]).toMatchObject({ received: 150, kept: 100, evicted: 50, skipped: 50 });
    const first = (await call(client, 'feeds.read', { feedId, fromId: 0, limit: 50 })) as RpcSuccess;
    const data = first.data as { events: { id: number; data: string }[] };
    expect(data).toMatchObject({ oldestId: 51, newestId: 150, more: true });
    expect(data.events.map(({ id }) => id)).toEqual([51, 52]);
    expect(data.events[0]?.data).toHaveLength(1_000);
    const last = (await call(client, 'feeds.read', { feedId, fromId: 150, limit: 50 })) as RpcSuccess;
    expect(last.data).toMatchObject({ events: [{ id: 150, seq: 150, origin: router.nodeId }], more: false });
  });

  test('keeps within its bytes', async () => {
    const { router, client } = start({ limits: { feedBytes: 10_000 } });
    await openFeed(client);
    for (let n = 1; n <= 50; n++) router.publish('/site/a', 'x'.repeat(1_000));
    await beat();
    expect(batches(client)[0]?.keptBytes).toBeLessThanOrEqual(10_000);
    expect(batches(client)[0]?.kept).toBeGreaterThan(5);
  });

  test('shares its bytes with the other feeds of the client: a flood on one does not empty a quiet one', async () => {
    const { router, client } = start({ limits: { feedBytes: 20_000 } });
    const other = connectRecorded(router);
    const [flooded = '', quiet = ''] = [await openFeed(client, { topics: ['/site/a'] }), await openFeed(client, { topics: ['/site/b'] })];
    await openFeed(other, { topics: ['/site/a'] });
    for (let n = 1; n <= 3; n++) router.publish('/site/b', 'x'.repeat(1_000));
    for (let n = 1; n <= 50; n++) router.publish('/site/a', 'x'.repeat(1_000));
    await beat();
    const kept = Object.fromEntries(batches(client).map((batch) => [batch.feedId, batch]));
    expect(kept[quiet]).toMatchObject({ kept: 3, evicted: 0 });
    expect((kept[flooded]?.keptBytes ?? 0) + (kept[quiet]?.keptBytes ?? 0)).toBeLessThanOrEqual(20_000);
    // Another client has bytes of its own.
    expect(batches(other)[0]?.kept).toBeGreaterThan(kept[flooded]?.kept ?? 0);
    // What is closed gives its part back.
    await call(client, 'feeds.close', { feedId: quiet });
    for (let n = 1; n <= 50; n++) router.publish('/site/a', 'x'.repeat(1_000));
    await beat();
    expect(batches(client).at(-1)?.kept).toBeGreaterThan(kept[flooded]?.kept ?? 0);
  });

  test('may change its topics', async () => {
    const { router, client } = start();
    const feedId = await openFeed(client, { topics: ['/site/a', '/site/b'] });
    await call(client, 'feeds.update', { feedId, topics: ['/site/b', '/site/c'] });
    for (const name of ['a', 'b', 'c']) router.publish(`/site/${name}`, name);
    await beat();
    expect(batches(client)[0]).toMatchObject({ topics: ['/site/b', '/site/c'], filters: [0, 1] });
    expect(router.publishCounted('/site/a', 1).subscribers).toBe(0);
  });

  test('ends with its client, its subscriptions and timers with it', async () => {
    const { router, client } = start();
    await openFeed(client);
    router.publish('/site/a', 1);
    client.client.closed();
    expect(router.publishCounted('/site/a', 2).subscribers).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is one of at most eight; a closed one makes room', async () => {
    const { client } = start();
    const first = await openFeed(client);
    for (let n = 1; n < 8; n++) await openFeed(client);
    expect(await call(client, 'feeds.open', { topics: ['/site/a'] })).toMatchObject({ code: 'OVERLOADED' });
    await call(client, 'feeds.close', { feedId: first });
    await openFeed(client);
  });

  test('of everything is for operators', async () => {
    const { router } = start();
    const viewer = connectRecorded(router, { role: 'viewer' });
    expect(await call(viewer, 'feeds.open', { topics: ['/site/a', '/#'] })).toMatchObject({ code: 'FORBIDDEN' });
    expect(router.publishCounted('/site/a', 1).subscribers).toBe(0);
  });

  test('goes on with its other topics while a node is unknown, refuses or is silent, and says so', async () => {
    let refused = true;
    const remoteNodes = remoteNodesWith((node) => {
      if (node === 'n1-silent') return new Promise(() => undefined);
      return refused ? Promise.reject(new SignalboxError('OVERLOADED', 'Too many.')) : Promise.resolve(() => undefined);
    });
    const { client, router } = start({ remoteNodes });
    const topics = ['/site/a', 'unknown/stats', 'busy/stats', 'silent/stats'];
    client.request({ requestid: 'open', method: 'feeds.open', params: { topics } });
    await endOfTurn();
    expect(client.answerTo('open')).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1_000);
    await endOfTurn();
    const { feedId, waiting } = (client.answerTo('open') as RpcSuccess).data as { feedId: string; waiting: WaitingTopic[] };
    expect(waiting.map(({ topic, code }) => [topic, code])).toEqual([
      ['unknown/stats', 'NODE_UNREACHABLE'],
      ['busy/stats', 'OVERLOADED'],
      ['silent/stats', null],
    ]);
    router.publish('/site/a', 1);
    await beat();
    expect(batches(client)[0]?.topics).toEqual(['/site/a']);
    refused = false;
    client.request({ requestid: 'again', method: 'feeds.update', params: { feedId, topics: topics.slice(0, 3) } });
    await vi.advanceTimersByTimeAsync(1_000);
    await endOfTurn();
    const again = (client.answerTo('again') as RpcSuccess).data as { waiting: WaitingTopic[] };
    expect(again.waiting.map(({ topic }) => topic)).toEqual(['unknown/stats']);
    expect((await call(client, 'feeds.close', { feedId })) as RpcSuccess).toMatchObject({ status: 'success' });
  });

  test('counts for each topic what came, what is kept and what was lost on the way', async () => {
    let deliver: (nodeId: string, event: EventMessage) => void = () => undefined;
    const remoteNodes = remoteNodesWith((_node, _topic, to) => {
      deliver = to;
      return Promise.resolve(() => undefined);
    });
    const { client, router } = start({ remoteNodes, limits: { feedEvents: 3 } });
    const feedId = await openFeed(client, { topics: ['/site/#', 'busy/stats'] });
    for (let n = 0; n < 4; n++) router.publish('/site/a', n);
    const meta = { identity: 'n1-busy', seq: 9, dropped: 5 };
    deliver('n1-busy', { type: 'event', name: 'data_generated', status: 'data', topic: '/stats', data: 1, meta, timestamp: Date.now() });
    await beat();
    expect(batches(client).at(-1)).toMatchObject({ receivedBy: [4, 1], keptBy: [2, 1], lostBy: [0, 5] });
    const read = (await call(client, 'feeds.read', { feedId, fromId: 0, limit: 9 })) as RpcSuccess;
    expect((read.data as { events: FeedEvent[] }).events.map(({ topic, dropped }) => [topic, dropped]).at(-1)).toEqual(['busy/stats', 5]);
    await call(client, 'feeds.update', { feedId, topics: ['busy/stats'] });
    router.publish('/site/a', 0);
    deliver('n1-busy', {
      type: 'event',
      name: 'data_generated',
      status: 'data',
      topic: '/stats',
      data: 2,
      meta: { identity: 'n1-busy', seq: 10 },
      timestamp: Date.now(),
    });
    await beat();
    expect(batches(client).at(-1)).toMatchObject({ receivedBy: [2], lostBy: [5] });
  });
});
