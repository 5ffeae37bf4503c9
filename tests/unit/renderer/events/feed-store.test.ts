/** The renderer's pipeline against a real router: the same feeds, batches and beats as in the console. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryTransport, type NodeEnd } from '../../../../src/common/client/memory-transport.ts';
import { NodeClient } from '../../../../src/common/client/node-client.ts';
import { SignalboxError } from '../../../../src/common/errors.ts';
import { attachMemory, type RemoteNodes, type Router } from '../../../../src/main/node/router/index.ts';
import { createEventsService } from '../../../../src/main/node/services/events.ts';
import { createFeedsService } from '../../../../src/main/node/services/feeds.ts';
import { FeedStore } from '../../../../src/renderer/state/feed-store.ts';
import type { FeedSubscription } from '../../../../src/renderer/state/feed-subscriptions.ts';
import { createRouterFixture, principalWith } from '../../../helpers/router-fixture.ts';

const press: FeedSubscription = { topic: '/press/#', color: 's1', hidden: false };

let router: Router;
/** The node `kiln-02` and whether it is there; its events come through {@link deliver}. */
let kilnIsThere: boolean;
let deliver: Parameters<RemoteNodes['subscribe']>[2];
const kiln = { nodeId: 'n1-kiln', name: 'kiln-02', capabilities: ['router'], healthy: true, load: 0 };
const remoteNodes: RemoteNodes = {
  list: () => [kiln],
  find: (idOrName) => (idOrName === kiln.nodeId || idOrName === kiln.name ? kiln : undefined),
  call: () => Promise.reject(new SignalboxError('NODE_UNREACHABLE', 'Not for calls.')),
  broadcast: () => undefined,
  onLost: () => undefined,
  subscribe: (_node, _topic, to) => {
    deliver = to;
    return kilnIsThere ? Promise.resolve(() => undefined) : Promise.reject(new SignalboxError('NODE_UNREACHABLE', 'It is away.'));
  },
};
let client: NodeClient;
let ends: NodeEnd[];
let store: FeedStore;

beforeEach(async () => {
  kilnIsThere = true;
  ({ router } = createRouterFixture({ remoteNodes }));
  router.register({ ...createEventsService({ router }), ...createFeedsService({ router }) });
  await router.start();
  ends = [];
  client = new NodeClient({
    connect: () => {
      const pair = createMemoryTransport();
      ends.push(pair.node);
      attachMemory(router, pair.node, { principal: () => principalWith('viewer') });
      return Promise.resolve(pair.client);
    },
  });
  store = new FeedStore({ afterDraw: (act) => act() });
  store.attach(client);
  store.setShown(true);
});

afterEach(async () => {
  client.close();
  await router.stop();
});

/** Resolves when the condition holds, looking at each change of the store. */
function when(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.subscribe(check);
    function check(): void {
      if (!condition()) return;
      stop();
      resolve();
    }
    check();
  });
}

function publish(count: number, topic = '/press/07/temp'): void {
  for (let index = 0; index < count; index++) router.publish(topic, { c: index });
}

async function openWith(...subscriptions: FeedSubscription[]): Promise<void> {
  store.setSubscriptions(subscriptions);
  await when(() => store.state.kind === 'open');
}

/** What the list shows: previews, and gaps by reason and number. */
function rows(): string[] {
  return Array.from({ length: store.view.count }, (_, index) => {
    const sequence = store.view.sequenceAt(index);
    const gap = store.ring.gapOf(sequence);
    return gap === undefined ? store.ring.previewOf(sequence) : `${gap.reason} ${gap.missing ?? 'unknown'}`;
  });
}

describe('the feed of the Events screen', () => {
  it('shows what is published on its topics and counts it', async () => {
    await openWith(press);
    publish(3);
    publish(2, '/kiln/02/gas');
    await when(() => store.counters.received === 3);
    expect(rows()).toEqual(['{"c":0}', '{"c":1}', '{"c":2}']);
    expect(store.counters).toMatchObject({ received: 3, kept: 3, evicted: 0, skipped: 0 });
    expect([...store.counters.byTopic.keys()]).toEqual(['/press/#']);
  });

  it('draws on a beat: one change of version for many events, and the next batch after the last was drawn', async () => {
    await openWith(press);
    const before = store.version();
    publish(40);
    await when(() => store.counters.received === 40);
    expect(store.version() - before).toBe(1);
    // More batches than may go unacknowledged: each of them came.
    for (let batch = 1; batch <= 5; batch++) {
      publish(1);
      await when(() => store.counters.received === 40 + batch);
    }
    expect([store.view.count, store.counters.skipped]).toEqual([45, 0]);
  });

  it('goes on while the node of one topic is away, and follows that one too once it is tried again', async () => {
    kilnIsThere = false;
    await openWith(press, { topic: 'kiln-02/gas', color: 's2', hidden: false });
    await when(() => store.waitingOf('kiln-02/gas') !== undefined);
    expect(store.waitingOf('kiln-02/gas')).toMatchObject({ code: 'NODE_UNREACHABLE', message: 'It is away.' });
    expect(store.waitingOf('/press/#')).toBeUndefined();
    publish(1);
    await when(() => store.counters.received === 1);
    kilnIsThere = true;
    store.retryWaiting();
    await when(() => store.waitingOf('kiln-02/gas') === undefined);
    const meta = { identity: kiln.nodeId, seq: 5, dropped: 4 };
    deliver(kiln.nodeId, { type: 'event', name: 'data_generated', status: 'data', topic: '/gas', data: { bar: 1 }, meta, timestamp: 1 });
    await when(() => store.counters.received === 2);
    expect(rows()).toEqual(['{"c":0}', '{"bar":1}']);
    expect(store.counters.byTopic.get('kiln-02/gas')).toMatchObject({ kept: 1, dropped: 4 });
    expect(store.ring.originOf(store.view.sequenceAt(1))).toBe(kiln.nodeId);
  });

  it('reads a whole event by the id of its row', async () => {
    await openWith(press);
    router.publish('/press/07/log', { text: 'x'.repeat(5_000) });
    await when(() => store.view.count === 1);
    const header = store.ring.headerOf(store.view.sequenceAt(0));
    expect(header?.preview).toHaveLength(256);
    const { events } = await store.read(header?.epoch ?? -1, header?.id ?? -1, 1);
    expect(events[0]?.data).toEqual({ text: 'x'.repeat(5_000) });
  });

  it('stands still while paused, goes on counting, and says what is missing after', async () => {
    await openWith(press);
    publish(2);
    await when(() => store.view.count === 2);
    store.setPaused(true);
    publish(700);
    await when(() => store.counters.sinceFrozen === 700);
    expect(store.view.count).toBe(2);
    store.setPaused(false);
    await when(() => store.view.count > 2);
    // The newest 500 come with the first batch; the others are a row.
    expect(rows().slice(0, 4)).toEqual(['{"c":0}', '{"c":1}', 'paused 200', '{"c":200}']);
    expect(store.view.count).toBe(503);
    expect(store.counters.sinceFrozen).toBe(0);
  });

  it('says once what is missing when it goes on before the node has counted', async () => {
    await openWith(press);
    publish(1);
    await when(() => store.view.count === 1);
    store.setPaused(true);
    publish(700);
    store.setPaused(false);
    await when(() => store.counters.received === 701);
    expect(rows().filter((row) => !row.startsWith('{'))).toEqual(['paused 200']);
    expect(store.view.count).toBe(502);
  });

  it('asks for counts only while the window is hidden', async () => {
    await openWith(press);
    publish(1);
    await when(() => store.view.count === 1);
    store.setShown(false);
    publish(3);
    await when(() => store.counters.received === 4);
    expect(store.view.count).toBe(1);
    store.setShown(true);
    await when(() => store.view.count === 4);
    expect(rows()).toEqual(['{"c":0}', '{"c":0}', '{"c":1}', '{"c":2}']);
  });

  it('opens again after the connection was lost, with a row for the hole, and keeps its totals', async () => {
    await openWith(press);
    publish(2);
    await when(() => store.view.count === 2);
    const header = store.ring.headerOf(store.view.sequenceAt(0));
    ends[0]?.close({ code: 'NODE_LOST', message: 'The node restarts.', retryable: true }, true);
    await when(() => store.state.kind === 'lost');
    await when(() => store.state.kind === 'open');
    publish(1);
    await when(() => store.view.count === 4);
    expect(rows()).toEqual(['{"c":0}', '{"c":1}', 'reconnect unknown', '{"c":0}']);
    expect(store.counters).toMatchObject({ received: 3, kept: 1, evicted: 2 });
    await expect(store.read(header?.epoch ?? -1, header?.id ?? -1, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('hides and shows rows by subscription and filter without asking the node', async () => {
    await openWith(press, { topic: '/kiln/#', color: 's2', hidden: false });
    publish(2);
    publish(1, '/kiln/02/gas');
    await when(() => store.view.count === 3);
    store.setSubscriptions([
      { ...press, hidden: true },
      { topic: '/kiln/#', color: 's2', hidden: false },
    ]);
    expect(store.view.count).toBe(1);
    store.setSubscriptions([press, { topic: '/kiln/#', color: 's2', hidden: false }]);
    store.setFilter(({ preview }) => preview.includes('1'));
    expect(rows()).toEqual(['{"c":1}']);
    store.setFilter(undefined);
    expect(store.view.count).toBe(3);
  });

  it('says what the node refuses, keeps the rows, and goes on with other topics', async () => {
    await openWith(press);
    publish(1);
    await when(() => store.view.count === 1);
    store.setSubscriptions([press, { topic: '/#', color: 's2', hidden: false }]);
    await when(() => store.state.kind === 'failed');
    expect(store.state).toMatchObject({ error: { code: 'FORBIDDEN' } });
    expect(store.view.count).toBe(1);
    await openWith(press);
    publish(1);
    await when(() => store.counters.received === 2);
  });

  it('clears the list here; an export then begins after what was cleared', async () => {
    await openWith(press);
    publish(3);
    await when(() => store.view.count === 3);
    store.clear();
    expect([store.view.count, store.counters.received]).toEqual([0, 3]);
    publish(1);
    await when(() => store.view.count === 1);
    const { events } = await store.read(store.epoch, store.exportFromId, 10);
    expect(events.map(({ data }) => data)).toEqual([{ c: 0 }]);
    expect(events[0]?.seq).toBe(4);
  });

  it('forgets everything for another client: it is another sign-in', async () => {
    await openWith(press);
    publish(1);
    await when(() => store.view.count === 1);
    const other = new NodeClient({ connect: () => Promise.reject(new Error('not needed')) });
    expect(store.attach(other)).toBe(true);
    expect([store.view.count, store.counters.received, store.state.kind]).toEqual([0, 0, 'idle']);
    other.close();
    store.attach(client);
  });
});
